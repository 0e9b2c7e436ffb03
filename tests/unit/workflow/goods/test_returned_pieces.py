"""退回的零片: in quarantine with their box, then back into it or away, by a person with a name."""

from collections.abc import Iterator

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.movements import PartMove
from app.domain.goods.parts import BoxState, OpenBox
from app.domain.goods.stock import LotHold
from app.domain.money import Fen
from app.workflow.cases.lines import claims_of
from app.workflow.cases.required import required
from tests.support.small_counter import BOSS, CLERK, PHARMACIST, PIN, SmallCounter, with_rules
from tests.support.split_shop import BOXES, furnish_bottles


@pytest.fixture
def shop(small: SmallCounter) -> Iterator[SmallCounter]:
    furnish_bottles(small)
    yield small
    with small.store.reading() as unit:
        assert unit.stock.prove().flaws == ()


def sell(shop: SmallCounter, pieces: int) -> int:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.surface.split_box(shop.scan(view, BOXES[0]).case.case_id, 1, pieces)
    return shop.surface.pay(shop.finish(view).case_id, Fen(100_000)).case_id


def bring_back(shop: SmallCounter, case_id: int) -> None:
    with shop.store.unit() as unit:
        unit.goods.take_back(case_id, claims_of(unit.cases.get(case_id)), shop.clock.now())


def box_of(shop: SmallCounter) -> OpenBox:
    with shop.store.reading() as unit:
        return required(unit.goods.box(BOXES[0]), "no box")


def on_the_shelf(shop: SmallCounter) -> dict[LotHold, int]:
    with shop.store.reading() as unit:
        lots = unit.goods.lots(unit.goods.lot(box_of(shop).lot_id).item_id)
    return {lot.hold: lot.loose for lot in lots if lot.loose}


def refused(shop: SmallCounter, reason: str = "包装完好") -> Code:
    with pytest.raises(OperatorInput) as raised:
        shop.surface.release_pieces(BOXES[0], reason)
    return raised.value.code


def test_what_comes_back_reopens_a_closed_box_once_somebody_has_looked_at_it(
    shop: SmallCounter,
) -> None:
    sell(shop, 7)
    last = sell(shop, 3)
    assert box_of(shop).state is BoxState.CLOSED
    bring_back(shop, last)
    held = box_of(shop)
    assert (held.state, held.free, held.back) == (BoxState.OPEN, 0, 3)
    assert (
        shop.scan(shop.surface.sell_for_cash(shop.surface.current().case_id), BOXES[0]).spoken.tone
        == "stop"
    )
    shop.surface.sign_in(PHARMACIST, PIN)
    booked = shop.surface.release_pieces(BOXES[0], "包装完好，验收合格")
    assert booked.told.queued == 0
    opened = box_of(shop)
    assert (opened.state, opened.free, opened.back, opened.sold) == (BoxState.OPEN, 3, 0, 7)
    assert on_the_shelf(shop) == {LotHold.NONE: 3}
    with shop.store.reading() as unit:
        moved = unit.stock.parts_of_note(booked.note_id)
        note = unit.stock.note(booked.note_id)
    assert [(one.move, one.pieces) for one in moved] == [
        (PartMove.RELEASED, -3),
        (PartMove.RELEASED, 3),
    ]
    assert sum(one.share for one in moved) == 0
    assert (note.staff_id, note.reason) == (
        shop.till.operator.staff_id,
        "包装完好，验收合格",
    )


def test_released_pieces_are_sold_once_more_and_close_the_box(shop: SmallCounter) -> None:
    for size in (7, 3):
        case_id = sell(shop, size)
    bring_back(shop, case_id)
    shop.surface.sign_in(BOSS, PIN)
    shop.surface.release_pieces(BOXES[0], "验收合格")
    shop.surface.sign_in(CLERK, PIN)
    sell(shop, 2)
    with pytest.raises(OperatorInput) as most:
        sell(shop, 2)
    assert most.value.params["most"] == 1
    shop.surface.abandon(shop.surface.current().case_id)
    sell(shop, 1)
    assert box_of(shop).state is BoxState.CLOSED
    with shop.store.reading() as unit:
        assert sum(one.share for one in unit.stock.parts_of_box(BOXES[0])) == 0


def test_what_nobody_wants_to_sell_again_is_destroyed_and_told(shop: SmallCounter) -> None:
    sell(shop, 4)
    bring_back(shop, sell(shop, 2))
    shop.surface.sign_in(BOSS, PIN)
    booked = shop.surface.write_off(BOXES[0], "105", 4, "顾客拆过内包装")
    box = box_of(shop)
    assert (box.free, box.back, booked.told.queued) == (4, 0, 1)
    assert on_the_shelf(shop) == {LotHold.NONE: 4}
    with shop.store.reading() as unit:
        sent = unit.outbox.items()[-1].request
    assert (sent.kind, sent.pieces) == ("105", 2)


def test_only_who_may_and_only_with_a_reason(shop: SmallCounter) -> None:
    sell(shop, 4)
    shop.surface.sign_in(PHARMACIST, PIN)
    assert refused(shop) is Code.STEP_MOVED_ON
    bring_back(shop, sell(shop, 2))
    assert refused(shop, " ") is Code.REASON_MISSING
    shop.surface.sign_in(CLERK, PIN)
    assert refused(shop) is Code.NOT_ALLOWED


def test_a_recalled_lot_takes_nothing_back(shop: SmallCounter) -> None:
    sell(shop, 4)
    bring_back(shop, sell(shop, 2))
    shop.surface.sign_in(BOSS, PIN)
    with shop.store.reading() as unit:
        lot = unit.goods.lot(box_of(shop).lot_id)
    shop.surface.recall(lot.item_id, lot.lot_no, "厂家召回")
    assert refused(shop) is Code.SCAN_HELD_LOT


@pytest.mark.parametrize("counted", ["pack", "piece"])
def test_a_box_that_is_full_again_is_told_as_a_whole_one(shop: SmallCounter, counted: str) -> None:
    shop.with_profile(with_rules(shop.profile, split_count=counted, split_remainder_mode="skip"))
    bring_back(shop, sell(shop, 4))
    shop.surface.sign_in(BOSS, PIN)
    shop.surface.release_pieces(BOXES[0], "验收合格")
    shop.surface.sign_in(CLERK, PIN)
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.finish(shop.scan(view, BOXES[0]).case)
    shop.surface.pay(view.case_id, Fen(100_000))
    assert box_of(shop).state is BoxState.CLOSED
    with shop.store.reading() as unit:
        line = unit.outbox.items()[-1].request.line
    assert (line.split, line.pieces, line.quantity) == (False, 0, 10_000)
    assert (line.amount, line.trace_codes) == (1_000, BOXES[:1])


def test_all_of_a_full_box_is_written_off_as_a_whole_one(shop: SmallCounter) -> None:
    bring_back(shop, sell(shop, 4))
    shop.surface.sign_in(BOSS, PIN)
    shop.surface.write_off(BOXES[0], "105", 0, "受潮")
    with shop.store.reading() as unit:
        sent = unit.outbox.items()[-1].request
    assert (sent.pieces, sent.quantity) == (0, 10_000)
