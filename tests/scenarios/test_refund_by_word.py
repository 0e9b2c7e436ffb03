"""A region whose statement leaves out what was refunded, and that can be asked nothing: a refund
without an answer ends on a manager's word, and whether it was right is found out afterwards."""

from datetime import date, timedelta

import msgspec
import pytest

from app.domain.attempt import SILENCE, StatusQuery
from app.domain.books.money import Cause, Difference, Repair
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.domain.settlement import AttemptState
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.doubts.views import DoubtView, Outcome
from app.workflow.reconciling import repairing
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.ledger import ledger_of
from app.workflow.returns.by_word import APART
from app.workflow.views.case import CaseView
from tests.scenarios.test_money_day import manager
from tests.support.counter import Bench
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, attempt_of, given_back

WHOLE_DAY = timedelta(days=1)
WORD = "县医保局电话核实，王老师，9:40"


@pytest.fixture
def silent(bench: Bench) -> Bench:
    """Nothing but the statement tells of a refund, and it leaves out what was refunded."""
    bench.post("books", {"statement": "leaves_out_refunded"})
    settle = msgspec.structs.replace(bench.till.profile.settle, status_query=StatusQuery.NONE)
    bench.till.profile = msgspec.structs.replace(bench.till.profile, settle=settle)
    return bench


def refund_in_doubt(bench: Bench) -> CaseView:
    """The refund was booked, its answer was lost, and a reversal that is said done does nothing."""
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", "drop_after")
    bench.fault("reverse", "no_effect")
    return bench.surface.revoke(returning.case_id, *MANAGER)


def silent_for_a_day(bench: Bench, case: CaseView) -> CaseView:
    """The lanes look as often as they do, until nothing but a person is left."""
    for _ in range(60):
        if attempt_of(bench, case) is AttemptState.MANUAL:
            return bench.surface.view(case.case_id)
        bench.pass_time(1800)
        day.put_right(bench.till, None)
        bench.surface.deliver()
    raise AssertionError(f"nobody can end it: {attempt_of(bench, case)}")


def signed(bench: Bench, view: DoubtView, outcome: Outcome) -> CaseView:
    return bench.surface.decide_doubt(view, outcome, WORD, "明细一直没有这笔", *MANAGER)


def compared(bench: Bench, on: date) -> tuple[Difference, ...]:
    return compare_day(bench.till, on).differences


def active(bench: Bench) -> int:
    return int(bench.platform_state()["settlements"].get("active", 0))


def test_a_day_of_silence_hands_it_to_a_manager(silent: Bench) -> None:
    case, began = refund_in_doubt(silent), silent.clock.now()
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    assert silent.clock.now() - began > SILENCE
    assert [choice.outcome for choice in view.choices] == [Outcome.STANDS, Outcome.ABSENT]
    assert view.needs_statement
    with pytest.raises(OperatorInput) as where:
        silent.surface.decide_doubt(view, Outcome.STANDS, " ", "明细没有", *MANAGER)
    assert where.value.code is Code.STATEMENT_MISSING
    assert attempt_of(silent, case) is AttemptState.MANUAL


def test_said_given_back_and_it_was(silent: Bench) -> None:
    case, on = refund_in_doubt(silent), today(silent.till)
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    ended = signed(silent, view, Outcome.STANDS)
    assert (ended.step, attempt_of(silent, case)) == (Step.CLOSED, AttemptState.REFUNDED)
    assert silent.platform_state()["sold_codes"] == []
    assert compared(silent, on) == ()
    assert compared(silent, today(silent.till)) == ()


def test_said_given_back_and_it_stands(silent: Bench) -> None:
    """The totals of the day find it, and one key takes the settlement there back."""
    case, on = refund_in_doubt(silent), today(silent.till)
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    signed(silent, view, Outcome.STANDS)
    silent.post("books", {"plant": "refund_missing"})
    assert active(silent) == 1, "the refund was never booked"
    (found,) = compared(silent, on)
    assert (found.cause, found.repair) == (Cause.WORD_NOT_REFUNDED, Repair.REVERSE)
    after = repairing.reverse(silent.till, on, found.message_id, manager(silent))
    assert (after.complete, after.differences, active(silent)) == (True, (), 0)
    assert compared(silent, on) == ()


@pytest.fixture
def next_day(silent: Bench) -> tuple[Bench, date, str]:
    """Sold on one day, given back on the next, said so by a word; from now on the statements of the
    platform show both lines."""
    returning, on = given_back(silent, a_visit(silent)), today(silent.till)
    silent.pass_time(WHOLE_DAY.total_seconds())
    day.put_right(silent.till, None)
    silent.fault("revoke_settlement", "drop_after")
    silent.fault("reverse", "no_effect")
    case = silent.surface.revoke(returning.case_id, *MANAGER)
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    signed(silent, view, Outcome.STANDS)
    assert active(silent) == 0
    silent.post("books", {"statement": "whole"})
    (found,) = compared(silent, on)
    assert found.cause is Cause.WORD_NOT_REFUNDED, "that day cannot show what the next one has"
    return silent, on, found.message_id


def test_what_was_given_back_on_the_next_day_is_not_reversed(
    next_day: tuple[Bench, date, str],
) -> None:
    bench, on, message_id = next_day
    with pytest.raises(OperatorInput) as given:
        repairing.reverse(bench.till, on, message_id, manager(bench))
    assert given.value.code is Code.GIVEN_BACK_THERE
    with bench.store.reading() as unit:
        assert unit.journal.newest("reverse_settle", message_id) is None, "nothing was begun"


def test_a_reversal_that_is_refused_leaves_both_lines_in_our_books(silent: Bench) -> None:
    """Its period is closed: what was said stays in the totals, and the key stays."""
    case, on = refund_in_doubt(silent), today(silent.till)
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    signed(silent, view, Outcome.STANDS)
    silent.post("books", {"plant": "refund_missing"})
    (found,) = compared(silent, on)
    with silent.store.reading() as unit:
        before = ledger_of(silent.till, unit, on).booked
    silent.fault("reverse", "reject")
    with pytest.raises(PlatformRejected):
        repairing.reverse(silent.till, on, found.message_id, manager(silent))
    with silent.store.reading() as unit:
        assert ledger_of(silent.till, unit, on).booked == before
    assert [one.cause for one in compared(silent, on)] == [Cause.WORD_NOT_REFUNDED]


def test_said_to_stand_and_it_does(silent: Bench) -> None:
    """It goes back as any other, and nothing of the word is left."""
    case, on = refund_in_doubt(silent), today(silent.till)
    waiting = silent_for_a_day(silent, case)
    view = silent.surface.examine(waiting.case_id)
    again = signed(silent, view, Outcome.ABSENT)
    assert (again.step, again.phase) == (Step.REVOKE, Phase.READY)
    silent.post("books", {"plant": "refund_missing"})
    assert compared(silent, on) == ()
    assert silent.surface.revoke(again.case_id, *MANAGER).step is Step.CLOSED
    assert active(silent) == 0
    assert compared(silent, on) == compared(silent, today(silent.till)) == ()


def test_said_to_stand_and_it_was_given_back(silent: Bench) -> None:
    """The comparison names it; the next refund is refused and leads to the manager again."""
    case, on = refund_in_doubt(silent), today(silent.till)
    view = silent.surface.examine(silent_for_a_day(silent, case).case_id)
    again = signed(silent, view, Outcome.ABSENT)
    (found,) = compared(silent, on)
    assert (found.cause, found.case_id) == (Cause.WORD_NOT_STANDING, case.case_id)
    silent.surface.revoke(again.case_id, *MANAGER)
    waiting = silent_for_a_day(silent, case)
    ended = signed(silent, silent.surface.examine(waiting.case_id), Outcome.STANDS)
    assert (ended.step, attempt_of(silent, case)) == (Step.CLOSED, AttemptState.REFUNDED)
    # the platform gave it back on the first day, our books have it on a later one
    days = [on + timedelta(days=n) for n in range((today(silent.till) - on).days + 1)]
    causes = [one.cause for past in days for one in compared(silent, past)]
    assert causes == [Cause.WORD_OTHER_DAY] * 2


def test_nobody_is_asked_before_and_the_page_says_when(silent: Bench) -> None:
    settle = msgspec.structs.replace(silent.till.profile.settle, reversible=())
    silent.till.profile = msgspec.structs.replace(silent.till.profile, settle=settle)
    case = refund_in_doubt(silent)
    silent.let_arrive()
    silent.surface.deliver()
    assert attempt_of(silent, case) is AttemptState.MANUAL
    view = silent.surface.examine(case.case_id)
    assert (view.choices, view.trouble and view.trouble.code) == ((), Code.NOT_SHOWN)
    # a day later it has been silent twice: the third look, an hour on, may be signed
    silent.pass_time(SILENCE.total_seconds())
    assert silent.surface.examine(case.case_id).choices == ()
    silent.pass_time(APART.total_seconds() + 1)
    assert len(silent.surface.examine(case.case_id).choices) == 2
