"""配送 through the real window, by keys alone: a sale leaves, is labelled, carried and signed for.

The counter, its base and the platform are real; the label is a file that can be read again.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.delivery import DeliveryState
from app.domain.errors import DeviceTrouble
from app.sandbox.server import running_sandbox
from app.workflow import delivery
from app.workflow.parcels.views import DeliveryRow
from devices.code.decoder import decode
from devices.printer import system
from devices.printer.folder import FolderPrinter
from devices.printer.ink import Role
from tests.support.counter import Bench, a_counter_at
from tests.support.looking import press
from tests.support.visit import a_visit
from ui.counter_window import CounterWindow
from ui.pages.parcels import ParcelsPage

WAIT_MS = 20_000
PICTURES = "YAOTAI_PARCEL_PICTURES"
"""Names a folder for pictures of the page as a person saw it."""
TOLD = ("sync_delivery", "confirm_delivery")
NAME, PHONE, ADDRESS = "甄收货", "13800000001", "训练市示例区三号楼"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A store of a region whose centre hears of deliveries, behind its first settled visit."""
    printer = FolderPrinter(tmp_path / "papers")
    with (
        running_sandbox(seed=1, profile="shanghai") as sandbox,
        a_counter_at(sandbox.ready, tmp_path / "till", printer) as opened,
    ):
        assert a_visit(opened).until(Step.DONE).step is Step.DONE
        printer.printed.clear()
        yield opened
    system.family_of.cache_clear()


def page_of(opened: CounterWindow) -> ParcelsPage:
    page = opened.window.page("parcels")
    assert isinstance(page, ParcelsPage)
    return page


def write(window: CounterWindow, text: str) -> None:
    """As an input method or a keyboard writes it: a whole text at a time."""
    field = QApplication.focusWidget()
    assert field is not None
    press(window.window, Qt.Key.Key_unknown, text=text)


def state_of(page: ParcelsPage) -> DeliveryState | None:
    line = page.model.line
    return line.state if isinstance(line, DeliveryRow) else None


def looked_at(opened: CounterWindow, name: str) -> None:
    folder = os.environ.get(PICTURES)
    if folder:
        opened.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_parcel_from_the_counter_to_the_signature(
    qtbot: QtBot, open_window, bench: Bench
) -> None:
    try:
        system.family_of(Role.SANS)
    except DeviceTrouble:
        pytest.skip("no Chinese font is installed: printing is not run")
    surface = bench.surface
    opened = open_window(None, workflow=surface, parcels=surface)
    window = opened.window

    def go(*keys: tuple[str, str]) -> None:
        """Texts into the fields in order, Enter behind each but the last, then F12."""
        for number, (name, text) in enumerate(keys):
            qtbot.waitUntil(page.parcel.inputs[name].hasFocus, timeout=WAIT_MS)
            write(opened, text)
            assert page.parcel.inputs[name].text() == text
            if number < len(keys) - 1:
                press(window, Qt.Key.Key_Return)
        press(window, Qt.Key.Key_F12)

    def becomes(state: DeliveryState) -> None:
        qtbot.waitUntil(lambda: state_of(page) is state and not page.model.busy, timeout=WAIT_MS)
        delivery.drain(bench.till)

    press(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    page = page_of(opened)
    qtbot.waitUntil(lambda: page.isVisible() and page.model.line is not None, timeout=WAIT_MS)
    looked_at(opened, "1-ready")
    go(("receiver", NAME), ("phone", PHONE), ("address", ADDRESS))
    becomes(DeliveryState.PREPARED)
    looked_at(opened, "2-prepared")
    go(("company", "示例配送"), ("courier", "骑手甲"), ("courier_phone", "13800000002"))
    becomes(DeliveryState.UNDER_WAY)
    looked_at(opened, "3-under_way")
    press(window, Qt.Key.Key_F9)
    printer = bench.printer
    assert isinstance(printer, FolderPrinter)
    # the label is there a moment before the page has heard so and takes the next key
    qtbot.waitUntil(lambda: bool(printer.printed) and not page.model.busy, timeout=WAIT_MS)
    line = page.model.line
    assert isinstance(line, DeliveryRow)
    read_label(printer.printed[0], line.delivery_no)
    press(window, Qt.Key.Key_F12)
    becomes(DeliveryState.ARRIVED)
    looked_at(opened, "4-arrived")
    codes = bench.till.profile.tables["delivery_state"]
    state = bench.platform_state()
    assert state["deliveries"] == {line.delivery_no: codes["arrived"]}
    told = {name: state["rx_calls"][name]["accepted"] for name in TOLD}
    assert told == {"sync_delivery": 1, "confirm_delivery": 1}


def read_label(file: Path, number: str) -> None:
    """Everything the courier needs stands on it in full, and its code is the delivery's number."""
    document = pypdfium2.PdfDocument(file.read_bytes())
    try:
        (page,) = document
        text = "".join(page.get_textpage().get_text_range().split())
        picture = np.asarray(page.render(scale=4).to_pil().convert("RGB"))
    finally:
        document.close()
    for wanted in (NAME, PHONE, ADDRESS, "骑手甲", "13800000002", "示例配送", number):
        assert wanted in text, wanted
    seen = decode(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    assert number in {code.text for code in seen}
