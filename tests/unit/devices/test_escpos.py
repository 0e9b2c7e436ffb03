"""Receipts as bytes: every word in the national set, no command from a text."""

import errno
import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.errors import Bug, Code, DeviceTrouble
from app.ports.devices import DeviceStatus
from app.ports.paper import Pair, Paper, PaperKind, Text
from devices.printer.escpos import (
    COLUMNS,
    EscPosPrinter,
    FilePort,
    columns_of,
    lines_of,
    render_escpos,
)
from tests.support.papers import a_receipt, a_sheet, training


def _texts(paper: Paper) -> list[str]:
    return [line.text for line in lines_of(paper)]


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_no_line_is_wider_than_the_roll(kind: PaperKind) -> None:
    for line in lines_of(training(a_receipt(kind, drugs=3))):
        assert columns_of(line.text) * (2 if line.double else 1) <= COLUMNS[kind]


def test_amounts_stand_at_the_right_edge() -> None:
    paper = Paper(PaperKind.RECEIPT_80, "", "r", (Pair("统筹基金", "110.07"),))
    (line,) = _texts(paper)
    assert (columns_of(line), line[:4], line[-6:]) == (48, "统筹基金", "110.07")


def test_codes_are_split_on_the_narrow_roll_only() -> None:
    assert "码 8341290 0512873640915" in _texts(a_receipt(PaperKind.RECEIPT_80))
    narrow = _texts(a_receipt(PaperKind.RECEIPT_58))
    assert narrow[narrow.index("码 8341290") + 1] == "  0512873640915"


def test_chinese_goes_out_in_the_national_set_and_the_roll_is_cut() -> None:
    content = render_escpos(a_receipt())
    assert content.startswith(b"\x1b@")
    assert "瑞格列奈片".encode("gbk") in content
    assert "￥ 164.04".encode("gbk") in content
    assert b"\x1d(k" in content
    assert b"\x1dV" in content[-8:]


def test_a_text_cannot_give_the_printer_commands() -> None:
    paper = Paper(PaperKind.RECEIPT_80, "", "r", (Text("药\x1b@\x1dV\x00\x10\x14\x01名"),))
    content = render_escpos(paper)
    assert content.count(b"\x1b@") == 1
    assert b"\x10\x14" not in content


def test_reprints_and_training_say_so() -> None:
    assert "副本　第 2 次打印" in _texts(replace(a_receipt(), copy_no=2))
    long = _texts(training(a_receipt(drugs=20)))
    assert long[:2] == ["训练作废", "训练打印，不得作为凭据"]
    assert long[-2:] == ["训练作废", "训练打印，不得作为凭据"]
    places = [number for number, text in enumerate(long) if text == "训练作废"]
    assert len(places) > 3
    assert all(b - a <= 34 for a, b in pairwise(places))


def test_a_sheet_is_not_for_receipt_printers() -> None:
    with pytest.raises(Bug):
        render_escpos(a_sheet())


def test_bytes_are_added_to_what_is_there(tmp_path: Path) -> None:
    port = tmp_path / "lp0"
    port.touch()
    printer = EscPosPrinter(FilePort(port))
    first = printer.print(a_receipt())
    printer.print(a_receipt())
    assert port.stat().st_size == 2 * first.bytes_written
    assert printer.state().status is DeviceStatus.READY


def test_a_pulled_printer_is_missing_and_no_file_takes_its_place(tmp_path: Path) -> None:
    port = tmp_path / "lp0"
    printer = EscPosPrinter(FilePort(port))
    with pytest.raises(DeviceTrouble) as trouble:
        printer.print(a_receipt())
    assert trouble.value.code is Code.PRINTER_MISSING
    with pytest.raises(FileNotFoundError):
        FilePort(port).send(b"x")
    assert not port.exists()
    port.touch()
    assert printer.print(a_receipt()).pages == 1


class EmptyPort:
    """A printer that has run out of paper, until somebody feeds it."""

    name = "lp0"

    def __init__(self) -> None:
        self.fed = False

    def there(self) -> bool:
        return True

    def send(self, content: bytes) -> None:
        if not self.fed:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_no_paper_is_said_and_heals() -> None:
    port = EmptyPort()
    printer = EscPosPrinter(port)
    with pytest.raises(DeviceTrouble) as trouble:
        printer.print(a_receipt())
    assert trouble.value.code is Code.PRINTER_OUT_OF_PAPER
    assert printer.state().status is DeviceStatus.ATTENTION
    port.fed = True
    printer.print(a_receipt())
    assert printer.state().status is DeviceStatus.READY
