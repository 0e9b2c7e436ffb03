"""An office that refuses every statement for good: what a manager says of a refund in doubt is held
against the platform's own books as soon as it gives them again."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.books.money import Cause, Repair
from app.domain.errors import Code, PlatformRejected
from app.domain.settlement import AttemptState
from app.workflow.calendar import today
from app.workflow.doubts.views import Outcome
from app.workflow.reconciling import repairing
from tests.scenarios.test_money_day import manager
from tests.scenarios.test_refund_by_word import active, compared, signed, silent_for_a_day
from tests.support.counter import Bench
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, attempt_of, given_back


@pytest.fixture
def office() -> Iterator[pytest.MonkeyPatch]:
    """Undone: it gives statements again."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def said(bench: Bench, office: pytest.MonkeyPatch, truth: str, outcome: Outcome) -> AttemptState:
    """A refund without an answer, a reversal that does nothing, and a word behind a day."""
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", truth)
    bench.fault("reverse", "no_effect")
    case = bench.surface.revoke(returning.case_id, *MANAGER)

    def refused(*_asked: Any) -> Any:
        raise PlatformRejected(Code.REFUSED)

    office.setattr(bench.till.platform.core, "reconcile_lines", refused)
    view = bench.surface.examine(silent_for_a_day(bench, case).case_id)
    assert view.source.key == "doubt.source.withheld"
    ended = signed(bench, view, outcome)
    office.undo()
    return attempt_of(bench, ended)


def test_said_given_back_and_it_was(bench: Bench, office: pytest.MonkeyPatch) -> None:
    on = today(bench.till)
    assert said(bench, office, "drop_after", Outcome.STANDS) is AttemptState.REFUNDED
    assert active(bench) == 0
    assert compared(bench, on) == compared(bench, today(bench.till)) == ()


def test_said_given_back_and_it_stands(bench: Bench, office: pytest.MonkeyPatch) -> None:
    on = today(bench.till)
    assert said(bench, office, "drop_before", Outcome.STANDS) is AttemptState.REFUNDED
    (found,) = compared(bench, on)
    assert (found.cause, found.repair) == (Cause.WORD_NOT_REFUNDED, Repair.REVERSE)
    after = repairing.reverse(bench.till, on, found.message_id, manager(bench))
    assert (after.complete, after.differences, active(bench)) == (True, (), 0)


def test_said_to_stand_and_it_does(bench: Bench, office: pytest.MonkeyPatch) -> None:
    on = today(bench.till)
    assert said(bench, office, "drop_before", Outcome.ABSENT) is AttemptState.SETTLED
    assert (active(bench), compared(bench, on)) == (1, ())


def test_said_to_stand_and_it_was_given_back(bench: Bench, office: pytest.MonkeyPatch) -> None:
    on = today(bench.till)
    assert said(bench, office, "drop_after", Outcome.ABSENT) is AttemptState.SETTLED
    (found,) = compared(bench, on)
    assert found.cause is Cause.REFUND_ABSENT_HERE
