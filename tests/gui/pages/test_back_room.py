"""The back room by keyboard and gun, on a real small store: receipt, count, change, shelf."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code
from app.ports.devices import ScannedText, ScanSource
from app.ports.stock_books import Note
from devices.code.wedge import Wedge
from tests.support.back_room import BackRoom, a_row, new_codes
from tests.support.looking import alt, clipped, holds_cursor, nameless, press, small_targets, words
from tests.support.small_counter import CLERK, EARLY, PIN, a_small_counter, make_template
from tests.support.training_fakes import LOGINS, RememberingTable
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.keys import Key
from ui.pages.stock.buyer import BuyerPage
from ui.pages.stock.change import ChangePage
from ui.pages.stock.count import CountPage
from ui.pages.stock.receipt import LINE, ReceiptPage
from ui.pages.stock.shelf import ShelfPage
from ui.theme import Density, Shade, apply_theme
from ui.training.room import TrainingRoom

CTRL = Qt.KeyboardModifier.ControlModifier
FIELD_EDGE = 10
PAGES = {
    Qt.Key.Key_6: ReceiptPage,
    Qt.Key.Key_7: CountPage,
    Qt.Key.Key_8: ChangePage,
    Qt.Key.Key_9: ShelfPage,
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("back-room")
    make_template(folder)
    return folder


@pytest.fixture
def room(tmp_path: Path, template: Path) -> Iterator[BackRoom]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield BackRoom(small)


def opened(open_window, room: BackRoom, qtbot: QtBot, key: Qt.Key, **more) -> tuple:
    made = open_window(identify_case(), stock=room.small.surface, **more)
    press(made.window, key, CTRL)
    page = made.window.current_page()
    assert isinstance(page, PAGES[key])
    rest(page, qtbot)
    return made, page


def rest(page, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.model.busy, timeout=10000)


def shoot(made: CounterWindow, page, qtbot: QtBot, text: str) -> None:
    """The gun, wherever the cursor is."""
    made.devices.scanned.emit(ScannedText(text, ScanSource.WEDGE, 0.0))
    rest(page, qtbot)


def write(page, qtbot: QtBot, field, text: str) -> None:
    field.setFocus()
    if text.isascii():
        qtbot.keyClicks(field, text)
    else:
        # an input method hands whole words over
        field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    rest(page, qtbot)


def notes(room: BackRoom) -> tuple[Note, ...]:
    with room.small.store.reading() as unit:
        return unit.stock.notes(5)


def test_a_delivery_by_hand_and_gun(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    assert holds_cursor(page.head.inputs["supplier"])
    for name, text in (("supplier", "示例医药"), ("delivery_no", "D1"), ("invoice_no", "INV1")):
        write(page, qtbot, page.head.inputs[name], text)
    typed = ("SP0001", "N0001", "2026-09-01", "2028-08-31", "2", "12.5")
    for name, text in zip(LINE, typed, strict=True):
        write(page, qtbot, page.line.inputs[name], text)
    for code in new_codes(2):
        shoot(made, page, qtbot, code)
    # rows that were just put into a card are shown with the next events
    qtbot.waitUntil(lambda: "1 批 2 盒" in words(page), timeout=5000)
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    (note,) = notes(room)
    assert (note.supplier, note.delivery_no) == ("示例医药", "D1")
    assert note.note_no in page.said.text()
    assert room.holds()


def test_typed_dates_stand_whole_and_go_with_their_line(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    """By the keys of a keyboard as the window gets them, as fast as a test can type."""
    room_of_table = TrainingRoom(RememberingTable(), LOGINS)
    gun = Wedge(virtual=True)
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_6, burst=gun, training=room_of_table)
    press(made.window, Qt.Key.Key_T, CTRL)
    typed = ("SP0001", "N0001", "2026-09-01", "2028-08-31", "2", "12.5")
    inputs = [page.line.inputs[name] for name in LINE]
    for field, text in zip(inputs, typed, strict=True):
        field.setFocus()
        for character in text:
            QTest.keyClick(made.window.windowHandle(), character)
        qtbot.waitUntil(lambda field=field, text=text: field.text() == text, timeout=2000)
        left = QPoint(FIELD_EDGE, field.height() // 2)
        assert field.cursorPositionAt(left) == 0, f"{field.accessibleName()} begins out of sight"
    QTest.keyClick(made.window.windowHandle(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.model.receipt.lines), timeout=5000)
    rest(page, qtbot)
    assert [field.text() for field in inputs] == [""] * 6


def test_a_wrong_field_is_marked_and_has_the_cursor(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    _made, page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    for name, text in zip(LINE, ("SP0001", "N1", "2026-09-01", "x", "2", ""), strict=True):
        page.line.inputs[name].setText(text)
    qtbot.keyClick(page.line.inputs["price"], Qt.Key.Key_Return)
    rest(page, qtbot)
    assert holds_cursor(page.line.inputs["expires_on"])
    assert page.line.inputs["expires_on"].property("state") == "stop"
    assert page.model.receipt.lines == ()


def test_a_table_shows_its_faults_and_gives_its_good_rows(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    room.sheets.found = (a_row(2, *new_codes(2)), a_row(3, 数量="2盒"))
    alt(made.window, 1)
    write(page, qtbot, page.file.inputs["file"], "note.xlsx")
    assert "2 行，可收 1，有错 1" in words(page)
    assert page.imported.table.rows.lines[0].cells[:3] == ("3", "数量", "2盒")
    press(made.window, Qt.Key.Key_E, CTRL)
    rest(page, qtbot)
    assert len(room.books.kept) == 1
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert [line.packs for line in page.model.receipt.lines] == [2]
    assert notes(room) == ()


def test_esc_leaves_the_table_untaken(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    room.sheets.found = (a_row(2),)
    write(page, qtbot, page.file.inputs["file"], "note.xlsx")
    page.head.inputs["supplier"].setFocus()
    press(made.window, Qt.Key.Key_Escape)
    assert page.model.imported is None
    assert page.model.receipt.lines == ()


def test_a_blind_count_is_booked(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_7)
    alt(made.window, 1)
    rest(page, qtbot)
    assert {line.cells[4] for line in page.table.rows.lines} == {"—"}
    shoot(made, page, qtbot, EARLY[0])
    field = page.counted.inputs["counted"]
    assert holds_cursor(field)
    write(page, qtbot, field, "3")
    for figure in ("4", "3", "2"):
        write(page, qtbot, field, figure)
    assert page.model.view.open_lots == 0
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert room.lot("PC1").on_hand == 3
    assert notes(room)[0].note_no in page.said.text()


def test_half_a_count_asks_for_f7(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_7)
    alt(made.window, 1)
    rest(page, qtbot)
    write(page, qtbot, page.counted.inputs["counted"], "2")
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert page.model.asked is Code.COUNT_INCOMPLETE
    assert room.lot("PC1").on_hand == 4
    press(made.window, Qt.Key.Key_F7)
    rest(page, qtbot)
    assert room.lot("PC1").on_hand == 2


def test_a_change_by_gun(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_8)
    for code in EARLY[:2]:
        shoot(made, page, qtbot, code)
    page.kind.setCurrentIndex(page.kind.findData("105"))
    assert page.form.inputs["packs"].text() == "2"
    write(page, qtbot, page.form.inputs["reason"], "破损")
    assert notes(room) == (), "Enter books nothing"
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert room.lot("PC1").on_hand == 2
    assert page.model.boxes == ()


def test_a_change_waits_over_a_power_cut_and_wants_every_box(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    room.small.surface.scan_change(EARLY[0])
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_8)
    rest(page, qtbot)
    assert page.model.boxes == EARLY[:1]
    page.kind.setCurrentIndex(page.kind.findData("105"))
    assert page.bare.isHidden()
    page.form.show_texts(packs="2", reason="破损")
    rest(page, qtbot)
    assert not page.bare.isHidden()
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert (room.lot("PC1").on_hand, page.model.boxes) == (4, EARLY[:1])
    page.no_code.setCurrentIndex(page.no_code.findData("damaged"))
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert (room.lot("PC1").on_hand, page.model.boxes) == (2, ())


def test_a_recall_stops_the_next_scan(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_9)
    shoot(made, page, qtbot, EARLY[0])
    assert page.model.lot.lot.upload_lot == "PC1"
    write(page, qtbot, page.form.inputs["reason"], "药监通知")
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert room.lot("PC1").hold == "recall"
    write(page, qtbot, page.form.inputs["reason"], "通知撤销")
    press(made.window, Qt.Key.Key_F12)
    rest(page, qtbot)
    assert room.lot("PC1").hold == "none"


def test_who_may_not_is_told(open_window, room: BackRoom, qtbot: QtBot) -> None:
    room.small.surface.sign_in(CLERK, PIN)
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_7)
    alt(made.window, 1)
    rest(page, qtbot)
    assert page.model.view.sheet is None
    assert "1603" in words(made.window)


@pytest.mark.parametrize("key", PAGES, ids=lambda key: PAGES[key].__name__)
@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
        (Shade.LIGHT, Density.COMPACT, (683, 384)),
    ],
    ids=["light-1366", "dark-1920", "half"],
)
def test_pages_stand(
    qapp: QApplication, open_window, room: BackRoom, qtbot: QtBot, key, shade, density, size
) -> None:
    apply_theme(qapp, shade, density)
    _made, page = opened(open_window, room, qtbot, key, size=size)
    for _ in range(3):
        QApplication.processEvents()
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
    assert page.holds_focus()


@pytest.mark.parametrize("key", PAGES, ids=lambda key: PAGES[key].__name__)
def test_longer_texts_fit(
    longer: None, open_window, room: BackRoom, qtbot: QtBot, key: Qt.Key
) -> None:
    _made, page = opened(open_window, room, qtbot, key)
    for _ in range(3):
        QApplication.processEvents()
    assert clipped(page) == []


def test_every_key_of_the_pages_is_their_own(open_window, room: BackRoom, qtbot: QtBot) -> None:
    made, _page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    for key in (Key.GOODS_IN, Key.COUNT, Key.CHANGE, Key.SHELF):
        assert made.window.acts()[key].on


def test_a_buyer_is_named_and_the_boxes_come_back(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    made = open_window(identify_case(), stock=room.small.surface)
    case_page = made.window.current_page()
    press(made.window, Qt.Key.Key_I, CTRL)
    page = made.window.current_page()
    assert isinstance(page, BuyerPage)
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
    press(made.window, Qt.Key.Key_F12)
    assert not any(name == "name_buyer" for name, _ in made.counter.workflow.asked)
    page.form.inputs["name"].setText("钱测试")
    page.form.inputs["id_number"].setText("350100199001010013")
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: made.window.current_page() is case_page, timeout=10000)
    case_id = made.counter.case.case_id
    wanted = ("name_buyer", (case_id, "钱测试", "350100199001010013"))
    assert wanted in made.counter.workflow.asked
    assert page.form.texts() == {"name": "", "id_number": ""}


def test_boxes_shot_faster_than_they_are_judged_all_land(
    open_window, room: BackRoom, qtbot: QtBot
) -> None:
    made, page = opened(open_window, room, qtbot, Qt.Key.Key_6)
    for name, text in zip(LINE, ("SP0001", "N1", "2026-09-01", "2028-09-01", "9", ""), strict=True):
        page.line.inputs[name].setText(text)
    qtbot.keyClick(page.line.inputs["price"], Qt.Key.Key_Return)
    for code in new_codes(8):
        made.devices.scanned.emit(ScannedText(code, ScanSource.WEDGE, 0.0))
    rest(page, qtbot)
    assert page.model.receipt.boxes == 8
