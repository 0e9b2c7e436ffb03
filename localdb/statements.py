"""Statements of this program, worded once and run straight on the driver.

SQLAlchemy words them, for whatever base there is; a :class:`Known` statement keeps the wording,
the order of its values and the conversion of its rows. What is left of each run is the driver's
own work: the way through the engine looks for the wording again and dresses every answer, which
costs several times what the base takes to give it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from app.domain.errors import Bug

Values = Mapping[str, object]
Turned = Callable[[Any], Any]
"""Makes a value of the driver's out of one of ours, or the other way round."""
NOTHING: Values = {}
ONE: sa.ColumnElement[int] = sa.literal_column("1", sa.Integer)
"""For ``limit``: a base that looks at a bound limit to plan by it prepares the statement anew with
every run."""
AT_MOST: sa.ColumnElement[int] = sa.bindparam("most", type_=sa.Integer) + sa.literal_column("0")
"""A limit that is bound as ``most``, and is no plan's business."""


class Row(tuple[Any, ...]):
    """One row: its columns in order, and by their names."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


AnyRow = Row | sa.Row[Any]
"""Of a known statement, or of one that went through the engine."""


class Found:
    """Every row a statement found, and how many it wrote."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Row], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def all(self) -> Sequence[Row]:
        return self._rows

    def first(self) -> Row | None:
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Row | None:
        """Raises ``Bug`` for more than one."""
        if len(self._rows) > 1:
            raise Bug(what="more than one row", rows=len(self._rows))
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """Raises ``Bug`` for none and for more than one."""
        row = self.one_or_none()
        if row is None:
            raise Bug(what="no row")
        return row

    def scalars(self) -> list[Any]:
        """The first column of every row."""
        return [row[0] for row in self._rows]

    def scalar_one(self) -> Any:
        """The only value. Raises ``Bug`` as :meth:`one`."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The only value, or None. Raises ``Bug`` for more than one."""
        row = self.one_or_none()
        return None if row is None else row[0]


class Known:
    """A statement that is worded once for each kind of base and each set of names given to it.

    A list of wanted values (``IN``) is worded anew for every length: such statements, and those
    with defaults made in Python, go through the engine.
    """

    __slots__ = ("_worded", "statement", "writes")

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self.writes: bool = statement.is_dml
        self._worded: dict[tuple[str, tuple[str, ...]], Worded] = {}

    def worded(self, dialect: Dialect, names: tuple[str, ...]) -> "Worded":
        found = self._worded.get((dialect.name, names))
        if found is None:
            found = self._worded[dialect.name, names] = Worded(self.statement, dialect, names)
        return found


class Worded:
    """One wording: the text, what goes into it in which order, and what comes out."""

    __slots__ = ("_columns", "_fixed", "_into", "_out", "_positional", "_shape", "text")

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names) or None)
        if statement.is_insert and compiled.effective_returning and not statement.exported_columns:
            # nobody asked for the number of the new row
            compiled = statement.inline().compile(dialect=dialect, column_keys=list(names) or None)
        anew = compiled.post_compile_params | compiled.literal_execute_params
        if anew or compiled.insert_prefetch or compiled.update_prefetch:
            raise Bug(what="a statement that is worded anew each time")
        self.text: str = compiled.string
        self._positional: bool = compiled.positional
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._into: list[tuple[str, Turned | None]] = [
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in (compiled.positiontup or () if compiled.positional else binds)
        ]
        self._fixed: dict[str, object] = {
            name: bind.effective_value
            for name, bind in binds.items()
            if not bind.required and name not in names
        }
        self._columns: list[Turned | None] = [
            _out_of(column.type, dialect) for column in statement.exported_columns
        ]
        self._out: list[tuple[int, Turned]] = []
        self._shape: type[Row] | None = None

    def arguments(self, values: Values) -> Any:
        """What the driver is given. Raises ``Bug`` for a value that is missing."""
        given = {**self._fixed, **values} if self._fixed else values
        try:
            if self._positional:
                return [
                    given[name] if turned is None else turned(given[name])
                    for name, turned in self._into
                ]
            return {
                name: given[name] if turned is None else turned(given[name])
                for name, turned in self._into
            }
        except KeyError as error:
            raise Bug(what=f"a value is missing: {error.args[0]}") from error

    def rows(self, found: Sequence[tuple[Any, ...]], description: Sequence[Any]) -> list[Row]:
        shape = self._shape or self._shaped(description)
        if not self._out:
            return [shape(row) for row in found]
        made = []
        for row in found:
            values = list(row)
            for place, turned in self._out:
                values[place] = turned(values[place])
            made.append(shape(values))
        return made

    def _shaped(self, description: Sequence[Any]) -> type[Row]:
        """The driver says which column stands where; the statement, of which type each is."""
        names = [column[0] for column in description]
        if len(names) != len(self._columns):
            raise Bug(what="columns of a statement", found=len(names), known=len(self._columns))
        places = {name: property(itemgetter(place)) for place, name in enumerate(names)}
        self._out = [(at, turned) for at, turned in enumerate(self._columns) if turned is not None]
        self._shape = type("Row", (Row,), {"__slots__": (), **places})
        return self._shape


def _out_of(kind: sa.types.TypeEngine[Any], dialect: Dialect) -> Turned | None:
    # a driver that gives whole numbers and text has nothing to tell of its columns
    turned: Turned | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return turned
