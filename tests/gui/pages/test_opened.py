"""拆零 and 标识码 by keyboard, on a real small store."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.errors import DeviceTrouble
from app.domain.goods.learning import PrefixOrigin
from app.domain.goods.parts import BoxState
from app.domain.money import Fen
from app.workflow.cases.required import required
from app.workflow.goods import learning
from devices.printer import system
from devices.printer.folder import FolderPrinter
from devices.printer.ink import Role
from tests.support.looking import alt, press, words
from tests.support.small_counter import BOSS, PIN, SmallCounter, a_small_counter, make_template
from tests.support.split_shop import BOXES, furnish_bottles
from tests.support.views import identify_case
from ui.pages.stock.opened import OpenedPage
from ui.pages.stock.prefixes import PrefixesPage
from ui.pages.stock.shelf import ShelfPage

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opened")
    make_template(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Iterator[SmallCounter]:
    with a_small_counter(tmp_path / "base", template) as small:
        furnish_bottles(small)
        yield small


def with_an_open_box(small: SmallCounter) -> None:
    surface = small.surface
    view = surface.sell_for_cash(surface.current().case_id)
    view = surface.split_box(small.scan(view, BOXES[0]).case.case_id, 1, 3)
    surface.pay(small.finish(view).case_id, Fen(100_000))
    surface.sign_in(BOSS, PIN)


def test_what_is_left_of_a_box_is_shown_and_the_missing_written_off(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    with_an_open_box(small)
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_Q, CTRL)
    page = made.window.current_page()
    assert isinstance(page, OpenedPage)
    qtbot.waitUntil(lambda: not page.model.busy and page.model.loaded, timeout=10000)
    (line,) = page.table.rows.lines
    assert (line.cells[0], line.cells[4]) == ("示例片", "剩 7 / 10 片")
    qtbot.waitUntil(lambda: BOXES[0].spoken() in words(page.front), timeout=10000)
    assert not page.act.isEnabled()
    page.form.show_texts(keep="5", reason="受潮")
    assert not page.act.isEnabled()
    page.kind.setCurrentIndex(page.kind.findData("104"))
    assert page.act.isEnabled()
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.model.last is not None and not page.model.busy, timeout=10000)
    (line,) = page.table.rows.lines
    assert line.cells[4] == "剩 5 / 10 片"
    with small.store.reading() as unit:
        box = required(unit.goods.box(BOXES[0]), "no box")
        assert (box.state, box.free) == (BoxState.OPEN, 5)


def test_what_came_back_is_put_back_into_its_box(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    with_an_open_box(small)
    with small.store.unit() as unit:
        sale = required(unit.goods.sale_of(BOXES[0]), "no sale")
        unit.goods.take_back(sale, [BOXES[0]], small.clock.now())
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_Q, CTRL)
    page = made.window.current_page()
    assert isinstance(page, OpenedPage)
    qtbot.waitUntil(lambda: not page.model.busy and page.model.loaded, timeout=10000)
    qtbot.waitUntil(page.release.isVisible, timeout=10000)
    assert not page.release.isEnabled()
    page.form.show_texts(keep="", reason="验收合格")
    assert page.release.isEnabled()
    press(made.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: page.model.last is not None and not page.model.busy, timeout=10000)
    assert "放回盒里" in page.said.text()
    assert not page.release.isVisible()
    with small.store.reading() as unit:
        box = required(unit.goods.box(BOXES[0]), "no box")
        assert (box.free, box.back) == (10, 0)


def test_a_manager_confirms_what_boxes_taught(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    small.surface.sign_in(BOSS, PIN)
    with small.store.unit() as unit:
        item = required(unit.goods.item_by_store_code("SP0009"), "no item")
        boxes = tuple(type(BOXES[0])("8777777" + f"{n:013d}") for n in range(2))
        learning.learn(small.till, unit, item, boxes, PrefixOrigin.RECEIPT)
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_F, CTRL)
    page = made.window.current_page()
    assert isinstance(page, PrefixesPage)
    qtbot.waitUntil(lambda: not page.model.busy and page.model.loaded, timeout=10000)
    (line,) = page.table.rows.lines
    assert line.cells == ("8777777", "示例片", "收货", "2", "待确认")
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: not page.model.busy and not page.model.rows, timeout=10000)
    assert page.none.isVisible()
    with small.store.reading() as unit:
        assert unit.prefixes.known("8777777") == item.item_id


def test_f9_prints_the_bag_that_was_filled_last(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    with_an_open_box(small)
    small.tray.papers.clear()
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_Q, CTRL)
    page = made.window.current_page()
    qtbot.waitUntil(lambda: page.model.loaded and not page.model.busy, timeout=10000)
    press(made.window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bool(page.model.labels), timeout=10000)
    assert "标签已打印" in words(page)
    assert len(small.tray.papers) == 1


def test_the_bag_label_is_a_pdf_people_can_read(small: SmallCounter, tmp_path: Path) -> None:
    try:
        system.family_of(Role.SANS)
    except DeviceTrouble:
        pytest.skip("no Chinese font is installed: printing is not run")
    with_an_open_box(small)
    small.tray.papers.clear()
    small.surface.print_bag(BOXES[0])
    printed = FolderPrinter(tmp_path / "out", name="virtual").print(small.tray.papers[0])
    document = pypdfium2.PdfDocument(Path(printed.target).read_bytes())
    try:
        (page,) = document
        said = page.get_textpage().get_text_range().replace(" ", "")
    finally:
        document.close()
    for wanted in ("示例大药房", "示例片", "3片", "用法用量", "批号F1", "有效期至", "拆零日期"):
        assert wanted in said


def test_a_manager_sets_what_a_pack_holds(qtbot: QtBot, open_window, small: SmallCounter) -> None:
    small.surface.sign_in(BOSS, PIN)
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_9, CTRL)
    page = made.window.current_page()
    assert isinstance(page, ShelfPage)
    qtbot.waitUntil(lambda: page.model.loaded and not page.model.busy, timeout=10000)
    page.model.show_all(True)
    lot = next(row.lot for row in page.model.rows if row.item.store_code == "SP0010")
    page.choose(lot.lot_id)
    assert "每瓶 10 片 · 不拆零" in words(page.front)
    alt(made.window, 3)
    qtbot.waitUntil(page.pack.isVisible, timeout=5000)
    pieces = page.pack.form.inputs["pieces"]
    for typed in ("1", "1001", "x", ""):
        pieces.setText(typed)
        assert not page.act.isEnabled(), typed
        assert "2 到 1000" in page.why.text()
    press(made.window, Qt.Key.Key_Escape)
    assert not page.pack.isVisible()
    alt(made.window, 3)
    pieces.setText("24")
    page.pack.splits.setChecked(True)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "每瓶 24 片 · 可拆零" in words(page.front), timeout=10000)
    assert not page.pack.isVisible()
