"""扫码 by keyboard: the message stays in its line, Del takes a box off, F12 goes on."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.goods.codes import ScanKind
from app.ports.devices import ScannedText, ScanSource
from app.workflow.views.case import BannerKind, BannerView, Say, Spoken
from tests.support.looking import press, words
from tests.support.sale_views import scan_case, settle_case, split_case


def test_amber_waits_for_a_reason_in_its_line(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(scan_case())
    page = rest(opened)
    assert page.model.amber.index == 2
    assert page.cards[1].message.isVisible()
    press(opened.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(
        lambda: ("acknowledge", (41, 2, "customer_told")) in opened.counter.workflow.asked
    )


def test_a_box_that_expires_soon_is_red_and_still_waits_for_a_reason(
    qtbot: QtBot, open_window, rest
) -> None:
    case = scan_case()
    soon = BannerView(
        BannerKind.STOP, 1220, (("expiry", "2026-12-30"), ("days", 40)), offers=("acknowledge",)
    )
    lines = tuple(
        replace(line, message=soon) if line.index == 2 else line for line in case.scan.lines
    )
    opened = open_window(replace(case, scan=replace(case.scan, lines=lines)))
    page = rest(opened)
    message = page.cards[1].message
    assert message.ground.property("ground") == "stop"
    assert [button.isVisible() for button in message.choices] == [True, True]
    assert "只剩 40 天" in message.happened.text()
    press(opened.window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(
        lambda: ("acknowledge", (41, 2, "customer_told")) in opened.counter.workflow.asked
    )


def test_nothing_scanned_yet_is_said(open_window, rest) -> None:
    case = scan_case()
    assert case.scan is not None
    page = rest(open_window(replace(case, scan=replace(case.scan, log=()))))
    assert "还没有扫到任何码" in words(page.log)


def test_a_word_that_stands_in_the_line_is_not_said_twice(open_window, rest) -> None:
    opened = open_window(scan_case())
    page = rest(opened)
    near = Say("error.1208", (("expiry", "2027-04-30"), ("days", 161)))
    opened.counter.spoken.emit(Spoken(ScanKind.DRUG_TRACE, "8341290 0512", near, "attention"))
    assert page.field.refusal.isHidden()
    assert "近效期" in words(page.field)
    again = Say("error.1202")
    opened.counter.spoken.emit(Spoken(ScanKind.DRUG_TRACE, "8341290 0512", again, "attention"))
    assert page.field.refusal.isVisible()


def test_del_takes_the_last_box_off_the_chosen_line(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(scan_case())
    page = rest(opened)
    assert page.model.chosen == 3
    press(opened.window, Qt.Key.Key_Up)
    press(opened.window, Qt.Key.Key_Up)
    assert page.model.chosen == 1
    press(opened.window, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "remove" in opened.counter.workflow.names())
    given = next(a for n, a in opened.counter.workflow.asked if n == "remove")
    assert given == (41, 1, "83412900512873641308")


def test_missing_boxes_keep_f12_off(open_window, rest) -> None:
    opened = open_window(scan_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_F12)
    assert "finish" not in opened.counter.workflow.names()
    assert page.why.text() == "还差 3 盒没有扫"


def test_all_boxes_go_to_settlement(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(scan_case(complete=True))
    rest(opened)
    opened.counter.workflow.answers["finish"] = settle_case()
    press(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "settle")


def test_a_scan_from_anywhere_is_judged(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(scan_case())
    page = rest(opened)
    heard: list[object] = []
    opened.counter.spoken.connect(heard.append)
    opened.devices.scanned.emit(ScannedText("83906160274419580236", ScanSource.SERIAL, 1.0))
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert ("accept", (41, "83906160274419580236")) in opened.counter.workflow.asked
    assert page.holds_focus()


def test_counts_and_lots_are_readable(open_window, rest) -> None:
    said = words(rest(open_window(scan_case())))
    assert "/ 7 盒" in said
    assert "批号 C260811 ・ 效期 2028-07-31" in said
    assert "先拿 A26033 ・ 效期 2028-02-29" in said
    assert "代码 1204" in said


def test_ctrl_n_asks_why_a_box_has_no_code_and_alt_answers(qtbot: QtBot, open_window, rest) -> None:
    case = scan_case()
    calm = tuple(replace(line, message=None, reasons=()) for line in case.scan.lines)
    opened = open_window(replace(case, scan=replace(case.scan, lines=calm)))
    page = rest(opened)
    assert page.model.chosen == 3
    press(opened.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    message = page.cards[2].message
    assert message.isVisible()
    assert [len(card.message.choices) for card in page.cards] == [0, 0, 4, 0]
    press(opened.window, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(
        lambda: ("take_without_code", (41, 3, "damaged")) in opened.counter.workflow.asked
    )
    assert not page.model.without_code


def test_ctrl_n_twice_asks_nothing(open_window, rest) -> None:
    case = scan_case()
    calm = tuple(replace(line, message=None, reasons=()) for line in case.scan.lines)
    opened = open_window(replace(case, scan=replace(case.scan, lines=calm)))
    page = rest(opened)
    for _ in range(2):
        press(opened.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert page.cards[2].message.isHidden()
    assert page.model.reasons == ()


def test_a_scan_ends_the_question_why_a_box_has_no_code(qtbot: QtBot, open_window, rest) -> None:
    """One message at a time: what became of the scan, with its own code."""
    opened = open_window(split_case())
    page = rest(opened)
    page.model.chosen = 1
    press(opened.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "代码 1228" in words(page))
    again = Say("error.1202")
    opened.counter.spoken.emit(Spoken(ScanKind.DRUG_TRACE, "8990161 0000", again, "attention"))
    assert "代码 1228" not in words(page)
    assert page.field.refusal.isVisible()
    assert "1202" in words(page.field)
