"""I7: a message id is never used twice, whatever the clock does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Bug
from app.ports.platform import Stamp
from app.ports.recovery import Cause
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import SqlStore, scope_of
from localdb.witness import RESERVED
from tests.support import store_builders as a

INSTITUTION = "P35010000001"


def stamp(
    store: SqlStore, counter_no: int = 1, seconds: float = 0.0, institution: str = INSTITUTION
) -> Stamp:
    with store.unit() as unit:
        return unit.messages.stamp(institution, counter_no, a.NOON + timedelta(seconds=seconds))


def test_an_id_says_who_when_and_which(store: SqlStore) -> None:
    first, second = stamp(store, 7), stamp(store, 7)
    assert first.message_id == "P35010000001" + "20261122120000" + "0700"
    assert second.message_id == "P35010000001" + "20261122120000" + "0701"
    assert first.at == a.NOON


def test_two_counters_never_meet(store: SqlStore) -> None:
    ids = {stamp(store, counter).message_id for counter in range(100)}
    assert len(ids) == 100


@pytest.mark.parametrize("counter_no", [0, 7, 99])
def test_an_id_tells_whose_block_it_lies_in(store: SqlStore, counter_no: int) -> None:
    made = stamp(store, counter_no, 0.0).message_id
    with store.reading() as unit:
        assert unit.messages.counter_of(made, made[:12]) == counter_no
        for other in (made[:-1], made + "0", f"{made[:-1]}x", "", f"X{made[1:]}"):
            assert unit.messages.counter_of(other, made[:12]) is None


@pytest.mark.parametrize("counter_no", [-1, 100])
def test_counter_outside_its_two_digits_is_a_bug(store: SqlStore, counter_no: int) -> None:
    with pytest.raises(Bug):
        stamp(store, counter_no)


def test_full_second_borrows_the_next_one(store: SqlStore) -> None:
    ids = [stamp(store).message_id for _ in range(91)]
    assert ids[89][12:] == "20261122120000" + "0189"
    assert ids[90][12:] == "20261122120001" + "0100"
    assert len(set(ids)) == 91


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.one_of(st.floats(-400_000, 400_000, allow_nan=False), st.just(0.0), st.just("restart")),
        min_size=1,
        max_size=12,
    )
)
def test_ids_never_repeat_and_time_never_falls(
    open_again: Callable[[], SqlStore], moves: list[float | str]
) -> None:
    store = open_again()
    with store.unit() as unit:
        institution = f"P{unit.settings.next_number('example'):011d}"
    allotted: list[Stamp] = []
    for move in moves:
        if isinstance(move, str):
            store = open_again()
        else:
            allotted += [stamp(store, 1, move, institution) for _ in range(2)]
    ids = [one.message_id for one in allotted]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    assert [one.at for one in allotted] == sorted(one.at for one in allotted)
    assert all(len(one) == 30 for one in ids)


def behind(store: SqlStore, at: datetime) -> datetime | None:
    with store.reading() as unit:
        return unit.messages.clock_behind(at)


def test_a_clock_behind_what_was_used_is_named_also_after_a_restart(
    open_again: Callable[[], SqlStore],
) -> None:
    store = open_again()
    assert behind(store, a.NOON - timedelta(days=400)) is None, "nothing was used yet"
    stamp(store)
    for _ in range(2):
        assert behind(store, a.NOON - timedelta(minutes=5)) is None
        used = behind(store, a.NOON - timedelta(minutes=6, seconds=1))
        assert used is not None
        assert a.NOON - RESERVED <= used <= a.NOON
        store = open_again()


def test_a_time_that_was_wrong_once_is_over_when_a_recovery_was_signed(
    open_again: Callable[[], SqlStore], clock: a.PlayedClock
) -> None:
    """Some years ahead for a moment: the way out is a copy put back, compared and signed."""
    store = open_again()
    stamp(store, seconds=3 * 365 * 86_400.0)
    assert behind(store, a.NOON) is not None
    with store.unit() as unit:
        scope = scope_of(unit)
        assert scope.standing.witness is not None
        SqlRecoveries(scope).begin(Cause.RESTORED, scope.standing.witness, 1)
        unit.recoveries.end(clock.now())
    store = open_again()
    assert behind(store, a.NOON) is None
    for _ in range(200):
        stamp(store)
    assert behind(store, a.NOON) is None
