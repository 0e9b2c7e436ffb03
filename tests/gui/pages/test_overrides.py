"""放行记录 by keyboard, on a real small store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.goods.codes import DrugTraceCode
from tests.support.looking import press, words
from tests.support.small_counter import (
    BOSS,
    LATE,
    PIN,
    SmallCounter,
    a_small_counter,
    make_template,
)
from tests.support.views import identify_case
from ui.pages.stock.overrides import OverridesPage

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("overrides")
    make_template(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Iterator[SmallCounter]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield small


def opened(open_window, small: SmallCounter, qtbot: QtBot) -> tuple:
    made = open_window(identify_case(), stock=small.surface)
    press(made.window, Qt.Key.Key_O, CTRL)
    page = made.window.current_page()
    assert isinstance(page, OverridesPage)
    qtbot.waitUntil(lambda: not page.model.busy, timeout=10000)
    return made, page


def test_the_list_says_who_let_which_box_go_and_why(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    view = small.scan(small.until(Step.SCAN), LATE[0]).case
    small.surface.acknowledge(view.case_id, 1, "customer_chose")
    small.surface.sign_in(BOSS, PIN)
    made, page = opened(open_window, small, qtbot)
    (line,) = page.table.rows.lines
    assert line.cells[1:] == ("示例片", "有更早批号", "顾客要这一盒", "收银员小榕")
    spoken = DrugTraceCode(LATE[0]).spoken()
    qtbot.waitUntil(lambda: spoken in words(page.front), timeout=10000)
    assert "B2207" in words(page.front)
    press(made.window, Qt.Key.Key_2, ALT)
    qtbot.waitUntil(lambda: not page.model.busy and page.model.days == 31, timeout=10000)
    assert len(page.model.rows) == 1


def test_an_empty_list_says_so(qtbot: QtBot, open_window, small: SmallCounter) -> None:
    small.surface.sign_in(BOSS, PIN)
    _, page = opened(open_window, small, qtbot)
    assert page.model.loaded
    assert page.none.isVisible()
    assert page.front.isHidden()


def test_a_clerk_is_told_that_it_is_not_theirs(
    qtbot: QtBot, open_window, small: SmallCounter
) -> None:
    _, page = opened(open_window, small, qtbot)
    assert not page.model.loaded
    assert page.model.rows == ()
