"""A region whose terminal reads e-vouchers, through the real window: Alt 1 starts, Alt V gives up.

The counter, the library in its child and the platform are real; a phone is held out to the library.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.errors import Code
from app.profile.loader import load
from app.sandbox.server import running_sandbox
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.looking import alt, press, shown
from tests.support.terminal_library import TerminalLibrary
from tests.support.visit import Visit, a_visit
from ui.counter_window import CounterWindow
from ui.text import tr

WAIT_MS = 20_000
PICTURES = "YAOTAI_TERMINAL_PICTURES"
"""Names a folder for pictures of the page as a person saw it."""


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visit]:
    region = "fujian+terminal"
    terminal = TerminalLibrary.installed(tmp_path / "t", load(region, "training").profile)
    with (
        running_sandbox(seed=1, profile=region) as sandbox,
        a_counter_at(terminal.ready(sandbox.ready), tmp_path / "till", KeptPapers()) as bench,
    ):
        yield a_visit(bench, terminal)


def says(part: QWidget | None) -> str:
    assert part is not None
    return " ".join(label.text() for label in shown(part, QLabel))


def looked_at(opened: CounterWindow, name: str) -> None:
    folder = os.environ.get(PICTURES)
    if folder:
        opened.window.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_voucher_is_read_given_up_and_read_again(qtbot: QtBot, open_window, visit: Visit) -> None:
    bench: Bench = visit.bench
    terminal = visit.terminal
    assert terminal is not None
    opened = open_window(None, workflow=bench.surface)
    window, counter = opened.window, opened.counter
    note = tr("pages.identify.way.voucher_note_terminal")
    qtbot.waitUntil(lambda: note in says(window.current_page()), timeout=WAIT_MS)
    looked_at(opened, "1-ready")
    alt(window, 1)
    qtbot.waitUntil(lambda: "asked" in terminal.trace(), timeout=WAIT_MS)
    assert counter.reading
    held_out = tr("pages.identify.held_out_note")
    qtbot.waitUntil(lambda: held_out in says(window.current_page()), timeout=WAIT_MS)
    looked_at(opened, "2-waiting")

    press(window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not counter.busy, timeout=WAIT_MS)
    assert not counter.reading
    assert counter.case.banner is not None
    assert counter.case.banner.code == Code.READING_LEFT
    looked_at(opened, "3-left")

    terminal.hold_out(bench.voucher(visit.person.id_no))
    press(window, Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: counter.case.step is Step.DOWNLOAD, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: not counter.busy, timeout=WAIT_MS)
    assert visit.person.name in says(window)
