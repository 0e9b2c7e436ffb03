"""One search per key pressed. Every question is answered by an index and stops at its limit."""

from typing import Any

import sqlalchemy as sa

from app.ports.catalogue import Entry, Hit, Listing
from localdb.catalogue.wording import asked_words, is_plain, lowered, upper_end

_COLUMNS = (
    "e.id, e.listing, e.row_no, e.code, e.name, e.brand, e.dose_form, e.specification, e.maker,"
    " e.approval_no, e.pay_class, e.unit, e.valid,"
    " EXISTS (SELECT 1 FROM barcode b WHERE b.code = e.code) AS carried"
)
_MOST_TYPED = 40


def _shown(source: str) -> str:
    return f"SELECT {_COLUMNS} FROM {source}"  # noqa: S608 constants only


_BY_CODE = _shown("entry e WHERE e.code >= ? AND e.code < ? ORDER BY e.code LIMIT ?")
_BY_BARCODE = _shown(
    "(SELECT DISTINCT code FROM barcode WHERE barcode >= ? AND barcode < ? LIMIT ?) found"
    " JOIN entry e ON e.code = found.code"
)
_BY_LETTERS = _shown(
    "(SELECT id FROM spelling WHERE letters >= ? AND letters < ? LIMIT ?) found"
    " JOIN entry e ON e.id = found.id"
)
_BY_WORDS = _shown(
    "(SELECT rowid AS id FROM words WHERE words MATCH ? LIMIT ?) found"
    " JOIN entry e ON e.id = found.id"
)


def search(connection: sa.Connection, typed: str, limit: int) -> tuple[Hit, ...]:
    """Of what is found first: the store's own on top, then valid rows."""
    text = typed.strip()[:_MOST_TYPED]
    if not lowered(text).strip():
        return ()
    found: dict[int, sa.Row[Any]] = {}
    for statement, values in _questions(text, limit):
        for row in connection.exec_driver_sql(statement, values):
            found.setdefault(row.id, row)
    best = sorted(found.values(), key=lambda row: (not row.carried, not row.valid, row.name))
    return tuple(_hit(row) for row in best[:limit])


def _questions(text: str, limit: int) -> list[tuple[str, tuple[object, ...]]]:
    plain = lowered(text).replace(" ", "")
    if not is_plain(plain):
        return [(_BY_WORDS, (asked_words(text), limit))]
    asked: list[tuple[str, tuple[object, ...]]] = []
    if plain.isdigit():
        asked.append((_BY_BARCODE, (plain, upper_end(plain), limit)))
    code = plain.upper()
    asked.append((_BY_CODE, (code, upper_end(code), limit)))
    asked.append((_BY_LETTERS, (plain, upper_end(plain), limit)))
    return asked


def _hit(row: sa.Row[Any]) -> Hit:
    entry = Entry(
        row_no=row.row_no,
        code=row.code,
        name=row.name,
        brand=row.brand,
        dose_form=row.dose_form,
        specification=row.specification,
        maker=row.maker,
        approval_no=row.approval_no,
        pay_class=row.pay_class,
        unit=row.unit,
        valid=bool(row.valid),
    )
    return Hit(Listing(row.listing), entry, bool(row.carried))
