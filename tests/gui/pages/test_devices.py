"""设备: what wants a person comes with its remedy; it goes when the device is back."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.errors import Code
from app.ports.devices import DeviceState, DeviceStatus
from tests.support.looking import alt, press, words
from tests.support.views import identify_case
from ui.viewmodels.devices import Thing


def test_a_device_that_is_gone_is_named_with_its_remedy(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    press(opened.window, Qt.Key.Key_F11)
    page = opened.window.current_page()
    assert page.name == "devices"
    qtbot.waitUntil(lambda: "设备都好" in words(page))
    opened.devices.put(
        Thing.READER, DeviceState(DeviceStatus.MISSING, "front", Code.READER_MISSING)
    )
    qtbot.waitUntil(lambda: "2202" in words(page))
    opened.devices.put(Thing.READER, DeviceState(DeviceStatus.READY, "front"))
    qtbot.waitUntil(lambda: "设备都好" in words(page))


def test_alt_and_arrows_choose_a_device(open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    press(opened.window, Qt.Key.Key_F11)
    alt(opened.window, 5)
    assert opened.devices.chosen is Thing.RECEIPT_PRINTER
    press(opened.window, Qt.Key.Key_Right)
    assert opened.devices.chosen is Thing.PAGE_PRINTER
    press(opened.window, Qt.Key.Key_Escape)
    assert opened.window.current_page().name == "identify"
