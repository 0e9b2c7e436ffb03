"""交付, 各在哪里, 挂起与刚完成."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.case import Phase, Step
from app.domain.money import Fen
from app.ports.devices import DeviceState, DeviceStatus
from app.workflow.views.case import BannerKind, BannerView, Say, Whereabouts, WhereRow
from app.workflow.views.desk import ParkedRow
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.looking import alt, press, words
from tests.support.sale_views import hand_over_case, settle_case, unknown_case, unpaid_case
from tests.support.views import a_case, a_desk, closed_case, identify_case
from ui.keys import Key
from ui.viewmodels.devices import Thing


def test_f12_hands_over_once(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(hand_over_case())
    page = rest(opened)
    assert page.change.change.text() == "9.30"
    assert "确认平台已结算" in words(page), "what was cleared up later was settled before"
    opened.counter.workflow.answers["hand_over"] = replace(
        hand_over_case(handed_over=True), version=17
    )
    press(opened.window, Qt.Key.Key_F12)
    press(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.change.next.isVisible())
    assert opened.counter.workflow.names().count("hand_over") == 1
    assert page.holds_focus()


def test_what_is_still_to_be_paid_is_typed_before_the_goods_go(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(unpaid_case())
    page = rest(opened)
    assert page.change.change.text() == "9.56"
    assert "预结算时是 10.70" in words(page)
    assert "补收以后打印" in words(page)
    opened.window.activateWindow()
    qtbot.waitUntil(lambda: opened.window.focusWidget() is page.change.cash)
    press(opened.window, Qt.Key.Key_F12)
    qtbot.keyClicks(page.change.cash, "9.5")
    press(opened.window, Qt.Key.Key_F12)
    assert {"hand_over", "take_rest"}.isdisjoint(opened.counter.workflow.names())
    page.change.cash.clear()
    qtbot.keyClicks(page.change.cash, "10")
    assert page.change.change.text() == "0.44"
    asked = opened.counter.workflow.names
    qtbot.waitUntil(lambda: asked().count("print_waiting") == 1)
    opened.counter.workflow.answers["take_rest"] = replace(hand_over_case(), version=17)
    press(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: ("take_rest", (41, Fen(1000))) in opened.counter.workflow.asked)
    qtbot.waitUntil(lambda: asked().count("print_waiting") == 2)
    assert not page.change.cash.isVisible()
    press(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "hand_over" in asked())


def test_cash_that_nobody_noted_says_why_it_is_asked_for(open_window, rest) -> None:
    """A line of the statement ended the visit: who was at the counter knows whether it was paid."""
    case = unpaid_case()
    assert case.hand_over is not None
    view = replace(case.hand_over, agreed=None, cash_received=None, still_to_pay=Fen(2956))
    page = rest(open_window(replace(case, hand_over=view)))
    assert "没有记下收过现金 29.56" in words(page)
    assert page.change.change.text() == "29.56"


def test_goods_that_are_out_already_are_not_asked_for_again(
    qtbot: QtBot, open_window, rest
) -> None:
    """Adopted because the lost time handed them out: F12 writes that down."""
    case = hand_over_case()
    assert case.hand_over is not None
    receipt, sheet = case.hand_over.papers
    sheet = replace(sheet, copies=1, printed_at=receipt.printed_at, waiting=False)
    view = replace(case.hand_over, goods_out=True, papers=(receipt, sheet))
    opened = open_window(replace(case, hand_over=view))
    page = rest(opened)
    said = words(page)
    assert "药已经给过顾客" in said
    assert "不要再给一次" in said
    assert "没有就补打" in said
    for wrong in ("请交药", "药一起交给顾客"):
        assert wrong not in said
    press(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "hand_over" in opened.counter.workflow.names())


def test_money_of_goods_that_are_out_is_still_asked_for(open_window, rest) -> None:
    case = unpaid_case()
    assert case.hand_over is not None
    view = replace(case.hand_over, agreed=None, cash_received=None, still_to_pay=Fen(2956))
    said = words(rest(open_window(replace(case, hand_over=replace(view, goods_out=True)))))
    assert "没有记下收过现金 29.56" in said
    assert "不要再给" in said
    assert "打小票、交药" not in said


def test_a_cheaper_settlement_says_why_more_goes_back(open_window, rest) -> None:
    case = hand_over_case()
    assert case.hand_over is not None
    page = rest(open_window(replace(case, hand_over=replace(case.hand_over, agreed=Fen(1500)))))
    assert "按上面的数找零" in words(page)
    assert page.change.change.text() == "9.30"


def test_waiting_papers_are_printed_at_once_and_again_by_key(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(hand_over_case())
    rest(opened)
    asked = opened.counter.workflow.names
    qtbot.waitUntil(lambda: asked().count("print_waiting") == 1)
    alt(opened.window, 2)
    qtbot.waitUntil(lambda: asked().count("print_waiting") == 2)
    alt(opened.window, 1)
    qtbot.waitUntil(lambda: ("reprint", (41, "receipt")) in opened.counter.workflow.asked)


def test_f9_prints_again_only_what_is_out(qtbot: QtBot, open_window, rest) -> None:
    case = hand_over_case()
    assert case.hand_over is not None
    out, *others = case.hand_over.papers
    waits = replace(out, copies=0, printed_at=None, waiting=True)
    view = replace(case.hand_over, papers=(waits, *others))
    page = rest(open_window(replace(case, hand_over=view)))

    def on_f9() -> str:
        return next(act.text for act in page.acts() if act.key is Key.PRINT)

    assert on_f9() == "打印小票"
    page.model.render(case)
    qtbot.waitUntil(lambda: on_f9() == "补打小票")


def test_a_receipt_of_a_lost_time_waits_for_no_printer(qtbot: QtBot, open_window, rest) -> None:
    """Its key would print nothing and say nothing: it waits until the days are signed."""
    case = hand_over_case()
    assert case.hand_over is not None
    receipt, sheet = case.hand_over.papers
    waits = replace(receipt, copies=0, printed_at=None, waiting=True, of_lost_time=True)
    out = replace(sheet, copies=1, printed_at=receipt.printed_at, waiting=False)
    opened = open_window(replace(case, hand_over=replace(case.hand_over, papers=(waits, out))))
    page = rest(opened)
    assert "恢复核对签收完才打印" in words(page)
    assert "在等打印机" not in words(page)
    before = opened.counter.workflow.names().count("print_waiting")
    alt(opened.window, 1)
    press(opened.window, Qt.Key.Key_F9)
    assert opened.counter.workflow.names().count("print_waiting") == before
    assert page.model.may_hand_over, "the goods go without it"


def test_papers_and_whereabouts_are_readable(open_window, rest) -> None:
    said = words(rest(open_window(hand_over_case())))
    assert "已结算，请交药" in said
    assert "在等打印机" in said
    assert "平台已有" in said


def test_goods_in_the_customers_hands_are_not_at_the_platform(open_window, rest) -> None:
    gone = WhereRow("goods", Whereabouts.THEIRS, Say("light.goods.handed_over"))
    said = words(rest(open_window(replace(closed_case(), where=(gone,)))))
    assert "已离店" in said
    assert "已交给顾客" in said
    assert "平台已有" not in said


def test_a_closed_case_says_where_everything_is(open_window, rest) -> None:
    page = rest(open_window(closed_case()))
    assert page.name == "where"
    assert "本单已结束" in words(page)
    assert page.window().focusWidget() is page.buttons["next"]


def test_where_the_papers_lie_is_said(open_window, rest) -> None:
    opened = open_window(hand_over_case())
    page = rest(opened)
    assert not page.folder.isVisible()
    kept = DeviceState(DeviceStatus.VIRTUAL, "", detail="somewhere/papers")
    for thing in (Thing.RECEIPT_PRINTER, Thing.PAGE_PRINTER):
        opened.devices.put(thing, kept)
    assert page.folder.isVisible()
    assert page.folder.full_text().count("somewhere/papers") == 1


def test_abandon_is_asked_twice_and_refused_while_money_is_open(
    qtbot: QtBot, open_window, rest
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    opened = open_window(settle_case())
    rest(opened)
    press(opened.window, Qt.Key.Key_Backspace, control)
    page = opened.window.current_page()
    assert page.name == "where"
    assert "abandon" not in opened.counter.workflow.names()
    assert "再按一次" in page.buttons["abandon"].accessibleName()
    opened.counter.workflow.answers["abandon"] = closed_case()
    press(opened.window, Qt.Key.Key_Backspace, control)
    qtbot.waitUntil(lambda: "abandon" in opened.counter.workflow.names())


def test_one_escape_leads_back_and_takes_the_question_back(qtbot: QtBot, open_window, rest) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    opened = open_window(settle_case())
    rest(opened)
    for leave in (Qt.Key.Key_Escape, Qt.Key.Key_F6):
        press(opened.window, Qt.Key.Key_Backspace, control)
        page = opened.window.current_page()
        assert page.name == "where"
        back = page.buttons["back"]
        assert (back.isVisible(), back.accessibleName()) == (True, "回到本单")
        press(opened.window, leave)
        assert opened.window.current_page().name == "settle"
        assert "再按一次" not in page.buttons["abandon"].accessibleName()
    press(opened.window, Qt.Key.Key_Backspace, control)
    rest(opened)
    assert "abandon" not in opened.counter.workflow.names()


def test_an_ended_visit_is_not_said_to_be_parked(open_window, rest) -> None:
    page = rest(open_window(closed_case()))
    said = words(page)
    assert "自动挂起" not in said
    assert "本单已经收好" in said
    assert not page.buttons["back"].isVisible()


def test_unknown_money_cannot_be_abandoned(open_window, rest) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    opened = open_window(unknown_case())
    rest(opened)
    for _ in range(3):
        press(opened.window, Qt.Key.Key_Backspace, control)
    assert "abandon" not in opened.counter.workflow.names()


def test_a_finished_sale_for_cash_goes_by_its_receipt(open_window, rest) -> None:
    sold = ParkedRow(
        52, "", Say("parked.done"), a_desk().finished[0].since, False, True, "1122-010007"
    )
    work = PreparedWorkflow(identify_case(), replace(a_desk(), finished=(sold,)))
    opened = open_window(identify_case(), workflow=work)
    assert "自费 小票 …010007" in words(rest(opened))
    press(opened.window, Qt.Key.Key_F3)
    said = words(opened.window.current_page())
    assert "自费 小票 …010007" in said
    assert "还没有识别" not in said


def test_parked_customers_are_fetched_by_number(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    press(opened.window, Qt.Key.Key_F4)
    page = opened.window.current_page()
    assert page.name == "waiting"
    opened.counter.workflow.answers["unpark"] = replace(settle_case(), case_id=36)
    alt(opened.window, 2)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "settle")
    assert ("unpark", (36,)) in opened.counter.workflow.asked


def test_no_finished_visit_is_in_front_by_itself(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    nobody = replace(opened.counter.desk, parked=())
    opened.counter.desk_changed.emit(nobody)
    opened.window.show_page("waiting")
    page = opened.window.current_page()
    assert page.model.row is None
    assert not page.chosen.isVisible()
    press(opened.window, Qt.Key.Key_Return)
    assert not {"view", "unpark"} & set(opened.counter.workflow.names())
    press(opened.window, Qt.Key.Key_Down)
    assert page.model.chosen == 37


def test_the_first_who_waits_is_in_front_again_each_time(open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    opened.window.show_page("waiting")
    page = opened.window.current_page()
    for _ in range(3):
        press(opened.window, Qt.Key.Key_Down)
    assert page.model.chosen == 35
    opened.window.show_page("identify")
    opened.window.show_page("waiting")
    assert page.model.chosen == 38


def test_enter_opens_the_chosen_customer(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(identify_case())
    rest(opened)
    opened.window.show_page("waiting")
    page = opened.window.current_page()
    for _ in range(2):
        press(opened.window, Qt.Key.Key_Down)
    assert page.model.chosen == 37
    press(opened.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("view", (37,)) in opened.counter.workflow.asked)


def test_bags_of_a_sale_in_parts_get_their_labels(qtbot: QtBot, open_window) -> None:
    case = hand_over_case(bags=2)
    opened = open_window(case)
    assert "2 袋拆零药" in words(opened.window.current_page())
    alt(opened.window, 3)
    asked = opened.counter.workflow.asked
    qtbot.waitUntil(lambda: ("print_bags", (case.case_id,)) in asked, timeout=5000)


def test_a_sale_of_whole_boxes_has_no_labels(open_window) -> None:
    opened = open_window(hand_over_case())
    assert "药袋标签" not in words(opened.window.current_page())


def test_a_key_that_goes_off_under_the_cursor_leaves_it_on_the_page(open_window, qtbot) -> None:
    refused = BannerView(BannerKind.STOP, 3117, offers=("retry", "next_customer", "decide"))
    returning = a_case(Step.RETURN_SALE, Phase.REJECTED, banner=refused)
    opened = open_window(returning)
    page = opened.window.current_page()
    opened.window.activateWindow()
    qtbot.waitUntil(lambda: opened.window.focusWidget() is page.buttons["ask_again"])
    opened.counter.workflow.answers["retry"] = closed_case()
    press(opened.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not page.buttons["ask_again"].isEnabled())
    qtbot.waitUntil(lambda: opened.window.focusWidget() is page.buttons["next"])
