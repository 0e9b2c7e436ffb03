"""选择处方 by keyboard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.domain.goods.codes import ScanKind
from app.ports.devices import ScannedText
from app.workflow.views.case import BannerKind, BannerView, Say, ScanOutcome, Spoken
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.looking import alt, press, words
from tests.support.rx_views import review_case, select_case, sent_case
from tests.support.views import RX_NUMBER
from ui.keys import Key
from ui.pages.select import SelectPage


def test_enter_downloads_the_chosen_one(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(select_case())
    page = rest(opened)
    assert isinstance(page, SelectPage)
    opened.counter.workflow.answers["choose"] = review_case()
    press(opened.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "audit")
    assert ("choose", (41, RX_NUMBER)) in opened.counter.workflow.asked


def test_alt_and_arrows_choose(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(select_case())
    page = rest(opened)
    alt(opened.window, 3)
    assert page.model.chosen == 3
    press(opened.window, Qt.Key.Key_Up)
    assert page.model.chosen == 2
    press(opened.window, Qt.Key.Key_Home)
    assert page.model.chosen == 1
    alt(opened.window, 9)
    assert page.model.chosen == 1
    assert "choose" not in opened.counter.workflow.names()


def test_unavailable_ones_say_why(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(select_case())
    said = words(rest(opened))
    assert "另一家药店已取" in said
    assert "已过期" in said
    assert "不能取用的 2 张" in said


def test_a_choice_that_ran_out_in_hand_is_not_taken(qtbot: QtBot, open_window, rest) -> None:
    case = select_case()
    opened = open_window(case)
    page = rest(opened)
    opened.counter.clock.at += timedelta(hours=6)
    page.refresh()
    assert not page.download.isEnabled()
    press(opened.window, Qt.Key.Key_Return)
    assert "choose" not in opened.counter.workflow.names()
    assert "失效" in page.waiting.text()


def test_nothing_to_take_says_so(qtbot: QtBot, open_window, rest) -> None:
    case = select_case()
    none = replace(case.select, cards=case.select.cards[3:])
    page = rest(open_window(replace(case, select=none)))
    assert page.model.chosen is None
    assert "没有可以取用的处方" in page.waiting.text()
    assert "0" not in page.download.accessibleName()


def test_a_verified_case_in_flight_has_no_list(open_window, rest) -> None:
    case = replace(select_case(), step=Step.VERIFY, phase=Phase.REJECTED, select=None)
    assert rest(open_window(case)).name == "where"


@pytest.mark.parametrize(
    ("code", "remedy"),
    [(Code.SIGNATURE_INVALID, "abandon"), (Code.DOCUMENT_UNREADABLE, "ask_again")],
)
def test_in_trouble_the_cursor_is_at_the_remedy_not_at_the_next_customer(
    open_window, rest, code: Code, remedy: str
) -> None:
    banner = BannerView(BannerKind.STOP, int(code))
    case = replace(select_case(), step=Step.VERIFY, phase=Phase.REJECTED, select=None)
    opened = open_window(replace(case, banner=banner, can_abandon=True))
    page = rest(opened)
    assert opened.window.focusWidget() is page.buttons[remedy]
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert not {"next_customer", "abandon"} & set(opened.counter.workflow.names())


class TwoPhones(PreparedWorkflow):
    """A counter where the second code belongs to somebody else."""

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        first = self.case
        assert first.patient is not None
        assert first.select is not None
        other = replace(first.patient, name="孙别人", masked_name="孙**")
        self.case = replace(first, case_id=case_id + 1, version=1, patient=other)
        told = (("scanned", "孙**"), ("wanted", first.patient.masked_name))
        verdict = Say(f"error.{int(Code.CUSTOMER_CHANGED)}", told)
        spoken = Spoken(ScanKind.VOUCHER, "424••••07", verdict, "attention")
        return ScanOutcome(spoken, self.case, switched=True)


def test_another_customers_code_says_who_is_here_and_how_to_go_back(
    qtbot: QtBot, open_window, rest
) -> None:
    case = select_case()
    assert case.patient is not None
    opened = open_window(case, workflow=TwoPhones(case))
    rest(opened)
    opened.counter.typed("4240123456789012345678530000")
    qtbot.waitUntil(lambda: "孙**" in words(opened.window.banner), timeout=5000)
    assert opened.counter.case.case_id == case.case_id + 1
    assert opened.window.current_page().name == "select"
    said = words(opened.window.banner)
    assert case.patient.masked_name in said
    assert Key.FIND.value in said
    assert "孙别人" in words(opened.window.strip)
    press(opened.window, Qt.Key.Key_F3)
    assert opened.window.current_page().name == "waiting"


def test_nobody_is_sent_away_while_a_scan_may_bring_somebody_else(
    qtbot: QtBot, open_window, rest
) -> None:
    case = select_case()
    opened = open_window(case, workflow=TwoPhones(case))
    rest(opened)
    workflow = opened.counter.workflow
    late = replace(case, case_id=77, version=1)
    workflow.answers["next_customer"] = late
    opened.counter.typed("4240123456789012345678530000")
    opened.counter.next_customer()
    opened.counter.park()
    rest(opened)
    assert not {"next_customer", "park"} & set(workflow.names())
    opened.counter.next_customer()
    qtbot.waitUntil(lambda: opened.counter.case.case_id == 77, timeout=5000)


def test_a_used_up_read_downloads_nothing_and_f5_begins_again(
    qtbot: QtBot, open_window, rest
) -> None:
    case = select_case()
    offers = ("identify_again", "abandon")
    banner = BannerView(BannerKind.STOP, int(Code.TOKEN_REFUSED), offers=offers)
    spent = replace(case.select, spent=True)
    opened = open_window(replace(case, select=spent, banner=banner, phase=Phase.REJECTED))
    page = rest(opened)
    assert not page.download.isEnabled()
    assert "这次识别已经用完" in page.waiting.text()
    press(opened.window, Qt.Key.Key_Return)
    press(opened.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "retry" in opened.counter.workflow.names())
    assert "choose" not in opened.counter.workflow.names()
    assert opened.window.acts()[Key.ASK_AGAIN].text == "重新识别"


def test_without_anything_to_ask_again_f5_is_off(open_window, rest) -> None:
    opened = open_window(select_case())
    rest(opened)
    assert not opened.window.acts()[Key.ASK_AGAIN].on


def test_what_was_sent_here_is_asked_with_f5_and_marked(qtbot: QtBot, open_window, rest) -> None:
    case = sent_case()
    opened = open_window(replace(case, select=replace(case.select, cards=case.select.cards[1:])))
    page = rest(opened)
    assert page.sent.isVisible()
    assert "线上" not in words(page.area)
    opened.counter.workflow.answers["ask_sent_here"] = replace(case, version=99)
    press(opened.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "线上" in words(page.area))
    assert opened.counter.workflow.names().count("ask_sent_here") == 1


def test_elsewhere_f5_asks_nobody_about_what_was_sent(open_window, rest) -> None:
    opened = open_window(select_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_F5)
    assert not page.sent.isVisible()
    assert "ask_sent_here" not in opened.counter.workflow.names()
