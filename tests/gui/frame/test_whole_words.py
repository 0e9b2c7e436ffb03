"""What is said beside a code stands whole in every width; what is said above is said once."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.access import Operator, Role
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.domain.goods.codes import ScanKind
from app.workflow.views.case import BannerKind, BannerView, Say, ScanOutcome, Spoken
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow, recognise
from tests.support.looking import holds_cursor, press, words
from tests.support.queue_views import queue_rows
from tests.support.rx_views import review_case
from tests.support.sale_views import scan_case
from tests.support.views import identify_case
from ui.keys import Key
from ui.text import tr
from ui.widgets import ElidedText, ScanField

CODE = "89900514568727800002"
CTRL = Qt.KeyboardModifier.ControlModifier
WHOLE = (1366, 768)


def settled() -> None:
    for _ in range(5):
        QApplication.processEvents()


@pytest.fixture
def field(qtbot: QtBot) -> ScanField:
    made = ScanField(recognise)
    qtbot.addWidget(made)
    made.show()
    return made


def cut(field: ScanField) -> list[str]:
    """Words beside the code that are shown shortened."""
    return [
        made.full_text()
        for made in field.findChildren(ElidedText)
        if made.isVisible() and made.text() != made.full_text()
    ]


@pytest.mark.parametrize("width", [420, 506, 578, 800, 1158])
@pytest.mark.parametrize(
    "spoken",
    [
        Spoken(ScanKind.DRUG_TRACE, CODE, Say("scan.box.back", (("back", 2), ("sold", 2))), "good"),
        Spoken(
            ScanKind.GS1,
            CODE,
            Say("scan.box.taken", (("drug", "x"), ("scanned", 1), ("needed", 2))),
            "good",
            Say("scan.mended.by_lot"),
        ),
    ],
    ids=["back", "by_lot"],
)
def test_no_verdict_and_no_reason_is_cut(
    field: ScanField, qtbot: QtBot, spoken: Spoken, width: int
) -> None:
    field.resize(width, 56)
    settled()
    field.show_spoken(spoken)
    settled()
    assert cut(field) == []
    if spoken.mended is not None:
        assert tr("scan.mended.by_lot") in words(field)
    field.resize(1158, 56)
    settled()
    assert cut(field) == []
    assert field._kind.isVisible()


class Refusing(PreparedWorkflow):
    """Every code is refused, and the case keeps saying why."""

    def accept(self, case_id: int, scanned: object) -> ScanOutcome:
        code = int(Code.TOKEN_REFUSED)
        banner = BannerView(BannerKind.STOP, code)
        self.case = replace(self.case, version=self.case.version + 1, banner=banner)
        spoken = Spoken(ScanKind.VOUCHER, "4***", Say(f"error.{code}"), "stop")
        return ScanOutcome(spoken, self.case)


def test_a_refused_voucher_is_said_once(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), workflow=Refusing(identify_case()))
    opened.counter.typed("4240000000000000000100350000")
    qtbot.waitUntil(lambda: opened.window.banner.isVisible(), timeout=5000)
    settled()
    field = opened.window.current_page().scan_field()
    assert field._verdict.text()
    assert not field.refusal.isVisible()


def test_the_code_of_a_banner_is_copied_by_key(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case())
    assert not opened.window.acts()[Key.COPY_CODE].on
    opened.counter.troubled.emit(OperatorInput(Code.NOT_ALLOWED))
    settled()
    assert opened.window.acts()[Key.COPY_CODE].on
    press(opened.window, Qt.Key.Key_J, CTRL)
    assert QApplication.clipboard().text() == str(int(Code.NOT_ALLOWED))


def test_what_a_desk_page_was_refused_does_not_follow(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), queue=PreparedQueue(tuple(queue_rows())))
    opened.window.show_page("queue")
    opened.counter.troubled.emit(OperatorInput(Code.NOT_ALLOWED))
    assert opened.window.board.loudest() is not None
    opened.window.show_page("devices")
    assert opened.window.board.loudest() is None


def test_where_one_is_in_the_rail_is_in_sight(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), size=(1366, 500))
    opened.window.show_page("devices")
    settled()
    item = opened._desk_frame.rail.items["devices"]
    qtbot.waitUntil(lambda: in_sight(item), timeout=5000)


def in_sight(part: QWidget) -> bool:
    return part.visibleRegion().boundingRect().height() >= part.height() - 1


def test_f7_is_grey_when_it_does_nothing(open_window) -> None:
    opened = open_window(scan_case())
    key = opened.window.key_bar.keys[Key.ACKNOWLEDGE]
    assert not key.isEnabled()
    assert key.property("look") == "off"
    assert {label.property("key_look") for label in (key._name, key._word)} == {"off"}


class Keeper:
    """Everybody may come in."""

    def sign_in(self, login: str, pin: str) -> Operator:
        return Operator(1, login, "收银员小榕", frozenset({Role.CLERK}))

    def lock(self) -> None:
        return None


def test_a_second_start_does_not_ask_to_sign_in(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), signing=Keeper())
    opened.counter.troubled.emit(LocalTrouble(Code.ALREADY_RUNNING, stage="base"))
    settled()
    assert opened.window.current_page().name == "local_trouble"
    strip = words(opened.window.strip)
    assert tr("shell.local.title") in strip
    assert tr("shell.sign_in.first") not in strip
    press(opened.window, Qt.Key.Key_J, CTRL)
    assert QApplication.clipboard().text().startswith(str(int(Code.ALREADY_RUNNING)))


def test_the_page_knows_its_case_before_it_is_asked_for_the_cursor(
    qtbot: QtBot, open_window
) -> None:
    work = PreparedWorkflow(identify_case())
    opened = open_window(identify_case(), signing=Keeper(), workflow=work)
    page = opened.window.current_page()
    page.login.setText("1001")
    page.pin.setText("246810")
    page.enter()
    qtbot.waitUntil(lambda: opened.counter.case is not None, timeout=10000)
    work.case = review_case(proved=False)
    opened.counter.ask(work.current, switches=True)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "audit", timeout=5000)
    settled()
    field = opened.window.current_page().pharmacist.field
    assert holds_cursor(field.input)
