"""What the repositories of one unit share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from app.ports.clock import Clock
from localdb.lines import KEPT, Line
from localdb.mapping.codec import Codec
from localdb.standing import Standing
from localdb.statements import NOTHING, Found, Known, Row, Values

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scope:
    """One open transaction. ``has_committed`` turns true only after a durable commit."""

    line: Line
    codec: Codec
    journal_key: bytes
    clock: Clock
    has_committed: Callable[[], bool]
    standing: Standing

    @property
    def connection(self) -> sa.Connection:
        """For statements that are worded anew each time."""
        return self.line.connection

    def ask(self, known: Known, values: Values = NOTHING) -> Found:
        """As :meth:`localdb.lines.Line.ask`."""
        return self.line.ask(known, values)

    def found(self, known: Known, values: Values, make: Callable[[Row], T]) -> tuple[T, ...]:
        """Everything ``known`` finds, as values that never change.

        A snapshot is asked once for the same: whoever reads a case, its page and its lines reads
        them from one moment. In a unit every question goes to the base.
        """
        read = self.line.read
        if read is None:
            return tuple([make(row) for row in self.ask(known, values)])
        key = (known, *values.values())
        if key not in read:
            if len(read) >= KEPT:
                read.clear()
            read[key] = tuple([make(row) for row in self.ask(known, values)])
        known_already: tuple[T, ...] = read[key]  # type: ignore[assignment] # the key's own kind
        return known_already

    def ask_each(self, known: Known, rows: Sequence[Values]) -> None:
        """As :meth:`localdb.lines.Line.ask_each`."""
        self.line.ask_each(known, rows)
