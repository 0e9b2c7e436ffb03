"""The training table in a window that is made smaller and larger again by a person."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.sale_views import scan_case
from tests.support.training_fakes import LOGINS, RememberingTable
from ui.counter_window import CounterWindow
from ui.shell import WindowOptions
from ui.training.room import SeatedTable, TrainingRoom

WIDE = (1920, 1080)


@pytest.fixture
def opened(open_window, qtbot: QtBot) -> CounterWindow:
    """The boxes of a sale, the table beside them, its people known."""
    made = open_window(
        scan_case(),
        size=WIDE,
        options=WindowOptions(training=True),
        training=TrainingRoom(RememberingTable(), LOGINS),
    )
    model = seated(made).model
    qtbot.waitUntil(lambda: bool(model.people) and not model.busy, timeout=10000)
    assert seated(made).drawer.isVisible()
    return made


def seated(opened: CounterWindow) -> SeatedTable:
    found = opened.findChild(SeatedTable)
    assert found is not None
    return found


def test_a_window_made_small_keeps_its_page_and_its_cursor(opened, qtbot: QtBot) -> None:
    window = opened.window
    field = window.current_page().scan_field().input
    for size in ((1024, 640), (683, 384), WIDE):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: window.width() == size[0])
        assert window.current_page().isVisible()
        assert window.focusWidget() is field
    assert seated(opened).drawer.isVisible()


def test_asked_for_it_takes_the_cursor_along(opened, qtbot: QtBot) -> None:
    """Where it takes the place of the page, Qt would put the cursor somewhere in the rail."""
    seated(opened).open()
    opened.window.resize(683, 384)
    qtbot.waitUntil(lambda: not opened.window.stack.isVisible())
    assert seated(opened).drawer.holds_focus()
