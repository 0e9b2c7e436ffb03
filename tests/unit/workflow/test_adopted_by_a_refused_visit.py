"""A visit whose own settlement was refused gets the line that settled it, as a waiting one does."""

from dataclasses import replace

from app.domain.case import Phase, Step
from app.domain.errors import Code, PlatformRejected
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_refund_of_a_part import attempt_of
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def another_refund(small: SmallCounter) -> str:
    """Of the same visit, under a message of this counter that stands in no book of it."""
    books = small.fake.books.settlements
    (taken,) = books.values()
    back = replace(taken.facts, settlement_id="B-OLD", amounts=taken.facts.amounts.negated())
    message_id = of_counter(small, today(small.till), "77")
    books[message_id] = Booked(back, taken.person_no, kind=taken.kind)
    return message_id


def test_a_refused_visit_gets_its_line(small: SmallCounter) -> None:
    """Settled in the lost time; settled again here, and refused for just that."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    small.fake.script(Operation.SETTLE, PlatformRejected(Code.SETTLEMENT_REFUSED))
    view = small.settle(view)
    assert view.phase is Phase.REJECTED
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert small.view(view).step is Step.HAND_OVER


def test_a_refused_return_gets_its_line(small: SmallCounter) -> None:
    done, day = small.until(Step.DONE), today(small.till)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    message_id = another_refund(small)
    small.fake.script(Operation.REVOKE_SETTLEMENT, PlatformRejected(Code.REFUND_REFUSED))
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    assert view.phase is Phase.REJECTED
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert attempt_of(small, view).state is AttemptState.REFUNDED
