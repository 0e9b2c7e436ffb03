"""The mark beside the key: what the base had reached, kept where a copy of the base is not.

Every commit is noted without waiting for the disk (what a power cut takes from the mark makes it
know less, never more); the time inside message ids is reserved ahead and waits for the disk, so
that an id never repeats whatever copy of the base comes back (I7, I12).
"""

import hmac
import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from app.domain.errors import Code, LocalTrouble
from app.ports.recovery import Cause
from localdb.keystore import sync_folder
from localdb.machine import Machine

RESERVED = timedelta(minutes=1)
"""How far ahead message ids are reserved: one write that waits for the disk in that time."""
_SLOT = 4096
_SLOTS = 2
_BYTES = getattr(os, "O_BINARY", 0)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """``epoch`` names the line of the base, ``unit`` its newest commit seen, ``ids_until`` the
    second (since 1970) no id goes beyond now, ``ahead`` how far ids once went under a clock that
    was put right since, ``file`` the mark's own file, ``number`` how many
    recoveries there were, ``restored`` that a copy is about to be put in place, ``line`` which
    recovery of a base of several counters is known here, whoever found it."""

    epoch: str
    unit: int
    ids_until: int
    installation: str
    cards: tuple[str, ...]
    file: int
    number: int = 0
    restored: bool = False
    turn: int = 0
    ahead: int = 0
    line: str = ""

    @property
    def machine(self) -> Machine:
        return Machine(self.installation, frozenset(self.cards))


class Witness:
    """One mark file. Used under the writer's lock of its store; not for two processes."""

    def __init__(self, path: Path, key: bytes, machine: Callable[[], Machine]) -> None:
        self._path, self._key, self._machine = path, key, machine
        self._descriptor: int | None = None
        self._told_of_failure = False
        self.mark = self._read()

    def judge(self, epoch: str | None, unit: int) -> Cause | None:
        """Why the base that says this of itself is not the newest; None where nothing tells.

        A base that never spoke to the platform (no epoch) can miss nothing.
        """
        mark = self.mark
        if mark is None:
            return None if epoch is None else Cause.MARK_LOST
        if mark.restored:
            return Cause.RESTORED
        if epoch is None and unit >= mark.unit:
            self.mark = None
            return None
        if mark.file != self._path.stat().st_ino:
            return Cause.MARK_COPIED
        if not mark.machine.same_as(self._machine()):
            return Cause.OTHER_MACHINE
        if epoch is not None and epoch != mark.epoch:
            return Cause.OTHER_LINE
        return Cause.OLDER if unit < mark.unit else None

    def begin(self, unit: int, now: datetime, *, recovering: bool = False) -> Mark:
        """A new line in a new file; ids go on where the old mark ends. Raises ``LocalTrouble``.

        ``recovering``: believed only after :meth:`taken`, when the base has written it down.
        """
        old, machine = self.mark, self._machine()
        until = max(int(self.floor.timestamp()), int(now.timestamp()))
        cards = tuple(sorted(machine.cards))
        number = (old.number if old else 0) + recovering
        mark = Mark(
            secrets.token_hex(8),
            unit,
            until,
            machine.installation,
            cards,
            0,
            number,
            recovering,
            ahead=old.ahead if old else 0,
        )
        aside = self._path.with_name(self._path.name + ".new")
        self.close()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.unlink(missing_ok=True)
            self._descriptor = os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BYTES, 0o600)
            mark = replace(mark, file=os.fstat(self._descriptor).st_ino)
            self._write(mark, durable=True)
            if os.name != "posix":
                self.close()
            os.replace(aside, self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
        return mark

    def note(self, unit: int) -> None:
        """A commit stands. Its loss here costs sharpness, never money: a failure is only told."""
        if self.mark is None:
            return
        try:
            self._write(self.mark, durable=False, unit=unit)
        except OSError as failed:
            if not self._told_of_failure:
                _log.error("the mark of the base is not written: %s", type(failed).__name__)
            self._told_of_failure = True

    def reserve(self, at: datetime) -> None:
        """No id bears a time that is not reserved. Raises ``LocalTrouble``; then none was drawn."""
        mark = self.mark
        if mark is None or int(at.timestamp()) <= mark.ids_until:
            return
        until = int((at + RESERVED).timestamp())
        self._durably(replace(mark, ids_until=until))

    def go_on_from(self, at: datetime) -> None:
        """The clock was ahead and is right: ids are reserved from ``at`` again. How far they went
        stays written, for a base that does not know them. Raises ``LocalTrouble``."""
        mark = self.mark
        if mark is not None:
            ahead = max(mark.ahead, mark.ids_until)
            self._durably(replace(mark, ids_until=int(at.timestamp()), ahead=ahead))

    def restoring(self) -> None:
        """A copy is about to take the base's place. Raises ``LocalTrouble``."""
        if self.mark is not None:
            self._durably(replace(self.mark, restored=True))

    def taken(self) -> None:
        """The base has written down the line this mark began. Raises ``LocalTrouble``."""
        if self.mark is not None:
            self._durably(replace(self.mark, restored=False))

    def know(self, line: str, number: int) -> None:
        """Which recovery is the newest, and how many there were. Raises ``LocalTrouble``."""
        if self.mark is not None:
            self._durably(replace(self.mark, line=line, number=max(number, self.mark.number)))

    @property
    def floor(self) -> datetime:
        """No id was ever drawn beyond this."""
        mark = self.mark
        return datetime.fromtimestamp(max(mark.ids_until, mark.ahead) if mark else 0, UTC)

    @property
    def reserved(self) -> datetime:
        """No id goes beyond this now."""
        return datetime.fromtimestamp(self.mark.ids_until if self.mark else 0, UTC)

    def close(self) -> None:
        """Idempotent."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _durably(self, mark: Mark) -> None:
        try:
            self._write(mark, durable=True)
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error

    def _write(self, mark: Mark, *, durable: bool, unit: int | None = None) -> None:
        unit = mark.unit if unit is None else unit
        mark = replace(mark, turn=mark.turn + 1, unit=unit)
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | _BYTES)
        text = msgspec.json.encode(mark)
        sealed = hmac.digest(self._key, text, "sha256").hex().encode() + b" " + text + b"\n"
        # By turns, so that a torn write leaves the one before it whole.
        os.lseek(self._descriptor, (mark.turn % _SLOTS) * _SLOT, os.SEEK_SET)
        os.write(self._descriptor, sealed.ljust(_SLOT, b"\0"))
        if durable:
            os.fsync(self._descriptor)
        self.mark = mark

    def _read(self) -> Mark | None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
        slots = (content[at : at + _SLOT] for at in range(0, _SLOT * _SLOTS, _SLOT))
        marks = [mark for slot in slots if (mark := self._opened(slot)) is not None]
        return max(marks, key=lambda mark: mark.turn, default=None)

    def _opened(self, slot: bytes) -> Mark | None:
        seal, _, text = slot.partition(b"\n")[0].partition(b" ")
        made = hmac.digest(self._key, text, "sha256").hex().encode()
        return msgspec.json.decode(text, type=Mark) if hmac.compare_digest(seal, made) else None
