"""未结事项 and 裁定 by keyboard: nothing is bound before evidence, words and a second person."""

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from app.workflow.doubts.views import DoubtView, Outcome, Subject
from app.workflow.views.case import BannerKind, BannerView, Say
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.doubt_views import (
    CLEARING,
    ELSEWHERE,
    MANUAL_ELSEWHERE,
    manual_case,
    open_items,
    portal_view,
    statement_view,
    unfetched_view,
)
from tests.support.looking import clipped, holds_cursor, modal, nameless, small_targets, words
from tests.support.sale_views import hand_over_case, unknown_case
from tests.support.views import a_desk, identify_case
from ui.counter_window import CounterWindow
from ui.pages.decide import DecidePage
from ui.theme import Density, Shade, apply_theme

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def prepared(doubt: DoubtView | None) -> PreparedWorkflow:
    workflow = PreparedWorkflow(manual_case(unknown_case()))
    workflow.items, workflow.doubt = open_items(), doubt
    return workflow


def at_the_list(qtbot: QtBot, opened: CounterWindow) -> None:
    """Ctrl U from wherever the counter is."""
    qtbot.keyClick(opened.window, Qt.Key.Key_U, CTRL)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "open_items")
    qtbot.waitUntil(lambda: opened.doubts.loaded)


def deciding(qtbot: QtBot, opened: CounterWindow, number: int = 1) -> DecidePage:
    """Alt n from the list: the evidence is fetched and the page stands."""
    at_the_list(qtbot, opened)
    qtbot.keyClick(opened.window, getattr(Qt.Key, f"Key_{number}"), ALT)
    qtbot.waitUntil(lambda: opened.doubts.view is not None)
    page = opened.window.current_page()
    assert isinstance(page, DecidePage)
    return page


def say_why(qtbot: QtBot, page: DecidePage, pin: str = "112358") -> None:
    """Reason, login and PIN typed one after the other, Enter between them."""
    assert holds_cursor(page.word.reason)
    qtbot.keyClicks(page.word.reason, "statement checked")
    qtbot.keyClick(page.word.reason, Qt.Key.Key_Return)
    assert holds_cursor(page.word.second.login)
    qtbot.keyClicks(page.word.second.login, "3001")
    qtbot.keyClick(page.word.second.login, Qt.Key.Key_Return)
    assert holds_cursor(page.word.second.pin)
    qtbot.keyClicks(page.word.second.pin, pin)


def asked(workflow: PreparedWorkflow, name: str) -> list[tuple[Any, ...]]:
    return [arguments for told, arguments in workflow.asked if told == name]


def test_from_the_trouble_of_a_visit_to_its_end_by_keyboard(qtbot: QtBot, open_window) -> None:
    workflow = prepared(statement_view())
    opened = open_window(workflow.case, workflow=workflow)
    assert opened.window.current_page().name == "settle_unknown"
    page = deciding(qtbot, opened)
    qtbot.waitUntil(lambda: "158.90" in words(page))
    assert "…" in words(page)
    assert opened.doubts.outcome is Outcome.STANDS
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    assert asked(workflow, "decide_doubt") == [], "a reason and a second person are missing"
    say_why(qtbot, page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "open_items")
    (told,) = asked(workflow, "decide_doubt")
    assert told[1:] == (Outcome.STANDS, "", "statement checked", "3001", "112358")
    assert page.word.second.pin.text() == ""
    assert opened.doubts.reason == ""


def test_the_frame_is_read_again_after_a_decision_on_somebody_elses_visit(
    qtbot: QtBot, open_window
) -> None:
    workflow = PreparedWorkflow(identify_case())
    workflow.items, workflow.doubt = open_items(), statement_view()
    workflow.desk_view = a_desk(unknown_money=1)
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened)
    qtbot.waitUntil(lambda: bool(opened.counter.desk.badge.unknown_money))
    say_why(qtbot, page)
    workflow.answers["decide_doubt"] = replace(hand_over_case(), case_id=31)
    workflow.answers["view"] = identify_case()
    workflow.desk_view = a_desk()
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.current_page().name == "open_items")
    qtbot.waitUntil(lambda: not opened.counter.desk.badge.unknown_money)


def test_a_wrong_pin_leaves_everything_but_the_pin(qtbot: QtBot, open_window) -> None:
    workflow = prepared(statement_view())
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened)
    say_why(qtbot, page, "000000")
    workflow.answers["decide_doubt"] = OperatorInput(Code.SIGN_IN_WRONG)  # type: ignore[assignment]  # a script
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.window.board.loudest() is not None)
    qtbot.waitUntil(lambda: not opened.doubts.deciding)
    assert opened.window.current_page() is page
    assert page.word.reason.text() == "statement checked"
    assert page.word.second.pin.text() == ""
    assert opened.doubts.lacks == "person"


def test_without_evidence_nothing_can_be_bound(qtbot: QtBot, open_window) -> None:
    workflow = prepared(unfetched_view())
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened)
    qtbot.waitUntil(lambda: str(int(Code.EVIDENCE_MISSING)) in words(page))
    say_why(qtbot, page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    assert asked(workflow, "decide_doubt") == []
    workflow.doubt = statement_view()
    qtbot.keyClick(opened.window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: not opened.doubts.lacks)
    assert len(asked(workflow, "examine")) == 2


def test_a_statement_without_the_line_was_fetched_and_is_asked_for_later(
    qtbot: QtBot, open_window
) -> None:
    silent = BannerView(BannerKind.ATTENTION, int(Code.NOT_SHOWN))
    workflow = prepared(replace(unfetched_view(), trouble=silent))
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened)
    qtbot.waitUntil(lambda: str(int(Code.NOT_SHOWN)) in words(page))
    said = words(page)
    assert "没有取到" not in said
    assert "取不到" not in said
    assert "过一会儿" in said
    assert "刚刚取到" not in said, "when it was fetched stands beside it"


def test_a_person_says_what_the_portal_shows(qtbot: QtBot, open_window) -> None:
    workflow = prepared(portal_view())
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened, 2)
    assert opened.doubts.outcome is None
    assert opened.doubts.lacks == "outcome"
    qtbot.keyClick(opened.window, Qt.Key.Key_2, ALT)
    assert opened.doubts.outcome is Outcome.ABSENT
    assert opened.doubts.lacks == "statement"
    qtbot.waitUntil(lambda: holds_cursor(page.word.statement))
    qtbot.keyClicks(page.word.statement, "portal 10:20")
    qtbot.keyClick(page.word.statement, Qt.Key.Key_Return)
    say_why(qtbot, page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(asked(workflow, "decide_doubt")))
    (told,) = asked(workflow, "decide_doubt")
    assert told[1:3] == (Outcome.ABSENT, "portal 10:20")


def test_a_word_is_chosen_also_where_it_is_the_only_one(qtbot: QtBot, open_window) -> None:
    said = portal_view()
    workflow = prepared(replace(said, choices=said.choices[1:]))
    opened = open_window(workflow.case, workflow=workflow)
    deciding(qtbot, opened, 2)
    assert (opened.doubts.outcome, opened.doubts.lacks) == (None, "outcome")
    qtbot.keyClick(opened.window, Qt.Key.Key_1, ALT)
    assert opened.doubts.outcome is Outcome.ABSENT


def test_evidence_grows_old_on_screen(qtbot: QtBot, open_window) -> None:
    workflow = prepared(replace(statement_view(), valid_until=statement_view().fetched_at))
    opened = open_window(workflow.case, workflow=workflow)
    deciding(qtbot, opened)
    assert opened.doubts.lacks == "stale"


def test_escape_goes_back_to_the_list(qtbot: QtBot, open_window) -> None:
    workflow = prepared(statement_view())
    opened = open_window(workflow.case, workflow=workflow)
    deciding(qtbot, opened)
    qtbot.keyClick(opened.window, Qt.Key.Key_Escape)
    assert opened.window.current_page().name == "open_items"


def test_arrows_choose_and_enter_opens_the_visit_that_goes_on_by_itself(
    qtbot: QtBot, open_window
) -> None:
    workflow = prepared(None)
    opened = open_window(identify_case(), workflow=workflow)
    at_the_list(qtbot, opened)
    page = opened.window.current_page()
    for _ in range(4):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    assert opened.doubts.item == CLEARING
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "unpark" in workflow.names())
    assert asked(workflow, "unpark") == [(CLEARING.case_id,)]


def test_the_list_names_its_own_key_and_the_amount(qtbot: QtBot, open_window) -> None:
    workflow = prepared(None)
    opened = open_window(identify_case(), workflow=workflow)
    at_the_list(qtbot, opened)
    page = opened.window.current_page()
    qtbot.waitUntil(lambda: "164.04" in words(page.chosen))
    said = words(page.chosen)
    assert "按 Enter 看凭据" in said
    assert "Ctrl U" not in said, "this is that page"
    for _ in range(4):
        qtbot.keyClick(page, Qt.Key.Key_Down)
    assert opened.doubts.item == CLEARING
    qtbot.waitUntil(lambda: "按 Enter 看凭据" not in words(page.chosen))


def test_a_visit_of_another_counter_is_read_here_and_not_opened(qtbot: QtBot, open_window) -> None:
    workflow = prepared(None)
    workflow.items = (ELSEWHERE, MANUAL_ELSEWHERE)
    opened = open_window(identify_case(), workflow=workflow)
    at_the_list(qtbot, opened)
    page = opened.window.current_page()
    qtbot.waitUntil(lambda: "没有按时去查" in words(page.chosen))
    assert "在柜台 2 办" in words(page.chosen)
    assert not page.chosen.open.isEnabled()
    assert nameless(page) == clipped(page) == small_targets(page) == []
    for key, modifier in ((Qt.Key.Key_Return, NONE), (Qt.Key.Key_1, ALT)):
        qtbot.keyClick(page, key, modifier)
    opened.doubts.open()
    assert opened.window.current_page() is page
    qtbot.keyClick(page, Qt.Key.Key_Down)
    assert opened.doubts.item == MANUAL_ELSEWHERE
    qtbot.waitUntil(lambda: "到柜台 2 接着办" in words(page.chosen))
    assert not page.chosen.visit.isVisible()
    opened.doubts.fetch_case()
    assert "unpark" not in workflow.names()
    workflow.doubt = replace(statement_view(), item=MANUAL_ELSEWHERE)
    qtbot.keyClick(page, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened.doubts.view is not None)
    assert asked(workflow, "examine") == [(MANUAL_ELSEWHERE.case_id,)]


def test_what_waits_at_a_counter_that_is_off_says_where_it_goes_on(
    qtbot: QtBot, open_window
) -> None:
    workflow = prepared(None)
    off = Say("open.next.off", (("counter", 2),))
    workflow.items = (replace(ELSEWHERE, subject=Subject.REFUND, next=off, next_at=None, off=True),)
    opened = open_window(identify_case(), workflow=workflow)
    at_the_list(qtbot, opened)
    page = opened.window.current_page()
    qtbot.waitUntil(lambda: "柜台 2 没有开：请打开那台接着办" in words(page.chosen))
    assert "换上的电脑用同一个柜台号" in words(page.chosen)
    assert "由那台自己查清" not in words(page.chosen)
    assert not page.chosen.open.isEnabled()
    assert clipped(page) == []


def test_an_empty_list_says_so(qtbot: QtBot, open_window) -> None:
    workflow = PreparedWorkflow(identify_case())
    opened = open_window(workflow.case, workflow=workflow)
    at_the_list(qtbot, opened)
    page = opened.window.current_page()
    qtbot.waitUntil(lambda: "没有未结的事" in words(page))
    qtbot.keyClick(page, Qt.Key.Key_Return)
    assert opened.window.current_page() is page


def test_what_is_over_meanwhile_is_said(qtbot: QtBot, open_window) -> None:
    workflow = prepared(None)
    opened = open_window(workflow.case, workflow=workflow)
    at_the_list(qtbot, opened)
    qtbot.keyClick(opened.window, Qt.Key.Key_1, ALT)
    qtbot.waitUntil(lambda: not opened.doubts.fetching and "examine" in workflow.names())
    assert opened.doubts.view is None
    assert opened.doubts.lacks == "fetching"


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1366, 768)),
        (Shade.DARK, Density.COMFORTABLE, (1920, 1080)),
    ],
    ids=["light-1366", "dark-1920"],
)
def test_the_pages_stand(
    qapp: QApplication, qtbot: QtBot, open_window, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    workflow = prepared(statement_view())
    opened = open_window(workflow.case, workflow=workflow, size=size)
    faults: dict[str, object] = {}
    for name, view, number in (
        ("statement", statement_view(), 1),
        ("portal", portal_view(), 2),
        ("unfetched", unfetched_view(), 1),
    ):
        workflow.doubt = view
        opened.doubts.view = None
        page = deciding(qtbot, opened, number)
        found = (nameless(page), small_targets(page), clipped(page), modal(), page.holds_focus())
        if found != ([], [], [], [], True):
            faults[name] = found
        at_the_list(qtbot, opened)
        listed = opened.window.current_page()
        found = (nameless(listed), small_targets(listed), clipped(listed), modal())
        if found != ([], [], [], []):
            faults[f"list {name}"] = found
    assert faults == {}


def test_longer_texts_do_not_clip(qtbot: QtBot, longer: None, open_window) -> None:
    workflow = prepared(portal_view())
    opened = open_window(workflow.case, workflow=workflow)
    page = deciding(qtbot, opened, 2)
    qtbot.waitUntil(lambda: page.evidence.isVisible())
    qtbot.waitUntil(lambda: clipped(page) == [])
    at_the_list(qtbot, opened)
    qtbot.waitUntil(lambda: clipped(opened.window.current_page()) == [])
