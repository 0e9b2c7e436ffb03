"""A box whose earlier sale is still being taken back: the return is told first, then the sale."""

from datetime import timedelta

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent, PlatformRejected
from app.ports import requests as q
from app.ports.messages import Committed
from app.ports.replies import SaleAccepted
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import CAPSULES, EARLY, RX, SmallCounter

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="不行")
UNSENT = NotSent(Code.DID_NOT_LEAVE)


def left_half_way(small: SmallCounter) -> None:
    """Line 1 is on record, line 2 was refused, and the customer leaves."""
    small.fake.script(Operation.UPLOAD_SALE)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    view = small.finish(small.boxes(small.until(Step.SCAN)))
    assert small.surface.abandon(view.case_id).step is Step.CLOSED
    assert len(small.fake.books.sold) == 2


def come_again(small: SmallCounter) -> CaseView:
    """The same prescription once more, with the boxes that lie on the counter."""
    view = small.identify(small.surface.current())
    view = small.audit(small.prove(small.surface.choose(view.case_id, RX)))
    for code in (EARLY[0], EARLY[1], CAPSULES[0]):
        view = small.scan(view, code).case
    return small.finish(view)


def takes_anything(small: SmallCounter) -> None:
    """A platform that does not mind a box that is sold twice."""

    def upload(message: Committed[q.UploadSale]) -> SaleAccepted:
        request = message.draft.request
        for code in request.line.trace_codes:
            small.fake.books.sold[code] = request.sale_serial
        return SaleAccepted("")

    small.fake._upload_sale = upload  # type: ignore[method-assign] # no second look at a box


def told(small: SmallCounter) -> list[Operation]:
    records = (Operation.UPLOAD_SALE, Operation.RETURN_SALE)
    return [operation for operation, _ in small.fake.asked if operation in records]


def test_a_waiting_return_goes_before_the_next_sale_of_its_boxes(small: SmallCounter) -> None:
    left_half_way(small)
    takes_anything(small)
    view = come_again(small)
    assert view.step is Step.SETTLE
    small.surface.deliver()
    assert set(small.fake.books.sold) == {EARLY[0], EARLY[1], CAPSULES[0]}
    up, back = Operation.UPLOAD_SALE, Operation.RETURN_SALE
    assert told(small) == [up, up, back, up, up]


def test_a_return_that_does_not_get_through_holds_the_sale_of_its_boxes(
    small: SmallCounter,
) -> None:
    left_half_way(small)
    small.fake.script(Operation.RETURN_SALE, UNSENT)
    view = come_again(small)
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.READY)
    assert view.banner is not None
    assert view.banner.code == Code.RETURN_WAITS
    assert told(small)[-1] is Operation.RETURN_SALE
    small.clock.move(timedelta(minutes=1))
    small.surface.deliver()
    assert small.surface.retry(view.case_id).step is Step.SETTLE
    assert set(small.fake.books.sold) == {EARLY[0], EARLY[1], CAPSULES[0]}
