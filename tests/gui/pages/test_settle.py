"""结算: parts add up, cash is counted in fen, F12 sends once; and the unknown page."""

from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.case import Phase
from app.domain.goods.codes import ScanKind
from app.domain.money import Amounts, Fen
from app.workflow.views.advice import AdviceView
from app.workflow.views.case import BannerKind, BannerView, Say, Spoken
from app.workflow.views.states import CLEARING_EARLIER, MONEY_SENT
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.doubt_views import manual_case
from tests.support.looking import alt, clipped, holds_cursor, press, shown, words
from tests.support.sale_views import advised_case, hand_over_case, settle_case, unknown_case
from tests.support.views import identify_case
from ui.formats import money_text
from ui.keys import Key, offer_key
from ui.text import tr
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.settle import cash_of, handed_over
from ui.widgets import KeyCap, ScanField, Text

F12 = Qt.Key.Key_F12


def test_cash_by_key_then_f12_once(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    press(opened.window, F12)
    assert "settle" not in opened.counter.workflow.names()
    alt(opened.window, 2)
    assert page.cash.change.text() == "9.30"
    opened.counter.workflow.answers["settle"] = hand_over_case()
    press(opened.window, F12)
    press(opened.window, F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "hand_over")
    assert [a for n, a in opened.counter.workflow.asked if n == "settle"] == [(41, Fen(2000))]


def test_a_settlement_that_waits_for_an_older_one_says_so(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    alt(opened.window, 2)
    workflow = opened.counter.workflow
    workflow.stages, workflow.gate = (CLEARING_EARLIER,), Event()
    press(opened.window, F12)
    qtbot.waitUntil(lambda: "先查清之前那一笔" in page.cash.why.text())
    workflow.gate.set()
    rest(opened)
    qtbot.waitUntil(lambda: "先查清之前那一笔" not in page.cash.why.text())
    assert workflow.names().count("settle") == 1


def test_money_on_its_way_is_not_called_ours(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    alt(opened.window, 2)
    workflow, light = opened.counter.workflow, opened.window.strip.lights.lights["money"]
    assert light.property("state") == "ours"
    workflow.stages, workflow.gate = (MONEY_SENT,), Event()
    press(opened.window, F12)
    qtbot.waitUntil(lambda: light.property("state") == "sending")
    assert "等医保平台回答" in page.cash.why.text()
    assert page.holds_focus(), "the cursor does not wander to the rail"
    assert opened.window.current_page() is page
    workflow.answers["settle"] = hand_over_case()
    workflow.gate.set()
    qtbot.waitUntil(lambda: opened.window.current_page().name == "hand_over")
    assert light.property("state") == "theirs"


WRONG_PERSON = Spoken(
    ScanKind.VOUCHER,
    "424•••••00",
    Say("error.1302", (("scanned", "林**"), ("wanted", "郑**"))),
    "stop",
)


@pytest.mark.parametrize(
    ("density", "size"),
    [(Density.COMPACT, (1366, 768)), (Density.COMFORTABLE, (1920, 1080))],
    ids=["1366", "1920"],
)
def test_the_wrong_code_is_told_in_full_above_the_fold(
    qapp: QApplication, open_window, rest, density: Density, size: tuple[int, int]
) -> None:
    apply_theme(qapp, Shade.LIGHT, density)
    case = settle_case()
    opened = open_window(
        replace(case, settle=replace(case.settle, needs_credential=True)), size=size
    )
    page = rest(opened)
    opened.counter.spoken.emit(WRONG_PERSON)
    for _ in range(5):
        QApplication.processEvents()
    refusal = page.cash.field.refusal
    assert "出示的是林**，本单是郑**" in words(refusal)
    lower = refusal.mapTo(page, QPoint(0, refusal.height())).y()
    assert lower <= page.height()
    assert clipped(refusal) == []
    caps = [cap for cap in shown(page, KeyCap) if cap.text()]
    assert caps
    assert [c.text() for c in caps if c.width() < c.sizeHint().width()] == []


def test_the_offer_below_a_wrong_code_puts_the_cursor_back(open_window, rest) -> None:
    case = settle_case()
    opened = open_window(replace(case, settle=replace(case.settle, needs_credential=True)))
    page = rest(opened)
    opened.counter.spoken.emit(WRONG_PERSON)
    refusal = page.cash.field.refusal
    assert refusal.offers() == ("scan_field", "abandon")
    caps = {cap.text() for cap in shown(refusal, KeyCap)}
    assert caps == {Key.SCAN_FIELD.value, Key.ABANDON.value}
    page.cash.settle.setFocus()
    press(opened.window, Qt.Key.Key_F6)
    assert opened.window.focusWidget() is page.cash.field.input
    page.cash.settle.setFocus()
    refusal.offered.emit("scan_field")
    assert opened.window.focusWidget() is page.cash.field.input
    assert "retry" not in opened.counter.workflow.names()


def test_the_next_visit_knows_nothing_of_the_last_scan(qtbot: QtBot, open_window, rest) -> None:
    case = settle_case()
    opened = open_window(replace(case, settle=replace(case.settle, needs_credential=True)))
    page = rest(opened)
    opened.counter.spoken.emit(WRONG_PERSON)
    field = opened.window.page("identify").field
    assert "424•••••00" in said_by(page.cash.field)
    following = replace(identify_case(), case_id=42)
    opened.counter.workflow.answers["next_customer"] = following
    press(opened.window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "identify")
    for seen in (field, page.cash.field):
        assert "424•••••00" not in said_by(seen)
        assert seen.refusal.isHidden()
    assert field.input.placeholderText()


def said_by(field: ScanField) -> str:
    """All its words, those of hidden parts left out."""
    return "".join(label.text() for label in field.findChildren(Text) if not label.isHidden())


def test_exact_cash_leaves_no_change(open_window, rest) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    alt(opened.window, 1)
    assert page.cash.cash.text() == "10.70"
    assert page.cash.change.text() == "0.00"
    assert page.model.may_settle


def test_typed_cash_that_is_short_says_what_is_missing(open_window, rest) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    assert opened.window.focusWidget() is page.cash.cash
    for letter in "10":
        press(opened.window, Qt.Key(ord(letter)), text=letter)
    assert page.cash.change.text() == "0.70"
    assert "现金还差 0.70" in page.cash.why.text()
    press(opened.window, F12)
    assert "settle" not in opened.counter.workflow.names()


def test_parts_that_do_not_add_up_keep_f12_off(open_window, rest) -> None:
    case = settle_case()
    wrong = Amounts(total=Fen(16404), fund=Fen(11007), account=Fen(4327), cash=Fen(1069))
    opened = open_window(replace(case, settle=replace(case.settle, amounts=wrong)))
    page = rest(opened)
    alt(opened.window, 1)
    press(opened.window, F12)
    assert "settle" not in opened.counter.workflow.names()
    assert "不等于总额" in page.cash.why.text()


@pytest.mark.parametrize("phase", [Phase.SENT, Phase.UNKNOWN, Phase.REJECTED])
def test_only_a_ready_case_settles(open_window, rest, phase: Phase) -> None:
    opened = open_window(settle_case(phase=phase))
    rest(opened)
    alt(opened.window, 2)
    press(opened.window, F12)
    assert "settle" not in opened.counter.workflow.names()


def test_unmet_conditions_keep_f12_off(open_window, rest) -> None:
    opened = open_window(settle_case(ready=False))
    page = rest(opened)
    alt(opened.window, 1)
    assert not page.model.may_settle
    assert "还差 1 项" in words(page)


def test_after_a_refusal_the_key_that_leads_on_is_named(open_window, rest) -> None:
    """Every condition on the left is met: it is the platform that said no."""
    refused = settle_case(phase=Phase.REJECTED)
    assert refused.settle is not None
    view = replace(refused.settle, ready=False)
    said = words(rest(open_window(replace(refused, settle=view))))
    assert "左边还有没满足的条件" not in said
    assert "按 F5 再算一次" in said


def test_a_code_to_show_again_opens_a_scan_field(open_window, rest) -> None:
    case = settle_case()
    opened = open_window(replace(case, settle=replace(case.settle, needs_credential=True)))
    page = rest(opened)
    assert page.scan_field() is page.cash.field
    assert page.cash.field.isVisible()
    assert not page.model.may_settle


@pytest.mark.parametrize("text", ["", "-1", "1.234", "１０", "1e3", "99999999", "十"])
def test_what_is_no_cash(text: str) -> None:
    assert cash_of(text) is None


@pytest.mark.parametrize(("text", "amount"), [("20", 2000), ("20.5", 2050), (" 0 ", 0)])
def test_cash_is_fen(text: str, amount: int) -> None:
    assert cash_of(text) == amount


def test_unknown_money_offers_next_progress_and_slip(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(unknown_case())
    page = rest(opened)
    assert page.name == "settle_unknown"
    said = words(page)
    assert "已存盘并发出" in said
    assert "对顾客说" in said
    assert "未收钱" not in said
    assert "给顾客：结果不明" in said
    press(opened.window, Qt.Key.Key_F5)
    rest(opened)
    press(opened.window, Qt.Key.Key_F9)
    rest(opened)
    asked = opened.counter.workflow.names()
    assert "view" in asked
    assert "waiting_slip" in asked
    assert "settle" not in asked
    assert "retry" not in asked


def test_where_a_manager_has_to_end_it_nothing_is_said_to_go_on_by_itself(
    open_window, rest
) -> None:
    page = rest(open_window(manual_case(unknown_case())))
    said = words(page)
    for gone in ("自动进行", "查清后回来提示", "自动查清用尽以后"):
        assert gone not in said
    assert "等店长裁定" in said
    assert "现在就可以裁定" in said


def test_a_refund_in_doubt_speaks_of_no_settlement_to_repeat(open_window, rest) -> None:
    case = unknown_case()
    assert case.unknown is not None
    page = rest(open_window(replace(case, unknown=replace(case.unknown, refund=True))))
    said = words(page)
    assert "不会多发退款" in said
    assert "不会多发结算" not in said


def test_f2_serves_the_next_while_money_is_unknown(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(unknown_case())
    rest(opened)
    opened.counter.workflow.answers["next_customer"] = replace(identify_case(), case_id=50)
    press(opened.window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "identify")


def test_the_cursor_comes_to_the_cash_once_the_estimate_is_there(open_window, rest) -> None:
    case = settle_case()
    assert case.settle is not None
    opened = open_window(replace(case, settle=replace(case.settle, amounts=None, ready=False)))
    page = rest(opened)
    assert not page.cash.cash.isEnabled()
    opened.counter.case = case
    opened.counter.case_changed.emit(case)
    assert page.cash.cash.isEnabled()
    assert opened.window.focusWidget() is page.cash.cash


def test_the_waiting_slip_says_that_it_was_printed(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(unknown_case())
    page = opened.window.current_page()
    assert page.steps.notes["print"].text() == tr("pages.unknown.print_note")
    press(opened.window, Qt.Key.Key_F9)
    rest(opened)
    qtbot.waitUntil(lambda: "已打印" in page.steps.notes["print"].text())


def test_the_holder_types_a_password_before_the_money(qtbot: QtBot, open_window, rest) -> None:
    workflow = PreparedWorkflow(replace(settle_case(), needs_password=True))
    opened = open_window(workflow.case, workflow=workflow)
    page = opened.window.current_page()
    assert page.password is not None
    assert holds_cursor(page.password.field)
    opened.window.press(offer_key(1))
    opened.window.press(Key.BIND)
    rest(opened)
    assert "settle" not in workflow.names()
    assert "请参保人先输入密码" in words(page)
    workflow.answers["by_password"] = settle_case()
    page.password.field.setFocus()
    qtbot.keyClicks(page.password.field, "110013")
    qtbot.keyClick(page.password.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.password.isVisible(), timeout=5000)
    assert page.password.field.text() == ""
    (told,) = [arguments for name, arguments in workflow.asked if name == "by_password"]
    assert told[1].reveal() == "110013"


def test_by_an_old_split_nobody_takes_cash(qtbot: QtBot, open_window, rest) -> None:
    """The banner voids the amounts: no exact sum and no note until they are asked for anew."""
    case = settle_case()
    assert case.settle is not None
    rows = tuple(
        replace(row, met=False, detail=Say("condition.open.estimate_old"))
        if row.key == "estimate"
        else row
        for row in case.settle.conditions
    )
    old = replace(case.settle, conditions=rows, ready=False, old=True)
    banner = BannerView(BannerKind.ATTENTION, 1513, offers=("retry", "abandon"))
    opened = open_window(replace(case, settle=old, banner=banner))
    page = rest(opened)
    said = words(page)
    assert "金额要按 F5 重算" in said
    assert "先不要收钱" in said
    assert "分毫不差" not in said
    assert money_text(case.settle.amounts.cash) not in said
    alt(opened.window, 1)
    assert page.cash.cash.text() == ""
    press(opened.window, Qt.Key.Key_F12)
    assert "settle" not in opened.counter.workflow.names()
    opened.counter.workflow.answers["retry"] = replace(case, version=case.version + 1)
    press(opened.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: money_text(case.settle.amounts.cash) in words(page))
    alt(opened.window, 1)
    assert page.cash.cash.text() != ""


def test_what_the_platform_says_ahead_is_asked_by_a_key_and_read(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(settle_case())
    page = rest(opened)
    assert page.advice is not None
    assert page.advice.isVisible()
    opened.counter.workflow.answers["advise"] = advised_case()
    alt(opened.window, 5)
    qtbot.waitUntil(lambda: "暂停享受门诊统筹待遇" in words(page))
    assert [a for n, a in opened.counter.workflow.asked if n == "advise"] == [(41,)]
    assert page.model.view.ready


def test_elsewhere_nothing_is_said_ahead(open_window, rest) -> None:
    case = settle_case()
    assert case.settle is not None
    bare = replace(case, settle=replace(case.settle, advice=AdviceView()))
    page = rest(open_window(bare))
    assert page.advice is None


@pytest.mark.parametrize(
    ("due", "offered"),
    [
        (320, (5, 10, 20)),
        (1_000, (20, 50, 100)),
        (1_070, (20, 50, 100)),
        (640, (10, 20, 50)),
        (9_500, (100, 200, 300)),
        (13_450, (140, 150, 200)),
        (20_000, (300, 400, 500)),
    ],
)
def test_what_is_offered_is_what_people_hand_over(due: int, offered: tuple[int, ...]) -> None:
    assert tuple(one // 100 for one in handed_over(Fen(due))) == offered


@given(st.integers(0, 10_000_00))
def test_every_offer_covers_what_is_due(due: int) -> None:
    found = handed_over(Fen(due))
    assert len(set(found)) == 3
    assert list(found) == sorted(found)
    assert found[0] > due
