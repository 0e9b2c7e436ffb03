"""The full page of a machine that cannot remember: which way leads on, and where none does."""

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, LocalTrouble
from tests.support.sale_views import scan_case
from ui.keys import Key


def test_a_disk_with_room_again_leads_back_by_f5(qtbot: QtBot, open_window) -> None:
    shown = open_window(scan_case())
    shown.counter.troubled.emit(LocalTrouble(Code.DISK_FULL))
    page = shown.window.current_page()
    assert page.name == "local_trouble"
    assert page.again_button.isVisibleTo(page)
    assert shown.window.acts()[Key.ASK_AGAIN].text == page.again_button.accessibleName()
    page.again_button.click()
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)


def test_a_first_reading_that_failed_is_begun_again(qtbot: QtBot, open_window) -> None:
    shown = open_window(scan_case())
    shown.counter.case = None
    shown.counter.troubled.emit(LocalTrouble(Code.DISK_FULL))
    assert shown.window.press(Key.ASK_AGAIN)
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)


@pytest.mark.parametrize(
    "trouble",
    [LocalTrouble(Code.KEY_MISSING), LocalTrouble(Code.DISK_FULL, stage="base")],
    ids=["cannot-be-put-right-here", "start-stopped"],
)
def test_no_second_try_is_offered_that_cannot_help(open_window, trouble: LocalTrouble) -> None:
    shown = open_window(scan_case())
    shown.counter.troubled.emit(trouble)
    page = shown.window.current_page()
    assert not page.again_button.isVisibleTo(page)
    assert page.copy_button.isVisibleTo(page)


@pytest.mark.parametrize("code", [Code.STORE_UNREACHABLE, Code.COUNTER_LOST])
def test_a_base_of_the_store_that_is_back_leads_back_by_itself(
    qtbot: QtBot, open_window, code: Code
) -> None:
    shown = open_window(scan_case())
    shown.counter.troubled.emit(LocalTrouble(code, counter=2))
    page = shown.window.current_page()
    assert page.name == "local_trouble"
    assert not shown.window.acts()[Key.BIND].on
    assert page.looking.isActive()
    page.looking.setInterval(1)
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)
    assert not page.looking.isActive()


def test_what_a_person_has_to_put_right_is_not_asked_for_again_and_again(open_window) -> None:
    shown = open_window(scan_case())
    shown.counter.troubled.emit(LocalTrouble(Code.DISK_FULL))
    assert not shown.window.current_page().looking.isActive()


def test_a_base_that_is_away_is_said_though_nobody_asks_for_anything(
    qtbot: QtBot, open_window
) -> None:
    shown = open_window(scan_case())

    def away() -> int:
        raise LocalTrouble(Code.STORE_UNREACHABLE)

    with pytest.raises(LocalTrouble):
        shown._bridge.telling(away)()
    qtbot.waitUntil(lambda: shown.window.current_page().name == "local_trouble", timeout=20000)
