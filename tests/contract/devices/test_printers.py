"""One suite for printers: PDFs in a folder, and bytes to a receipt printer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code, DeviceTrouble, LocalTrouble
from app.ports.devices import DeviceStatus, Printer
from devices.printer.escpos import EscPosPrinter, FilePort
from devices.printer.folder import FolderPrinter, safe_name, write_new
from tests.support.papers import a_receipt, training

pytestmark = pytest.mark.usefixtures("qapp")


class ToFolder:
    def __init__(self, folder: Path) -> None:
        self._printer = FolderPrinter(folder / "out", name="virtual")
        self.printer: Printer = self._printer

    def unplug(self) -> None:
        self._printer.plugged = False

    def plug(self) -> None:
        self._printer.plugged = True


class ToDevice:
    def __init__(self, folder: Path) -> None:
        self._port = folder / "lp0"
        self._port.touch()
        self.printer: Printer = EscPosPrinter(FilePort(self._port))

    def unplug(self) -> None:
        self._port.unlink()

    def plug(self) -> None:
        self._port.touch()


Stand = ToFolder | ToDevice


@pytest.fixture(params=[ToFolder, ToDevice], ids=["folder", "device"])
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Stand:
    make: Callable[[Path], Stand] = request.param
    return make(tmp_path)


def test_a_receipt_is_printed_and_proved(stand: Stand) -> None:
    printed = stand.printer.print(a_receipt())
    assert Path(printed.target).stat().st_size == printed.bytes_written > 500
    assert printed.pages == 1
    assert stand.printer.state().status in (DeviceStatus.READY, DeviceStatus.VIRTUAL)


def test_a_missing_printer_is_said_and_heals(stand: Stand) -> None:
    stand.unplug()
    assert stand.printer.state().code is Code.PRINTER_MISSING
    with pytest.raises(DeviceTrouble) as trouble:
        stand.printer.print(a_receipt())
    assert trouble.value.code is Code.PRINTER_MISSING
    stand.plug()
    assert stand.printer.print(training(a_receipt())).pages == 1
    assert stand.printer.state().code is None


def test_an_empty_virtual_printer_prints_nothing(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path / "out")
    printer.paper_left = False
    with pytest.raises(DeviceTrouble) as trouble:
        printer.print(a_receipt())
    assert trouble.value.code is Code.PRINTER_OUT_OF_PAPER
    assert printer.state().code is Code.PRINTER_OUT_OF_PAPER
    assert not (tmp_path / "out").exists()


def test_a_reprint_never_overwrites_the_first(tmp_path: Path) -> None:
    printer = FolderPrinter(tmp_path)
    first = printer.print(a_receipt())
    again = printer.print(replace(a_receipt(), copy_no=2))
    assert first.target != again.target
    assert printer.printed == [Path(first.target), Path(again.target)]
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".pdf", ".pdf"]


@pytest.mark.parametrize(
    ("filename", "stem"),
    [
        ("receipt-0220-000142", "receipt-0220-000142"),
        ("../../etc/passwd", "passwd"),
        ("..", "paper"),
        ("C:\\temp\\小票 1.pdf", "小票_1"),
        ("a:b*c?", "a_b_c"),
    ],
)
def test_file_names_are_tame(filename: str, stem: str) -> None:
    assert safe_name(filename) == stem


def test_a_folder_that_cannot_be_written_is_a_local_trouble(tmp_path: Path) -> None:
    in_the_way = tmp_path / "out"
    in_the_way.write_text("a file, no folder")
    with pytest.raises(LocalTrouble):
        write_new(in_the_way, "receipt", b"%PDF")
