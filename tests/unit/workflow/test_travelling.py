"""A telling without an answer may arrive late: nothing is undone before it cannot any more."""

from datetime import datetime, timedelta

import msgspec
import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble, OperatorInput, OutcomeUnknown
from app.ports.store import OutboxMove, OutboxNote, OutboxState
from app.profile.operations import Operation
from app.workflow import counter, delivery
from app.workflow.calendar import CHINA
from app.workflow.doubts.travelling import quiescence
from app.workflow.views.case import CaseView
from tests.support.failing_disk import FailingCommits
from tests.support.kept_records import put, row, told
from tests.support.small_counter import SmallCounter, on_unknown

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def at_settle_after_a_lost_upload(small: SmallCounter) -> CaseView:
    """The first telling of a line had no answer, the second was accepted."""
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    view = small.finish(small.boxes(small.until(Step.SCAN)))
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    view = small.surface.retry(view.case_id)
    assert view.step is Step.SETTLE
    return view


def test_no_return_is_told_while_a_lost_upload_may_still_arrive(small: SmallCounter) -> None:
    view = at_settle_after_a_lost_upload(small)
    view = small.surface.abandon(view.case_id)
    assert (view.step, view.phase) == (Step.RETURN_SALE, Phase.READY)
    assert view.banner is not None
    assert view.banner.code == Code.UPLOAD_UNKNOWN
    assert small.fake.times(Operation.RETURN_SALE) == 0
    assert small.surface.retry(view.case_id).step is Step.RETURN_SALE
    small.clock.move(quiescence(small.till) - timedelta(seconds=1))
    assert small.surface.retry(view.case_id).step is Step.RETURN_SALE
    assert small.fake.times(Operation.RETURN_SALE) == 0
    small.clock.move(timedelta(seconds=1))
    assert small.surface.retry(view.case_id).step is Step.CLOSED
    assert small.fake.books.sold == {}


@pytest.mark.parametrize("booked", [True, False])
def test_a_lost_upload_that_is_not_found_is_not_told_again_before_it_can_have_arrived(
    small: SmallCounter, booked: bool
) -> None:
    """Where the platform's books are asked first: they may be a moment too old."""
    rule = on_unknown(small.profile, Operation.UPLOAD_SALE, "query:query_stock_trail")
    part = msgspec.structs.replace(rule.operations[Operation.UPLOAD_SALE], on_absent="resend")
    operations = {**rule.operations, Operation.UPLOAD_SALE: part}
    small.with_profile(msgspec.structs.replace(rule, operations=operations))
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=booked)
    view = small.finish(small.boxes(small.until(Step.SCAN)))
    view = small.surface.retry(view.case_id)
    assert small.fake.times(Operation.QUERY_STOCK_TRAIL) > 0
    if booked:
        assert view.step is Step.SETTLE
        return
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    assert small.fake.times(Operation.UPLOAD_SALE) == 1
    small.clock.move(quiescence(small.till))
    assert small.surface.retry(view.case_id).step is Step.SETTLE


def test_the_wait_ends_by_itself(small: SmallCounter) -> None:
    view = at_settle_after_a_lost_upload(small)
    view = small.surface.abandon(view.case_id)
    small.clock.move(timedelta(minutes=2))
    small.surface.deliver()
    assert small.view(view).step is Step.CLOSED


def test_a_lost_return_is_not_told_again_while_it_may_still_arrive(small: SmallCounter) -> None:
    """Else the late one would free boxes that were sold to somebody else meanwhile."""
    view = small.finish(small.boxes(small.until(Step.SCAN)))
    small.fake.script(Operation.RETURN_SALE, LOST, booked=True)
    view = small.surface.abandon(view.case_id)
    assert view.phase is Phase.UNKNOWN
    assert small.surface.retry(view.case_id).phase is Phase.UNKNOWN
    assert small.fake.times(Operation.RETURN_SALE) == 1
    small.clock.move(quiescence(small.till))
    assert small.surface.retry(view.case_id).step is Step.CLOSED


def test_an_upload_lost_with_the_process_counts_from_the_start(small: SmallCounter) -> None:
    view = small.boxes(small.until(Step.SCAN))
    store = small.till.store
    small.till.store = FailingCommits(small.store, 3)
    with pytest.raises(LocalTrouble):
        small.finish(view)
    small.till.store = store
    assert small.case(view).position.phase is Phase.SENT
    assert counter.recover(small.till) == 1
    sale = small.case(view).facts.sale
    assert sale is not None
    assert sale.unclear_at == small.clock.now()


def test_a_record_lost_with_the_process_is_told_again_when_it_can_arrive_no_more(
    small: SmallCounter,
) -> None:
    """Told at once, the telling of the dead process could be booked behind the second."""
    item, now = put(small, 1, "A"), small.clock.now()
    with small.store.unit() as unit:
        assert unit.outbox.claim(item, "a process that died", now + timedelta(minutes=2))
        unit.outbox.note(item, OutboxNote(now, OutboxMove.SENDING))
    small.restart()
    small.clock.move(quiescence(small.till) - timedelta(seconds=1))
    assert delivery.deliver_due(small.till) == 0
    refused_until(small, item, now + quiescence(small.till))
    assert told(small) == []
    small.clock.move(timedelta(seconds=1))
    assert delivery.deliver_due(small.till) == 1
    assert told(small) == ["S1"]


def refused_until(small: SmallCounter, item: int, until: datetime) -> None:
    """F12 says why nothing goes out, and from when it may."""
    with pytest.raises(OperatorInput) as refused:
        small.surface.retry_item(item)
    assert refused.value.code is Code.RECORD_MAY_ARRIVE
    assert refused.value.params["until"] == f"{until.astimezone(CHINA):%H:%M:%S}"
    assert row(small, item).state is OutboxState.UNKNOWN


def test_nor_does_a_person_hasten_what_had_no_answer(small: SmallCounter) -> None:
    item = put(small, 1, "A")
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    delivery.deliver_due(small.till)
    refused_until(small, item, small.clock.now() + quiescence(small.till))
    assert told(small) == ["S1"]
    small.clock.move(quiescence(small.till))
    delivery.retry(small.till, item)
    assert told(small) == ["S1", "S1"]
