"""What the repositories of one unit share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.ports.clock import Clock
from localdb.lines import Line
from localdb.mapping.codec import Codec
from localdb.standing import Standing
from localdb.statements import NOTHING, Found, Known, Values


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

    def ask_each(self, known: Known, rows: Sequence[Values]) -> None:
        """As :meth:`localdb.lines.Line.ask_each`."""
        self.line.ask_each(known, rows)
