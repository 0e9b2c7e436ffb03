"""Real things may stand in place of virtual ones, one by one."""

from pathlib import Path

from app.ports.devices import RealParts
from devices.bench import virtual_bench
from devices.card.pcsc import PcscCardReader
from devices.idcard.reader import SdtIdCardReader
from devices.printer.escpos import EscPosPrinter
from devices.printer.folder import FolderPrinter


def test_nothing_named_stays_virtual(tmp_path: Path) -> None:
    desk = virtual_bench(tmp_path)
    assert desk.bench.card is desk.card_reader
    assert desk.bench.receipt_printer is desk.receipts
    assert desk.guns() == (desk.gun,)


def test_named_things_are_real(tmp_path: Path) -> None:
    other = tmp_path / "out"
    other.mkdir()
    real = RealParts(
        reader="Some Reader",
        serial_gun="/dev/null",
        id_reader="/dev/null",
        receipts="escpos:/dev/null",
        pages=str(other),
    )
    desk = virtual_bench(tmp_path, real)
    assert isinstance(desk.bench.card, PcscCardReader)
    assert isinstance(desk.bench.id_card, SdtIdCardReader)
    assert isinstance(desk.bench.receipt_printer, EscPosPrinter)
    assert isinstance(desk.bench.page_printer, FolderPrinter)
    assert desk.bench.page_printer is not desk.pages
    assert len(desk.guns()) == 2
    desk.stop()
