"""人员 by keyboard: a PIN is made anew, told once, and its owner sets another when signing in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code
from tests.support.looking import clipped, press, words
from tests.support.small_counter import (
    BOSS,
    CLERK,
    PIN,
    SmallCounter,
    a_small_counter,
    make_template,
)
from tests.support.views import identify_case
from ui.errors import sentences
from ui.pages.stock.staff import StaffPage
from ui.text import tr

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
OWN = "zhenshi-07"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("staff")
    make_template(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Iterator[SmallCounter]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield small


def opened(open_window, small: SmallCounter, qtbot: QtBot) -> tuple:
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_S, CTRL)
    page = made.window.current_page()
    assert isinstance(page, StaffPage)
    qtbot.waitUntil(lambda: not page.model.busy, timeout=10000)
    return made, page


def test_a_manager_makes_a_pin_anew_and_it_is_told_once(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    small.surface.sign_in(BOSS, PIN)
    made, page = opened(open_window, small, qtbot)
    assert [line.cells[0] for line in page.table.rows.lines] == ["1001", "2001", "3001", "5001"]
    press(made.window, Qt.Key.Key_F12)
    assert page.model.handed is None, "nobody is chosen yet, and no reason"
    page.table.setCurrentIndex(page.table.model().index(0, 0))
    assert tr("pages.staff.why_reason") in words(page)
    press(made.window, Qt.Key.Key_1, ALT)
    press(made.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.model.handed is not None, timeout=10000)
    handed = page.model.handed[1]
    assert f"{handed[:4]} {handed[4:]}" in words(page)
    qtbot.waitUntil(lambda: tr("pages.staff.state.due") in words(page), timeout=10000)
    assert clipped(page) == []
    press(made.window, Qt.Key.Key_Escape)
    press(made.window, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not page.model.busy, timeout=10000)
    assert handed[:4] not in words(page)


def test_ones_own_pin_and_nobodys_list(qtbot: QtBot, open_window, small: SmallCounter) -> None:
    small.surface.sign_in(BOSS, PIN)
    made, page = opened(open_window, small, qtbot)
    page.table.setCurrentIndex(page.table.model().index(2, 0))
    press(made.window, Qt.Key.Key_1, ALT)
    assert tr("pages.staff.why_me") in words(page)
    small.surface.sign_in(CLERK, PIN)
    page.model.rows = ()
    page.model.load()
    qtbot.waitUntil(lambda: tr("pages.staff.kept_away_note") in words(page), timeout=10000)


@pytest.mark.parametrize("size", [(1366, 768), (1280, 640), (1920, 1080)])
def test_who_comes_with_a_handed_out_pin_sets_another_one(
    qtbot: QtBot, open_window, small: SmallCounter, size: tuple[int, int]
) -> None:
    small.surface.sign_in(BOSS, PIN)
    clerk = next(row.staff_id for row in small.surface.staff() if row.login == CLERK)
    handed = small.surface.reset_pin(clerk, "本人忘了")
    made = open_window(identify_case(), size=size, signing=small.surface)
    page = made.window.current_page()
    page.login.setText(CLERK)
    page.pin.setText(handed)
    page.enter()
    due = sentences(Code.PIN_DUE, {}).happened
    qtbot.waitUntil(lambda: due in words(page), timeout=10000)
    fields = page._renewal.fields
    for _ in range(5):
        QApplication.processEvents()
    assert clipped(page) == []
    fields["new"].setText(OWN)
    fields["again"].setText("zhenshi-08")
    page.enter()
    assert sentences(Code.PIN_DIFFERS, {}).happened in words(page)
    assert not any(field.text() for field in fields.values())
    for field in fields.values():
        field.setText("111111")
    page.enter()
    weak = sentences(Code.PIN_WEAK, {}).happened
    qtbot.waitUntil(lambda: weak in words(page), timeout=10000)
    for field in fields.values():
        field.setText(OWN)
    with qtbot.waitSignal(page.signed_in, timeout=10000) as came:
        page.enter()
    assert came.args[0].login == CLERK
    assert page._renewal is None
    assert page.login.isEnabled()


def test_esc_and_another_person_leave_nothing_of_it(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    small.surface.sign_in(BOSS, PIN)
    clerk = next(row.staff_id for row in small.surface.staff() if row.login == CLERK)
    handed = small.surface.reset_pin(clerk, "本人忘了")
    made = open_window(identify_case(), signing=small.surface)
    page = made.window.current_page()
    page.login.setText(CLERK)
    page.pin.setText(handed)
    page.enter()
    qtbot.waitUntil(lambda: page._renewal is not None, timeout=10000)
    press(made.window, Qt.Key.Key_Escape)
    assert page._renewal is None
    page.login.setText(BOSS)
    page.pin.setText(PIN)
    with qtbot.waitSignal(page.signed_in, timeout=10000):
        page.enter()
