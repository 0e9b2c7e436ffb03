"""Files of catalogues: one archive, one text, a row a line, columns by place (core-platform 7.3).

Read as a stream: whatever the archive claims, no more than a line of it is held at a time.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import IO

from app.domain.errors import Code, OutcomeUnknown
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.files import BROKEN_ARCHIVE
from app.ports import catalogue as k
from app.profile.model import CataloguePart

_LONGEST_LINE = 1 << 20
_MOST_TEXT = 2 << 30
_STOPPED = frozenset({"0", "false"})


def rows(rules: CataloguePart, kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
    """Every row. Raises ``OutcomeUnknown`` naming what is unreadable."""
    try:
        yield from _rows(rules, kind, archive)
    except BROKEN_ARCHIVE as broken:
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE, what="archive") from broken
    except (Unreadable, ValueError) as wrong:
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE, what="catalogue") from wrong


def _rows(rules: CataloguePart, kind: k.Listing, archive: bytes) -> Iterator[k.Entry]:
    columns, least = rules.columns[kind.value], rules.least_columns[kind.value]
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        entries = packed.infolist()
        if len(entries) != 1 or entries[0].file_size > _MOST_TEXT:
            raise Unreadable("archive")
        with packed.open(entries[0]) as text:
            for line in _lines(text):
                yield _entry(columns, least, line)


def _lines(text: IO[bytes]) -> Iterator[str]:
    """Lines that hold anything, the mark of the byte order taken off the first."""
    first = True
    while line := text.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Unreadable("line")
        read = line.decode("utf-8-sig" if first else "utf-8").rstrip("\r\n")
        first = False
        if read.strip():
            yield read


def _entry(columns: dict[str, int], least: int, line: str) -> k.Entry:
    """More columns on the right than known are left alone: editions grow there."""
    cells = ["" if cell == "null" else cell.strip() for cell in line.split("\t")]
    if len(cells) < least:
        raise Unreadable("columns")
    found = {name: cells[at - 1] if at <= len(cells) else "" for name, at in columns.items()}
    if not (found["row_no"] and found["code"]):
        raise Unreadable("row")
    return k.Entry(
        row_no=found["row_no"],
        code=found["code"],
        name=found["name"],
        brand=found.get("brand", ""),
        dose_form=found.get("dose_form", ""),
        specification=found.get("specification", ""),
        maker=found.get("maker", ""),
        approval_no=found.get("approval_no", ""),
        pay_class=found.get("pay_class", ""),
        unit=found.get("unit", ""),
        initials=found.get("initials", ""),
        valid=found.get("valid", "") not in _STOPPED,
        version=found["version"],
    )
