"""What a counter does before its first customer: recover, then sign in for the day."""

import logging

from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.workflow import counter, day, delivery
from app.workflow.till import Till

_log = logging.getLogger(__name__)


def wake(till: Till) -> None:
    """After opening the store: nothing is assumed about what was on its way."""
    found = counter.recover(till)
    if found:
        _log.info("%d cases were on their way when the program ended", found)


def begin_day(till: Till) -> bool:
    """Sign in for the day; False where the platform could not be reached, to be tried again."""
    try:
        day.ensure_open(till)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        _log.warning("the day is not open yet: %s", trouble)
        return False
    return True


def settle_open_ends(till: Till) -> int:
    """First of all what earlier days and hours left open (reliability 2.3)."""
    return delivery.run(till)
