"""Ephedrine: two packs, one person, a rolling window, and a register that a sale cannot miss."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Fen
from app.ports.paper import FieldRow
from app.workflow.goods.controlled import entries, set_window
from app.workflow.goods.registers import register_paper
from app.workflow.views.case import CaseView
from localdb.repositories.goods import SqlGoods
from localdb.store import scope_of
from tests.support.duty import shows_up
from tests.support.small_counter import BOSS, CLERK, PATIENT_ID, PHARMACIST_ID, PIN, SmallCounter
from tests.support.store_builders import NOON, a_lot, an_item

COLD = tuple(DrugTraceCode(f"85555550000000000{n:03d}") for n in range(1, 9))
BUYER = ("钱测试", PATIENT_ID)
OTHER = ("林测试", PHARMACIST_ID)


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    """Eight boxes of a drug that is registered and free of prescription."""
    return stocked(small)


def stocked(small: SmallCounter, **item: Any) -> SmallCounter:
    with small.store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        made = goods.stock_item(
            replace(
                an_item("SP0051", "8555555"),
                national_code="XC51",
                generic_name="示例麻黄碱片",
                needs_prescription=False,
                ephedrine=True,
                **item,
            )
        )
        goods.receive(replace(a_lot(made.item_id, "PC51", 8), lot_no="E1"), COLD, "R9", NOON)
    return small


def begin(shop: SmallCounter, *boxes: DrugTraceCode) -> CaseView:
    view = shop.surface.sell_for_cash(
        shop.surface.next_customer(shop.surface.current().case_id).case_id
    )
    for code in boxes:
        view = shop.scan(view, code).case
    return view


def sell(shop: SmallCounter, *boxes: DrugTraceCode, buyer: tuple[str, str] = BUYER) -> CaseView:
    view = shop.surface.name_buyer(begin(shop, *boxes).case_id, *buyer)
    view = shop.finish(view)
    shows_up(shop.till)
    return shop.surface.pay(view.case_id, Fen(100_000))


def test_a_third_pack_stays_out(shop: SmallCounter) -> None:
    view = begin(shop, *COLD[:2])
    third = shop.scan(view, COLD[2])
    assert third.spoken.tone == "stop"
    assert third.spoken.verdict.key == f"error.{int(Code.BUYER_LIMIT)}"
    assert third.case.scan is not None
    assert [line.scanned for line in third.case.scan.lines] == [2]


def test_nobody_leaves_without_a_name(shop: SmallCounter) -> None:
    view = begin(shop, COLD[0])
    with pytest.raises(OperatorInput) as refused:
        shop.finish(view)
    assert refused.value.code is Code.BUYER_MISSING
    assert shop.case(view).position.step is Step.SCAN


@pytest.mark.parametrize(
    "who", [("", PATIENT_ID), ("钱测试", "350100199001010014"), ("钱测试", "")]
)
def test_a_document_that_cannot_be_is_refused(shop: SmallCounter, who: tuple[str, str]) -> None:
    view = begin(shop, COLD[0])
    with pytest.raises(OperatorInput) as refused:
        shop.surface.name_buyer(view.case_id, *who)
    assert refused.value.code is Code.IDENTITY_INVALID


def test_a_sale_is_registered_in_its_commit(shop: SmallCounter) -> None:
    done = sell(shop, *COLD[:2])
    (entry,) = entries(shop.till, NOON.date(), NOON.date())
    assert (entry.case_id, entry.packs, entry.on_prescription) == (done.case_id, 2, False)
    assert entry.buyer.name.reveal() == "钱测试"
    assert entry.buyer.id_number.reveal() == PATIENT_ID
    with shop.store.reading() as unit:
        raw = scope_of(unit).connection.exec_driver_sql("SELECT * FROM register_entry").one()
    assert PATIENT_ID not in str(raw)
    assert "钱测试".encode() not in bytes(raw.buyer)


def test_the_window_rolls_and_counts_one_person(shop: SmallCounter) -> None:
    for at in range(0, 6, 2):
        sell(shop, *COLD[at : at + 2])
    view = begin(shop, COLD[6])
    shop.surface.name_buyer(view.case_id, *BUYER)
    with pytest.raises(OperatorInput) as refused:
        shop.finish(view)
    assert refused.value.code is Code.BUYER_WINDOW
    assert (refused.value.params["count"], refused.value.params["days"]) == ("6", 30)
    shop.surface.name_buyer(view.case_id, *OTHER)
    assert shop.finish(view).step is Step.HAND_OVER


def test_what_was_bought_long_ago_does_not_count(shop: SmallCounter) -> None:
    for at in range(0, 6, 2):
        sell(shop, *COLD[at : at + 2])
    shop.clock.move(timedelta(days=31))
    shop.surface.sign_in(CLERK, PIN)
    assert sell(shop, COLD[6]).step is Step.DONE


def test_the_store_may_be_stricter_never_looser(shop: SmallCounter) -> None:
    shop.surface.sign_in(BOSS, PIN)
    assert set_window(shop.till, 2, 60).per_window == 2
    with pytest.raises(OperatorInput):
        set_window(shop.till, 7, 60)
    shop.surface.sign_in(CLERK, PIN)
    with pytest.raises(OperatorInput) as clerk:
        set_window(shop.till, 2, 60)
    assert clerk.value.code is Code.NOT_ALLOWED
    sell(shop, *COLD[:2])
    view = begin(shop, COLD[2])
    shop.surface.name_buyer(view.case_id, *BUYER)
    with pytest.raises(OperatorInput) as refused:
        shop.finish(view)
    assert refused.value.params["days"] == 60


def test_a_box_put_back_takes_the_name_with_it(shop: SmallCounter) -> None:
    view = begin(shop, COLD[0])
    view = shop.surface.name_buyer(view.case_id, *BUYER)
    view = shop.surface.remove(view.case_id, 1, COLD[0])
    assert entries(shop.till, NOON.date(), NOON.date()) == ()


def test_the_register_on_paper_stays_within_its_lines(shop: SmallCounter) -> None:
    sell(shop, COLD[0])
    shop.surface.sign_in(BOSS, PIN)
    today = shop.clock.now().date()
    shop.surface.print_register(today - timedelta(days=1), today + timedelta(days=1))
    rows = [block for block in shop.tray.papers[-1].blocks if isinstance(block, FieldRow)]
    assert len(rows) == 3
    assert all(sum(field.share for field in row.fields) <= 100 for row in rows)


def test_a_register_without_entries_and_a_buyer_of_nothing_say_so(shop: SmallCounter) -> None:
    today = shop.clock.now().date()
    with pytest.raises(OperatorInput) as nobody:
        shop.surface.name_buyer(shop.surface.current().case_id, *BUYER)
    assert nobody.value.code is Code.BUYER_NOT_NOW
    shop.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as empty:
        shop.surface.print_register(today, today)
    assert empty.value.code is Code.REGISTER_EMPTY


def part(shop: SmallCounter, view: CaseView, code: DrugTraceCode, pieces: int) -> CaseView:
    """So many tablets of a box of ten."""
    view = shop.scan(view, code).case
    return shop.surface.split_box(view.case_id, 1, pieces)


@pytest.fixture
def loose(small: SmallCounter) -> SmallCounter:
    """Eight boxes of ten tablets that may be sold singly."""
    return stocked(small, pieces=10, piece_unit="片", splits=True)


def sell_parts(
    shop: SmallCounter, *parts: tuple[DrugTraceCode, int], buyer: tuple[str, str] = BUYER
) -> CaseView:
    view = begin(shop)
    for code, pieces in parts:
        view = part(shop, view, code, pieces)
    view = shop.finish(shop.surface.name_buyer(view.case_id, *buyer))
    shows_up(shop.till)
    return shop.surface.pay(view.case_id, Fen(100_000))


def test_a_part_counts_as_its_fraction_of_a_pack(loose: SmallCounter) -> None:
    for _ in range(6):
        case = sell_parts(loose, (COLD[0], 1))
    assert case.step is Step.DONE
    entry = entries(loose.till, NOON.date(), NOON.date())[-1]
    assert (entry.packs, entry.pieces, entry.size) == (0, 1, 10)
    with loose.store.reading() as unit:
        buyer = entry.buyer.id_number
        assert unit.register.bought(buyer, NOON - timedelta(days=1)) == Fraction(6, 10)


def test_a_piece_beyond_two_packs_stays_out(loose: SmallCounter) -> None:
    view = begin(loose, *COLD[:2])
    third = loose.scan(view, COLD[2])
    assert third.spoken.verdict.key == f"error.{int(Code.BUYER_LIMIT)}"
    loose.surface.abandon(view.case_id)
    sell_parts(loose, (COLD[0], 4), buyer=OTHER)
    view = begin(loose, COLD[1], COLD[2])
    opened = loose.scan(view, COLD[0])
    assert opened.spoken.verdict.key == f"error.{int(Code.BUYER_LIMIT)}"


def answered(shop: SmallCounter, view: CaseView) -> CaseView:
    """Every amber of the only line has its reason."""
    while view.scan is not None and view.scan.lines[0].reasons:
        view = shop.surface.acknowledge(view.case_id, 1, view.scan.lines[0].reasons[0])
    return view


@pytest.mark.parametrize("opened", [True, False], ids=["opened", "sealed"])
def test_what_is_wanted_of_a_box_counts_and_not_all_that_is_in_it(
    loose: SmallCounter, opened: bool
) -> None:
    sell_parts(loose, (COLD[0], 4), buyer=OTHER)
    if opened:
        opening = answered(loose, part(loose, begin(loose), COLD[2], 1))
        loose.surface.name_buyer(opening.case_id, *OTHER)
        loose.surface.pay(loose.finish(opening).case_id, Fen(100_000))
    view = part(loose, begin(loose, COLD[1]), COLD[0], 5)
    view = answered(loose, part(loose, view, COLD[2], 5))
    with pytest.raises(OperatorInput) as refused:
        loose.surface.split_box(view.case_id, 1, 6)
    assert refused.value.code is Code.BUYER_LIMIT
    loose.surface.name_buyer(view.case_id, *BUYER)
    assert loose.finish(view).step is Step.HAND_OVER


def test_all_of_a_box_that_is_too_much_is_refused_where_nobody_named_fewer(
    loose: SmallCounter,
) -> None:
    view = part(loose, begin(loose, COLD[1]), COLD[2], 5)
    view = loose.scan(view, COLD[0]).case
    loose.surface.name_buyer(view.case_id, *BUYER)
    answered(loose, view)
    with pytest.raises(OperatorInput) as refused:
        loose.finish(view)
    assert refused.value.code is Code.BUYER_LIMIT


def test_parts_never_outrun_the_window(loose: SmallCounter) -> None:
    for boxes in (COLD[:2], COLD[2:4], COLD[4:5]):
        sell(loose, *boxes)
    sell_parts(loose, (COLD[5], 9))
    sell_parts(loose, (COLD[5], 1), buyer=OTHER)
    view = part(loose, begin(loose), COLD[6], 2)
    loose.surface.name_buyer(view.case_id, *BUYER)
    with pytest.raises(OperatorInput) as refused:
        loose.finish(view)
    assert refused.value.code is Code.BUYER_WINDOW
    assert refused.value.params["count"] == "5.9"
    fewer = loose.surface.split_box(view.case_id, 1, 1)
    assert loose.finish(fewer).step is Step.HAND_OVER


def test_the_register_names_the_pieces(loose: SmallCounter) -> None:
    sell_parts(loose, (COLD[0], 3))
    loose.surface.sign_in(BOSS, PIN)
    paper = register_paper(
        loose.till, entries(loose.till, NOON.date(), NOON.date()), NOON.date(), NOON.date()
    )
    assert "拆零 3 片" in str(paper.blocks)
