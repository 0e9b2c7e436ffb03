"""The virtual bench plays a whole counter; settings choose the real things."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceStatus, IdCardFacts, RealParts, ScanSource
from devices.bench import (
    VirtualBench,
    frame_source,
    printer_of,
    virtual_bench,
)
from devices.card.virtual import social_card
from devices.code.frames import DeviceFrames, FolderFrames, VideoFrames
from devices.code.virtual import phone_picture
from devices.printer.escpos import EscPosPrinter
from devices.printer.folder import FolderPrinter
from devices.printer.system import SystemPrinter
from tests.support.papers import a_receipt
from tests.support.recorder import Recorder

VOUCHER = "4240123456789012345678530000"
FACTS = IdCardFacts(
    PersonName("测试员甲"), IdNumber("53010019900307001X"), "1", date(1990, 3, 7), None
)


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture
def desk(tmp_path: Path, told: Recorder) -> Iterator[VirtualBench]:
    desk = virtual_bench(tmp_path)
    for source in desk.bench.code_sources():
        source.start(told.deliver, told.state)
    yield desk
    desk.stop()


def test_codes_of_every_kind_arrive(desk: VirtualBench, told: Recorder, tmp_path: Path) -> None:
    desk.show_code(VOUCHER)
    assert told.wait_text(VOUCHER)
    picture = tmp_path / "药盒.png"
    picture.write_bytes(cv2.imencode(".png", phone_picture("6901234567892"))[1].tobytes())
    desk.show_picture(picture)
    assert told.wait_text("6901234567892")
    desk.show_picture(None)
    desk.scan("83412900512873640915")
    desk.scan("83412900512873641172", ScanSource.WEDGE)
    assert {scan.text: scan.source for scan in told.scans} == {
        VOUCHER: ScanSource.CAMERA,
        "6901234567892": ScanSource.CAMERA,
        "83412900512873640915": ScanSource.SERIAL,
        "83412900512873641172": ScanSource.WEDGE,
    }


def test_every_device_of_the_virtual_bench_says_it_is_virtual(
    desk: VirtualBench, told: Recorder
) -> None:
    bench = desk.bench
    assert told.wait(lambda _: bench.cameras is not None and bench.cameras.state() is not None)
    assert told.wait_status(DeviceStatus.VIRTUAL)
    for device in (bench.card, bench.id_card, bench.receipt_printer, bench.page_printer):
        assert device is not None
        assert device.state().status is DeviceStatus.VIRTUAL


def test_cards_are_read_and_drawn(desk: VirtualBench) -> None:
    card, id_card = desk.bench.card, desk.bench.id_card
    assert card is not None
    assert id_card is not None
    desk.insert_card(social_card())
    desk.place_id_card(FACTS)
    assert card.read().card_no.reveal() == "A00000011"
    assert id_card.read() == FACTS
    desk.remove_card()
    desk.lift_id_card()
    for reader in (card, id_card):
        with pytest.raises(DeviceTrouble) as trouble:
            reader.read()
        assert trouble.value.code is Code.CARD_ABSENT


@pytest.mark.usefixtures("qapp")
def test_papers_land_in_the_folder(desk: VirtualBench, tmp_path: Path) -> None:
    printed = desk.bench.receipt_printer.print(a_receipt())
    assert Path(printed.target).parent == tmp_path
    assert desk.receipts.printed == [Path(printed.target)]


def test_a_stopped_bench_is_silent(desk: VirtualBench, told: Recorder) -> None:
    desk.stop()
    desk.scan(VOUCHER)
    desk.show_code(VOUCHER)
    assert not told.wait(lambda r: bool(r.scans), 0.1)


def test_a_file_that_is_no_picture_is_not_held_up(desk: VirtualBench, tmp_path: Path) -> None:
    letter = tmp_path / "letter.png"
    letter.write_text("dear sirs")
    with pytest.raises(ValueError, match="not a picture"):
        desk.show_picture(letter)


def test_cameras_by_setting(tmp_path: Path) -> None:
    picture = tmp_path / "one.png"
    picture.write_bytes(cv2.imencode(".png", np.zeros((9, 9), np.uint8))[1].tobytes())
    assert isinstance(frame_source("0"), DeviceFrames)
    assert isinstance(frame_source("/dev/video3"), DeviceFrames)
    assert isinstance(frame_source(str(tmp_path / "counter.avi")), VideoFrames)
    assert isinstance(frame_source(str(tmp_path)), FolderFrames)
    assert isinstance(frame_source(str(picture)), FolderFrames)


def test_printers_by_setting(tmp_path: Path) -> None:
    assert isinstance(printer_of("escpos:/dev/usb/lp0"), EscPosPrinter)
    assert isinstance(printer_of(str(tmp_path)), FolderPrinter)
    assert isinstance(printer_of("Office"), SystemPrinter)
    assert isinstance(printer_of(""), SystemPrinter)
    assert printer_of(str(tmp_path)).state().status is DeviceStatus.READY


def test_real_parts_that_are_not_there_name_what_is_missing(told: Recorder, tmp_path: Path) -> None:
    real = RealParts(
        reader="no such reader",
        serial_gun="/dev/tty-not-there",
        id_reader="/dev/tty-not-there",
        receipts="escpos:/dev/usb/not-there",
    )
    desk = virtual_bench(tmp_path, real)
    try:
        gun = desk.guns()[1]
        gun.start(told.deliver, told.state)
        assert told.wait_status(DeviceStatus.MISSING)
        assert told.states[-1].code is Code.SCANNER_MISSING
        assert desk.bench.id_card is not None
        assert desk.bench.id_card.state().code is Code.ID_READER_MISSING
        assert desk.bench.card is not None
        assert desk.bench.card.state().code in (Code.READER_SERVICE_MISSING, Code.READER_MISSING)
        assert desk.bench.receipt_printer.state().code is Code.PRINTER_MISSING
    finally:
        desk.stop()
