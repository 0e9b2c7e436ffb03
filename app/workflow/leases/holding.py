"""The right of one process to work as one counter of a store (reliability 5).

Durable, and never by a clock of another machine. The holder beats; whoever waits for a lease
watches by its own steady clock whether it still does. What counts is the fence: every unit of this
process begins by reading it, in the transaction that it then writes in, so that whoever lost the
lease writes nothing more, however late it wakes up. Bytes leave only within the time in which
nobody else can have taken it.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from app.domain.errors import Bug, Code, LocalTrouble
from app.ports.clock import Clock
from app.ports.leases import Lease
from app.ports.store import Store, Unit

LEASE = timedelta(seconds=60)
"""How long a process may be silent and still be believed to live."""
BEAT = timedelta(seconds=15)
"""A sign of life comes at least so often."""
_LOOKED_AT = 2 * BEAT
"""What was not looked at for longer may have lived meanwhile: watching begins anew."""
_MARGIN = BEAT
"""Two steady clocks do not run quite alike."""
_PAUSE = 1.0
_ALSO: ContextVar[tuple[Lease, ...]] = ContextVar("also_held", default=())
_log = logging.getLogger(__name__)


def counter_lease(counter_no: int) -> str:
    """Its name."""
    return f"counter.{counter_no:02d}"


def record_holder(counter_no: int) -> str:
    """How the holder of a record begins that this counter tells."""
    return f"counter-{counter_no}-"


class Watch:
    """Whether leases still live, as far as one steady clock can tell."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[Lease, float, float]] = {}

    def look(self, lease: Lease) -> bool:
        """Whether it has been silent for so long that its holder sends nothing any more."""
        now = self._clock.monotonic()
        known = self._seen.get(lease.name)
        if known is None or not known[0].same_life(lease) or now - known[2] > _seconds(_LOOKED_AT):
            self._seen[lease.name] = lease, now, now
            return False
        self._seen[lease.name] = lease, known[1], now
        return now - known[1] >= _seconds(LEASE + _MARGIN)

    def moved(self, lease: Lease) -> bool:
        """Whether it lives: something happened to it since it was looked at last."""
        known = self._seen.get(lease.name)
        return known is not None and not known[0].same_life(lease)


class Holding:
    """One counter in the hands of this process, and what it inherited. Safe to use from every lane.

    ``place`` names the installation, ``process`` this run of it: a former run of the same place is
    dead, as only one at a time opens it (the lock beside the program).
    """

    def __init__(
        self, store: Store, clock: Clock, counter_no: int, place: str, process: str
    ) -> None:
        self.counter_no = counter_no
        self._store, self._clock = store, clock
        self._place, self._holder = place, f"{place}/{process}"
        self._own: Lease | None = None
        self._inherited: dict[str, Lease] = {}
        self._proved: tuple[float, datetime] | None = None
        self._watch = Watch(clock)
        self._silent: dict[int, Lease] = {}
        self._errands: set[str] = set()
        self._changing = threading.Lock()
        self.lost = False

    def take(self, pause: Callable[[float], None]) -> bool:
        """Become this counter; whether somebody else had it in hands meanwhile.

        Where another machine bears the number, this waits until that one has been silent long
        enough. Raises ``LocalTrouble`` ``COUNTER_TAKEN`` as soon as it shows that it lives.
        """
        watch = Watch(self._clock)
        while True:
            with self._store.reading() as unit:
                found = unit.leases.find(counter_lease(self.counter_no))
            free = found is None or self._may_take(found)
            if found is not None and not free and watch.moved(found):
                raise LocalTrouble(Code.COUNTER_TAKEN, counter=self.counter_no)
            if found is None or free or watch.look(found):
                inherited = found is not None and not self._was_ours(found)
                if self._taken(found):
                    return inherited
            pause(_PAUSE)

    def _may_take(self, found: Lease) -> bool:
        """Nobody has it, an heir has it, or a former run of this very place had it."""
        return found.holder == "" or found.counter_no != self.counter_no or self._ours(found)

    def _ours(self, found: Lease) -> bool:
        return found.holder.rpartition("/")[0] == self._place

    def _was_ours(self, found: Lease) -> bool:
        return found.counter_no == self.counter_no and (found.holder == "" or self._ours(found))

    def _taken(self, found: Lease | None) -> bool:
        name, begun = counter_lease(self.counter_no), self._moment()
        with self._store.unit() as unit:
            own = unit.leases.take(name, self.counter_no, self._holder, found, begun[1])
        if own is None:
            return False
        with self._changing:
            self._own, self._proved, self.lost = own, begun, False
            self._inherited.clear()
            self._errands.clear()
        return True

    def _moment(self) -> tuple[float, datetime]:
        return self._clock.monotonic(), self._clock.now()

    def beat(self) -> None:
        """A sign of life for all that is held, and a look at the others. Raises ``LocalTrouble``
        where the base cannot be reached."""
        own, begun = self._own, self._moment()
        if own is None or self.lost:
            return
        with self._store.unit() as unit:
            held = unit.leases.beat(own, begun[1])
            kept = {n: x for n, x in self._inherited.items() if unit.leases.beat(x, begun[1])}
        if not held:
            self._lose()
            return
        with self._changing:
            self._proved, self._inherited = begun, kept
        self._look_round()

    def _look_round(self) -> None:
        with self._store.reading() as unit:
            found = unit.leases.all()
        silent = {}
        for lease in found:
            number = _number(lease.name)
            if number is None or number == self.counter_no:
                continue
            if self._watch.look(lease) or lease.holder == "":
                silent[number] = lease
        self._silent = silent

    def require(self, unit: Unit) -> None:
        """At the beginning of a unit. Raises ``LocalTrouble`` ``COUNTER_LOST``."""
        own = self._own
        if own is None:
            raise Bug(what="a counter without its lease")
        if self.lost or not self._still(unit, own):
            self._lose()
            raise LocalTrouble(Code.COUNTER_LOST, counter=self.counter_no)
        self._require_also(unit)

    def _require_also(self, unit: Unit) -> None:
        for also in _ALSO.get():
            if not self._still(unit, also):
                raise LocalTrouble(Code.COUNTER_LOST, counter=also.counter_no)

    def _still(self, unit: Unit, held: Lease) -> bool:
        found = unit.leases.find(held.name)
        return found is not None and found.held_as(held)

    def _lose(self) -> None:
        if not self.lost:
            _log.error("counter %d is in other hands", self.counter_no)
        self.lost = True

    def require_sure(self) -> None:
        """Before bytes leave: nobody else can have taken over yet, whatever this process slept
        through. What was inherited is looked at: its owner waits for nobody. Raises
        ``LocalTrouble`` ``COUNTER_LOST``."""
        if not self._sure():
            self.beat()
        if self.lost or not self._sure():
            raise LocalTrouble(Code.COUNTER_LOST, counter=self.counter_no)
        if _ALSO.get():
            with self._store.reading() as unit:
                self._require_also(unit)

    def _sure(self) -> bool:
        """By both clocks: one of them stands still while a machine sleeps."""
        if self._proved is None or self.lost:
            return False
        steady, wall = self._moment()
        told = wall - self._proved[1]
        return steady - self._proved[0] < _seconds(LEASE) and timedelta() <= told < LEASE

    def others_alive(self, unit: Unit) -> tuple[str, ...]:
        """How the holders of records begin that other counters have on their way: those end them
        themselves. A dead one is inherited first, so that it sends nothing behind the end."""
        return tuple(record_holder(number) for number in self.others_at_work(unit))

    def others_at_work(self, unit: Unit) -> tuple[int, ...]:
        """Counters somebody else holds; one that died a moment ago may be among them."""
        seats = ((x, _number(x.name)) for x in unit.leases.all())
        return tuple(
            number
            for seat, number in seats
            if number is not None and number != self.counter_no
            if seat.holder not in ("", self._holder)
        )

    def silent(self) -> tuple[int, ...]:
        """Counters of this store nobody works at any more, and those whose work is ours now."""
        ours = [number for name in self._inherited if (number := _number(name)) is not None]
        return tuple(sorted({*self._silent, *ours}))

    def inherit(self, counter_no: int) -> tuple[Lease, bool] | None:
        """Another counter's lease, and whether it is newly ours; None where it is not to be had."""
        known = self._inherited.get(counter_lease(counter_no))
        if known is not None:
            return known, False
        seen = self._silent.pop(counter_no, None)
        if seen is None:
            return None
        with self._store.unit() as unit:
            self.require(unit)
            now, fresh = self._clock.now(), unit.leases.find(seen.name)
            if fresh is None or not fresh.same_life(seen):
                return None
            taken = unit.leases.take(seen.name, self.counter_no, self._holder, fresh, now)
        if taken is None:
            return None
        with self._changing:
            self._inherited[taken.name] = taken
        return taken, True

    def let_go(self, held: Lease) -> None:
        """What was inherited is finished."""
        with self._changing:
            self._inherited.pop(held.name, None)
        with self._store.unit() as unit:
            unit.leases.free(held)

    def let_all_go(self) -> None:
        """Another counter has to finish it. Raises ``LocalTrouble``."""
        if self.lost:
            return
        for held in tuple(self._inherited.values()):
            self.let_go(held)

    def forget(self, held: Lease) -> None:
        """Its owner came back: nothing is left to be let go."""
        with self._changing:
            self._inherited.pop(held.name, None)

    def leave(self) -> None:
        """The program ends in order: everything is free. Raises nothing: a lease dies by itself."""
        own = self._own
        if own is None or self.lost:
            return
        try:
            with self._store.unit() as unit:
                for held in (own, *self._inherited.values()):
                    unit.leases.free(held)
        except LocalTrouble as trouble:
            _log.warning("the lease of this counter is left to run out: %s", trouble)
        self.lost = True

    @contextmanager
    def also(self, held: Lease) -> Iterator[None]:
        """For this thread: units hold this as well, or fail."""
        token = _ALSO.set((*_ALSO.get(), held))
        try:
            yield
        finally:
            _ALSO.reset(token)

    @contextmanager
    def errand(self, name: str) -> Iterator[bool]:
        """Whether this counter alone in the store does it now, and in one lane alone: a part of it
        in the same lane is the same errand."""
        mine = _errand(name), self._holder
        if mine in {(held.name, held.holder) for held in _ALSO.get()}:
            yield True
            return
        with self._changing:
            busy = name in self._errands
            self._errands.add(name)
        if busy:
            yield False
            return
        try:
            held = self._begun(name)
            if held is None:
                yield False
                return
            try:
                with self.also(held):
                    yield True
            finally:
                self._ended(held)
        finally:
            self._errands.discard(name)

    def _begun(self, name: str) -> Lease | None:
        errand = _errand(name)
        with self._store.unit() as unit:
            self.require(unit)
            found = unit.leases.find(errand)
            if found is not None and self._lives(unit, found):
                return None
            now = self._clock.now()
            return unit.leases.take(errand, self.counter_no, self._holder, found, now)

    def _lives(self, unit: Unit, errand: Lease) -> bool:
        """Whether whoever has this errand still has a counter, and beats."""
        if errand.holder in ("", self._holder):
            return False
        seat = unit.leases.find(counter_lease(errand.counter_no))
        if seat is None or seat.holder != errand.holder:
            return False
        silent = self._silent.get(errand.counter_no)
        return silent is None or not silent.same_life(seat)

    def _ended(self, held: Lease) -> None:
        try:
            with self._store.unit() as unit:
                unit.leases.free(held)
        except LocalTrouble as trouble:
            _log.warning("an errand is left to run out: %s", trouble)


class FencedStore:
    """``app.ports.store.Store`` of one counter: whoever lost the lease writes nothing."""

    def __init__(self, store: Store, holding: Holding) -> None:
        self._store, self._holding = store, holding

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Raises ``LocalTrouble`` ``COUNTER_LOST``."""
        with self._store.unit() as unit:
            self._holding.require(unit)
            yield unit

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        with self._store.reading() as unit:
            yield unit

    def on_commit(self, listener: Callable[[], None]) -> None:
        self._store.on_commit(listener)

    def close(self) -> None:
        self._store.close()


def _seconds(span: timedelta) -> float:
    return span.total_seconds()


def _errand(name: str) -> str:
    return f"errand.{name}"


def _number(name: str) -> int | None:
    kind, _, number = name.partition(".")
    return int(number) if kind == "counter" else None
