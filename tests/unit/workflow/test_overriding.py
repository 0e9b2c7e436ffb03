"""What goes on by somebody's word: with a reason, kept, and on the manager's list."""

from datetime import date, timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.goods.overrides import REASONS, OverrideReason, reasons_for
from app.domain.goods.stock import LotHold
from app.domain.money import packs
from app.workflow.cases.lines import codes_of, sold_lines
from app.workflow.scans.overriding import listed
from app.workflow.views.case import CaseView
from tests.support.small_counter import (
    BOSS,
    CAPSULES,
    CLERK,
    EARLY,
    LATE,
    PIN,
    SmallCounter,
    with_rules,
)

HOUR = timedelta(hours=1)


def overrides(small: SmallCounter) -> list[tuple[str, int, str, str, str]]:
    now = small.clock.now()
    return [
        (
            row.staff,
            row.override.code,
            row.override.reason.value,
            row.drug,
            row.override.trace_code,
        )
        for row in listed(small.till, now - HOUR, now)
    ]


def test_every_reminder_has_reasons_and_nothing_else_has() -> None:
    assert reasons_for(int(Code.SCAN_EXPIRED)) == ()
    assert reasons_for(None) == ()
    for code, reasons in REASONS.items():
        assert reasons == reasons_for(int(code))
        assert len(set(reasons)) == len(reasons)
        assert 0 < len(reasons) < 10


def test_an_override_names_who_why_and_which_box(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), LATE[0]).case
    assert view.scan is not None
    assert view.scan.lines[0].reasons == (
        "earlier_not_found",
        "earlier_damaged",
        "customer_chose",
    )
    view = small.surface.acknowledge(view.case_id, 1, "customer_chose")
    assert view.scan is not None
    assert view.scan.lines[0].reasons == ()
    pack = small.case(view).facts.lines[0].packs[0]
    assert (pack.reason, pack.waiting) == ("customer_chose", False)
    small.surface.sign_in(BOSS, PIN)
    assert overrides(small) == [
        ("收银员小榕", int(Code.SCAN_EARLIER_LOT), "customer_chose", "示例片", LATE[0])
    ]


def test_a_clerk_does_not_read_the_list(small: SmallCounter) -> None:
    with pytest.raises(OperatorInput) as refused:
        overrides(small)
    assert refused.value.code is Code.NOT_ALLOWED


def test_nothing_is_kept_of_a_refused_word(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), LATE[0]).case
    for wrong in ("", "yes", "exempt", "customer_told"):
        with pytest.raises(OperatorInput) as blind:
            small.surface.acknowledge(view.case_id, 1, wrong)
        assert blind.value.code is Code.REASON_MISSING
    small.surface.sign_in(BOSS, PIN)
    assert overrides(small) == []
    assert small.case(view).facts.lines[0].packs[0].waiting


def uncoded(small: SmallCounter, view: CaseView, reason: str, line: int = 1) -> CaseView:
    return small.surface.take_without_code(view.case_id, line, reason)


def test_a_box_without_a_code_goes_in_with_a_reason_and_comes_out_again(
    small: SmallCounter,
) -> None:
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    view = uncoded(small, view, "damaged")
    assert view.scan is not None
    line = view.scan.lines[0]
    assert (line.scanned, line.codes, line.lot_no, len(line.uncoded)) == (1, (), "A1138", 1)
    assert view.scan.log[0].verdict.key == "scanlog.uncoded"
    assert overrides(small) == [("店长阿荫", int(Code.SCAN_NO_CODE), "damaged", "示例片", "")]
    view = small.surface.remove(view.case_id, 1, line.uncoded[0])
    assert view.scan is not None
    assert (view.scan.scanned, view.scan.lines[0].uncoded) == (0, ())


def test_only_who_may_override_leaves_a_code_out(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    for reason in ("old_stock", "damaged", "fault"):
        with pytest.raises(OperatorInput) as refused:
            uncoded(small, view, reason)
        assert refused.value.code is Code.NOT_ALLOWED


@pytest.mark.parametrize("reason", ["exempt", "old_stock"])
def test_goods_that_must_have_a_code_are_not_exempt(small: SmallCounter, reason: str) -> None:
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as refused:
        uncoded(small, view, reason)
    assert refused.value.code is Code.NO_CODE_REFUSED


def test_an_exempt_form_needs_nobody_else(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, trace_exempt_forms=("片剂",)))
    view = uncoded(small, small.until(Step.SCAN), "exempt")
    assert view.scan is not None
    assert view.scan.scanned == 1


def test_old_stock_is_what_was_made_before_the_duty_began(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, no_code_made_before=str(date(2026, 1, 1))))
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    view = uncoded(small, view, "old_stock")
    assert view.scan is not None
    assert view.scan.scanned == 1


def test_a_region_may_refuse_a_reason(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, no_code_reasons=("exempt",)))
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as refused:
        uncoded(small, view, "fault")
    assert refused.value.code is Code.NO_CODE_REFUSED


def test_no_more_boxes_than_the_line_needs(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    for _ in range(2):
        view = uncoded(small, view, "fault")
    with pytest.raises(OperatorInput) as enough:
        uncoded(small, view, "fault")
    assert enough.value.code is Code.SCAN_ENOUGH
    with pytest.raises(OperatorInput) as nowhere:
        uncoded(small, view, "fault", line=9)
    assert nowhere.value.code is Code.STEP_MOVED_ON


def test_a_sale_with_a_box_without_code_is_told_and_booked(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    view = uncoded(small, small.scan(view, EARLY[0]).case, "damaged")
    view = small.scan(view, CAPSULES[0]).case
    with small.store.reading() as unit:
        told = sold_lines(unit, small.case(view))[0]
        before = sum(lot.on_hand for lot in unit.goods.lots(1))
    assert (told.trace_codes, told.quantity) == ((EARLY[0],), packs(2))
    view = small.settle(small.finish(view))
    with small.store.reading() as unit:
        assert sum(lot.on_hand for lot in unit.goods.lots(1)) == before - 2
    assert OverrideReason.DAMAGED.value in {
        pack.reason for line in small.case(view).facts.lines for pack in line.packs
    }
    small.surface.sign_in(CLERK, PIN)


def test_a_box_without_code_comes_back_with_its_sale(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    small.surface.sign_in(BOSS, PIN)
    view = uncoded(small, small.scan(view, EARLY[0]).case, "damaged")
    view = small.hand_over(small.settle(small.finish(small.scan(view, CAPSULES[0]).case)))
    small.surface.sign_in(CLERK, PIN)
    shown = small.surface.begin_return(view.case_id).returning
    assert shown is not None
    assert (shown.sold, shown.uncoded) == (2, 1)
    assert [(len(line.sold), line.uncoded) for line in shown.lines] == [(1, 1), (1, 0)]
    small.surface.take_back(view.case_id, codes_of(small.case(view)))
    assert small.surface.revoke(view.case_id, BOSS, PIN).step is Step.CLOSED
    with small.store.reading() as unit:
        held = [lot.on_hand for lot in unit.goods.lots(1) if lot.hold is LotHold.QUARANTINE]
    assert held == [2]
