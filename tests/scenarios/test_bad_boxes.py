"""Boxes that do not belong into a sale: told apart by words, and the right ones still go in."""

from collections.abc import Sequence

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.workflow.views.case import CaseView
from resources.scenarios import DemoItem, DemoLot, trace_codes
from tests.support.counter import Bench
from tests.support.outcome import ends_well
from tests.support.robot import Robot
from tests.support.sentence import scan_says, trouble_says
from tests.support.visit import a_visit

WITH_AN_EXPIRED_LOT = "盐酸二甲双胍片"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def prescribed(bench: Bench, case: CaseView) -> tuple[DemoItem, str]:
    """The first drug of the sale and the code of the box to take for it."""
    assert case.scan is not None
    line = case.scan.lines[0]
    item = next(i for i in bench.demo.items if line.name.startswith(i.generic_name))
    lot = next(lot for lot in item.lots if lot.lot_no == line.first_lot_no)
    return item, trace_codes(lot)[0]


def expired(lots: Sequence[DemoLot], bench: Bench) -> DemoLot:
    return next(lot for lot in lots if lot.expires_on < bench.clock.now().date())


def test_every_wrong_box_is_named_and_none_enters_the_sale(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.DOWNLOAD)
    card = next(c for c in visit.takeable(case) if WITH_AN_EXPIRED_LOT in c.drugs)
    case = visit.audit(visit.prove(bench.surface.choose(case.case_id, card.rx_number)))
    item, right = prescribed(bench, case)
    assert case.scan is not None
    names = [line.name for line in case.scan.lines]
    other = next(
        i for i in bench.demo.items if not any(n.startswith(i.generic_name) for n in names)
    )
    wrong = {
        item.product_barcode: Code.SCAN_NOT_TRACE_CODE,
        trace_codes(other.lots[-1])[0]: Code.SCAN_WRONG_PRODUCT,
        trace_codes(expired(item.lots, bench))[0]: Code.SCAN_EXPIRED,
        "7" * 20: Code.ITEM_UNMAPPED,
        "281234567890123456": Code.SCAN_PAYMENT_CODE,
        f"{right[:9]}\x00{right[9:]}": Code.SCAN_CONTROL_CHARACTERS,
        f"{right}\u202e": Code.SCAN_CONTROL_CHARACTERS,
        f"\ufeff{right}": Code.SCAN_CONTROL_CHARACTERS,
        right[:19]: Code.SCAN_UNKNOWN,
        f"{right}1": Code.SCAN_UNKNOWN,
        "https://example.invalid/code": Code.SCAN_FOREIGN_QR,
        f"01{right[:14]}1728010110A1": Code.SCAN_GS1_UNREADABLE,
        bench.voucher(visit.person.id_no): Code.SCAN_NOT_NOW,
    }
    if item.case_prefixes:
        wrong[item.case_prefixes[0] + right[7:]] = Code.ITEM_UNMAPPED
    for text, code in wrong.items():
        outcome = bench.scan(case, text)
        assert scan_says(outcome) == code, (code, outcome.spoken.verdict)
        assert outcome.case.scan is not None
        assert outcome.case.scan.scanned == 0
    nothing_sold(bench)
    with pytest.raises(OperatorInput) as missing:
        bench.surface.finish(case.case_id)
    assert trouble_says(missing.value) == Code.BOXES_MISSING
    ends_well(visit)


def nothing_sold(bench: Bench) -> None:
    state = bench.platform_state()
    assert (state["settlements"], state["sold_codes"], state["uploads"]) == ({}, [], {})


def test_full_width_digits_are_mended_aloud_and_counted_once(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.SCAN)
    _, right = prescribed(bench, case)
    wide = bench.scan(case, right.translate(FULL_WIDTH))
    assert wide.spoken.mended is not None
    assert wide.case.scan is not None
    assert wide.case.scan.lines[0].codes == (right,)
    again = bench.scan(case, f" {right[:7]} {right[7:]}\r\n")
    assert scan_says(again) == Code.SCAN_REPEATED
    assert again.case.scan is not None
    assert again.case.scan.scanned == 1
    bench.surface.remove(case.case_id, 1, right)
    ends_well(visit)


def test_a_box_of_another_sale_is_named_while_that_sale_waits(bench: Bench) -> None:
    visit = a_visit(bench)
    first = visit.until(Step.SCAN)
    _, right = prescribed(bench, first)
    bench.scan(first, right)
    bench.surface.park(first.case_id, "")
    other = a_visit(bench).until(Step.SCAN)
    outcome = bench.scan(other, right)
    assert scan_says(outcome) == Code.SCAN_CLAIMED_ELSEWHERE
    bench.surface.abandon(other.case_id)
    case = bench.surface.unpark(first.case_id)
    bench.surface.remove(case.case_id, 1, right)
    ends_well(visit)


def test_a_box_sold_here_before_is_refused_with_its_receipt(bench: Bench) -> None:
    visit = a_visit(bench)
    done = Robot(visit).serve()
    with bench.store.reading() as unit:
        sold = unit.cases.get(done.case_id).facts.lines[0].packs[0].code
    bench.surface.next_customer(done.case_id)
    case = visit.until(Step.SCAN)
    outcome = bench.scan(case, str(sold))
    assert scan_says(outcome) == Code.SCAN_SOLD_BEFORE
    assert outcome.case.scan is not None
    assert outcome.case.scan.scanned == 0
    closed = bench.surface.abandon(case.case_id)
    assert closed.step is Step.CLOSED
    assert bench.platform_state()["settlements"] == {"active": 1}
