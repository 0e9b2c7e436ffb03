"""Sign-ins somebody left behind at a change of operator: each is signed out, once the line allows.

A platform ties a sign-in to its operator (core-platform 4.1), so every change of hands leaves one
open there. It is written down in the commit that opens the next one and signed out behind the
counter's back: a change of hands never waits for it.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from app.domain.case import Phase
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.store import BusinessDay, Unit
from app.workflow import exchange as wire
from app.workflow.calendar import sign_no_of, today
from app.workflow.till import Till

AGAIN = timedelta(minutes=15)
"""How long a sign-out that got no answer waits for its next try."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """One sign-in that is still open at the platform, as far as is known here."""

    operator_no: str
    sign_no: str
    next_at: str
    """ISO moment of the next try."""

    def due(self, now: datetime) -> bool:
        return datetime.fromisoformat(self.next_at) <= now


def left_open(till: Till, unit: Unit) -> tuple[LeftOpen, ...]:
    """Everybody who went and was not signed out yet, the oldest first."""
    kept = unit.settings.get(_key(till))
    return tuple(LeftOpen(**one) for one in json.loads(kept)) if kept else ()


def leave(till: Till, unit: Unit, old: BusinessDay) -> None:
    """Another operator signs in: write down whose sign-in is left, in the caller's commit."""
    if till.profile.core.sign_in_per == "operator" and old.operator_no != till.operator.login:
        now = till.clock.now()
        found = LeftOpen(old.operator_no, old.sign_no, now.isoformat())
        _keep(till, unit, (*left_open(till, unit), found))


def sign_out_left(till: Till, *, day_ends: bool = False) -> int:
    """Sign out whose turn it is; returns how many are signed out.

    Waits while a message of a visit is on its way: it may carry the number of who left. Somebody
    who came back is left alone until the day ends, for the platform might end their new sign-in
    with the old one. Raises nothing: what got no answer stays written down.
    """
    now = till.clock.now()
    with till.store.reading() as unit:
        left, current = left_open(till, unit), unit.days.current(till.counter_no, today(till))
        cases = unit.cases.unfinished(till.counter_no) if left else ()
        if not left or not sign_no_of(till, unit) or current is None:
            return 0
    if any(case.position.phase is Phase.SENT for case in cases):
        return 0
    back = "" if day_ends else current.operator_no
    turn = [one for one in left if (day_ends or one.due(now)) and one.operator_no != back]
    return sum(_sign_out(till, one) for one in turn)


def _sign_out(till: Till, one: LeftOpen) -> bool:
    core = till.platform.core
    request = q.CloseDay(one.operator_no, one.sign_no)
    try:
        wire.consult(till, core, request, core.close_day, None)
    except (NotSent, OutcomeUnknown) as trouble:
        _log.warning("a sign-in left behind is not signed out yet: %s", trouble)
        _settle(till, one, "sign_out_waits", again=True)
        return False
    except PlatformRejected as refused:
        if refused.code is not Code.SIGN_IN_REQUIRED:
            _settle(till, one, "sign_out_refused")
            return False
    _settle(till, one, "sign_out")
    return True


def _settle(till: Till, one: LeftOpen, act: str, *, again: bool = False) -> None:
    """What came of it, for the journal and for the next occasion."""
    now = till.clock.now()
    with till.store.unit() as unit:
        later = replace(one, next_at=(now + AGAIN).isoformat())
        others = [kept for kept in left_open(till, unit) if kept.sign_no != one.sign_no]
        _keep(till, unit, (*others, later) if again else tuple(others))
        subject = f"operator {one.operator_no}"
        unit.journal.write(now, till.operator.staff_id, act, subject)


def _keep(till: Till, unit: Unit, left: tuple[LeftOpen, ...]) -> None:
    unit.settings.put(_key(till), json.dumps([asdict(one) for one in left]))


def _key(till: Till) -> str:
    return f"sign_outs.{till.counter_no}"
