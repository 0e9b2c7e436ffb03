"""What every page test asks of a page."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ui.counter_window import CounterWindow
from ui.page import Page

Settle = Callable[[CounterWindow], Page]


@pytest.fixture
def rest(qtbot: QtBot) -> Settle:
    """Waits until nothing is on its way; returns the page on screen."""

    def wait(counter_window: CounterWindow) -> Page:
        qtbot.waitUntil(lambda: not counter_window.counter.busy, timeout=5000)
        page = counter_window.window.current_page()
        assert page is not None
        return page

    return wait
