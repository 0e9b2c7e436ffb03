"""Tables of others: what is no table is refused by name; cells come as they stand."""

import gc
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import devices.sheets
from app.domain.errors import Code, OperatorInput
from app.ports.workbook import CellError, Formula
from devices.sheets import SheetFiles


def a_table(path: Path, *rows: tuple[Any, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def reason_of(path: Path) -> str:
    with pytest.raises(OperatorInput) as refused:
        list(SheetFiles().rows(path))
    assert refused.value.code is Code.SHEET_UNREADABLE
    assert refused.value.params["file"] == path.name
    return str(refused.value.params["reason"])


def repacked(path: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> Path:
    """The same archive with parts changed or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
        for name, content in added.items():
            new.writestr(name, content)
    path.write_bytes(target.getvalue())
    return path


def as_it_was(_name: str, content: bytes) -> bytes:
    return content


def test_cells_come_as_they_stand(tmp_path: Path) -> None:
    day = datetime(2026, 9, 1)  # noqa: DTZ001 what a table holds has no zone
    path = a_table(tmp_path / "t.xlsx", (" 批号 ", 2, 12.5, day, True), (), ("=A1+1", "#N/A"))
    (first, cells), (second, marked) = SheetFiles().rows(path)
    assert (first, cells) == (1, ("批号", 2, 12.5, day, True))
    assert second == 3
    assert isinstance(marked[0], Formula)
    assert isinstance(marked[1], CellError)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no_table"),
        (b"a,b\n1,2\n", "no_table"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "no_table"),
    ],
    ids=["empty", "text", "old_or_locked"],
)
def test_what_is_no_archive_is_no_table(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    assert reason_of(path) == reason


def test_an_archive_of_something_else_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert reason_of(path) == "no_table"


def test_parts_that_do_not_unpack_are_unreadable(tmp_path: Path) -> None:
    """Found by fuzzing: bad data behind a whole directory, a name in no encoding."""
    path = a_table(tmp_path / "t.xlsx", ("a",))
    whole = path.read_bytes()
    at = whole.index(b"[Content_Types].xml") + len("[Content_Types].xml")
    for spoiled in (
        whole[:at] + b"\xff" * 8 + whole[at + 8 :],
        whole.replace(b"xl/workbook.xml", b"xl/w\xffrkbook.xml"),
    ):
        path.write_bytes(spoiled)
        assert reason_of(path) in ("unreadable", "damaged", "no_table")


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    assert reason_of(tmp_path / "none.xlsx") == "unreadable"


def test_macros_and_declarations_are_refused(tmp_path: Path) -> None:
    macro = a_table(tmp_path / "m.xlsx", ("a",))
    assert reason_of(repacked(macro, as_it_was, **{"xl/vbaProject.bin": b"x"})) == "macro"
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    )

    def declare(name: str, content: bytes) -> bytes:
        return bomb if name.endswith("sheet1.xml") else content

    declaring = repacked(a_table(tmp_path / "d.xlsx", ("a",)), declare)
    assert reason_of(declaring) == "declares"


def test_a_part_that_swells_is_refused_unopened(tmp_path: Path) -> None:
    swollen = repacked(
        a_table(tmp_path / "b.xlsx", ("a",)), as_it_was, **{"xl/media/x.xml": b" " * (8 << 20)}
    )
    assert swollen.stat().st_size < 100_000
    assert reason_of(swollen) == "too_big"


def test_a_torn_table_is_damaged(tmp_path: Path) -> None:
    def tear(name: str, content: bytes) -> bytes:
        return content[: len(content) // 2] if name.endswith("sheet1.xml") else content

    torn = repacked(a_table(tmp_path / "t.xlsx", *[("a", n) for n in range(200)]), tear)
    assert reason_of(torn) == "damaged"


@pytest.mark.parametrize(("rows", "refused"), [(5, False), (6, True)])
def test_more_rows_than_anybody_types_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, refused: bool
) -> None:
    monkeypatch.setattr(devices.sheets, "MOST_ROWS", 5)
    path = a_table(tmp_path / "t.xlsx", *[("a", n) for n in range(rows)])
    if refused:
        assert reason_of(path) == "too_many_rows"
    else:
        assert len(list(SheetFiles().rows(path))) == rows


def test_a_size_the_file_lies_about_is_not_believed(tmp_path: Path) -> None:
    def lie(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')

    path = repacked(a_table(tmp_path / "t.xlsx", *[("a", n) for n in range(3)]), lie)
    assert [cells for _, cells in SheetFiles().rows(path)] == [("a", 0), ("a", 1), ("a", 2)]


def test_a_short_table_keeps_nothing_for_good(tmp_path: Path) -> None:
    """What the collector is told to pass over it never gives back."""
    path = a_table(tmp_path / "t.xlsx", *[("SP0001", "A1138", n) for n in range(200)])
    before = gc.get_freeze_count()
    assert len(list(SheetFiles().rows(path))) == 200
    assert gc.get_freeze_count() == before
