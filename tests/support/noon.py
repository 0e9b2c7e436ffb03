"""The hour at which tests begin: noon in Beijing of the day on which they run.

A till keeps days. A test that lets two hours pass at one side of the wire, or that looks at the
date twice, would otherwise fail in the last hours before midnight, of Beijing or of UTC. The
product has the real time; here the whole process is moved once, before anything is imported that
looks at a clock, and time goes on from there. Processes that a test starts follow by the
environment.
"""

import os
from datetime import UTC, datetime, timedelta

import time_machine

AHEAD = "YAOTAI_TESTS_AHEAD_S"
"""Seconds between the clock of the machine and the clock of the tests, for child processes."""

_NOON_IN_BEIJING = 4
_BEIJING = timedelta(hours=8)


def seconds_to_noon(real: datetime) -> float:
    """From ``real`` (aware) to noon in Beijing of the same Beijing day; negative after noon."""
    day = (real.astimezone(UTC) + _BEIJING).date()
    noon = datetime(day.year, day.month, day.day, _NOON_IN_BEIJING, tzinfo=UTC)
    return (noon - real).total_seconds()


def hour_of_the_machine() -> datetime:
    """What the clock of the machine shows: the product's own processes go by it."""
    hatch = time_machine.escape_hatch
    if hatch.is_travelling():
        real: datetime = hatch.datetime.datetime.now(UTC)
        return real
    return datetime.now(UTC)


def begin_at_noon() -> time_machine.travel:
    """Move this process, and name the way to its children. The caller stops it in the end."""
    real = datetime.now(UTC)
    ahead = os.environ.setdefault(AHEAD, str(seconds_to_noon(real)))
    moved = time_machine.travel(real + timedelta(seconds=float(ahead)), tick=True)
    here = moved.start()
    # setting out takes a while, another one in each process; their clocks are to agree
    late = hour_of_the_machine() + timedelta(seconds=float(ahead)) - datetime.now(UTC)
    here.shift(late)
    return moved


def follow() -> None:
    """In a process that a test started: the hour of the test, to the end of this process."""
    if AHEAD in os.environ:
        begin_at_noon()
