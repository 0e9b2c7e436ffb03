"""A clock is put right in a commit that does not come about: the next id is none of the future.

How far ids went is lowered in the mark beside the key at once, and waits for no commit; that ids
go on in a new stretch is written in the base, by that commit. Where it is rolled back (a password
is asked for, a disk is full, the power goes) both disagree: the mark says that nothing is to be
put right any more, and the base draws the next id where the wrong clock had been.
"""

from datetime import datetime, timedelta

import pytest

from app.domain.case import Step
from app.workflow import day
from app.workflow.upkeep import startup, timekeeping
from tests.support.small_counter import SmallCounter

TWO_HOURS = timedelta(hours=2)


class Undone(Exception):
    """The commit does not come about."""


def once_ahead(small: SmallCounter) -> None:
    """One sign-in two hours ahead; then the clock is right, and the platform has said its time."""
    true = small.clock.now() - timedelta(seconds=small.clock.ticks)
    small.fake.own_time = lambda: true + timedelta(seconds=small.clock.ticks)
    small.clock.at += TWO_HOURS
    day.open_day(small.till)
    small.clock.at -= TWO_HOURS


def put_right_in_vain(small: SmallCounter) -> None:
    def undone() -> None:
        with small.store.unit() as unit:
            timekeeping.put_right(small.till, unit)
            raise Undone

    with pytest.raises(Undone):
        undone()


def next_id(small: SmallCounter) -> datetime:
    with small.store.unit() as unit:
        timekeeping.put_right(small.till, unit)
        return unit.messages.stamp(small.till.shop.institution_code, 1, small.clock.now()).at


def test_a_commit_that_is_undone_puts_no_id_into_the_future(small: SmallCounter) -> None:
    small.until(Step.SETTLE)
    once_ahead(small)
    put_right_in_vain(small)
    assert next_id(small) <= small.clock.now() + timekeeping.TOLERANCE


def test_a_power_cut_between_mark_and_base_is_seen_at_the_next_start(small: SmallCounter) -> None:
    """The start asks something that changes nothing where its clock lies behind the times used, so
    that the one refused message is no customer's (0057)."""
    small.until(Step.SETTLE)
    once_ahead(small)
    put_right_in_vain(small)
    small.restart()
    startup.begin_day(small.till)
    assert next_id(small) <= small.clock.now() + timekeeping.TOLERANCE
