"""A clock that is wrong: money waits until it is right (reliability 2.3, 9).

Ids never repeat whatever the clock says (I7). But a statement asked for by wrong days would show
nothing where something stands, and what is booked now would be looked for on another day. The
platform says its own time in every answer, and a steady clock carries that on; before its first
answer only the times this counter has used already can tell.
"""

from datetime import datetime, timedelta

from app.domain.errors import Code, OperatorInput
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.till import Till
from app.workflow.views.case import Say

TOLERANCE = timedelta(minutes=5)
"""How far our clock may be from the platform's, either way (reliability 9)."""
REMEMBERED = 2 * TOLERANCE
"""How long a time that was told keeps a later answer from setting the platform's time back. What
was said before that differs from our clock, and no money moves. No longer: a steady clock drifts,
and a platform may put its own clock back."""


def platform_time(till: Till) -> datetime | None:
    """What the platform's clock says now; None before its first answer."""
    if till.platform_clock is None:
        return None
    told, heard = till.platform_clock
    return told + timedelta(seconds=till.clock.monotonic() - heard)


def hear(till: Till, told: datetime) -> None:
    """The platform said its time in an answer that is new to our books."""
    heard = till.clock.monotonic()
    till.platform_clock = told, heard
    # what is carried on from an earlier answer and lies behind this one never tells anything more
    kept = [
        (was, at)
        for was, at in till.times_told
        if heard - at <= REMEMBERED.total_seconds() and was + timedelta(seconds=heard - at) > told
    ]
    till.times_told = (*kept, till.platform_clock)


def latest_time(till: Till) -> datetime | None:
    """The latest that the platform's clock says now by any of its answers of late; None before the
    first. A new answer may be one that was held back: it sets nothing back (0065).

    What our clock calls a time to come keeps nobody waiting: one answer may have been wrong.
    """
    if till.platform_clock is None:
        return None
    steady, far = till.clock.monotonic(), till.clock.now() + TOLERANCE
    times = (told + timedelta(seconds=steady - heard) for told, heard in till.times_told)
    return max((at for at in times if at <= far), default=platform_time(till))


def refusal(till: Till, unit: Unit) -> OperatorInput | None:
    """What to say instead of moving money, with both times; None where the clock may be right.

    Where the platform agrees with our clock, it is right, whatever was used before.
    """
    now, told = till.clock.now(), platform_time(till)
    if told is not None:
        if abs(now - told) <= TOLERANCE:
            return None
        return OperatorInput(Code.CLOCK_DIFFERS, now=_shown(now), platform=_shown(told))
    used = unit.messages.clock_behind(now)
    if used is None:
        return None
    return OperatorInput(Code.CLOCK_BEHIND, now=_shown(now), used=_shown(used))


def goes_behind(till: Till) -> bool:
    """Whether our clock lies behind the times used here, and the platform has not told its own."""
    if platform_time(till) is not None:
        return False
    with till.store.reading() as unit:
        return unit.messages.clock_behind(till.clock.now()) is not None


def put_right(till: Till, unit: Unit) -> None:
    """Where the platform agrees with our clock, message ids and a recovery go on from now, whatever
    a clock that was ahead had reached. Before each id is drawn; written down where it did anything.
    """
    now, told = till.clock.now(), platform_time(till)
    if told is None or abs(now - told) > TOLERANCE:
        return
    reached = unit.messages.go_on_from(now)
    if reached is not None:
        who = till.signed_in.staff_id if till.signed_in is not None else 0
        subject = f"counter {till.counter_no}"
        unit.journal.write(now, who, "clock_put_right", subject, _shown(reached))


def _shown(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def require_right(till: Till, unit: Unit) -> None:
    """Raises ``OperatorInput`` ``CLOCK_BEHIND`` or ``CLOCK_DIFFERS``."""
    found = refusal(till, unit)
    if found is not None:
        raise found


def waits_for(refused: OperatorInput | None) -> Say | None:
    """That money in doubt waits for the right time, with both times; None where nothing does."""
    if refused is None:
        return None
    word = "differs" if refused.code is Code.CLOCK_DIFFERS else "behind"
    return Say(f"clock.{word}", tuple(refused.params.items()))


def is_wrong(till: Till) -> bool:
    """Whether nothing the platform's books show by date can be believed now."""
    with till.store.reading() as unit:
        return refusal(till, unit) is not None
