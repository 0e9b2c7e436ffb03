"""``count_sheet``, ``count_line`` and ``stock_draft``: what is under way in the back room."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.movements import NoteKind
from app.ports.stock_books import CountLine, CountSheet, StockDraft
from localdb.repositories.goods import held_in
from localdb.repositories.scope import Scope
from localdb.schema.goods import lot
from localdb.schema.stock import count_line, count_sheet, stock_draft
from localdb.statements import ONE


class SqlCountSheets:
    """Implements ``app.ports.stock_books.CountSheets``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def open(self, staff_id: int, scope: str, lots: Sequence[int], at: datetime) -> CountSheet:
        made = sa.insert(count_sheet).values(opened_at=at, staff_id=staff_id, scope=scope)
        sheet = _sheet(self._scope.connection.execute(made.returning(*count_sheet.c)).one())
        for lot_id in lots:
            # what lies on the shelf: boxes in open sales lie on a counter
            shelf = lot.c.on_hand - held_in(lot.c.lot_id)
            snapshot = sa.select(sa.literal(sheet.sheet_id), lot.c.lot_id, shelf).where(
                lot.c.lot_id == lot_id
            )
            columns = ["sheet_id", "lot_id", "snapshot"]
            self._scope.connection.execute(sa.insert(count_line).from_select(columns, snapshot))
        return sheet

    def current(self) -> CountSheet | None:
        wanted = sa.select(count_sheet).where(count_sheet.c.closed_at.is_(None))
        row = self._scope.connection.execute(
            wanted.order_by(count_sheet.c.sheet_id.desc()).limit(ONE)
        ).one_or_none()
        return None if row is None else _sheet(row)

    def lines(self, sheet_id: int) -> tuple[CountLine, ...]:
        found = self._scope.connection.execute(
            sa.select(count_line)
            .where(count_line.c.sheet_id == sheet_id)
            .order_by(count_line.c.lot_id)
        )
        return tuple(_line(row) for row in found)

    def line(self, sheet_id: int, lot_id: int) -> CountLine | None:
        row = self._scope.connection.execute(
            sa.select(count_line).where(_is(sheet_id, lot_id))
        ).one_or_none()
        return None if row is None else _line(row)

    def write(self, line: CountLine) -> None:
        """A line that is not on the sheet yet is added to it."""
        values = {
            "snapshot": line.snapshot,
            "expected": line.expected,
            "counted": line.counted,
            "counted_at": line.counted_at,
            "staff_id": line.staff_id,
            "final": line.final,
        }
        change = sa.update(count_line).where(_is(line.sheet_id, line.lot_id)).values(**values)
        if self._scope.connection.execute(change).rowcount == 0:
            key = {"sheet_id": line.sheet_id, "lot_id": line.lot_id}
            self._scope.connection.execute(sa.insert(count_line).values(**key, **values))

    def close(self, sheet_id: int, at: datetime, note_id: int | None) -> None:
        """Raises ``Bug`` for a sheet that does not exist."""
        change = sa.update(count_sheet).where(count_sheet.c.sheet_id == sheet_id)
        done = self._scope.connection.execute(change.values(closed_at=at, note_id=note_id))
        if done.rowcount != 1:
            raise Bug(what="no such count", sheet=sheet_id)


class SqlStockDrafts:
    """Implements ``app.ports.stock_books.StockDrafts``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def keep(self, kind: NoteKind, staff_id: int, content: bytes, at: datetime) -> StockDraft:
        sealed = self._scope.codec.seal(content, f"stock_draft:{kind}")
        values = {"staff_id": staff_id, "changed_at": at, "content": sealed}
        of_kind = stock_draft.c.kind == kind
        changed = self._scope.connection.execute(
            sa.update(stock_draft).where(of_kind).values(**values)
        )
        if changed.rowcount == 0:
            self._scope.connection.execute(sa.insert(stock_draft).values(kind=kind, **values))
        return StockDraft(kind, staff_id, at, content)

    def of(self, kind: NoteKind) -> StockDraft | None:
        row = self._scope.connection.execute(
            sa.select(stock_draft).where(stock_draft.c.kind == kind)
        ).one_or_none()
        if row is None:
            return None
        content = self._scope.codec.open(row.content, f"stock_draft:{kind}")
        return StockDraft(kind, row.staff_id, row.changed_at, content)

    def drop(self, kind: NoteKind) -> None:
        self._scope.connection.execute(sa.delete(stock_draft).where(stock_draft.c.kind == kind))


def _is(sheet_id: int, lot_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(count_line.c.sheet_id == sheet_id, count_line.c.lot_id == lot_id)


def _sheet(row: sa.Row[Any]) -> CountSheet:
    return CountSheet(
        row.sheet_id, row.opened_at, row.staff_id, row.scope, row.closed_at, row.note_id
    )


def _line(row: sa.Row[Any]) -> CountLine:
    return CountLine(
        row.sheet_id,
        row.lot_id,
        row.snapshot,
        row.expected,
        row.counted,
        row.counted_at,
        row.staff_id,
        row.final,
    )
