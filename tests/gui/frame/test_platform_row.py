"""The row below the devices: whom messages go to, and whether there is a line."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.access import Operator
from app.domain.errors import Code, OperatorInput
from app.workflow.views.desk import LineView
from tests.support.looking import words
from tests.support.views import a_desk, after, before, identify_case
from ui.frame.devices import DeviceChip
from ui.shell import WindowOptions
from ui.text import tr


def last_row(opened) -> DeviceChip:
    QApplication.processEvents()
    chips = opened.window.rail.devices.findChildren(DeviceChip)
    return max((chip for chip in chips if chip.isVisible()), key=lambda chip: chip.y())


@pytest.mark.parametrize(
    ("training", "name"), [(True, "训练平台"), (False, "医保平台")], ids=["training", "production"]
)
def test_the_platform_stands_below_the_devices(qtbot: QtBot, open_window, training, name) -> None:
    opened = open_window(identify_case(), options=WindowOptions(training=training))
    qtbot.waitUntil(lambda: name in words(opened.window.rail), timeout=5000)
    assert name in words(last_row(opened))
    assert tr("shell.device_state.ready") in words(last_row(opened))


def test_no_line_is_said_there_and_heals(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    line = LineView(before(minutes=12), 49, 199_000, after(hours=23))
    opened.counter.desk_changed.emit(replace(a_desk(), no_line=line))
    assert tr("shell.device_state.missing_platform") in words(last_row(opened))
    opened.counter.desk_changed.emit(a_desk())
    assert tr("shell.device_state.ready") in words(last_row(opened))


@pytest.mark.parametrize(
    ("took", "said"), [(None, "就绪"), (0, "0 毫秒"), (999, "999 毫秒"), (1070, "1.1 秒")]
)
def test_how_fast_it_answered_last_is_said(open_window, took: int | None, said: str) -> None:
    opened = open_window(identify_case())
    opened.counter.desk_changed.emit(replace(a_desk(), answered_ms=took))
    assert said in words(last_row(opened))


def test_a_press_leads_to_what_waits_for_the_line(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    qtbot.waitUntil(lambda: "医保平台" in words(opened.window.rail), timeout=5000)
    wanted: list[str] = []
    opened.window.opened.connect(wanted.append)
    last_row(opened).click()
    assert wanted == ["queue"]


class Keeper:
    """Nobody has signed in yet."""

    def sign_in(self, login: str, pin: str) -> Operator:
        raise OperatorInput(Code.SIGN_IN_WRONG)

    def lock(self) -> None:
        return None


def test_nobody_reads_what_waits_before_signing_in(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), signing=Keeper())
    qtbot.waitUntil(lambda: "医保平台" in words(opened.window.rail), timeout=5000)
    last_row(opened).click()
    opened.window.opened.emit("queue")
    assert opened.window.current_page().name == "sign_in"


def test_a_device_that_changes_keeps_the_row(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    qtbot.waitUntil(lambda: "医保平台" in words(opened.window.rail), timeout=5000)
    opened.devices.changed.emit()
    assert "医保平台" in words(last_row(opened))
