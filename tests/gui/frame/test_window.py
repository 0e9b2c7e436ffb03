"""The frame: one banner, three lights, keys, training look, small windows, a locked screen."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from app.domain.access import Operator, Role
from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.ports.devices import ScannedText, ScanSource
from app.workflow.views.case import BannerKind, BannerView, Say, StopState, Whereabouts
from devices.code.wedge import Wedge
from tests.gui.conftest import walk
from tests.support.counter_fakes import PreparedWorkflow, StillClock
from tests.support.looking import words as said_on
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import scan_case, settle_case, unknown_case
from tests.support.views import a_case, a_desk, identify_case, light
from ui.errors import sentences
from ui.frame.board import BannerBoard
from ui.frame.notices import NoticeBook
from ui.keys import Key
from ui.shell import MainWindow, WindowOptions
from ui.text import tr
from ui.theme import tokens
from ui.widgets import ElidedText, Text

CASES = {
    "identify": identify_case,
    "select": select_case,
    "audit": review_case,
    "scan": scan_case,
    "settle": settle_case,
    "settle_unknown": unknown_case,
}


class Keeper:
    """Signing in with one right PIN."""

    def __init__(self) -> None:
        self.locked = 0

    def sign_in(self, login: str, pin: str) -> Operator:
        if pin != "246810":
            raise OperatorInput(Code.SIGN_IN_WRONG, left=2)
        return Operator(1, "1001", "林晓燕", frozenset({Role.CLERK}))

    def lock(self) -> None:
        self.locked += 1


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_shown_on_its_page(open_window, name):
    shown = open_window(CASES[name]())
    page = shown.window.current_page()
    assert page is not None
    assert page.name == name


@pytest.mark.parametrize("name", CASES)
def test_everything_that_can_be_pressed_has_a_name(open_window, name):
    window = open_window(CASES[name]()).window
    for widget in walk(window):
        if isinstance(widget, QAbstractButton | QLineEdit):
            assert widget.accessibleName(), (type(widget).__name__, widget.objectName())


def cut_words(window: MainWindow) -> list[str]:
    """Words of the frame that do not fit and are not allowed to shorten."""
    cut: list[str] = []
    for part in (window.top_bar, window.strip, window.rail, window.key_bar):
        for label in part.findChildren(Text):
            if not label.isVisible() or isinstance(label, ElidedText):
                continue
            metrics = label.fontMetrics()
            wide = metrics.horizontalAdvance(label.text()) > label.width() + 1
            if wide or metrics.ascent() > label.height():
                cut.append(label.text())
    return cut


@pytest.mark.parametrize("size", [(1366, 768), (1366, 697), (683, 384)])
@pytest.mark.parametrize("name", CASES)
def test_the_frame_fits_and_cuts_no_words(qtbot, open_window, name, size):
    window = open_window(CASES[name](), size=size).window
    qtbot.waitUntil(lambda: cut_words(window) == [], timeout=20000)
    assert (window.width(), window.height()) == size
    for part in (window.top_bar, window.strip, window.rail, window.key_bar):
        assert part.width() <= window.width()
    assert window.stack.height() > 0
    assert window.key_bar.geometry().bottom() <= window.height()


def test_all_stops_stay_in_sight_on_a_low_window(qtbot, open_window):
    window = open_window(scan_case(), size=(683, 384)).window
    items = window.rail.steps.items
    assert len(items) == 10

    def lowest() -> int:
        return items[-1].mapTo(window.rail, items[-1].rect().bottomLeft()).y()

    qtbot.waitUntil(lambda: 0 < lowest() <= window.rail.height(), timeout=20000)


def test_a_low_window_asks_no_stop_to_be_lower_than_nothing(open_window):
    """Its foot alone may be higher than the rail; a warning of Qt fails a test."""
    rail = open_window(settle_case()).window.rail
    rail.resize(rail.width(), rail.devices.sizeHint().height() - 20)
    assert {item.height() for item in rail.steps.items} == {0}


def test_the_rail_speaks_step_and_state(open_window):
    window = open_window(unknown_case()).window
    spoken = [item.accessibleName() for item in window.rail.steps.items]
    step, state = tr("shell.step.settle"), tr("shell.stop.unknown")
    assert f"{step}，{state}" in spoken


def test_only_unknown_money_is_filled(open_window):
    case = replace(
        unknown_case(),
        money=light(Whereabouts.UNKNOWN, "light.money.unknown", total="164.04", cash="10.70"),
        codes=light(Whereabouts.UNKNOWN, "light.codes.unknown"),
    )
    lights = open_window(case).window.strip.lights.lights
    assert lights["money"].property("solid") == "true"
    assert lights["codes"].property("solid") == "false"
    assert tr("shell.where.unknown") in lights["codes"].accessibleName()


def test_pressing_a_light_opens_and_closes_the_list(qtbot, open_window):
    window = open_window(unknown_case()).window
    light_button = window.strip.lights.lights["money"]
    qtbot.mouseClick(light_button, Qt.MouseButton.LeftButton)
    assert window.panel.isVisible()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert not window.panel.isVisible()


def test_help_lists_the_keys_of_the_page(open_window):
    window = open_window(scan_case()).window
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_F1)
    words = {label.text() for label in window.panel.findChildren(Text) if label.isVisible()}
    assert tr("shell.key.F8") in words


def test_the_loudest_banner_is_shown_and_the_others_are_counted(qapp):
    board = BannerBoard(NoticeBook(StillClock().now))
    told: list[tuple[BannerView | None, int]] = []
    board.changed.connect(lambda banner, more: told.append((banner, more)))
    calm = BannerView(BannerKind.CALM, int(Code.OFFLINE_SAVED))
    stop = BannerView(BannerKind.STOP, int(Code.REFUSED))
    unknown = BannerView(BannerKind.UNKNOWN, int(Code.SETTLEMENT_UNKNOWN))
    board.put("a", calm)
    board.put("b", unknown)
    board.put("c", stop)
    assert told[-1] == (unknown, 2)
    board.put("b", None)
    assert told[-1] == (stop, 1)
    board.put("c", None)
    board.put("a", None)
    assert told[-1] == (None, 0)


def test_what_healed_goes_with_the_next_scan_and_stays_away(qapp):
    board = BannerBoard(NoticeBook(StillClock().now))
    healed = BannerView(BannerKind.HEALED, int(Code.FOUND_SETTLED))
    board.put("case", healed)
    assert board.loudest() == healed
    board.calm_down()
    board.put("case", healed)
    assert board.loudest() is None


def test_a_banner_says_what_what_to_do_and_the_code(open_window):
    banner = BannerView(BannerKind.STOP, int(Code.PRESCRIPTION_WITHDRAWN), platform_text="已撤销")
    window = open_window(review_case(banner=banner)).window
    words = " ".join(label.text() for label in window.banner.findChildren(Text))
    assert window.banner.isVisible()
    assert "3021" in words
    assert "已撤销" in words
    assert "请顾客回医院重开" in words
    assert "<" not in words


def test_platform_text_is_never_markup(open_window):
    nasty = "<b>x</b><img src='file:///etc/passwd'>"
    banner = BannerView(BannerKind.STOP, int(Code.REFUSED), platform_text=nasty)
    window = open_window(review_case(banner=banner)).window
    shown = [label for label in window.banner.findChildren(Text) if nasty in label.text()]
    assert shown
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)


def test_an_offer_does_what_its_key_does(qtbot, open_window):
    shown = open_window(unknown_case())
    shown.window.offered.emit("next_customer")
    qtbot.waitUntil(lambda: "next_customer" in shown.counter.workflow.names(), timeout=20000)


def test_the_training_look(open_window):
    window = open_window(identify_case(), options=WindowOptions(training=True)).window
    assert tr("shell.environment.training") in [
        label.text() for label in window.top_bar.findChildren(Text)
    ]
    assert window.windowTitle().startswith("训练")
    assert window.training_bar.isVisible()
    assert window._watermark is not None
    assert window._watermark.isVisible()
    assert window._watermark.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    window.show_page("devices")
    assert window.stack.children()[-1] is window._watermark
    border = window.grab().toImage().pixelColor(1, window.height() // 2)
    assert border.blue() > 150
    assert border.red() < 80


@pytest.mark.parametrize("training", [False, True])
def test_nobody_on_duty_is_readable_as_missing(open_window, training):
    window = open_window(identify_case(), options=WindowOptions(training=training)).window
    window.top_bar.show_desk(replace(a_desk(), pharmacist_on_duty=""))
    words = {label.text(): label for label in window.top_bar.findChildren(Text)}
    said = words[tr("shell.bar.pharmacist")], words[tr("shell.bar.no_pharmacist")]
    wanted = tokens().colour("attention.on")
    for label in said:
        assert label.isVisible()
        assert label.palette().windowText().color() == wanted


def test_production_has_no_trace_of_training(open_window):
    window = open_window(identify_case()).window
    assert window._watermark is None
    assert not any("训练" in label.text() for label in window.findChildren(Text))


def test_nobody_signed_in_sees_no_case(qtbot, open_window):
    shown = open_window(scan_case(), signing=Keeper())
    page = shown.window.current_page()
    assert page is not None
    assert page.name == "sign_in"
    assert "current" not in shown.counter.workflow.names()


def test_a_wrong_pin_is_told_and_gone_from_the_field(qtbot, open_window):
    shown = open_window(scan_case(), signing=Keeper())
    page = shown.window.page("sign_in")
    page.login.setText("1001")
    page.pin.setText("000000")
    page.enter()
    assert page.pin.text() == ""
    told = sentences(Code.SIGN_IN_WRONG).happened
    qtbot.waitUntil(lambda: page._said.text() == told, timeout=20000)
    assert page.pin.property("state") == "stop"


def test_fast_fingers_sign_in(qtbot, open_window):
    shown = open_window(scan_case(), signing=Keeper(), burst=Wedge(virtual=True))
    handle = shown.window.windowHandle()
    for word in ("1001", "246810"):
        for character in word:
            QTest.keyClick(handle, character)
        QTest.keyClick(handle, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)
    assert not shown.window.banner.isVisible()


def test_locking_on_a_desk_page_hides_the_visit_behind_it(qtbot, open_window):
    shown = open_window(scan_case(), signing=Keeper())
    page = shown.window.page("sign_in")
    page.login.setText("1001")
    page.pin.setText("246810")
    page.enter()
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)
    shown.window.press(Key.DEVICES)
    assert "郑建国" in said_on(shown.window.rail)
    shown.lock()
    qtbot.waitUntil(lambda: shown.window.current_page().name == "sign_in", timeout=20000)
    for part in (shown.window.rail, shown.window.strip):
        assert "郑建国" not in said_on(part)


def test_signing_in_opens_the_case_and_locking_hides_the_name(qtbot, open_window):
    keeper = Keeper()
    shown = open_window(scan_case(), signing=keeper)
    page = shown.window.page("sign_in")
    page.login.setText("1001")
    page.pin.setText("246810")
    page.enter()
    qtbot.waitUntil(lambda: shown.window.current_page().name == "scan", timeout=20000)
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_F10)
    qtbot.waitUntil(lambda: keeper.locked == 1, timeout=20000)
    assert shown.window.current_page().name == "sign_in"
    seen = [label.text() for label in shown.window.findChildren(Text) if label.isVisible()]
    assert not any("郑建国" in words for words in seen)


def test_a_scan_on_a_locked_screen_reaches_no_case(qtbot, open_window):
    shown = open_window(scan_case(), signing=Keeper())
    shown.devices.scanned.emit(ScannedText("83412900512873640915", ScanSource.WEDGE, 0.0))
    assert shown.window.banner.isVisible()
    assert "accept" not in shown.counter.workflow.names()


def test_a_machine_that_cannot_remember_takes_no_case(qtbot, open_window):
    work = PreparedWorkflow(scan_case(), a_desk())
    shown = open_window(scan_case(), workflow=work)
    shown.counter.troubled.emit(LocalTrouble(Code.DISK_FULL))
    page = shown.window.current_page()
    assert page is not None
    assert page.name == "local_trouble"
    assert not shown.window.acts()[Key.BIND].on


def test_a_machine_that_stops_before_its_pages_stand_says_so(open_window):
    shown = open_window(scan_case(), signing=Keeper())
    assert shown.window.page("local_trouble") is None
    shown.counter.troubled.emit(LocalTrouble(Code.KEY_MISSING))
    page = shown.window.current_page()
    assert page is not None
    assert page.name == "local_trouble"
    assert sentences(Code.KEY_MISSING).happened in [
        label.text() for label in page.findChildren(Text)
    ]


def test_the_tilted_word_reaches_every_corner(open_window):
    window = open_window(identify_case(), options=WindowOptions(training=True)).window
    mark = window._watermark
    assert mark is not None
    mark.grab()
    reached = QRegion()
    for place in mark._places:
        reached += QRect(place, mark._stamp.size())
    room = mark.size() / 3
    for column in range(3):
        for row in range(3):
            part = QRect(QPoint(column * room.width(), row * room.height()), room)
            assert reached.intersects(part)


def test_a_trouble_is_a_banner_until_something_works(open_window):
    shown = open_window(scan_case())
    shown.counter.troubled.emit(OperatorInput(Code.STEP_MOVED_ON))
    assert shown.window.banner.isVisible()
    shown.counter.eased.emit()
    assert not shown.window.banner.isVisible()


def test_devices_and_case_share_keys(qtbot, open_window):
    shown = open_window(scan_case())
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_F11)
    assert shown.window.current_page().name == "devices"
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_F6)
    assert shown.window.current_page().name == "scan"


def test_a_refused_stop_and_a_skipped_one_are_told_in_words(open_window):
    case = a_case(Step.SETTLE)
    stops = (
        replace(case.stops[0], state=StopState.SKIPPED, result=None),
        replace(case.stops[-2], state=StopState.REFUSED, result=None),
        replace(case.stops[-1], state=StopState.REFUSED, result=Say("rail.audit_refused")),
    )
    window = open_window(replace(settle_case(), stops=stops)).window
    items = window.rail.steps.items
    assert [item.result() for item in items] == [
        tr("shell.stop.skipped"),
        tr("shell.stop.refused"),
        "不通过",
    ]
    assert items[-1].accessibleName().endswith("，不通过")


def test_the_key_on_a_banners_retry_retries(qtbot, open_window):
    banner = BannerView(BannerKind.CALM, int(Code.DID_NOT_LEAVE), offers=("retry", "abandon"))
    shown = open_window(replace(identify_case(), banner=banner))
    qtbot.waitUntil(lambda: not shown.counter.busy, timeout=20000)
    QTest.keyClick(shown.window.windowHandle(), Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "retry" in shown.counter.workflow.names(), timeout=20000)
