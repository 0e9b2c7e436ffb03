"""The exchanges of one comparison: what is asked, what a broken line costs, whose day a line is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.books.money import Cause, GroupState
from app.domain.case import Step
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.domain.settlement import AttemptState
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import Progress
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.ledger import ledger_of
from tests.support.small_counter import BOSS, PIN, SmallCounter


def settled(small: SmallCounter) -> int:
    """One settled visit; its case id."""
    return small.until(Step.HAND_OVER).case_id


def at_platform_time(small: SmallCounter, text: str) -> None:
    """The platform writes this time into the next settlement."""

    def change(answer: object) -> object:
        facts = replace(answer.facts, settled_at=text)  # type: ignore[attr-defined]
        return replace(answer, facts=facts)  # type: ignore[type-var]

    small.fake.script(Operation.SETTLE, change=change)


def test_every_group_is_asked_once_and_offices_are_remembered(small: SmallCounter) -> None:
    settled(small)
    compare_day(small.till, today(small.till))
    asked = [what for how, what in small.fake.asked if how is Operation.RECONCILE_TOTALS]
    groups = [(what.insurance_kind, what.clearing_kind, what.clearing_office) for what in asked]
    assert len(groups) == len(set(groups))
    # of a kind nobody here settled with, too: a retired cadre's sale that only the platform knows
    assert {kind for kind, _, _ in groups} == set(small.till.profile.tables["insurance_kind"])
    offices = {office for _, _, office in groups}
    small.fake.asked.clear()
    compare_day(small.till, today(small.till) - timedelta(days=3))
    again = [what for how, what in small.fake.asked if how is Operation.RECONCILE_TOTALS]
    assert {what.clearing_office for what in again} == offices


def test_a_line_that_is_down_is_tried_once(small: SmallCounter) -> None:
    for _ in range(9):
        small.fake.script(Operation.RECONCILE_TOTALS, NotSent(Code.DID_NOT_LEAVE))
    with pytest.raises(NotSent):
        compare_day(small.till, today(small.till))
    assert small.fake.times(Operation.RECONCILE_TOTALS) == 1


def test_a_line_that_breaks_between_groups_leaves_a_partial_day(small: SmallCounter) -> None:
    settled(small)
    small.fake.script(Operation.RECONCILE_TOTALS)
    small.fake.script(Operation.RECONCILE_TOTALS, NotSent(Code.DID_NOT_LEAVE))
    found = compare_day(small.till, today(small.till))
    assert not found.complete
    assert {part.code for part in found.groups if part.state is GroupState.NOT_COMPARED} == {
        Code.DID_NOT_LEAVE
    }
    assert small.fake.times(Operation.RECONCILE_LINES) == 0


@pytest.mark.parametrize(
    "operation", [Operation.UPLOAD_FILE, Operation.RECONCILE_LINES, Operation.DOWNLOAD_FILE]
)
def test_a_statement_that_cannot_be_read_is_not_guessed(
    small: SmallCounter, operation: Operation
) -> None:
    settled(small)
    small.fake.books.settlements.clear()
    small.fake.script(operation, OutcomeUnknown(Code.ANSWER_MISSING))
    found = compare_day(small.till, today(small.till))
    assert not found.complete
    assert found.differences == ()
    unread = [part for part in found.groups if part.state is GroupState.DIFFERS]
    assert unread
    assert all(part.code for part in unread if part.lines is False)


def test_lines_that_were_wanted_and_not_read_leave_the_day_partial(small: SmallCounter) -> None:
    """Equal totals hide what belongs to a kind nobody asks for: a recovery looks at lines."""
    day = today(small.till)
    small.fake.script(Operation.RECONCILE_LINES, OutcomeUnknown(Code.ANSWER_MISSING))
    found = compare_day(small.till, day, every_line=True)
    assert {part.state for part in found.groups} == {GroupState.EQUAL}
    assert any(part.code for part in found.groups)
    assert not found.complete
    assert small.surface.money(day).skipped > 0
    assert compare_day(small.till, day, every_line=True).complete


def test_giving_up_keeps_the_earlier_findings(small: SmallCounter) -> None:
    settled(small)
    earlier = compare_day(small.till, today(small.till))
    token = CancelToken()
    told: list[Progress] = []

    def report(progress: Progress) -> None:
        told.append(progress)
        token.cancel()

    with pytest.raises(Cancelled):
        compare_day(small.till, today(small.till), report=report, cancel=token)
    assert [progress.stage for progress in told] == ["money.totals"]
    with small.store.reading() as unit:
        assert unit.money_days.get(earlier.day) == earlier


@pytest.mark.parametrize(
    ("written", "days_later"),
    [
        ("2026-11-22 12:00:01", 0),
        ("2026-11-23 00:00:01", 1),
        ("", 0),
        ("nonsense", 0),
        ("2026-11-20 12:00:00", 0),
    ],
    ids=["same day", "platform is past midnight", "no time", "unreadable", "before it began"],
)
def test_a_line_belongs_to_the_day_the_platform_wrote(
    small: SmallCounter, written: str, days_later: int
) -> None:
    at_platform_time(small, written)
    case_id = settled(small)
    on = date(2026, 11, 22) + timedelta(days=days_later)
    with small.store.reading() as unit:
        ledger = ledger_of(small.till, unit, on)
    (line,) = ledger.booked
    assert (line.case_id, line.day, line.state) == (case_id, on, AttemptState.SETTLED)


def test_a_line_of_the_next_day_is_near_and_explains_what_the_platform_shows(
    small: SmallCounter,
) -> None:
    at_platform_time(small, "2026-11-23 00:00:01")
    settled(small)
    found = compare_day(small.till, date(2026, 11, 22), every_line=True)
    assert [one.cause for one in found.differences] == [Cause.OTHER_DAY]


def test_doubts_are_named_also_where_every_total_agrees(small: SmallCounter) -> None:
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING))
    small.until(Step.HAND_OVER)
    found = compare_day(small.till, today(small.till))
    assert [one.cause for one in found.differences] == [Cause.OPEN_HERE]
    assert all(part.state is GroupState.EQUAL for part in found.groups)


def test_a_signature_under_an_earlier_comparison_is_none_under_this_one(
    small: SmallCounter,
) -> None:
    """资金对账 says that nobody signed; so does 日结, where figures of before were signed."""
    on = today(small.till)
    first = small.surface.compare_money(on, True)
    small.surface.sign_money(on, first.run_no, BOSS, PIN, "")
    assert small.surface.money(on).days[0].signed
    settled(small)
    second = small.surface.compare_money(on, True)
    assert second.signed == ()
    head = small.surface.closing().compared
    assert head is not None
    assert (head.run_no, head.signed) == (2, ())


def test_the_usual_kind_is_named_where_the_platform_refuses_a_total(small: SmallCounter) -> None:
    """Of another kind a refusal says that nobody clears by it here; by this one everybody does."""
    usual, honest = small.profile.settle.clearing_kind, small.fake._reconcile_totals
    refused = min(small.profile.tables["insurance_kind"])

    def totals(message: Any) -> Any:
        asked = message.draft.request
        if (asked.clearing_kind, asked.insurance_kind) == (usual, refused):
            raise PlatformRejected(Code.REFUSED)
        return honest(message)

    small.fake._reconcile_totals = totals  # type: ignore[method-assign]
    found = compare_day(small.till, today(small.till))
    missed = [part.group for part in found.groups if part.state is GroupState.NOT_COMPARED]
    assert missed
    assert {(group.clearing_kind, group.insurance_kind) for group in missed} == {(usual, refused)}


def test_a_refused_kind_that_stands_in_our_books_is_named(small: SmallCounter) -> None:
    unusual, honest = "21", small.fake._reconcile_totals

    def cleared_so(answer: Any) -> Any:
        return replace(answer, facts=replace(answer.facts, clearing_kind=unusual))

    def totals(message: Any) -> Any:
        if message.draft.request.clearing_kind == unusual:
            raise PlatformRejected(Code.REFUSED)
        return honest(message)

    small.fake.script(Operation.SETTLE, change=cleared_so)
    settled(small)
    small.fake._reconcile_totals = totals  # type: ignore[method-assign]
    found = compare_day(small.till, today(small.till))
    missed = {p.group.clearing_kind for p in found.groups if p.state is GroupState.NOT_COMPARED}
    assert (missed, found.complete) == ({unusual}, False)
