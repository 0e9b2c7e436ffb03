"""A copy of the base every night, by itself, in the round of the delivery lane (reliability 9).

A shop switches its PC off at night: a copy that is a day old is due at any hour. A failed one is
tried again, kept in sight of whoever looks at the morning, and never holds up a sale.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from app.domain.errors import LocalTrouble
from app.ports.copies import CopyMade, CopyState
from app.workflow.calendar import CHINA
from app.workflow.till import Till

EVERY = timedelta(hours=24)
NIGHT_FROM, NIGHT_TO = 23, 5
"""Hours in China in which nobody sells."""
QUIET = timedelta(hours=12)
"""A copy younger than that is not made again in the night."""
AGAIN_AFTER = timedelta(minutes=30)
LATE = timedelta(hours=36)
"""A newest copy older than that is shown to people."""
_KEPT = "copies.last_try"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LastTry:
    """The last copy that was begun. ``code`` is the trouble it ended in, None where it is good."""

    at: datetime
    file: str = ""
    second: str = ""
    code: int | None = None


def copy_nightly(till: Till) -> CopyMade | None:
    """The copy that is due now; None where none is, or where it was not made."""
    copies = till.copies
    if copies is None or not _due(till):
        return None
    now = till.clock.now()
    made, code = None, None
    try:
        made = copies.take()
    except LocalTrouble as trouble:
        code = int(trouble.code)
        _log.error("the copy of the base was not made: %s", trouble)
    file, second = (made.file, made.second) if made is not None else ("", "")
    with till.store.unit() as unit:
        tried = LastTry(now, file, second, code)
        unit.settings.put(_KEPT, msgspec.json.encode(tried).decode())
    return made


def _due(till: Till) -> bool:
    now, tried = till.clock.now(), last_try(till)
    if tried is not None and tried.code is not None and tried.at <= now < tried.at + AGAIN_AFTER:
        return False
    newest = _newest(till)
    if newest is None or now - newest >= EVERY or (tried is not None and tried.code is not None):
        return True
    hour = now.astimezone(CHINA).hour
    return (hour >= NIGHT_FROM or hour < NIGHT_TO) and now - newest >= QUIET


def _newest(till: Till) -> datetime | None:
    """A copy from a time that has not come yet says nothing about now."""
    newest = till.copies.newest() if till.copies is not None else None
    return newest if newest is not None and newest <= till.clock.now() else None


def last_try(till: Till) -> LastTry | None:
    """None before the first one."""
    with till.store.reading() as unit:
        kept = unit.settings.get(_KEPT)
    return None if kept is None else msgspec.json.decode(kept, type=LastTry)


def copy_state(till: Till) -> CopyState | None:
    """What there is to show; None where this counter makes no copies."""
    if till.copies is None:
        return None
    newest, tried = _newest(till), last_try(till)
    late = tried is not None and (newest is None or till.clock.now() - newest > LATE)
    return CopyState(newest, tried.code if tried is not None else None, late)
