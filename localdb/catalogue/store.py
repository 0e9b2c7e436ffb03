"""``app.ports.catalogue.LocalCatalogue`` on SQLCipher: one file, one writer, readers beside it."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from app.domain.errors import Code, LocalTrouble
from app.ports.catalogue import Entry, Hit, Listing, ListMark, Row, Term
from localdb.catalogue import searching
from localdb.catalogue.schema import TABLES, VERSION
from localdb.catalogue.wording import BREAK, lowered, split_up
from localdb.engine import Engines, for_owner_alone, open_engines
from localdb.failures import trouble_of

_ENTRY = (
    "INSERT OR REPLACE INTO entry (id, listing, row_no, code, name, brand, dose_form,"
    " specification, maker, approval_no, pay_class, unit, valid)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_TERM = "INSERT OR REPLACE INTO term VALUES (?,?,?,?,?,?,?,?,?,?)"
_MARK = "INSERT OR REPLACE INTO mark VALUES (?,?,?,?,?,?,?,?)"


class SqlCatalogue:
    """Opened with the key of the base. A file of another shape is thrown away, not mended."""

    def __init__(
        self, engines: Engines, folder: Path, name: str, initials: Callable[[str], str]
    ) -> None:
        self._engines = engines
        self._folder, self._name = folder, name
        self._initials = initials

    @classmethod
    def open(
        cls, folder: Path, name: str, key: bytes, initials: Callable[[str], str]
    ) -> "SqlCatalogue":
        """``name`` is that of the base. Raises ``LocalTrouble``."""
        path = folder / f"{name}.catalogue"
        for_owner_alone(path)
        engines = open_engines(path, key, renewable=True)
        try:
            if not _stands(engines):
                engines.dispose()
                _remove(path)
                for_owner_alone(path)
                engines = open_engines(path, key, renewable=True)
                with engines.writer.begin() as connection:
                    for statement in TABLES:
                        connection.exec_driver_sql(statement)
        except sqlalchemy.exc.SQLAlchemyError as error:
            engines.dispose()
            raise trouble_of(error) from error
        return cls(engines, folder, name, initials)

    def close(self) -> None:
        self._engines.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self._engines.writer.begin() as connection:
                yield connection
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise trouble_of(error) from error

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        try:
            with self._engines.readers.connect() as connection:
                yield connection
        except sqlalchemy.exc.SQLAlchemyError as error:
            raise trouble_of(error) from error

    def mark(self, listing: Listing) -> ListMark | None:
        with self._reading() as connection:
            row = connection.exec_driver_sql(
                "SELECT * FROM mark WHERE listing=?", (listing.value,)
            ).one_or_none()
        return None if row is None else _mark(row)

    def take(self, mark: ListMark, rows: Sequence[Row]) -> None:
        entries = [row for row in rows if isinstance(row, Entry)]
        terms = [row for row in rows if isinstance(row, Term)]
        with self._writing() as connection:
            if entries:
                self._take_entries(connection, mark.listing, entries)
            if terms:
                values = [_term_values(mark.listing, term) for term in terms]
                connection.exec_driver_sql(_TERM, values)
            connection.exec_driver_sql(_MARK, _mark_values(mark))

    def _take_entries(
        self, connection: sa.Connection, listing: Listing, entries: Sequence[Entry]
    ) -> None:
        newest = {entry.row_no: entry for entry in entries}
        known = _known(connection, listing, list(newest))
        top: int = connection.exec_driver_sql("SELECT COALESCE(MAX(id), 0) FROM entry").scalar_one()
        ids: dict[str, int] = {}
        for row_no in newest:
            top += row_no not in known
            ids[row_no] = known.get(row_no, top)
        if known:
            gone = [(found,) for found in known.values()]
            connection.exec_driver_sql("DELETE FROM spelling WHERE id=?", gone)
            connection.exec_driver_sql("DELETE FROM words WHERE rowid=?", gone)
        held = list(newest.values())
        connection.exec_driver_sql(_ENTRY, [_values(ids[e.row_no], listing, e) for e in held])
        spelt = [(letters, ids[e.row_no]) for e in held for letters in self._spellings(e)]
        if spelt:
            connection.exec_driver_sql("INSERT OR IGNORE INTO spelling VALUES (?,?)", spelt)
        connection.exec_driver_sql(
            "INSERT INTO words (rowid, singles, pairs) VALUES (?,?,?)",
            [(ids[e.row_no], *_words(e)) for e in held],
        )

    def _spellings(self, entry: Entry) -> set[str]:
        """Ours of both names, and what the platform says where it is letters at all."""
        told = lowered(entry.initials).replace(BREAK, "")
        found = {self._initials(name) for name in (entry.name, entry.brand) if name}
        return {letters for letters in (*found, told if told.isascii() else "") if letters}

    def keep_file(self, listing: Listing, archive: bytes) -> None:
        """Written aside, synced, put in place: half a file is never read."""
        path = self._path(listing)
        aside = path.with_name(path.name + ".new")
        try:
            with open(aside, "wb") as file:
                file.write(archive)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error

    def file(self, listing: Listing) -> bytes | None:
        try:
            return self._path(listing).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error

    def drop_file(self, listing: Listing) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path(listing).unlink()

    def _path(self, listing: Listing) -> Path:
        return self._folder / f"{self._name}.{listing.value}.list"

    def learn_barcodes(self, barcodes: Sequence[tuple[str, str]]) -> None:
        with self._writing() as connection:
            connection.exec_driver_sql("DELETE FROM barcode")
            found = [(barcode, code) for barcode, code in barcodes if barcode and code]
            if found:
                connection.exec_driver_sql("INSERT OR REPLACE INTO barcode VALUES (?,?)", found)

    def search(self, typed: str, limit: int = 50) -> tuple[Hit, ...]:
        with self._reading() as connection:
            return searching.search(connection, typed, limit)

    def terms(self, listing: Listing, code: str) -> tuple[Term, ...]:
        with self._reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT * FROM term WHERE listing=? AND code=? ORDER BY row_no",
                (listing.value, code),
            ).all()
        return tuple(_term(row) for row in rows)

    def count(self, listing: Listing) -> int:
        with self._reading() as connection:
            found: int = connection.exec_driver_sql(
                "SELECT (SELECT COUNT(*) FROM entry WHERE listing=?)"
                " + (SELECT COUNT(*) FROM term WHERE listing=?)",
                (listing.value, listing.value),
            ).scalar_one()
        return found


def _stands(engines: Engines) -> bool:
    """Whether the file can be read with this key and has today's shape."""
    try:
        with engines.readers.connect() as connection:
            version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    except sqlalchemy.exc.DatabaseError:
        return False
    return version == VERSION


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).unlink()


def _known(connection: sa.Connection, listing: Listing, numbers: list[str]) -> dict[str, int]:
    marks = ",".join("?" * len(numbers))
    rows = connection.exec_driver_sql(
        f"SELECT row_no, id FROM entry WHERE listing=? AND row_no IN ({marks})",  # noqa: S608 marks only
        (listing.value, *numbers),
    )
    return {row.row_no: row.id for row in rows}


def _values(found: int, listing: Listing, entry: Entry) -> tuple[object, ...]:
    return (
        found,
        listing.value,
        entry.row_no,
        entry.code,
        entry.name,
        entry.brand,
        entry.dose_form,
        entry.specification,
        entry.maker,
        entry.approval_no,
        entry.pay_class,
        entry.unit,
        int(entry.valid),
    )


def _words(entry: Entry) -> tuple[str, str]:
    return split_up(f"{entry.name} {entry.brand}")


def _term_values(listing: Listing, term: Term) -> tuple[object, ...]:
    return (
        listing.value,
        term.row_no,
        term.code,
        term.other,
        term.kind,
        term.value,
        term.area,
        term.begins.isoformat() if term.begins else None,
        term.ends.isoformat() if term.ends else None,
        int(term.valid),
    )


def _term(row: sa.Row[Any]) -> Term:
    return Term(
        row_no=row.row_no,
        code=row.code,
        other=row.other,
        kind=row.kind,
        value=row.value,
        area=row.area,
        begins=date.fromisoformat(row.begins) if row.begins else None,
        ends=date.fromisoformat(row.ends) if row.ends else None,
        valid=bool(row.valid),
    )


def _mark_values(mark: ListMark) -> tuple[object, ...]:
    return (
        mark.listing.value,
        mark.since.isoformat(),
        mark.version,
        mark.page,
        mark.done,
        mark.total,
        mark.next_since.isoformat(),
        mark.finished_at.isoformat() if mark.finished_at else None,
    )


def _mark(row: sa.Row[Any]) -> ListMark:
    return ListMark(
        listing=Listing(row.listing),
        since=date.fromisoformat(row.since),
        version=row.version,
        page=row.page,
        done=row.done,
        total=row.total,
        next_since=date.fromisoformat(row.next_since),
        finished_at=datetime.fromisoformat(row.finished_at) if row.finished_at else None,
    )
