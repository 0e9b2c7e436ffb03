"""Without a line: what goes on, what does not, and within which limits (reliability 1.1).

Nobody asks whether the line is there: the last call that a counter made decides, for that counter.
Money of the insurance is never taken without one; a self-pay sale is, up to what the manager of the
store allows to all counters together.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from app.domain.access import Act, Operator
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.ports.store import Unit
from app.profile.operations import Operation, Service
from app.workflow.till import Till
from app.workflow.upkeep.timekeeping import TOLERANCE

_KEY = "offline.limits"
_SALES = "offline.sales"
MOST_HOURS = 168
MOST_SALES = 999
MOST_FEN = 10_000_000


@dataclass(frozen=True, slots=True)
class OfflineLimits:
    """How much may be sold for cash while there is no line: fen in all, sales, hours."""

    amount: Fen
    sales: int
    hours: int


CAUTIOUS = OfflineLimits(Fen(200_000), 50, 24)
"""What holds until the manager says else."""


@dataclass(frozen=True, slots=True)
class Offline:
    """Since when there is no line, what was sold since, and what may still be.

    ``set_back`` is by how much clocks were set back meanwhile: no hour is given twice.
    """

    since: datetime
    sales: int
    taken: Fen
    limits: OfflineLimits
    set_back: timedelta = timedelta()

    @property
    def until(self) -> datetime:
        return self.since + timedelta(hours=self.limits.hours) - self.set_back

    @property
    def sales_left(self) -> int:
        return max(0, self.limits.sales - self.sales)

    @property
    def amount_left(self) -> Fen:
        return Fen(max(0, self.limits.amount - self.taken))


def limits_of(unit: Unit) -> OfflineLimits:
    """What the manager set, else cautious values."""
    kept = unit.settings.get(_KEY)
    if kept is None:
        return CAUTIOUS
    held = json.loads(kept)
    return OfflineLimits(Fen(int(held["amount"])), int(held["sales"]), int(held["hours"]))


def set_limits(till: Till, limits: OfflineLimits, who: Operator) -> None:
    """Raises ``OperatorInput``: ``NOT_ALLOWED``, or ``LIMITS_WRONG`` for what is no limit.

    Nought sales or nought fen means that nothing is sold without a line.
    """
    who.require(Act.SET_LIMITS)
    bounds = (
        (limits.amount, MOST_FEN),
        (limits.sales, MOST_SALES),
        (limits.hours, MOST_HOURS),
    )
    if any(not 0 <= value <= most for value, most in bounds):
        raise OperatorInput(Code.LIMITS_WRONG)
    text = json.dumps(asdict(limits))
    with till.store.unit() as unit:
        unit.settings.put(_KEY, text)
        unit.journal.write(till.clock.now(), who.staff_id, "set_offline_limits", text)


def offline(till: Till, unit: Unit) -> Offline | None:
    """None while the last call of this counter to the platform left this machine."""
    core, counter = _core(till), till.counter_no
    since = unit.messages.without_line_since(core, counter)
    first = unit.messages.first_unsent(core, counter) if since is not None else None
    if since is None or first is None:
        return None
    left = unit.messages.last_left(core, counter)
    sold = _sold(till, unit, left)
    tried = unit.outbox.tried_since(first)
    # a message is dated no earlier than the one before it, whatever the clock said
    since = min((since, *tried[:1]))
    now = till.clock.now()
    steady = max(since + _waited(till, first) - now, timedelta())
    apart = _apart(till)
    back = max(
        steady, _fallen((since, *tried, now), apart), _seen(till, unit, left).fallen(now, apart)
    )
    taken = Fen(sum(one.taken for one in sold))
    return Offline(since, len(sold), taken, limits_of(unit), back)


def _waited(till: Till, first: int) -> timedelta:
    """Since this process saw that there is no line, by the steady clock."""
    lost = till.line_lost
    if lost is None or lost[0] != first:
        lost = till.line_lost = (first, till.clock.monotonic())
    return timedelta(seconds=till.clock.monotonic() - lost[1])


def _apart(till: Till) -> timedelta:
    """What follows each other may be of two counters, whose clocks lie so far apart."""
    return timedelta() if till.holding is None else TOLERANCE


def _fallen(times: Sequence[datetime], apart: timedelta) -> timedelta:
    """How far the clock fell between moments that followed each other, where by more than
    ``apart``."""
    falls = (earlier - later for earlier, later in pairwise(times) if earlier - later > apart)
    return sum(falls, timedelta())


def take(till: Till, unit: Unit, amount: Fen) -> None:
    """Count one more sale, in the commit that takes its cash: whether there is a line is found out
    by the call that tells of it.

    Raises ``OperatorInput`` ``OFFLINE_LIMIT`` where there is none and it would go beyond.
    """
    state = offline(till, unit)
    if state is not None:
        _require_within(till, state, amount)
    left = unit.messages.last_left(_core(till), till.counter_no)
    kept = [one for one in _sales(unit) if one.counter != till.counter_no or one.behind >= left]
    behind = unit.messages.last_left(_core(till))
    kept.append(_Sale(behind, till.counter_no, amount))
    # no limit asks for more of them
    unit.settings.put(_SALES, json.dumps([asdict(one) for one in kept[-MOST_SALES:]]))
    _keep(till, unit, _seen(till, unit, left))


def wake(till: Till) -> None:
    """At a start without a line: by how much the clock fell unwatched is written down."""
    with till.store.reading() as unit:
        if offline(till, unit) is None:
            return
    with till.store.unit() as unit:
        left = unit.messages.last_left(_core(till), till.counter_no)
        _keep(till, unit, _seen(till, unit, left))


@dataclass(frozen=True, slots=True)
class _Sale:
    """A sale of ``counter`` behind the reply that was the last of the whole base to have left: no
    clock is asked."""

    behind: int
    counter: int
    taken: Fen


def _sales(unit: Unit) -> list[_Sale]:
    kept = unit.settings.get(_SALES)
    return [_Sale(**one) for one in json.loads(kept)] if kept else []


def _sold(till: Till, unit: Unit, left: int) -> list[_Sale]:
    """What this store sold since ``left``: of each counter what its own last answer lies before."""
    since = [one for one in _sales(unit) if one.behind >= left]
    core, whose = _core(till), {one.counter for one in since}
    heard = {counter: unit.messages.last_left(core, counter) for counter in whose}
    return [one for one in since if one.behind >= heard[one.counter]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """The clock of one counter since the reply ``after``, its last that left.

    ``seen``: when the last sale or the last start was; ``back_s``: by how much the clock had fallen
    between them.
    """

    after: int
    seen: str = ""
    back_s: float = 0.0

    def fallen(self, now: datetime, apart: timedelta) -> timedelta:
        """By how much the clock fell from moment to moment, and from the last one until now."""
        seen = datetime.fromisoformat(self.seen) if self.seen else now
        return timedelta(seconds=self.back_s) + _fallen((seen, now), apart)


def _seen(till: Till, unit: Unit, after: int) -> _Seen:
    kept = unit.settings.get(_clock_key(till))
    seen = _Seen(**json.loads(kept)) if kept else None
    return seen if seen is not None and seen.after == after else _Seen(after)


def _keep(till: Till, unit: Unit, seen: _Seen) -> None:
    now = till.clock.now()
    back = seen.fallen(now, _apart(till))
    kept = replace(seen, seen=now.isoformat(), back_s=back.total_seconds())
    unit.settings.put(_clock_key(till), json.dumps(asdict(kept)))


def _clock_key(till: Till) -> str:
    return f"offline.clock.{till.counter_no}"


def _core(till: Till) -> list[Operation]:
    return [name for name, part in till.profile.operations.items() if part.service is Service.CORE]


def _require_within(till: Till, state: Offline, amount: Fen) -> None:
    beyond = (
        ("hours", till.clock.now() >= state.until),
        ("sales", state.sales_left < 1),
        ("amount", amount > state.amount_left),
    )
    for limit, passed in beyond:
        if passed:
            raise OperatorInput(Code.OFFLINE_LIMIT, limit=limit, since=state.since.isoformat())
