"""审方 by keyboard: nothing pre-ticked, nothing sent before everything was looked at."""

from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.audit import Check, Verdict
from app.workflow.views.case import CaseView
from tests.support.looking import alt, holds_cursor, press, words
from tests.support.rx_views import review_case
from tests.support.sale_views import scan_case
from tests.support.views import closed_case
from ui.keys import Key
from ui.widgets import ElidedText

F7, F12 = Qt.Key.Key_F7, Qt.Key.Key_F12


def tick_everything(opened, page) -> None:
    while (item := page.checks.first_open()) is not None:
        item.setFocus()
        press(opened.window, Qt.Key.Key_Space, text=" ")


def test_space_ticks_f7_acknowledges_f12_approves(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    assert page.model.count == (0, 10)
    press(opened.window, F12)
    assert "decide" not in opened.counter.workflow.names()
    tick_everything(opened, page)
    assert not page.model.may_approve
    press(opened.window, F7)
    assert page.model.may_approve
    opened.counter.workflow.answers["decide"] = scan_case()
    press(opened.window, F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "scan")
    name, given = next(a for a in opened.counter.workflow.asked if a[0] == "decide")
    case_id, verdict, opinion, checked, acknowledged = given
    assert (name, case_id, verdict) == ("decide", 41, Verdict.APPROVED)
    assert opinion.startswith("审核合格")
    assert set(checked) == set(Check)
    assert len(acknowledged) == 1


def test_what_is_missing_is_named(open_window, rest) -> None:
    page = rest(open_window(review_case()))
    assert "还差 10 项：科别、姓名、年龄 等" in page.decision.why.text()


def test_a_refusal_needs_a_reason_and_opens_in_place(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert page.model.refusing
    press(opened.window, F12)
    assert "decide" not in opened.counter.workflow.names()
    alt(opened.window, 3)
    assert page.model.reason
    opened.counter.workflow.answers["decide"] = closed_case()
    press(opened.window, F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "where")
    given = next(a for n, a in opened.counter.workflow.asked if n == "decide")
    assert given[1] is Verdict.REFUSED
    assert given[2] == "请联系开方医师确认后重开。"


def test_the_phrases_fit_the_decision(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    alt(opened.window, 3)
    assert page.model.opinion.endswith("处方与原件一致。")
    offered = {act.text for act in page.acts()}
    press(opened.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    alt(opened.window, 1)
    assert page.model.reason == "处方用药与诊断不相符。"
    shown = {words.full_text() for words in page.decision.findChildren(ElidedText)}
    assert "与诊断不符" in shown
    assert "审核合格" in offered
    assert not {"审核合格", "已交代用法"} & (shown | {act.text for act in page.acts()})


def test_escape_leaves_the_refusal(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    press(opened.window, Qt.Key.Key_Escape)
    assert not page.model.refusing
    assert page.holds_focus()


def test_without_proof_the_code_is_asked_for_first(open_window, rest) -> None:
    opened = open_window(review_case(proved=False))
    page = rest(opened)
    assert page.scan_field() is page.pharmacist.field
    assert page.pharmacist.field.isVisible()
    tick_everything(opened, page)
    press(opened.window, F7)
    press(opened.window, F12)
    assert "decide" not in opened.counter.workflow.names()
    assert page.decision.why.text() == "还差药师本人证明"


def test_space_before_the_code_leads_to_the_checks_and_writes_no_blank(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(review_case(proved=False))
    page = rest(opened)
    assert holds_cursor(page.pharmacist.field.input)
    qtbot.keyClick(page.pharmacist.field.input, Qt.Key.Key_Space)
    assert page.pharmacist.field.input.text() == ""
    assert page.model.checked == frozenset(), "nobody had the cursor on it"
    assert holds_cursor(page.checks.items[0])
    qtbot.keyClick(page.checks.items[0], Qt.Key.Key_Space)
    assert page.model.checked == {page.checks.items[0].check}
    assert "药师本人证明" in page.decision.why.text()


def test_the_panel_says_which_proof_this_region_wants(qtbot: QtBot, open_window, rest) -> None:
    asked = review_case(proved=False)
    assert asked.review is not None
    opened = open_window(asked)
    page = rest(opened)
    said = words(page.pharmacist)
    assert "出示本人的医保码" in said
    assert "F10" not in said
    by_sign_in = replace(asked, review=replace(asked.review, proof_by_voucher=False))
    opened.counter.workflow.case = by_sign_in
    opened.counter.refresh()
    qtbot.waitUntil(lambda: opened.counter.case == by_sign_in, timeout=5000)
    said = words(page.pharmacist)
    assert "F10" in said
    assert "医保码" not in said
    assert page.scan_field() is None


def test_a_proof_that_ran_out_no_longer_counts(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    assert page.model.proved
    opened.counter.clock.at += timedelta(minutes=3)
    assert not page.model.proved


def test_the_words_count_down_with_the_proof_and_turn_when_it_is_over(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    tick_everything(opened, page)
    press(opened.window, F7)
    who = page.model.pharmacist
    opened.counter.clock.at = who.proof_expires_at - timedelta(seconds=37)
    qtbot.waitUntil(lambda: "还有 37 秒有效" in words(page.pharmacist), timeout=5000)
    assert page.model.may_approve
    opened.counter.clock.at = who.proof_expires_at
    qtbot.waitUntil(lambda: "不再算数" in words(page.pharmacist), timeout=5000)
    assert "待证明" in words(page.pharmacist)
    assert page.pharmacist.field.isVisible()
    bound = opened.window.acts()[Key.BIND]
    assert not bound.on
    assert bound.why == "还差药师本人证明"
    press(opened.window, F12)
    assert "decide" not in opened.counter.workflow.names()


def proved_by(case: CaseView, staff_id: int, name: str) -> CaseView:
    assert case.review is not None
    assert case.review.pharmacist is not None
    who = replace(case.review.pharmacist, staff_id=staff_id, name=name)
    review = replace(case.review, pharmacist=who, needs_proof=False)
    return replace(case, version=case.version + 1, review=review)


def shown_next(qtbot: QtBot, opened, case: CaseView) -> None:
    opened.counter.workflow.case = case
    opened.counter.refresh()
    qtbot.waitUntil(lambda: opened.counter.case == case, timeout=5000)


def test_another_pharmacist_begins_anew(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    tick_everything(opened, page)
    press(opened.window, F7)
    page.model.write("看过原件，合格。")
    assert page.model.may_approve
    assert not page.model.taken_over
    nobody = replace(review_case(proved=False), version=review_case().version + 1)
    shown_next(qtbot, opened, nobody)
    assert page.model.count == (10, 10), "a proof that ran out changes nobody"
    shown_next(qtbot, opened, proved_by(review_case(), 77, "方复核"))
    assert page.model.count == (0, 10)
    assert page.model.acknowledged == frozenset()
    assert page.model.opinion == review_case().review.prefilled
    assert not page.model.may_approve
    assert "换了药师" in words(page.pharmacist)


def test_the_same_pharmacist_again_keeps_the_ticks(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    tick_everything(opened, page)
    who = review_case().review.pharmacist
    shown_next(qtbot, opened, proved_by(review_case(), who.staff_id, who.name))
    assert page.model.count == (10, 10)
    assert "换了药师" not in words(page.pharmacist)


def test_ticks_do_not_move_to_another_case(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    tick_everything(opened, page)
    other = replace(review_case(), case_id=42)
    opened.counter.workflow.case = other
    opened.counter.ask(lambda: other, switches=True)
    rest(opened)
    qtbot.waitUntil(lambda: opened.counter.case == other)
    assert page.model.count == (0, 10)


def test_arrows_walk_the_checks(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    page.checks.items[0].setFocus()
    press(opened.window, Qt.Key.Key_Right)
    assert opened.window.focusWidget() is page.checks.items[1]
    press(opened.window, Qt.Key.Key_Up)
    press(opened.window, Qt.Key.Key_Left)
    assert opened.window.focusWidget() is page.checks.items[0]


def test_space_ticks_and_goes_on_to_the_next_open_check(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    items = page.checks.items
    assert opened.window.focusWidget() is items[0]
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert opened.window.focusWidget() is items[1]
    items[4].setFocus()
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert opened.window.focusWidget() is items[5]
    items[3].setFocus()
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert opened.window.focusWidget() is items[5]
    assert page.model.count == (3, 10)


def test_the_last_check_goes_back_to_what_was_left_open(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    page.checks.items[-1].setFocus()
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert opened.window.focusWidget() is page.checks.items[0]


def test_taking_a_tick_back_stays(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_Space, text=" ")
    page.checks.items[0].setFocus()
    press(opened.window, Qt.Key.Key_Space, text=" ")
    assert opened.window.focusWidget() is page.checks.items[0]
    assert page.model.count == (0, 10)


def test_ten_spaces_and_enter_lead_to_the_opinion(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    for _ in range(10):
        press(opened.window, Qt.Key.Key_Space, text=" ")
    assert page.model.count == (10, 10)
    assert opened.window.focusWidget() is page.checks.items[-1]
    press(opened.window, Qt.Key.Key_Return)
    assert opened.window.focusWidget() is page.decision.text


def test_enter_goes_on_without_ticking(open_window, rest) -> None:
    opened = open_window(review_case())
    page = rest(opened)
    press(opened.window, Qt.Key.Key_Return)
    assert opened.window.focusWidget() is page.checks.items[1]
    assert page.model.count == (0, 10)


def test_after_the_code_the_cursor_is_at_the_first_open_check(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(review_case(proved=False))
    page = rest(opened)
    assert page.pharmacist.field.isAncestorOf(opened.window.focusWidget())
    proved = replace(review_case(), version=review_case().version + 1)
    opened.counter.workflow.case = proved
    opened.counter.refresh()
    qtbot.waitUntil(lambda: opened.counter.case == proved, timeout=5000)
    assert page.model.proved
    assert opened.window.focusWidget() is page.checks.items[0]


def test_lines_and_hints_are_readable(open_window, rest) -> None:
    said = words(rest(open_window(review_case())))
    assert "瑞格列奈片" in said
    assert "提醒，不代替判断" in said
    assert "过敏登记青霉素，本方不涉及" in said
