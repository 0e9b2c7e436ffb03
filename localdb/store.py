"""``app.ports.store.Store`` on one base: one writer at a time, readers never wait."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import Bug, Code, LocalTrouble
from app.ports import store as ports
from app.ports.clock import Clock
from app.ports.recovery import Recovery
from localdb.catalogue.store import SqlCatalogue
from localdb.chain import ChainReport
from localdb.engine import READERS, WRITERS
from localdb.failures import driver_errors, is_write_in_a_read, translated, trouble_of
from localdb.keystore import KeyStore
from localdb.lines import WRITE_IN_A_READ, Line, Lines
from localdb.machine import Machine, this_machine
from localdb.mapping.codec import Codec
from localdb.opening import (
    MARK_KEY,
    EngineMaker,
    OpenedBase,
    StoreLocation,
    copy_base,
    note_mark,
    open_base,
    open_base_beside,
    require_here,
    require_whole,
)
from localdb.outbox import SqlOutbox
from localdb.questioning import questioned, remember, taken
from localdb.repositories.journal import SqlJournal
from localdb.repositories.messages import SqlMessages
from localdb.repositories.recoveries import SqlRecoveries
from localdb.repositories.scope import Scope
from localdb.standing import EPOCH_KEY, Standing
from localdb.unit import SqlUnit
from localdb.unit import scope_of as scope_of
from localdb.units import LAST_UNIT, number_of
from localdb.witness import Witness

WRITER_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found in flight and called UNKNOWN."""

    messages: int
    uploads: int


@dataclass(slots=True)
class _Fate:
    committed: bool = False


class SqlStore:
    """The base of this installation. Safe to use from every lane."""

    def __init__(self, opened: OpenedBase, clock: Clock, witness: Witness | None = None) -> None:
        """Without a ``witness`` no message can be begun."""
        self._opened = opened
        self._units = opened.units
        self._ways = opened.engines.ways
        # which counter this is, where others write to the same base
        self._counter = opened.counter if self._ways.shared else None
        key = EPOCH_KEY if self._counter is None else f"{EPOCH_KEY}.{self._counter:02d}"
        self._standing = Standing(witness, key, self._ways.shared)
        self._clock = clock
        self._writers = Lines(opened.engines.writer, WRITERS, self._ways)
        # the line of the newest unit: its pages are open, every other has to open them anew
        self._warm: Line | None = None
        self._readers = Lines(opened.engines.readers, READERS, self._ways)
        # counts units begun and ended: what is read between two of them is one moment
        self._moment = 0
        self._codec = Codec(opened.keys.field_key, opened.keys.index)
        self._writer = threading.Lock()
        self._owner: int | None = None
        self._listeners: list[Callable[[], None]] = []
        self._closed = False

    @contextmanager
    def unit(self) -> Iterator[ports.Unit]:
        """One transaction of this thread. Raises ``Bug`` for a unit inside a unit."""
        if self._opened.lock is None:
            raise LocalTrouble(Code.ALREADY_RUNNING)
        if self.in_unit:
            raise Bug(what="unit inside a unit")
        if not self._writer.acquire(timeout=WRITER_WAIT_S):
            raise LocalTrouble(Code.STORE_LOCKED, detail="another lane")
        try:
            self._owner = threading.get_ident()
            wrote = yield from self._transact()
        finally:
            self._owner = None
            self._writer.release()
        if wrote:
            for listener in tuple(self._listeners):
                listener()

    @contextmanager
    def _between_units(self) -> Iterator[None]:
        if self.in_unit:
            raise Bug(what="a unit of this lane is open")
        with self._writer:
            yield

    @property
    def in_unit(self) -> bool:
        """Whether the calling thread has a unit open: nothing may go on the wire then."""
        return self._owner == threading.get_ident()

    @property
    def cipher_key(self) -> bytes:
        """For files that lie beside the base and are as secret as it is."""
        return self._opened.keys.cipher

    def _transact(self) -> Generator[ports.Unit, None, bool]:
        self._moment += 1
        self._readers.end_snapshots()
        self._writers.end_snapshots()
        line = self._begun()
        fate = _Fate()
        self._standing.unit_begins()
        try:
            before = line.driver.total_changes
            try:
                unit = self._unit_on(line, fate)
                if self._ways.shared and self._standing.asked:
                    self._standing.recovery = SqlRecoveries(unit.scope).newest()
                    remember(self._standing)
                yield unit
            except driver_errors() as error:
                line.give_up()
                raise trouble_of(error) from error
            except BaseException:
                line.give_up()
                raise
            if line.driver.total_changes == before:
                line.rollback()
                return False
            self._commit(line)
            fate.committed = True
            self._standing.unit_stands()
        finally:
            self._moment += 1
            self._warm = line
            self._writers.give_back(line)
        return True

    def _begun(self) -> Line:
        """A line with a unit begun on it. A connection that died while nobody used it is replaced
        once: nothing was asked of it yet."""
        line = self._writers.take_alone(self._warm) or self._taken(self._writers)
        try:
            return self._begin_on(line)
        except LocalTrouble as trouble:
            if not self._may_be_old(trouble):
                raise
        return self._begin_on(self._taken(self._writers))

    def _begin_on(self, line: Line) -> Line:
        try:
            with translated():
                self._units.begin(line)
        except BaseException:
            line.give_up()
            self._writers.give_back(line)
            raise
        return line

    def _may_be_old(self, trouble: LocalTrouble) -> bool:
        """Whether this may be true of kept connections alone; they are gone then."""
        if trouble.code is not Code.STORE_UNREACHABLE:
            return False
        self._drop_lines()
        return True

    def _commit(self, line: Line) -> None:
        number: int | None = None
        try:
            number = self._units.next(line)
            line.commit()
        except driver_errors() as error:
            # A failed commit is an unknown outcome: close, reopen, read back (reliability 2.4).
            line.invalidate()
            self._drop_lines()
            if number is None or not self._units.stands(number):
                raise trouble_of(error) from error
        self._units.stood(number)
        if self._standing.witness is not None:
            self._standing.witness.note(number)

    def _taken(self, lines: Lines) -> Line:
        if self._closed:
            raise Bug(what="the store is closed")
        try:
            return lines.take()
        except driver_errors() as error:
            raise trouble_of(error) from error

    def _drop_lines(self) -> None:
        self._writers.drop()
        self._readers.drop()
        self._opened.engines.dispose()

    @contextmanager
    def reading(self) -> Iterator[ports.Unit]:
        """A snapshot taken at entry. Writing in it raises ``Bug``.

        The writer's own pages are open already: where nobody uses them they are looked at. A unit
        that comes meanwhile has another line and waits for nobody.
        """
        lines, line = self._looking()
        try:
            yield line.looker
            line.require_unwritten()
            if self._opened.lock is None or self._ways.shared:
                # what others write nobody here is told of
                line.rollback()
        except driver_errors() as error:
            line.give_up()
            if is_write_in_a_read(error):
                raise Bug(what=WRITE_IN_A_READ) from error
            raise trouble_of(error) from error
        except BaseException:
            line.give_up()
            raise
        finally:
            lines.give_back(line)

    def _looking(self) -> tuple[Lines, Line]:
        """A line with its snapshot, and whose line it is. As :meth:`_begun`, of old connections."""
        lines, line = self._writers, self._writers.take_alone(self._warm)
        if line is None:
            lines, line = self._readers, self._taken(self._readers)
        try:
            return lines, self._look(lines, line)
        except LocalTrouble as trouble:
            if not self._may_be_old(trouble):
                raise
        return self._readers, self._look(self._readers, self._taken(self._readers))

    def _look(self, lines: Lines, line: Line) -> Line:
        try:
            with translated():
                if line.look(self._moment):
                    # BEGIN alone takes no snapshot; the first read does.
                    number_of(line, LAST_UNIT)
                    line.looker = self._unit_on(line, _Fate())
        except BaseException:
            line.give_up()
            lines.give_back(line)
            raise
        return line

    def _unit_on(self, line: Line, fate: _Fate) -> SqlUnit:
        return SqlUnit(
            Scope(
                line=line,
                codec=self._codec,
                journal_key=self._opened.keys.journal,
                clock=self._clock,
                has_committed=lambda: fate.committed,
                standing=self._standing,
            )
        )

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Called after each commit that wrote something, by the thread that committed."""
        self._listeners.append(listener)

    def recover(self) -> Recovered:
        """What a dead process left in flight becomes UNKNOWN. :func:`open_store` calls it."""
        with self.unit() as unit:
            scope = scope_of(unit)
            records = SqlOutbox(scope)
            whose = self._counter
            messages = SqlMessages(scope).give_up_open(whose)
            found = Recovered(messages, records.give_up_open(whose))
            records.bring_near()
            return found

    def question(self) -> Recovery | None:
        """Whether this base is the newest; where not, it goes into recovery. :func:`open_store`
        calls it. Returns the recovery this call began. Raises ``LocalTrouble``."""
        with self.unit() as unit:
            scope = scope_of(unit)
            line = scope.line
            begun = questioned(scope, self._units.own(line), self._units.place(line))
            found = SqlRecoveries(scope).newest()
        self._standing.recovery, self._standing.reread = found, False
        self._standing.asked = True
        taken(self._standing)
        return begun

    def require_mark(self, mark: str) -> None:
        """Note what this base is for, or raise ``LocalTrouble`` where it is for something else."""
        with self.unit() as unit:
            note_mark(unit, mark)

    def mark(self) -> str:
        """What this base says it is for; empty where nobody noted it."""
        with self.reading() as unit:
            return unit.settings.get(MARK_KEY) or ""

    def units(self) -> int:
        """How many units were ever committed."""
        with self.reading() as unit:
            return number_of(scope_of(unit).line, LAST_UNIT)

    def journal_report(self, head: tuple[int, bytes] | None = None) -> ChainReport:
        """Walk the chain of acts; ``head`` is a number and link noted elsewhere."""
        with self.reading() as unit:
            return SqlJournal(scope_of(unit)).verify(head)

    def require_whole(self) -> None:
        """Every page authentic. Raises ``LocalTrouble`` ``STORE_CORRUPT``; ``STORE_AT_SERVER``
        where the server keeps the pages."""
        self._require_file()
        line = self._taken(self._readers)
        try:
            with translated():
                require_whole(line.connection)
        finally:
            line.give_up()
            self._readers.give_back(line)

    def _require_file(self) -> None:
        if self._ways.shared:
            raise LocalTrouble(Code.STORE_AT_SERVER)

    def copy_to(self, target: Path) -> None:
        """A verified copy under the same key, taken between two units. Raises as
        :meth:`require_whole`."""
        with self._between_units():
            self._require_file()
            self._writers.drop()
            copy_base(self._opened.engines, self._opened.keys, target)

    def close(self) -> None:
        """Idempotent. Waits for an open unit of another lane."""
        with self._between_units():
            if not self._closed:
                self._closed = True
                if self._standing.witness is not None:
                    self._standing.witness.close()
                self._drop_lines()
                self._opened.close()


def open_store(
    location: StoreLocation,
    keys: KeyStore,
    clock: Clock,
    engines_at: EngineMaker | None = None,
    machine: Callable[[], Machine] = this_machine,
) -> SqlStore:
    """Open, create or migrate the base of this installation; one process at a time.

    Messages and uploads found SENDING become UNKNOWN; a base that is not the newest one goes into
    recovery (``unit.recoveries``). Raises ``LocalTrouble`` (see
    :func:`localdb.opening.open_base`).
    """
    opened = open_base(require_here(location), keys, clock.now(), engines_at)
    try:
        witness = Witness(keys.mark_of(location.name), opened.keys.mark, machine)
    except BaseException:
        opened.close()
        raise
    store = SqlStore(opened, clock, witness)
    try:
        store.require_mark(location.mark)
        store.question()
        store.recover()
    except BaseException:
        store.close()
        raise
    return store


def open_catalogue(
    store: SqlStore, location: StoreLocation, initials: Callable[[str], str]
) -> SqlCatalogue:
    """The local catalogue beside this base, under the same key. Raises ``LocalTrouble``."""
    return SqlCatalogue.open(location.folder, location.name, store.cipher_key, initials)


def open_store_beside(location: StoreLocation, keys: KeyStore, clock: Clock) -> SqlStore:
    """Read beside the running counter (doctor, journal, queue list). Units are refused."""
    return SqlStore(open_base_beside(location, keys), clock)
