"""A copy put back while the clock was days ahead: once it is right, the counter can be opened."""

from datetime import timedelta

from app.domain.case import Step
from app.ports.recovery import Cause
from app.workflow.calendar import today
from app.workflow.upkeep import recovering
from app.workflow.upkeep.recovering import ON_ITS_WAY
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_lost_time import restored

AHEAD = timedelta(days=30)


def test_the_days_can_be_signed_once_the_clock_is_right(small: SmallCounter) -> None:
    """A new machine starts with whatever its clock says; the technician sets it an hour later."""
    small.clock.move(AHEAD)
    restored(small)
    small.clock.move(-AHEAD)
    small.restart()
    small.fake.own_time = small.clock.now
    small.surface.compare_money(today(small.till))
    small.clock.move(ON_ITS_WAY * 2)
    found = small.surface.compare_money(today(small.till))
    signed = small.surface.sign_money(today(small.till), found.run_no, BOSS, PIN, "时钟错过")
    for day in signed.missing:
        again = small.surface.compare_money(day)
        small.surface.sign_money(day, again.run_no, BOSS, PIN, "时钟错过")
    assert small.until(Step.DONE).step is Step.DONE


def test_what_was_compared_under_the_wrong_clock_is_compared_again(small: SmallCounter) -> None:
    small.clock.move(AHEAD)
    restored(small)
    small.clock.move(timedelta(minutes=1))
    small.surface.compare_money(today(small.till) - AHEAD)
    small.clock.move(-AHEAD)
    small.restart()
    small.fake.own_time = small.clock.now
    small.surface.compare_money(today(small.till) - timedelta(days=1))
    with small.store.reading() as unit:
        recovery = unit.recoveries.newest()
        assert recovery is not None
        assert recovery.found_at == small.clock.now()
        assert recovering.quiet_from(unit, today(small.till)) is not None
        found = unit.money_days.get(today(small.till))
        assert found is not None
        assert recovery.misdated(found.compared_at)


def test_a_visit_begun_under_the_wrong_clock_is_none_of_after_it(small: SmallCounter) -> None:
    """Its time lies behind the recovery once that is put right; its number does not."""
    small.clock.move(AHEAD * 2)
    view = small.surface.next_customer(small.surface.current().case_id)
    small.clock.move(-AHEAD)
    restored(small)
    small.clock.move(-AHEAD)
    small.restart()
    small.fake.own_time = small.clock.now
    small.surface.compare_money(today(small.till))
    with small.store.reading() as unit:
        recovery, case = unit.recoveries.newest(), unit.cases.get(view.case_id)
        assert recovery is not None
        assert case.opened_at > recovery.found_at
        assert recovering.of_lost_time(unit, view.case_id)


def test_what_another_counter_had_used_stays_behind_the_floor(small: SmallCounter) -> None:
    """Its mark tells what it had used when it follows; the time that is put right knows of it."""
    used = small.clock.now() + timedelta(hours=3)
    witness = small.store._standing.witness
    assert witness is not None
    small.clock.move(AHEAD)
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).begin(Cause.OLDER, witness, 0)
    small.clock.move(-AHEAD)
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).reach(used)
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).put_right(small.clock.now(), used)
    with small.store.reading() as unit:
        recovery = unit.recoveries.newest()
    assert recovery is not None
    assert recovery.floor >= used, "its lost ids would come twice"


def test_what_was_compared_under_the_wrong_clock_is_so_whoever_puts_it_right(
    small: SmallCounter,
) -> None:
    """A counter whose own clock was right puts the recovery right; it never reached that time."""
    small.clock.move(AHEAD)
    restored(small)
    small.clock.move(timedelta(minutes=10))
    compared_at = small.surface.compare_money(today(small.till) - AHEAD).compared_at
    small.clock.move(-AHEAD)
    now = small.clock.now()
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).put_right(now, now + timedelta(minutes=1))
    with small.store.reading() as unit:
        recovery = unit.recoveries.newest()
    assert recovery is not None
    assert compared_at is not None
    assert recovery.misdated(compared_at), "compared before anything could have arrived"
