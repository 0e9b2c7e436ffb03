"""I7: a message id is never used twice, whatever the clock does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Bug
from app.ports.platform import Stamp
from app.ports.recovery import Cause
from app.ports.store import Unit
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import SqlStore, scope_of
from localdb.witness import RESERVED
from tests.support import store_builders as a
from tests.support.bases import BOTH

BASES = BOTH

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


def test_ids_go_on_from_the_right_time_and_pass_by_those_of_the_wrong_one(
    open_again: Callable[[], SqlStore],
) -> None:
    """A day ahead for some messages; the next day comes by the seconds they bear."""
    store, day = open_again(), 86_400.0
    drawn = [stamp(store).message_id]
    drawn += [stamp(store, seconds=day + n).message_id for n in (0, 0, 1)]
    with store.unit() as unit:
        for one in drawn:
            unit.messages.stage(a.a_draft(one), None)
    assert right(store, 10.0) == a.NOON + timedelta(seconds=day) + RESERVED
    assert right(store, 10.0) is None, "once"
    assert stamp(store, seconds=10.0).at == a.NOON + timedelta(seconds=10)
    assert behind(store, a.NOON) is None
    store = open_again()
    drawn += [stamp(store, seconds=seconds).message_id for seconds in (11.0, day, day, day + 1)]
    assert len(set(drawn)) == len(drawn)
    assert drawn[-3:] == [f"{INSTITUTION}20261123120000{tail}" for tail in ("0102", "0103")] + [
        f"{INSTITUTION}202611231200010101"
    ]


def right(store: SqlStore, seconds: float) -> datetime | None:
    with store.unit() as unit:
        return unit.messages.go_on_from(a.NOON + timedelta(seconds=seconds))


def test_a_lost_line_that_was_ahead_is_never_met_again(
    open_again: Callable[[], SqlStore], clock: a.PlayedClock
) -> None:
    """What its ids had reached is kept beside the key: a copy knows nothing of them."""
    store = open_again()
    ahead = stamp(store, seconds=5 * 86_400.0)
    right(store, 0.0)
    stamp(store)
    with store.unit() as unit:
        scope = scope_of(unit)
        assert scope.standing.witness is not None
        found = SqlRecoveries(scope).begin(Cause.RESTORED, scope.standing.witness, 1)
    assert found.floor >= ahead.at
    assert right(store, 60.0) is None, "no clock says what a lost line used"
    assert stamp(store, seconds=60.0).at > ahead.at


def test_the_farthest_that_a_clock_was_ahead_is_kept_beside_a_nearer_one(
    open_again: Callable[[], SqlStore],
) -> None:
    """Two days with a wrong clock, each put right: a copy of before both meets no id of either."""
    store = open_again()
    far = stamp(store, seconds=5 * 86_400.0)
    assert right(store, 0.0) is not None
    stamp(store, seconds=86_400.0)
    assert right(store, 10.0) is not None
    with store.unit() as unit:
        scope = scope_of(unit)
        assert scope.standing.witness is not None
        found = SqlRecoveries(scope).begin(Cause.RESTORED, scope.standing.witness, 1)
    assert found.floor >= far.at


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["", "right", "in_vain", "cut", "with_a_message"]),
            st.sampled_from([0.0, 1.0, 400.0, 401.0, 90_000.0, 200_000.0]),
        ),
        min_size=1,
        max_size=16,
    )
)
def test_ids_never_repeat_however_often_a_clock_is_put_right(
    open_again: Callable[[], SqlStore], moves: list[tuple[str, float]]
) -> None:
    """Also where the commit that puts it right is undone, or the power goes right behind it."""
    store = open_again()
    with store.unit() as unit:
        institution = f"P{unit.settings.next_number('example'):011d}"
    drawn: list[str] = []
    for told, seconds in moves:
        now = a.NOON + timedelta(seconds=seconds)
        if told:
            with suppress(Undone), store.unit() as unit:
                unit.messages.go_on_from(now)
                if told == "with_a_message":
                    drawn.append(unit.messages.stamp(institution, 1, now).message_id)
                    unit.messages.stage(a.a_draft(drawn[-1]), None)
                after(told, unit)
        if told == "cut":
            store = open_again()
        for _ in range(2):
            drawn.append(stamp(store, 1, seconds, institution).message_id)
            with store.unit() as unit:
                unit.messages.stage(a.a_draft(drawn[-1]), None)
    assert len(set(drawn)) == len(drawn)


class Undone(Exception):
    """A unit is rolled back."""


def after(told: str, unit: Unit) -> None:
    """What happens to the unit that puts a clock right."""
    if told == "in_vain":
        raise Undone
    if told == "cut":
        # the commit stands, and nobody lives to write the mark
        scope_of(unit).standing.falls_to = None


def test_a_mark_that_was_not_written_behind_its_commit_is_put_right_again(
    open_again: Callable[[], SqlStore],
) -> None:
    store, day = open_again(), 86_400.0
    stamp(store, seconds=day)
    with store.unit() as unit:
        unit.messages.go_on_from(a.NOON)
        after("cut", unit)
    store = open_again()
    assert behind(store, a.NOON) is not None, "the mark knows of the wrong time, as before"
    assert stamp(store).at == a.NOON, "the base knows that it is over"
    assert right(store, 1.0) == a.NOON + timedelta(seconds=day) + RESERVED
    assert behind(store, a.NOON) is None
    assert stamp(store, seconds=1.0).at == a.NOON + timedelta(seconds=1)
