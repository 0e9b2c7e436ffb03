"""The limits of cash sales without a line: of the store, whatever clock and power do."""

from datetime import timedelta

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Fen
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.offline import Offline, OfflineLimits, offline
from app.workflow.till import Till
from app.workflow.upkeep.startup import recover
from tests.support.kept_records import put
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_self_pay import (
    FREE,
    PRICE,
    UNSENT,
    cash_sale,
    loses_its_line,
    shop,
    sold,
)

__all__ = ["shop"]


class PowerCut(BaseException):
    """Nothing catches it."""


def cut() -> None:
    raise PowerCut


def one_sale_allowed(shop: SmallCounter) -> None:
    shop.surface.set_offline_limits(OfflineLimits(Fen(10_000), 1, 24), BOSS, PIN)
    put(shop, 1, "A")
    loses_its_line(shop)


def refused(shop: SmallCounter, box: DrugTraceCode = FREE[1]) -> Code:
    view = cash_sale(shop, box)
    with pytest.raises(OperatorInput) as told:
        shop.surface.pay(view.case_id, PRICE)
    return told.value.code


def test_they_hold_when_the_clock_is_set_back(shop: SmallCounter) -> None:
    one_sale_allowed(shop)
    shop.clock.move(-timedelta(hours=3))
    sold(shop, FREE[0])
    assert refused(shop) is Code.OFFLINE_LIMIT


def four_hours(shop: SmallCounter) -> None:
    shop.surface.set_offline_limits(OfflineLimits(Fen(100_000), 9, 4), BOSS, PIN)
    put(shop, 1, "A")
    loses_its_line(shop)


def left(shop: SmallCounter) -> timedelta:
    with shop.store.reading() as unit:
        state = offline(shop.till, unit)
    assert state is not None
    return state.until - shop.clock.now()


def test_the_hours_are_no_longer_when_the_clock_is_set_back(shop: SmallCounter) -> None:
    """Whoever puts the clock back by the hour that went by has three left, not four."""
    four_hours(shop)
    assert left(shop) == timedelta(hours=4)
    for hours in (3, 2, 1):
        shop.clock.move(timedelta(hours=1))
        shop.clock.move(-timedelta(hours=1))
        assert left(shop) == timedelta(hours=hours)
    shop.clock.move(timedelta(hours=1))
    assert refused(shop) is Code.OFFLINE_LIMIT


def test_nor_when_it_is_set_back_while_the_program_is_closed(shop: SmallCounter) -> None:
    four_hours(shop)
    for box in FREE[:2]:
        shop.clock.move(timedelta(hours=1))
        sold(shop, box)
        shop.clock.move(-timedelta(hours=1))
        shop.restart()
        recover(shop.till)
    assert left(shop) == timedelta(hours=2)
    shop.clock.move(timedelta(hours=2))
    assert refused(shop, FREE[2]) is Code.OFFLINE_LIMIT


def test_the_hours_of_a_clock_that_lies_behind_already_count_from_its_own_time(
    shop: SmallCounter,
) -> None:
    shop.surface.set_offline_limits(OfflineLimits(Fen(100_000), 9, 2), BOSS, PIN)
    shop.clock.move(-timedelta(hours=3))
    put(shop, 1, "A")
    loses_its_line(shop)
    shop.clock.move(timedelta(hours=2))
    assert refused(shop) is Code.OFFLINE_LIMIT


def beside(shop: SmallCounter) -> Till:
    """The second counter of the same base."""
    one = shop.till
    two = Till(
        one.store, one.platform, one.profile, one.clock, one.shop, 2, one.printers, one.assistance
    )
    two.signed_in = one.operator
    return two


def without_a_line(till: Till) -> Offline | None:
    with till.store.reading() as unit:
        return offline(till, unit)


def test_they_are_those_of_the_store(shop: SmallCounter) -> None:
    """An amount in all (decision 0018): the next counter has no second one."""
    one_sale_allowed(shop)
    two = beside(shop)
    shop.fake.script(Operation.UPLOAD_SALE, UNSENT)
    delivery.drain(two)
    sold(shop, FREE[0])
    for state in (without_a_line(shop.till), without_a_line(two)):
        assert state is not None
        assert (state.sales_left, state.amount_left) == (0, Fen(10_000 - PRICE))


def test_an_answer_to_another_counter_begins_none_anew(shop: SmallCounter) -> None:
    """Its own line is dead while its neighbour's is not: the last call of each decides for it."""
    one_sale_allowed(shop)
    two = beside(shop)
    since = without_a_line(shop.till)
    sold(shop, FREE[0])
    shop.clock.move(timedelta(hours=1))
    assert delivery.deliver_due(two) > 0
    after = without_a_line(shop.till)
    assert since is not None
    assert after is not None
    assert (after.since, after.sales_left, without_a_line(two)) == (since.since, 0, None)
    assert refused(shop) is Code.OFFLINE_LIMIT


def test_what_a_counter_sold_with_its_line_takes_nothing_from_another(shop: SmallCounter) -> None:
    two = beside(shop)
    put(shop, 1, "A")
    shop.fake.script(Operation.UPLOAD_SALE, UNSENT)
    delivery.drain(two)
    assert without_a_line(shop.till) is None, "what another could not send is not its own"
    sold(shop, FREE[0])
    before = without_a_line(two)
    shop.clock.move(timedelta(hours=1))
    assert shop.surface.deliver() == 2
    after = without_a_line(two)
    assert before is not None
    assert after is not None
    assert (before.sales, after.sales, after.since) == (1, 0, before.since)


def test_a_power_cut_gives_no_second_limit(shop: SmallCounter) -> None:
    """What was in hand when the power went has no answer; that is no line."""
    one_sale_allowed(shop)
    sold(shop, FREE[0])
    shop.fake.watch = cut
    shop.clock.move(timedelta(hours=1))
    with pytest.raises(PowerCut):
        shop.surface.deliver()
    shop.restart()
    assert refused(shop) is Code.OFFLINE_LIMIT


def test_the_next_time_without_a_line_has_its_own(shop: SmallCounter) -> None:
    one_sale_allowed(shop)
    sold(shop, FREE[0])
    shop.clock.move(timedelta(hours=1))
    assert shop.surface.deliver() == 2
    put(shop, 2, "B")
    loses_its_line(shop)
    sold(shop, FREE[1])
    assert refused(shop, FREE[2]) is Code.OFFLINE_LIMIT
