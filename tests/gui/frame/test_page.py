"""Pages nobody sees draw nothing, and are up to date when they come forward."""

import pytest
from PySide6.QtWidgets import QStackedWidget
from pytestqt.qtbot import QtBot

from ui.page import Page


class Counting(Page):
    """Counts how often it draws."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.drawn = 0

    def refresh(self) -> None:
        if not self.put_off(self.refresh):
            self.drawn += 1


@pytest.fixture
def stack(qtbot: QtBot) -> tuple[QStackedWidget, Counting, Counting]:
    made, front, behind = QStackedWidget(), Counting("front"), Counting("behind")
    qtbot.addWidget(made)
    for page in (front, behind):
        made.addWidget(page)
    return made, front, behind


def test_in_front_it_draws_at_once(stack: tuple[QStackedWidget, Counting, Counting]) -> None:
    _, front, _ = stack
    front.refresh()
    front.refresh()
    assert front.drawn == 2


def test_behind_it_draws_once_when_it_comes(
    stack: tuple[QStackedWidget, Counting, Counting],
) -> None:
    made, _, behind = stack
    behind.refresh()
    behind.refresh()
    assert behind.drawn == 0
    behind.come_forward()
    assert behind.drawn == 1
    made.setCurrentWidget(behind)
    behind.come_forward()
    assert behind.drawn == 1


def test_alone_it_draws_at_once(qtbot: QtBot) -> None:
    page = Counting("alone")
    qtbot.addWidget(page)
    page.refresh()
    assert page.drawn == 1
