"""How units are begun, numbered, and told apart after a commit whose answer was lost."""

from contextlib import closing
from typing import Any, Protocol

from localdb.engine import Engines
from localdb.failures import translated
from localdb.lines import Line

# Both run in every unit, straight on the driver: the way through the engine costs ten times more.
NEXT_UNIT = "UPDATE unit_mark SET number = number + 1 RETURNING number"
LAST_UNIT = "SELECT number FROM unit_mark"


def number_of(line: Line, text: str) -> int:
    """The only value of a row. Raises as the driver does."""
    cursor: Any = line.driver.execute(text)
    return int(cursor.fetchone()[0])


class Units(Protocol):
    """One kind of base. Every call but ``stands`` raises as the driver does."""

    def begin(self, line: Line) -> None:
        """Nobody else writes until this unit ends. Raises ``LocalTrouble`` where the base is not
        the one this process knows."""
        ...

    def next(self, line: Line) -> int:
        """The number of the unit that is about to be committed."""
        ...

    def own(self, line: Line) -> int:
        """The newest unit that this installation committed, by what the base says."""
        ...

    def place(self, line: Line, /) -> str:
        """What is another one wherever the base is put back; empty where nothing tells."""
        ...

    def stood(self, number: int) -> None:
        """It is committed."""
        ...

    def stands(self, number: int) -> bool:
        """Whether a unit stands whose commit reported failure: the base is asked on a new
        connection. Raises ``LocalTrouble`` where nobody answers."""
        ...


class FileUnits:
    """Of a file, which one process holds: the newest number is the own one."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def begin(self, line: Line) -> None:
        line.begin()

    def next(self, line: Line) -> int:
        return number_of(line, NEXT_UNIT)

    def own(self, line: Line) -> int:
        return number_of(line, LAST_UNIT)

    def place(self, _line: Line, /) -> str:
        """Whoever copies a file copies all there is to be asked."""
        return ""

    def stood(self, number: int) -> None:
        """What the base says is enough."""

    def stands(self, number: int) -> bool:
        # the line of this unit is still in its hands
        with translated(), closing(Line(self._engines.writer)) as line:
            return number_of(line, LAST_UNIT) == number
