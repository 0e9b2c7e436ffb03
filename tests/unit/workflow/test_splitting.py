"""拆零 at the scan: which box pieces come from, what a person may say, what is held meanwhile."""

from dataclasses import replace

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.parts import BoxState
from app.domain.money import Fen, Price
from app.workflow.cases import lines as selling
from app.workflow.cases.required import required
from app.workflow.views.case import CaseView, DrugLineView, SlotState, SplitOffer, SplitView
from tests.support.small_counter import SmallCounter, with_rules
from tests.support.split_shop import BOXES, WHOLE, furnish_bottles


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    """Three bottles of ten tablets, at ten yuan, and a drug that is never split."""
    furnish_bottles(small)
    return small


def begun(shop: SmallCounter) -> CaseView:
    return shop.surface.sell_for_cash(shop.surface.current().case_id)


def line_of(view: CaseView) -> DrugLineView:
    return required(view.scan, "not at the boxes").lines[0]


def split_of(view: CaseView) -> SplitView:
    return required(line_of(view).split, "nothing split")


def sell_part(shop: SmallCounter, code: str, pieces: int) -> CaseView:
    view = begun(shop)
    view = shop.surface.split_box(shop.scan(view, code).case.case_id, 1, pieces)
    view = shop.finish(view)
    return shop.surface.pay(view.case_id, Fen(100_000))


def test_a_person_says_how_many_and_the_rest_stays(shop: SmallCounter) -> None:
    done = sell_part(shop, BOXES[0], 3)
    assert done.step is Step.DONE
    with shop.store.reading() as unit:
        (box,) = unit.goods.every_open_box()
        lot = unit.goods.lot(box.lot_id)
        (told,) = unit.outbox.items()
        assert (box.state, box.free, lot.on_hand, lot.loose) == (BoxState.OPEN, 7, 2, 7)
        assert (told.request.line.split, told.request.line.pieces) == (True, 3)
        assert told.request.line.quantity == 3_000
        assert told.request.line.amount == 300
        assert unit.stock.prove().flaws == ()


def test_what_is_open_is_offered_first_and_taken_by_its_own_code(shop: SmallCounter) -> None:
    sell_part(shop, BOXES[0], 3)
    view = begun(shop)
    sealed = shop.scan(view, BOXES[1]).case
    reminded = shop.surface.split_box(sealed.case_id, 1, 2)
    assert required(line_of(reminded).message, "no reminder").code == Code.SCAN_OPENED_FIRST
    freed = shop.surface.remove(view.case_id, 1, BOXES[1])
    assert required(freed.scan, "not at the boxes").lines == ()
    taken = shop.scan(freed, BOXES[0]).case
    assert (line_of(taken).needed, split_of(taken).wanted, split_of(taken).parts[0].left) == (
        1,
        7,
        0,
    )
    fewer = shop.surface.split_box(taken.case_id, 1, 5)
    assert (split_of(fewer).taken, split_of(fewer).parts[0].left) == (5, 2)
    assert line_of(fewer).message is None


def test_the_last_piece_closes_the_box_and_it_is_refused_from_then_on(shop: SmallCounter) -> None:
    for pieces in (4, 4, 2):
        sell_part(shop, BOXES[0], pieces) if pieces == 4 else None
    view = shop.scan(begun(shop), BOXES[0]).case
    view = shop.finish(view)
    shop.surface.pay(view.case_id, Fen(100_000))
    with shop.store.reading() as unit:
        (box,) = unit.goods.every_open_box()
        assert (box.state, box.left) == (BoxState.CLOSED, 0)
        assert sum(part.share for part in box.parts) == 10_000
    refused = shop.scan(begun(shop), BOXES[0])
    assert refused.spoken.verdict.key == f"error.{int(Code.SCAN_BOX_USED_UP)}"
    assert refused.spoken.tone == "stop"


def test_an_opened_box_is_never_sold_whole_nor_a_sold_one_opened(shop: SmallCounter) -> None:
    sell_part(shop, BOXES[0], 3)
    shop.with_profile(with_rules(shop.profile, split_remainder_mode="none"))
    refused = shop.scan(begun(shop), BOXES[0])
    assert refused.spoken.verdict.key == f"error.{int(Code.SCAN_BOX_OPENED)}"


@pytest.mark.parametrize("pieces", [0, -1, 10, 11])
def test_all_or_nothing_of_a_box_is_no_part_of_it(shop: SmallCounter, pieces: int) -> None:
    view = shop.scan(begun(shop), BOXES[0]).case
    with pytest.raises(OperatorInput) as refused:
        shop.surface.split_box(view.case_id, 1, pieces)
    assert (refused.value.code, refused.value.params["most"]) == (Code.PIECES_WRONG, 9)
    assert line_of(shop.view(view)).scanned == 1


def test_how_much_may_be_taken_and_what_a_piece_costs_is_said(shop: SmallCounter) -> None:
    view = begun(shop)
    sealed = shop.scan(view, BOXES[0]).case
    assert line_of(sealed).opens == SplitOffer(9, 10, "片", Price(1_000_000))
    taken = shop.surface.split_box(sealed.case_id, 1, 3)
    assert required(line_of(taken).opens, "asked again").most == 9, "all of it but the last piece"
    done = shop.finish(taken)
    shop.surface.pay(done.case_id, Fen(100_000))
    opened = shop.scan(begun(shop), BOXES[0]).case
    assert required(line_of(opened).opens, "an opened box").most == 7
    shop.surface.split_box(opened.case_id, 1, 7)


@pytest.mark.parametrize("whose", ["store", "area"])
def test_what_may_not_be_split_is_offered_nowhere(shop: SmallCounter, whose: str) -> None:
    if whose == "area":
        shop.with_profile(with_rules(shop.profile, split_remainder_mode="none"))
    view = shop.scan(begun(shop), WHOLE if whose == "store" else BOXES[0]).case
    assert line_of(view).opens is None


@pytest.mark.parametrize("whose", ["store", "area"])
def test_who_may_not_split_says_so_with_1505(shop: SmallCounter, whose: str) -> None:
    if whose == "area":
        shop.with_profile(with_rules(shop.profile, split_remainder_mode="none"))
    view = shop.scan(begun(shop), WHOLE if whose == "store" else BOXES[0]).case
    with pytest.raises(OperatorInput) as refused:
        shop.surface.split_box(view.case_id, 1, 2)
    assert refused.value.code is Code.SPLIT_NOT_SOLD


def test_a_part_is_held_over_a_power_cut_and_let_go_with_its_sale(shop: SmallCounter) -> None:
    view = shop.surface.split_box(shop.scan(begun(shop), BOXES[0]).case.case_id, 1, 6)
    shop.restart()
    with shop.store.reading() as unit:
        (box,) = unit.goods.every_open_box()
        assert (box.state, box.free) == (BoxState.SEALED, 4)
        assert unit.goods.lot(box.lot_id).loose == 0
    assert split_of(shop.view(view)).taken == 6
    shop.surface.abandon(view.case_id)
    with shop.store.reading() as unit:
        assert unit.goods.every_open_box() == ()
        assert unit.stock.prove().flaws == ()
    whole = shop.scan(begun(shop), BOXES[0])
    assert whole.spoken.tone == "good"


def test_two_counters_share_a_box_and_never_more_than_it_holds(shop: SmallCounter) -> None:
    first = shop.surface.split_box(shop.scan(begun(shop), BOXES[0]).case.case_id, 1, 6)
    shop.surface.park(first.case_id, "")
    second = shop.scan(begun(shop), BOXES[0])
    assert split_of(second.case).wanted == 4
    with pytest.raises(OperatorInput) as refused:
        shop.surface.split_box(second.case.case_id, 1, 5)
    assert refused.value.params["most"] == 4


@pytest.mark.parametrize(
    ("mode", "codes"),
    [("reuse_box", (BOXES[0],)), ("skip", ()), ("filler", ("9" * 20,))],
)
def test_each_area_is_told_of_a_part_in_its_way(
    shop: SmallCounter, mode: str, codes: tuple[str, ...]
) -> None:
    rules = {"split_remainder_mode": mode, "split_filler": "9" * 20, "split_count": "piece"}
    shop.with_profile(with_rules(shop.profile, **rules))
    done = sell_part(shop, BOXES[0], 3)
    with shop.store.reading() as unit:
        (line,) = selling.sold_lines(unit, shop.case(done))
    assert line.trace_codes == codes
    assert (line.pieces, line.piece_price, line.amount) == (3, Price(1_000_000), 300)


def test_the_line_says_what_is_missing_until_a_second_box_ends_it(shop: SmallCounter) -> None:
    sell_part(shop, BOXES[0], 7)
    case = shop.case(begun(shop))
    # as a prescription of twelve tablets would ask: one whole bottle is not wanted
    line = replace(
        shop.case(shop.scan(shop.view(case), BOXES[0]).case).facts.lines[0], pieces=9, needed=0
    )
    with shop.store.unit() as unit:
        kept = unit.cases.get(case.case_id)
        unit.cases.save(replace(kept, facts=replace(kept.facts, lines=(line,))))
    view = shop.surface.view(case.case_id)
    assert (line_of(view).state, line_of(view).needed, line_of(view).scanned) == (
        SlotState.CURRENT,
        2,
        1,
    )
    with pytest.raises(OperatorInput) as short:
        shop.surface.finish(case.case_id)
    assert short.value.code is Code.BOXES_MISSING
