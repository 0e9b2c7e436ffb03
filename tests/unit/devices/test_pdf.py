"""PDFs as people and archives get them: real Chinese text, right size, readable codes."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceStatus
from app.ports.paper import Paper, PaperKind, Qr
from devices.code.decoder import decode
from devices.printer import system
from devices.printer.ink import Role
from tests.support.papers import CODES, a_receipt, a_sheet, training

MM = 72 / 25.4

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(autouse=True)
def _chinese(qapp: QApplication) -> Iterator[None]:
    try:
        system.family_of(Role.SANS)
    except DeviceTrouble:
        pytest.skip("no Chinese font is installed: printing is not run")
    yield
    system.family_of.cache_clear()


def _texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def _picture(content: bytes, scale: float = 4.0) -> np.ndarray:  # type: ignore[type-arg]  # grey page
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        bitmap = document[0].render(scale=scale, grayscale=True)
        return np.ascontiguousarray(bitmap.to_numpy())
    finally:
        document.close()


@pytest.mark.parametrize("kind", [PaperKind.RECEIPT_80, PaperKind.RECEIPT_58])
def test_a_receipt_can_be_searched_and_has_the_width_of_its_roll(kind: PaperKind) -> None:
    content, pages = system.render_pdf(a_receipt(kind))
    assert pages == 1
    (text,) = _texts(content)
    for word in ("示范大药房", "瑞格列奈片", "总额", "164.04", "0512873640915"):
        assert word in text
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        width, height = document[0].get_size()
    finally:
        document.close()
    assert width / MM == pytest.approx({"receipt_80": 80, "receipt_58": 58}[kind], abs=0.5)
    assert 60 < height / MM < 250


def test_the_code_on_a_receipt_is_read_back_in_training_too() -> None:
    for paper in (a_receipt(), training(a_receipt())):
        content, _ = system.render_pdf(paper)
        assert "\n".join(CODES) in [code.text for code in decode(_picture(content))]


def test_a_receipt_with_a_hundred_codes_has_one_readable_code() -> None:
    codes = "\n".join(f"8341290{number:013}" for number in range(100))
    paper = Paper(PaperKind.RECEIPT_80, "", "many", (Qr(codes, ("100",)),))
    content, _ = system.render_pdf(paper)
    assert codes in [code.text for code in decode(_picture(content, 8.0))]


def test_a_prescription_sheet_is_a4_and_says_what_it_must() -> None:
    content, pages = system.render_pdf(a_sheet(drugs=30))
    texts = _texts(content)
    assert pages == len(texts) > 1
    assert texts[0].index("示范医院") < texts[0].index("外配处方签")
    assert all("示范医院" not in text for text in texts[1:])
    assert "测试员甲" in texts[0]
    assert f"第 {pages} / {pages} 页" in texts[-1]
    assert "电子签章" in texts[-1]
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        assert document.get_metadata_value("Title") == "示范医院"
        width, height = document[0].get_size()
    finally:
        document.close()
    assert (width / MM, height / MM) == (pytest.approx(210, abs=0.5), pytest.approx(297, abs=0.5))


def test_training_paper_says_so_in_words() -> None:
    for paper in (a_receipt(), a_sheet()):
        text = _texts(system.render_pdf(training(paper))[0])[0]
        assert "训练作废" in text
        assert text.count("训练打印，不得作为凭据") == 2


def test_a_receipt_is_black_only() -> None:
    content, _ = system.render_pdf(training(a_receipt()))
    document = pypdfium2.PdfDocument(io.BytesIO(content))
    try:
        colours = document[0].render(scale=2.0).to_numpy()[..., :3].astype(int)
    finally:
        document.close()
    assert np.abs(colours.max(axis=2) - colours.min(axis=2)).max() <= 2


def test_painting_on_a_queue_printer_gives_the_same_words(tmp_path: Path) -> None:
    target = tmp_path / "queue.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(target))
    printed = system.print_on(printer, a_sheet(), "queue")
    assert (printed.target, printed.pages) == ("queue", 1)
    assert "测试员甲" in _texts(target.read_bytes())[0]


def test_a_queue_that_is_not_there_is_missing() -> None:
    printer = system.SystemPrinter("no such queue")
    assert printer.state().status is DeviceStatus.MISSING
    with pytest.raises(DeviceTrouble) as trouble:
        printer.print(a_receipt())
    assert trouble.value.code is Code.PRINTER_MISSING


def test_without_a_chinese_font_nothing_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoFonts:
        WritingSystem = system.QFontDatabase.WritingSystem

        @staticmethod
        def families(*_: object) -> list[str]:
            return []

    system.family_of.cache_clear()
    monkeypatch.setattr(system, "QFontDatabase", NoFonts)
    with pytest.raises(DeviceTrouble) as trouble:
        system.render_pdf(a_receipt())
    assert trouble.value.code is Code.PRINTER_MISSING


def test_type_can_be_loaded_ahead_of_the_first_paper() -> None:
    system.load_type()
    assert system.family_of.cache_info().currsize >= len(Role)
