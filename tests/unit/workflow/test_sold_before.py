"""A box that stands on another's record: what is refused for it is never taken for our own record.

A copy that was put back does not know what the lost time sold, and a code may be told wrongly
elsewhere. For one such box a whole line is refused; the same no behind a lost telling is no yes.
"""

from datetime import timedelta

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.doubts.travelling import quiescence
from app.workflow.views.case import CaseView
from tests.support.kept_records import put, row
from tests.support.small_counter import EARLY, SmallCounter
from tests.support.waiting_sales import sale_of

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
BY_ANOTHER, MATE = EARLY[:2]
"""Two boxes of one line."""


def refused_as_sold(small: SmallCounter) -> CaseView:
    """The first line is refused, because one of its boxes is on record for somebody else."""
    small.fake.books.sold[BY_ANOTHER] = "another"
    view = small.finish(small.boxes(small.until(Step.SCAN)))
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.REJECTED)
    assert view.banner is not None
    assert view.banner.code == Code.CODE_SOLD_ELSEWHERE
    return view


def told_and_lost(small: SmallCounter, view: CaseView, *, booked: bool = False) -> CaseView:
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=booked)
    view = small.surface.retry(view.case_id)
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    return view


def test_the_same_refusal_behind_a_lost_telling_is_no_record_of_ours(small: SmallCounter) -> None:
    view = told_and_lost(small, refused_as_sold(small))
    for _ in range(2):
        view = small.surface.retry(view.case_id)
        assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    sale = small.case(view).facts.sale
    assert sale is not None
    assert sale.accepted_lines == frozenset()
    assert MATE not in small.fake.books.sold


def test_it_is_told_as_any_other_once_the_other_record_is_gone(small: SmallCounter) -> None:
    view = told_and_lost(small, refused_as_sold(small))
    del small.fake.books.sold[BY_ANOTHER]
    assert small.surface.retry(view.case_id).step is Step.SETTLE
    assert {BY_ANOTHER, MATE} <= small.fake.books.sold.keys()


def test_it_is_remembered_over_a_restart(small: SmallCounter) -> None:
    view = told_and_lost(small, refused_as_sold(small))
    small.restart()
    assert small.surface.retry(view.case_id).phase is Phase.UNKNOWN


def test_a_record_that_waits_is_not_delivered_by_the_same_refusal(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.books.sold[str(sale_of(1, "A").line.trace_codes[0])] = "another"
    delivery.deliver_due(small.till)
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.UNKNOWN
    small.clock.move(quiescence(small.till) + timedelta(minutes=1))
    assert delivery.deliver_due(small.till) == 0
    assert row(small, item).state is OutboxState.STOPPED
    assert row(small, item).code == Code.CODE_SOLD_ELSEWHERE
    small.fake.books.sold.clear()
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.DELIVERED


def test_a_no_of_another_matter_before_it_takes_nothing_from_our_record(
    small: SmallCounter,
) -> None:
    """Refused for its date, told again and booked, its answer lost: what is sold is ours."""
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, PlatformRejected(Code.SALE_REFUSED))
    delivery.deliver_due(small.till)
    assert row(small, item).state is OutboxState.STOPPED
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
    delivery.retry(small.till, item)
    assert row(small, item).state is OutboxState.UNKNOWN
    small.clock.move(quiescence(small.till) + timedelta(minutes=1))
    assert delivery.deliver_due(small.till) == 1
    assert row(small, item).state is OutboxState.DELIVERED
