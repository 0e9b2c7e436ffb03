"""Pages come one after another behind the sign-in, and are painted in the turn after."""

from app.domain.access import Operator
from app.domain.errors import Code, OperatorInput
from tests.support.sale_views import scan_case
from tests.support.views import identify_case


class Nobody:
    """Lets nobody in: only what stands behind the sign-in is looked at."""

    def sign_in(self, login: str, pin: str) -> Operator:
        raise OperatorInput(Code.SIGN_IN_WRONG)

    def lock(self) -> None:
        return None


def test_it_is_said_when_every_page_stands_behind_the_sign_in(qtbot, open_window):
    shown = open_window(scan_case(), signing=Nobody())
    assert shown.window.page("scan") is None
    with qtbot.waitSignal(shown.builder.stands, timeout=60000):
        pass
    assert shown.window.page("scan") is not None
    assert not shown.window.dress_one()


def test_a_page_is_painted_in_the_turn_after_it_came(qtbot, open_window):
    window = open_window(identify_case()).window
    assert window.show_page("devices")
    assert window.current_page().name == "devices"
    assert not window.stack.updatesEnabled()
    qtbot.waitUntil(window.stack.updatesEnabled, timeout=20000)
