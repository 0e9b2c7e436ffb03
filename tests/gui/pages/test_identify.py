"""识别: a code from anywhere, a card by Alt 2, a typed number by Alt 3."""

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.credential import CardFacts, CardNumber, CardSerial, IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    IdCardFacts,
    PreviewFrame,
    ScannedText,
    ScanSource,
)
from devices.card.virtual import CardFaults, VirtualCard, VirtualCardReader, social_card
from tests.support.looking import alt, cut_sideways, press, shown, words
from tests.support.rx_views import select_case
from tests.support.views import a_case, identify_case
from ui.errors import sentences
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.devices import Thing

ID_NUMBER = "11010519491231002X"
"""The sample number of GB 11643."""
CARD = CardFacts(
    CardNumber("A12345678"),
    CardSerial("0123456789ABCDEF0123456789ABCDEF"),
    PersonName("郑建国"),
    IdNumber(ID_NUMBER),
    "3.00",
    "350100",
    date(2030, 1, 1),
    "T=0",
)


def texts(part: QWidget) -> list[str]:
    """The words of ``part`` that are on screen."""
    return [label.text() for label in shown(part, QLabel)]


class OneCard:
    """A reader with one card, or none."""

    def __init__(self, card: CardFacts | None) -> None:
        self.card = card

    def read_card(self) -> CardFacts:
        if self.card is None:
            raise DeviceTrouble(Code.CARD_ABSENT)
        return self.card

    def read_id_card(self) -> IdCardFacts:
        raise DeviceTrouble(Code.ID_READER_MISSING)


def test_a_shown_code_identifies(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    assert page.scan_field() is page.field
    assert page.holds_focus()
    opened.counter.workflow.answers["accept"] = replace(select_case(), version=4)
    opened.devices.scanned.emit(ScannedText("4" * 28, ScanSource.CAMERA, 1.0))
    qtbot.waitUntil(lambda: opened.window.current_page().name == "select")


def test_a_card_is_read_in_its_own_lane(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    page.model.cards = OneCard(CARD)
    opened.counter.workflow.answers["by_card"] = select_case()
    alt(opened.window, 2)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "select")
    assert ("by_card", (41, CARD)) in opened.counter.workflow.asked


def test_a_missing_card_says_what_to_do(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    page.model.cards = OneCard(None)
    opened.devices.card_inserted.emit()
    qtbot.waitUntil(lambda: page.model.trouble is not None)
    said = sentences(Code.CARD_ABSENT)
    assert {said.happened, said.remedy, str(int(Code.CARD_ABSENT))} <= set(texts(page.refused))
    assert "by_card" not in opened.counter.workflow.names()


class Slot(OneCard):
    """A virtual reader as the counter reads it."""

    def __init__(self, reader: VirtualCardReader) -> None:
        super().__init__(None)
        self.reader = reader

    def read_card(self) -> CardFacts:
        return self.reader.read()


def test_a_card_pulled_out_has_its_code_and_the_key_that_reads_again(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(identify_case())
    page, reader = rest(opened), VirtualCardReader()
    page.model.cards = Slot(reader)
    reader.insert(VirtualCard(social_card(), CardFaults(pulled_after=3)))
    alt(opened.window, 2)
    qtbot.waitUntil(lambda: page.model.trouble is not None)
    said = sentences(Code.CARD_PULLED)
    assert {said.happened, said.remedy, str(int(Code.CARD_PULLED))} <= set(texts(page.refused))
    assert page.refused.offers() == ("read_card",)
    assert not page.foot.isVisibleTo(page)
    opened.counter.workflow.answers["by_card"] = select_case()
    reader.insert(social_card())
    page.refused.offered.emit("read_card")
    qtbot.waitUntil(lambda: "by_card" in opened.counter.workflow.names())


def test_what_the_id_reader_missed_is_read_again_there(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)

    def absent() -> IdCardFacts:
        raise DeviceTrouble(Code.CARD_ABSENT)

    page.model.cards = OneCard(CARD)
    page.model.cards.read_id_card = absent
    alt(opened.window, 3)
    qtbot.waitUntil(lambda: page.model.trouble is not None)
    assert page.refused.offers() == ("read_id_card",)
    page.model.cards = OneCard(CARD)
    page.refused.offered.emit("read_id_card")
    qtbot.waitUntil(lambda: page.refused.offers() == ("devices",))


@pytest.mark.parametrize(
    ("size", "density"),
    [
        ((1366, 768), Density.COMPACT),
        ((1920, 1080), Density.COMFORTABLE),
        ((683, 384), Density.COMPACT),
    ],
    ids=["till", "large", "two-hundred-per-cent"],
)
def test_eighteen_digits_stand_whole(open_window, rest, qapp: QApplication, size, density) -> None:
    apply_theme(qapp, Shade.LIGHT, density)
    opened = open_window(identify_case(), size=size)
    page = rest(opened)
    page.number.setFocus()
    page.number.setText("8" * 17 + "X")
    places = []
    for position in (0, 18):
        page.number.setCursorPosition(position)
        page.number.grab()  # a line moves its text when it is drawn
        places.append(page.number.cursorRect().x())
    wide = page.number.fontMetrics().horizontalAdvance(page.number.text())
    # a line that had moved its text to the left to show the end would have less between them
    assert places[1] - places[0] == pytest.approx(wide, abs=1)
    assert cut_sideways(page) == []


def test_a_typed_number_needs_a_name_and_a_check_digit(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    alt(opened.window, 3)
    assert opened.window.focusWidget() is page.number
    page.number.setText(ID_NUMBER[:-1] + "1")
    page.number.textEdited.emit(page.number.text())
    page.name_edit.setText("郑建国")
    page.name_edit.textEdited.emit("郑建国")
    assert not page.ask.isEnabled()
    assert "校验位" in page.missing.text()
    assert page.missing_code.text() == str(int(Code.IDENTITY_INVALID))
    page.number.setText(ID_NUMBER)
    page.number.textEdited.emit(ID_NUMBER)
    assert page.ask.isEnabled()
    assert not page.missing_code.isVisibleTo(page)
    page.name_edit.setFocus()
    press(opened.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "by_id_number" in opened.counter.workflow.names())
    given = next(a for n, a in opened.counter.workflow.asked if n == "by_id_number")
    assert given == (41, ID_NUMBER, "郑建国", True)


def test_typed_text_goes_with_its_customer(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    page.model.type_number("3501")
    other = replace(identify_case(), case_id=50)
    opened.counter.workflow.answers["next_customer"] = other
    press(opened.window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: opened.counter.case == other)
    assert page.number.text() == ""


def test_the_camera_picture_is_shown(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    opened.devices.frame.emit(PreviewFrame(4, 2, bytes(range(24))))
    assert not page.picture.grab().isNull()
    assert "摄像头" in words(page)


def test_clear_is_only_what_has_a_picture(open_window, rest) -> None:
    opened = open_window(identify_case())
    page, camera = rest(opened), opened.devices.state(Thing.CAMERA)
    assert camera.status is DeviceStatus.READY
    assert "画面清楚" not in texts(page.camera)
    assert "没有画面" in page.picture.accessibleDescription()
    assert "正在看" not in texts(page.camera)
    opened.devices.frame.emit(PreviewFrame(4, 2, bytes(range(24))))
    assert {"画面清楚", "正在看"} <= set(texts(page.camera))
    opened.devices.put(Thing.CAMERA, DeviceState(DeviceStatus.MISSING))
    assert "画面清楚" not in texts(page.camera)
    opened.devices.put(Thing.CAMERA, camera)
    assert "画面清楚" not in texts(page.camera)


def test_a_picture_that_stands_still_is_not_called_clear(open_window, rest) -> None:
    opened = open_window(identify_case())
    page = rest(opened)
    opened.devices.frame.emit(PreviewFrame(4, 2, bytes(range(24))))
    frozen = DeviceState(DeviceStatus.ATTENTION, "lens", Code.CAMERA_FROZEN)
    opened.devices.put(Thing.CAMERA, frozen)
    assert "画面清楚" not in texts(page.camera)
    assert "画面不动了" in texts(page.camera)
    assert "拔下再插上" in page.picture.accessibleDescription()


def test_a_password_is_typed_once_and_never_shown(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(replace(a_case(Step.AUTHORISE), needs_password=True))
    page = rest(opened)
    card = page.password
    assert card.isVisibleTo(page)
    assert card.field.echoMode() is QLineEdit.EchoMode.Password
    assert not card.ask.isEnabled()
    qtbot.keyClicks(card.field, "002583")
    assert card.ask.isEnabled()
    card.field.setFocus()
    press(opened.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "by_password" in opened.counter.workflow.names())
    ((case_id, password),) = [a for n, a in opened.counter.workflow.asked if n == "by_password"]
    assert (case_id, password.reveal()) == (41, "002583")
    assert "002583" not in repr(password)
    assert card.field.text() == ""


def test_a_password_is_asked_for_only_where_it_is_wanted(open_window, rest) -> None:
    page = rest(open_window(identify_case()))
    assert not page.password.isVisibleTo(page)
