"""What every page test asks of a page."""

import math
import re
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ui import text
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


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence 40 % longer, placeholders untouched."""
    real = text.texts()
    padded = {
        key: said + "长" * math.ceil(len(re.sub(r"\{.*?\}", "", said)) * 0.4)
        for key, said in real.items()
        if not key.startswith("age.")
    }
    stretched = {**real, **padded}
    monkeypatch.setattr(text, "texts", lambda: stretched)
