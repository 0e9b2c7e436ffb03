"""Every page in both themes and both sizes, and with sentences 40 % longer."""

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.workflow.views.case import CaseView
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.every_case import CASES
from tests.support.looking import clipped, modal, nameless, small_targets
from tests.support.money_views import a_closing
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.key_capture import TYPED
from ui.page import Page
from ui.pages.stack import page_name
from ui.theme import Density, Shade, apply_theme

DESK = ("devices", "waiting", "where", "open_items", "decide")


THEMES = pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
        # letters as large as the screen asks, in a window that somebody made smaller
        (Shade.LIGHT, Density.COMFORTABLE, (1366, 697)),
    ],
    ids=["light-1366", "dark-1920", "light-small"],
)


def turn_to(qtbot: QtBot, opened: CounterWindow, case: CaseView) -> Page:
    """Let the window show another case; returns the page it belongs on."""
    workflow = opened.counter.workflow
    workflow.case = case
    opened.counter.ask(workflow.current, switches=True)
    qtbot.waitUntil(lambda: opened.counter.case == case and not opened.counter.busy, timeout=5000)
    page = opened.window.current_page()
    qtbot.waitUntil(page.isVisible, timeout=5000)
    for _ in range(3):
        QApplication.processEvents()
    return page


@THEMES
def test_pages_stand(
    qapp: QApplication, qtbot: QtBot, open_window, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    opened = open_window(identify_case(), size=size)
    faults: dict[str, object] = {}
    for name, case in CASES.items():
        page = turn_to(qtbot, opened, case)
        assert page.name == page_name(case)
        found = (nameless(page), small_targets(page), clipped(page), modal(), page.holds_focus())
        if found != ([], [], [], [], True):
            faults[name] = found
    assert faults == {}


def test_no_field_takes_the_fast_typing_of_a_password_for_a_gun(open_window) -> None:
    """A password that is taken for a scan is shown in the scan field, half of it readable."""
    opened = open_window(identify_case(), day_end=PreparedDayEnd(closing=a_closing()))
    found = {}
    for page in opened.window.findChildren(Page):
        fields = page.findChildren(QLineEdit)
        if any(field.echoMode() is QLineEdit.EchoMode.Password for field in fields):
            typed = [
                field.accessibleName()
                for field in fields
                if field.echoMode() is QLineEdit.EchoMode.Password and not field.property(TYPED)
            ]
            found[page.name] = typed
    assert {"money", "day_end", "decide", "give_back"} <= found.keys()
    assert not any(found.values()), found


def test_longer_texts_do_not_clip(qtbot: QtBot, longer: None, open_window) -> None:
    opened = open_window(identify_case())
    faults = {name: clipped(turn_to(qtbot, opened, case)) for name, case in CASES.items()}
    for name in DESK:
        assert opened.window.show_page(name)
        faults[name] = clipped(opened.window.current_page())
    assert {name: found for name, found in faults.items() if found} == {}


@THEMES
def test_desk_pages_stand(
    qapp: QApplication, qtbot: QtBot, open_window, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    opened = open_window(identify_case(), size=size)
    for name in DESK:
        assert opened.window.show_page(name)
        page = opened.window.current_page()
        assert page.name == name
        assert nameless(page) == []
        assert clipped(page) == []
        assert page.holds_focus()
