"""登录: what is said about a wrong PIN stands clear, in every window."""

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.access import Operator
from app.domain.errors import Code, OperatorInput
from tests.support.looking import clipped, words
from tests.support.training_fakes import RememberingTable
from tests.support.views import identify_case
from ui.errors import sentences
from ui.shell import WindowOptions
from ui.training.room import training_room

SIZES = [(1366, 768), (1366, 697), (1280, 640), (683, 384), (1920, 1080)]


class Refusing:
    """Lets nobody in."""

    def sign_in(self, login: str, pin: str) -> Operator:
        raise OperatorInput(Code.SIGN_IN_WRONG)

    def lock(self) -> None:
        return None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("training", [True, False])
def test_a_wrong_pin_is_said_and_nothing_covers_it(open_window, qtbot, size, training) -> None:
    table = training_room(RememberingTable(), date(2026, 11, 22)) if training else None
    options = WindowOptions(training=training)
    opened = open_window(
        identify_case(), size=size, options=options, signing=Refusing(), training=table
    )
    page = opened.window.current_page()
    assert page is not None
    page.login.setText("1001")
    page.pin.setText("000000")
    page.enter()
    said = sentences(int(Code.SIGN_IN_WRONG), {})
    qtbot.waitUntil(lambda: said.happened in words(page), timeout=10000)
    for _ in range(5):
        QApplication.processEvents()
    assert f"代码 {int(Code.SIGN_IN_WRONG)}" in words(page)
    assert clipped(page) == []
    # the two lines of the message, and the field that is typed into next
    for part in (page._said, page._remedy, page.pin):
        qtbot.waitUntil(lambda part=part: in_sight(part), timeout=5000)
    assert page.pin.height() >= 36


def in_sight(part: QWidget) -> bool:
    """Whether all of it is seen."""
    return part.visibleRegion().boundingRect().height() >= part.height() - 1


def test_logins_stand_beside_the_card_only_where_the_window_is_low(open_window) -> None:
    low, tall = (
        open_window(
            identify_case(),
            size=size,
            options=WindowOptions(training=True),
            signing=Refusing(),
            training=training_room(RememberingTable(), date(2026, 11, 22)),
        )
        for size in ((1366, 697), (1920, 1080))
    )
    for opened, beside in ((low, True), (tall, False)):
        page = opened.window.current_page()
        assert page is not None
        QApplication.processEvents()
        card, note = page._card, page._logins
        assert (note.x() > card.x() + card.width()) is beside
