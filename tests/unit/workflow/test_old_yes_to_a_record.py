"""A yes to a record names nothing that it is about, either: one of before the telling is no
answer.

A yes to an earlier record that was held back on its way comes to the next one: the boxes count as
told, the money moves behind them, or they count as returned, and the platform never heard of it
(0054).
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.case import Phase, Step
from app.ports.replies import SaleAccepted
from app.ports.store import OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.workflow import day, delivery
from tests.support.small_counter import SmallCounter

NOTHING_DONE: Callable[[Any], SaleAccepted] = lambda _message: SaleAccepted("")  # noqa: E731


def old_answers_to(small: SmallCounter, wanted: Operation) -> None:
    """Every answer says the true time, as the one to the sign-in did, but those to ``wanted``: a
    minute before."""

    def told() -> Any:
        asked = small.fake.asked[-1][0] if small.fake.asked else None
        return small.clock.now() - timedelta(seconds=60 if asked is wanted else 0)

    small.fake.own_time = small.clock.now
    day.open_day(small.till)
    small.fake.own_time = told


def test_an_old_yes_tells_no_sale_before_the_money(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    old_answers_to(small, Operation.UPLOAD_SALE)
    small.fake._upload_sale = NOTHING_DONE  # type: ignore[method-assign] # it never arrived
    view = small.finish(small.boxes(view))
    assert small.fake.books.sold == {}
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN), "told to nobody"


def test_an_old_yes_delivers_no_record_that_waits(small: SmallCounter) -> None:
    small.with_profile(load("fujian+told_afterwards", "training").profile)
    small.until(Step.HAND_OVER)
    old_answers_to(small, Operation.UPLOAD_SALE)
    small.fake._upload_sale = NOTHING_DONE  # type: ignore[method-assign]
    delivery.deliver_due(small.till)
    assert small.fake.books.sold == {}
    with small.store.reading() as unit:
        open_ones = [item.state for item in unit.outbox.items()]
    assert open_ones, "a record is promised, told to nobody, and gone from the queue"
    assert OutboxState.DELIVERED not in open_ones


def test_an_old_yes_takes_no_sale_back(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    old_answers_to(small, Operation.RETURN_SALE)
    small.fake._return_sale = NOTHING_DONE  # type: ignore[method-assign]
    view = small.surface.abandon(view.case_id)
    assert small.fake.books.sold
    assert view.step is not Step.CLOSED, "its boxes are free here, and sold there for ever"
