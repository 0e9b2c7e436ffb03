"""One process at a time works as one counter of a store, whatever the clocks say."""

from contextvars import Context
from datetime import timedelta

import pytest

from app.domain.errors import Code, LocalTrouble
from app.workflow.leases.holding import BEAT, LEASE, FencedStore, Holding, counter_lease
from tests.support.small_counter import SmallCounter
from tests.support.store_builders import PlayedClock
from tests.support.store_counters import Passing, holding_of


def refused(holding: Holding, pause: Passing) -> Code:
    with pytest.raises(LocalTrouble) as told:
        holding.take(pause)
    return told.value.code


def writes(small: SmallCounter, holding: Holding) -> bool:
    try:
        with FencedStore(small.store, holding).unit() as unit:
            unit.settings.put("k", "v")
    except LocalTrouble as trouble:
        return trouble.code is not Code.COUNTER_LOST
    return True


def test_a_second_machine_with_the_same_number_is_refused_while_the_first_lives(
    small: SmallCounter,
) -> None:
    first, second = holding_of(small, 2, "one"), holding_of(small, 2, "two")
    assert first.take(Passing(small.clock)) is False, "nobody had it"
    pause = Passing(small.clock, first)
    assert refused(second, pause) is Code.COUNTER_TAKEN
    assert pause.waited <= BEAT.total_seconds()
    assert writes(small, first)


def test_it_gets_the_number_of_a_dead_one_and_the_dead_one_writes_nothing_more(
    small: SmallCounter,
) -> None:
    first, second = holding_of(small, 2, "one"), holding_of(small, 2, "two")
    first.take(Passing(small.clock))
    pause = Passing(small.clock)
    assert second.take(pause) is True, "another machine's clock told its times"
    assert pause.waited >= LEASE.total_seconds()
    assert writes(small, second)
    assert not writes(small, first)
    with pytest.raises(LocalTrouble):
        first.require_sure()


def test_a_former_run_of_the_same_place_is_dead_at_once(small: SmallCounter) -> None:
    first = holding_of(small, 2, "one", "1")
    first.take(Passing(small.clock))
    again, pause = holding_of(small, 2, "one", "2"), Passing(small.clock)
    assert again.take(pause) is False
    assert pause.waited == 0
    assert not writes(small, first)


def test_what_was_left_in_order_waits_for_nobody(small: SmallCounter) -> None:
    first, second = holding_of(small, 2, "one"), holding_of(small, 2, "two")
    first.take(Passing(small.clock))
    first.leave()
    assert not writes(small, first)
    pause = Passing(small.clock)
    second.take(pause)
    assert pause.waited == 0


def test_bytes_leave_only_within_the_time_in_which_nobody_else_can_have_it(
    small: SmallCounter,
) -> None:
    first = holding_of(small, 2, "one")
    first.take(Passing(small.clock))
    small.clock.move(LEASE - timedelta(seconds=1))
    first.require_sure()
    small.clock.move(timedelta(hours=3))
    first.require_sure()
    assert writes(small, first), "it slept, nobody took it, and one beat proves it"
    thief = holding_of(small, 2, "two")
    thief.take(Passing(small.clock))
    with pytest.raises(LocalTrouble) as told:
        first.require_sure()
    assert told.value.code is Code.COUNTER_LOST


@pytest.mark.parametrize("woke", [timedelta(hours=1), timedelta(hours=-1)], ids=["later", "back"])
def test_where_the_steady_clock_slept_too_the_other_one_tells(
    small: SmallCounter, woke: timedelta
) -> None:
    """It counts no sleep everywhere; the clock on the wall went on, or was set meanwhile."""
    first = holding_of(small, 2, "one")
    first.take(Passing(small.clock))
    theirs = PlayedClock(at=small.clock.at)
    Holding(small.store, theirs, 2, "two", "1").take(Passing(theirs))
    small.clock.at += woke
    with pytest.raises(LocalTrouble) as told:
        first.require_sure()
    assert told.value.code is Code.COUNTER_LOST


@pytest.mark.parametrize("wrong", [timedelta(hours=-5), timedelta(hours=5)])
def test_a_wrong_clock_of_another_machine_makes_nobody_dead(
    small: SmallCounter, wrong: timedelta
) -> None:
    first = holding_of(small, 2, "one")
    first.take(Passing(small.clock))
    theirs = PlayedClock(at=small.clock.at + wrong)
    other = Holding(small.store, theirs, 3, "two", "1")
    other.take(Passing(theirs))
    for _ in range(20):
        small.clock.move(BEAT)
        theirs.move(BEAT)
        first.beat()
        other.beat()
        assert other.silent() == ()
    for _ in range(6):
        theirs.move(BEAT)
        other.beat()
    assert other.silent() == (2,)


def test_whoever_could_not_look_does_not_know_who_is_dead(small: SmallCounter) -> None:
    """The base was away for a while: everybody was silent, and nobody is dead."""
    first, other = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    other.take(Passing(small.clock))
    other.beat()
    small.clock.move(timedelta(minutes=20))
    other.beat()
    assert other.silent() == ()


def test_who_beats_again_before_it_is_inherited_stays_its_own(small: SmallCounter) -> None:
    """Silence is seen at one beat, and inherited at a later moment."""
    first, other = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    other.take(Passing(small.clock))
    while not other.silent():
        small.clock.move(BEAT)
        other.beat()
    first.beat()
    assert other.inherit(2) is None
    assert writes(small, first)


def test_an_errand_of_the_store_has_one_counter_at_a_time(small: SmallCounter) -> None:
    first, other = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    other.take(Passing(small.clock))
    with first.errand("stock") as mine, other.errand("stock") as theirs:
        assert (mine, theirs) == (True, False)
        with first.errand("stock") as again:
            assert again, "one errand may be a part of another"
        with other.errand("money") as else_:
            assert else_
    with other.errand("stock") as free:
        assert free


def test_an_errand_of_a_former_run_keeps_nobody_from_it(small: SmallCounter) -> None:
    """The power went in the middle of it; who stands there again knows nothing of it."""
    first, dead = holding_of(small, 2, "one"), holding_of(small, 3, "two", "1")
    first.take(Passing(small.clock))
    dead.take(Passing(small.clock))
    assert dead._begun("stock") is not None
    holding_of(small, 3, "two", "2").take(Passing(small.clock))
    with first.errand("stock") as mine:
        assert mine


def test_two_lanes_of_one_counter_do_not_share_an_errand(small: SmallCounter) -> None:
    """The night's comparison and somebody's key: whoever began first ends first, and what the other
    one still did would be held by nobody."""
    first, other = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    other.take(Passing(small.clock))

    def lane() -> bool:
        with first.errand("stock") as mine:
            return mine

    with first.errand("stock"):
        assert Context().run(lane) is False
        with first.errand("stock") as again:
            assert again, "one errand may be a part of another"
        with other.errand("stock") as theirs:
            assert not theirs
    assert Context().run(lane) is True


def test_the_errand_of_a_dead_counter_goes_on_elsewhere_and_its_end_is_not_written(
    small: SmallCounter,
) -> None:
    first, other = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    other.take(Passing(small.clock))
    with pytest.raises(LocalTrouble) as told, first.errand("stock") as mine:  # noqa: PT012
        assert mine
        for _ in range(8):
            small.clock.move(BEAT)
            other.beat()
        with other.errand("stock") as theirs:
            assert theirs
            with FencedStore(small.store, first).unit():
                pass
    assert told.value.code is Code.COUNTER_LOST


def test_what_was_inherited_is_free_again_where_the_heir_leaves_in_order(
    small: SmallCounter,
) -> None:
    first, heir = holding_of(small, 2, "one"), holding_of(small, 3, "two")
    first.take(Passing(small.clock))
    heir.take(Passing(small.clock))
    while not heir.silent():
        small.clock.move(BEAT)
        heir.beat()
    assert heir.inherit(2) is not None
    heir.leave()
    with small.store.reading() as unit:
        left = [unit.leases.find(counter_lease(number)) for number in (2, 3)]
    assert [lease.holder for lease in left if lease is not None] == ["", ""]
