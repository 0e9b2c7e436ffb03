"""Cash sales without a line at two counters whose clocks lie apart as far as they may."""

from datetime import timedelta

from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.offline import offline
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import PlayedClock
from tests.support.store_counters import a_counter_of, held
from tests.unit.workflow.test_limits_without_a_line import four_hours
from tests.unit.workflow.test_self_pay import UNSENT, shop

__all__ = ["shop"]


def test_two_clocks_that_lie_apart_cost_no_hours(shop: SmallCounter) -> None:
    """Each try dated by the other clock looked like a clock set back, and the hours were gone."""
    one = a_counter_of(shop, 1)
    two = a_counter_of(shop, 2, clock=PlayedClock(at=shop.clock.at - timedelta(minutes=3)))
    four_hours(one)
    for _ in range(10):
        for counter in (one, two):
            counter.fake.script(Operation.UPLOAD_SALE, UNSENT)
            held(counter).beat()
            with shop.store.reading() as unit:
                waiting = unit.outbox.items()
            delivery.retry(counter.till, waiting[0].item_id)
        one.clock.move(timedelta(seconds=10))
        two.clock.move(timedelta(seconds=10))
    with shop.store.reading() as unit:
        state = offline(one.till, unit)
    assert state is not None
    assert state.until - one.clock.now() >= timedelta(hours=3, minutes=50)
