"""登录: what is said about a wrong PIN stands clear, in every window."""

from datetime import date
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.access import Operator, Role
from app.domain.errors import Code, OperatorInput
from tests.support.looking import clipped, words
from tests.support.sale_views import scan_case
from tests.support.scaled_pages import squeezed
from tests.support.training_fakes import RememberingTable
from tests.support.views import closed_case, identify_case
from ui.errors import sentences
from ui.keys import Key
from ui.shell import WindowOptions
from ui.theme import Density, Shade, apply_theme
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


@pytest.mark.parametrize("size", [(1366, 768), (1366, 697), (1280, 640)])
def test_a_small_window_on_a_large_screen_squeezes_nothing(qapp, qtbot, open_window, size) -> None:
    """Letters are as large as the screen asks, and the window is not: it scrolls."""
    apply_theme(qapp, Shade.LIGHT, Density.COMFORTABLE)
    room = training_room(RememberingTable(), date(2026, 11, 22))
    options = WindowOptions(training=True)
    opened = open_window(
        identify_case(), size=size, options=options, signing=Refusing(), training=room
    )
    page = opened.window.current_page()
    assert page is not None
    # the note comes out of a lane, and the page is laid out anew behind it
    qtbot.waitUntil(lambda: "柜台" in words(page), timeout=5000)
    qtbot.waitUntil(lambda: (squeezed(page), clipped(page)) == ([], []), timeout=5000)
    for above, below in pairwise((page.login, page.pin, page.button)):
        assert above.height() >= above.sizeHint().height()
        assert above.geometry().bottom() < below.geometry().top()
    assert in_sight(page.login)


def test_a_forgotten_password_has_a_way() -> None:
    """What is said where a password is wrong names the page that makes a new one."""
    said = sentences(Code.SIGN_IN_WRONG, {})
    assert Key.STAFF.value in said.remedy


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


class Admitting(Refusing):
    """Lets anybody in."""

    def sign_in(self, login: str, pin: str) -> Operator:
        return Operator(1, "1001", "林晓燕", frozenset({Role.CLERK}))


@pytest.mark.parametrize(
    ("case", "said"),
    [(scan_case, "本单还在"), (identify_case, "手上没有单"), (closed_case, "手上没有单")],
)
def test_a_locked_screen_says_whether_a_visit_waits(qtbot, open_window, case, said):
    shown = open_window(case(), signing=Admitting())
    page = shown.window.page("sign_in")
    page.login.setText("1001")
    page.pin.setText("246810")
    page.enter()
    qtbot.waitUntil(lambda: shown.counter.case is not None, timeout=20000)
    assert said not in words(shown.window.strip)
    shown.lock()
    assert shown.window.current_page() is page
    assert said in words(shown.window.strip)
    other = {"本单还在", "手上没有单"} - {said}
    assert not any(word in words(shown.window) for word in other)
