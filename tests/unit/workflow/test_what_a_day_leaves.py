"""What the sign-out says of a visit before its key: what it gives up itself, what is still owed,
and what nobody knows before a recovery is over."""

from datetime import timedelta

from app.domain.case import Step
from app.domain.errors import Code, NotSent
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.reconciling.views import ClosingView
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_refund_of_other_amounts import settled_otherwise, stands
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def listed(small: SmallCounter) -> tuple[list[int | None], list[int | None]]:
    """Visits the sign-out ends, and those the next shift gets."""
    shut: ClosingView = small.surface.closing()
    left = [one.case_id for one in shut.handed_over if one.kind == "visit"]
    return [one.case_id for one in shut.ending], left


def ended(small: SmallCounter, view: CaseView) -> bool:
    return small.view(view).step is Step.CLOSED


def test_a_told_sale_that_is_not_settled_ends_with_the_day(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.clock.move(timedelta(seconds=1))
    assert listed(small) == ([view.case_id], []), "called the next shift's, and given up by F12"
    small.surface.end_day(BOSS, PIN)
    assert ended(small, view)
    assert listed(small) == ([], [])


def test_what_was_given_up_and_not_heard_still_ends_with_it(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, NotSent(Code.DID_NOT_LEAVE))
    small.surface.abandon(view.case_id)
    assert small.view(view).step is Step.RETURN_SALE
    small.clock.move(timedelta(seconds=1))
    assert listed(small) == ([view.case_id], [])
    small.clock.move(timedelta(minutes=2))
    small.surface.end_day(BOSS, PIN)
    assert ended(small, view)


def test_a_visit_that_was_told_to_nobody_is_handed_over(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    assert listed(small) == ([], [view.case_id])
    small.surface.end_day(BOSS, PIN)
    assert not ended(small, view)


def test_a_settled_visit_is_handed_over_with_what_it_owes(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    owed = small.view(view).hand_over
    assert owed is not None
    (one,) = small.surface.closing().owing
    assert (one.case_id, one.owed) == (view.case_id, owed.still_to_pay)
    small.surface.take_rest(view.case_id, owed.still_to_pay)
    assert small.surface.closing().owing == ()


def test_nothing_ends_with_a_day_of_a_base_nobody_believes(small: SmallCounter) -> None:
    """And the days that are still to be compared are named."""
    view = small.until(Step.SETTLE)
    assert small.surface.closing().lost_days == ""
    restored(small)
    shut = small.surface.closing()
    assert f"{today(small.till):%m-%d}" in shut.lost_days
    assert listed(small) == ([], [view.case_id])
    small.surface.end_day(BOSS, PIN)
    assert not ended(small, view)


def test_what_is_on_its_way_is_not_said_to_end_with_the_day(small: SmallCounter) -> None:
    """Its answer decides: the money may follow a moment later."""
    view = small.boxes(small.until(Step.SCAN))
    seen: list[tuple[list[int | None], list[int | None]]] = []

    def looked() -> None:
        if small.fake.asked[-1][0] is Operation.UPLOAD_SALE:
            seen.append(listed(small))

    small.fake.watch = looked
    small.finish(view)
    assert seen
    assert all(found == ([], [view.case_id]) for found in seen)


def test_nothing_is_owed_for_what_is_on_its_way_back(small: SmallCounter) -> None:
    """Settled for more cash than was paid: the rest would be asked of somebody who gets the whole
    undone."""
    view, _ = settled_otherwise(small, cash=100)
    stands(small, view)
    (waits,) = [one for one in small.surface.closing().handed_over if one.kind == "visit"]
    assert waits.owed > 0
    small.surface.begin_return(view.case_id)
    (back,) = [one for one in small.surface.closing().handed_over if one.kind == "visit"]
    assert back.owed == 0
