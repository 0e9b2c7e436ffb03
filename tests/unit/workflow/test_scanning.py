"""Boxes and other scans: where each lands, and what is said."""

from dataclasses import replace

import pytest

from app.domain.case import Signal, Step
from app.domain.errors import Bug, Code, OperatorInput, PlatformRejected
from app.domain.goods.codes import DrugTraceCode, ScanKind
from app.domain.goods.stock import first_out
from app.domain.money import packs
from app.domain.prescription import RxTraceCode
from app.ports.devices import ScannedText, ScanSource
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.cases import lines as selling
from app.workflow.moves import move
from app.workflow.scans import scanning
from app.workflow.views.case import CaseView, Say, SlotState
from tests.support.small_counter import (
    BOSS,
    CAPSULES,
    EARLY,
    FOREIGN,
    LATE,
    OTHER_CODE,
    OTHER_ID,
    PATIENT_CODE,
    PATIENT_ID,
    PIN,
    RECALLED,
    RX,
    SmallCounter,
    with_rules,
)

UNSEEN = "81234569999999999999"
ON_PAPER = "20261122153126000020"
"""What the QR of a printed prescription says: twenty digits, like a box."""


def with_paper_code(small: SmallCounter, view: CaseView) -> None:
    """The prescription of this visit carries ``ON_PAPER``."""
    case = small.case(view)
    assert case.facts.prescription is not None
    rx = replace(case.facts.prescription, rx_trace_code=RxTraceCode(ON_PAPER))
    with small.store.unit() as unit:
        unit.cases.save(replace(case, facts=replace(case.facts, prescription=rx)))


@pytest.mark.parametrize("step", [Step.AUDIT, Step.SCAN])
@pytest.mark.parametrize("text", [ON_PAPER, RX], ids=["trace", "number"])
def test_the_code_on_a_prescription_is_told_from_a_box(
    small: SmallCounter, step: Step, text: str
) -> None:
    view = small.until(step)
    with_paper_code(small, view)
    out = small.scan(view, text)
    assert (out.spoken.kind, out.spoken.tone) == (ScanKind.PRESCRIPTION, "stop")
    assert out.spoken.verdict.key == "error.1221"
    assert text not in out.spoken.shown
    assert out.case.step is step


def test_the_prescription_of_a_customer_who_waits_is_known_too(small: SmallCounter) -> None:
    first = small.until(Step.SCAN)
    with_paper_code(small, first)
    second = small.surface.next_customer(first.case_id)
    assert small.scan(second, ON_PAPER).spoken.verdict.key == "error.1221"


def test_twenty_digits_that_are_on_no_prescription_are_a_box(small: SmallCounter) -> None:
    out = small.scan(small.until(Step.SCAN), ON_PAPER)
    assert (out.spoken.kind, out.spoken.verdict.key) == (ScanKind.DRUG_TRACE, "error.1503")


def test_boxes_are_counted_and_the_sale_becomes_complete(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    out = small.scan(view, EARLY[0])
    assert (out.spoken.kind, out.spoken.tone) == (ScanKind.DRUG_TRACE, "good")
    assert out.spoken.verdict.params == (("drug", "示例片"), ("scanned", 1), ("needed", 2))
    assert out.case.scan is not None
    assert [line.state for line in out.case.scan.lines] == [SlotState.CURRENT, SlotState.WAITING]
    view = small.boxes(out.case)
    assert view.scan is not None
    assert {line.state for line in view.scan.lines} == {SlotState.COMPLETE}
    assert [row.mark for row in view.scan.log] == ["ok"] * 3
    assert small.finish(view).step is Step.SETTLE


@pytest.mark.parametrize(
    ("text", "key", "tone"),
    [
        (FOREIGN, "error.1503", "stop"),
        (RECALLED[0], "error.1207", "stop"),
        ("6900000000014", "error.1201", "stop"),
        ("https://example.invalid/a", "error.1216", "stop"),
        ("\x02" + EARLY[0], "error.1209", "stop"),
        ("hello", "error.1200", "stop"),
        (PATIENT_CODE, "error.1214", "stop"),
        (OTHER_ID, "error.1214", "stop"),
    ],
)
def test_what_does_not_belong_is_said_and_changes_nothing(
    small: SmallCounter, text: str, key: str, tone: str
) -> None:
    view = small.until(Step.SCAN)
    out = small.scan(view, text)
    assert (out.spoken.verdict.key, out.spoken.tone) == (key, tone)
    assert out.case == view
    assert OTHER_ID not in out.spoken.shown
    assert PATIENT_CODE not in out.spoken.shown


def test_a_box_twice_is_ignored_and_one_too_many_is_refused(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), EARLY[0]).case
    assert small.scan(view, EARLY[0]).spoken.verdict.key == "error.1202"
    view = small.scan(view, EARLY[1]).case
    assert small.scan(view, EARLY[2]).spoken.verdict.key == "error.1205"


def test_full_width_digits_are_mended_and_said(small: SmallCounter) -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in EARLY[0])
    out = small.scan(small.until(Step.SCAN), wide)
    assert out.spoken.mended is not None
    assert (out.spoken.mended.key, out.spoken.tone) == ("scan.mended.full_width", "good")


def test_a_later_lot_waits_for_a_word(small: SmallCounter) -> None:
    out = small.scan(small.until(Step.SCAN), LATE[0])
    assert (out.spoken.tone, out.spoken.verdict.key) == ("attention", "error.1212")
    assert out.case.scan is not None
    first = out.case.scan.lines[0]
    assert (first.state, out.case.scan.earlier_lots) == (SlotState.AMBER, True)
    assert first.message is not None
    assert first.message.offers == ("acknowledge",)
    view = out.case
    for code in (LATE[1], CAPSULES[0]):
        view = small.scan(view, code).case
    with pytest.raises(OperatorInput) as waiting:
        small.finish(view)
    assert (waiting.value.code, waiting.value.params) == (Code.PACK_UNCONFIRMED, {"count": 2})
    with pytest.raises(OperatorInput) as blind:
        small.surface.acknowledge(view.case_id, first.index, "customer_told")
    assert blind.value.code is Code.REASON_MISSING
    view = small.surface.acknowledge(view.case_id, first.index, "earlier_not_found")
    assert view.scan is not None
    assert view.scan.lines[0].message is None
    assert small.finish(view).step is Step.SETTLE


def test_a_box_nobody_received_wants_a_person_who_may_say_so(small: SmallCounter) -> None:
    out = small.scan(small.until(Step.SCAN), UNSEEN)
    assert out.spoken.verdict.key == "error.1211"
    with pytest.raises(OperatorInput) as refused:
        small.surface.acknowledge(out.case.case_id, 1, "receipt_follows")
    assert refused.value.code is Code.NOT_ALLOWED
    small.surface.sign_in(BOSS, PIN)
    view = small.surface.acknowledge(out.case.case_id, 1, "receipt_follows")
    assert view.scan is not None
    case = small.case(out.case)
    with small.store.reading() as unit:
        lots = unit.goods.lots(case.facts.lines[0].item_id)
        first = first_out(lots, small.clock.now().date())
    assert first is not None
    assert [pack.lot_id for pack in case.facts.lines[0].packs] == [first.lot_id]


def test_a_box_nobody_received_is_refused_where_the_region_says_so(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, unseen_code_action="stop"))
    out = small.scan(small.until(Step.SCAN), UNSEEN)
    assert (out.spoken.tone, out.spoken.verdict.key) == ("stop", "error.1222")


def test_a_box_without_any_lot_to_book_on_is_refused(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    other = counter.start(small.till).case_id
    with small.store.unit() as unit:
        for code in (*EARLY, *LATE):
            lot = unit.goods.pack_facts(code, other).lot
            assert lot is not None
            unit.goods.reserve(code, lot.lot_id, other, small.clock.now())
        unit.goods.sell(other, None, "R-99", 2, small.clock.now())
    out = small.scan(view, UNSEEN)
    assert (out.spoken.tone, out.spoken.verdict.key) == ("stop", "error.1502")
    assert out.case.scan is not None
    assert out.case.scan.scanned == 0
    assert small.scan(view, EARLY[0]).spoken.verdict.key == "error.1204"


def test_a_removed_box_is_free_again(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), EARLY[0]).case
    view = small.surface.remove(view.case_id, 1, EARLY[0])
    assert view.scan is not None
    assert view.scan.scanned == 0
    assert small.scan(view, EARLY[0]).spoken.tone == "good"


@pytest.mark.parametrize(("line", "code"), [(2, EARLY[0]), (1, EARLY[1]), (9, EARLY[0])])
def test_only_a_box_of_the_line_is_removed(
    small: SmallCounter, line: int, code: DrugTraceCode
) -> None:
    view = small.scan(small.until(Step.SCAN), EARLY[0]).case
    with pytest.raises(OperatorInput) as wrong:
        small.surface.remove(view.case_id, line, code)
    assert wrong.value.code is Code.STEP_MOVED_ON
    with small.store.reading() as unit:
        assert unit.goods.pack_facts(EARLY[0], 0).claimed_by_case == view.case_id


def test_boxes_belong_to_the_scan_step(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    assert small.scan(view, EARLY[2]).spoken.verdict.key == "error.1214"
    for doing in (
        lambda: small.surface.remove(view.case_id, 1, EARLY[0]),
        lambda: small.surface.acknowledge(view.case_id, 1, "customer_told"),
        lambda: small.surface.take_without_code(view.case_id, 1, "exempt"),
        lambda: small.finish(view),
    ):
        with pytest.raises(OperatorInput) as late:
            doing()
        assert late.value.code is Code.SCAN_NOT_NOW


def test_missing_boxes_are_counted(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), EARLY[0]).case
    with pytest.raises(OperatorInput) as missing:
        small.finish(view)
    assert missing.value.params == {"count": 2}


def test_a_number_on_a_code_identifies_where_that_is_wanted(small: SmallCounter) -> None:
    out = small.scan(small.surface.current(), "350100199001010013")
    assert out.case.step is Step.DOWNLOAD
    assert out.spoken.verdict.key == "scan.voucher.identified"


def test_a_code_while_another_is_on_its_way_is_refused(small: SmallCounter) -> None:
    view = small.until(Step.DOWNLOAD)
    case = small.case(view)
    with small.store.unit() as unit:
        sent = move(small.till, unit, case, Signal.SENT)
    scanned = ScannedText(OTHER_CODE, ScanSource.CAMERA, 0.0)
    out = scanning.accept(small.till, sent, scanned)
    assert out.spoken.verdict.key == "error.1214"


def test_a_drug_the_store_does_not_carry_can_never_be_complete(small: SmallCounter) -> None:
    minted = small.fake.minted["350100199001010013"][0]
    rx = minted.prescription
    odd = replace(
        rx.lines[1],
        national_code="",
        generic_name="没有的药",
        amount=packs(1) + 5_000,
        price=None,
        over_the_counter=True,
    )
    same = replace(rx.lines[0], index=3, national_code="", price=None)
    taken = replace(rx.lines[0], index=4, taken=True)
    lines = (rx.lines[0], replace(odd, index=2), same, taken)
    small.fake.minted["350100199001010013"] = [
        replace(minted, prescription=replace(rx, lines=lines))
    ]
    view = small.until(Step.SCAN)
    assert view.scan is not None
    assert [(line.needed, line.state) for line in view.scan.lines] == [
        (2, SlotState.CURRENT),
        (2, SlotState.RED),
        (2, SlotState.WAITING),
    ]
    assert view.scan.lines[1].message is not None
    assert view.scan.lines[1].message.code == Code.ITEM_NOT_CARRIED
    assert small.scan(view, CAPSULES[0]).spoken.verdict.key == "error.1203"


def test_lines_exist_only_after_download(small: SmallCounter) -> None:
    case = small.case(small.until(Step.DOWNLOAD))
    with small.store.reading() as unit:
        for early in (
            lambda: selling.sale_lines(small.till, unit, case),
            lambda: selling.bill_of(small.till, unit, case),
        ):
            with pytest.raises(Bug):
                early()


def test_somebody_elses_code_at_the_list_opens_a_case_and_the_first_waits(
    small: SmallCounter,
) -> None:
    view = small.until(Step.DOWNLOAD)
    assert view.patient is not None
    small.fake.minted[OTHER_ID] = small.fake.minted[PATIENT_ID]
    out = small.scan(view, OTHER_CODE)
    assert out.switched
    assert out.case.case_id != view.case_id
    assert out.case.step is Step.DOWNLOAD
    assert out.spoken.verdict == Say(
        f"error.{int(Code.CUSTOMER_CHANGED)}",
        (("scanned", "孙**"), ("wanted", view.patient.masked_name)),
    )
    assert out.spoken.tone == "attention"
    waiting = small.surface.desk().parked
    assert [row.case_id for row in waiting] == [view.case_id]
    shown = small.surface.unpark(view.case_id)
    assert shown.select == view.select
    assert shown.patient == view.patient


def test_who_was_scanned_in_before_the_first_is_parked_waits_visibly(small: SmallCounter) -> None:
    first = small.until(Step.DOWNLOAD)
    small.fake.minted[OTHER_ID] = small.fake.minted[PATIENT_ID]
    second = small.scan(first, OTHER_CODE).case
    fresh = small.surface.park(first.case_id, "")
    assert fresh.case_id not in (first.case_id, second.case_id)
    waiting = {row.case_id for row in small.surface.desk().parked}
    assert waiting == {first.case_id, second.case_id}


def test_nothing_is_done_for_somebody_who_waits(small: SmallCounter) -> None:
    first = small.until(Step.DOWNLOAD)
    assert first.select is not None
    small.surface.park(first.case_id, "")
    with pytest.raises(OperatorInput) as told:
        small.surface.choose(first.case_id, first.select.cards[0].rx_number)
    assert told.value.code is Code.STEP_MOVED_ON


def test_the_same_patients_code_at_the_list_stays_in_the_case(small: SmallCounter) -> None:
    view = small.until(Step.DOWNLOAD)
    out = small.scan(view, PATIENT_CODE)
    assert not out.switched
    assert out.case.case_id == view.case_id
    assert out.spoken.verdict.key == "scan.voucher.identified"
    assert small.surface.desk().parked == ()


def test_a_code_nobody_knows_leaves_the_list_as_it_was(small: SmallCounter) -> None:
    view = small.until(Step.DOWNLOAD)
    small.fake.script(Operation.DECODE_VOUCHER, PlatformRejected(Code.VOUCHER_UNKNOWN))
    out = small.scan(view, OTHER_CODE)
    assert not out.switched
    assert out.spoken.verdict.key == f"error.{int(Code.VOUCHER_UNKNOWN)}"
    assert out.case.select == view.select
    assert out.case.patient == view.patient
    assert out.case.banner is not None
    assert out.case.banner.code == Code.VOUCHER_UNKNOWN


def test_somebody_without_a_prescription_does_not_cost_the_first_his_list(
    small: SmallCounter,
) -> None:
    view = small.until(Step.DOWNLOAD)
    small.fake.minted.pop(OTHER_ID, None)
    out = small.scan(view, OTHER_CODE)
    assert out.switched
    assert out.spoken.verdict.key == f"error.{int(Code.CUSTOMER_CHANGED)}"
    assert [row.case_id for row in small.surface.desk().parked] == [view.case_id]


@pytest.mark.parametrize(
    ("step", "awaited"),
    [
        (Step.IDENTIFY, "identity"),
        (Step.DOWNLOAD, "choice"),
        (Step.AUDIT, "pharmacist"),
        (Step.SCAN, "box"),
        (Step.HAND_OVER, "nothing"),
    ],
)
@pytest.mark.parametrize("text", ["hello", "6900000000014"], ids=["unknown", "barcode"])
def test_a_foreign_code_says_what_this_step_wants(
    small: SmallCounter, step: Step, awaited: str, text: str
) -> None:
    spoken = small.scan(small.until(step), text).spoken
    assert dict(spoken.verdict.params)["awaited"] == awaited
