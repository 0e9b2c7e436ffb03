"""By keyboard, on a real counter and training platform: doubts end, a sale goes back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.goods.codes import classify
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from tests.support.counter import Bench, a_counter
from tests.support.ledgers import our_side
from tests.support.looking import words
from tests.support.rules import by_person, follow
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, at_rest, attempt_of, stand_together
from ui.bridge import Bridge
from ui.counter_window import BenchInputs, CounterWindow, Doors
from ui.pages.decide import DecidePage
from ui.pages.give_back import GiveBackPage
from ui.shell import WindowOptions

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
WAIT_MS = 30_000
Open = Callable[[], CounterWindow]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path) as opened:
        yield opened


@pytest.fixture
def at_counter(qtbot: QtBot, bridge: Bridge, bench: Bench) -> Iterator[Open]:
    """A window on the very counter of ``bench``."""
    opened: list[CounterWindow] = []

    def open_window() -> CounterWindow:
        grammar = bench.till.grammar
        doors = Doors(bench.surface, bench.clock, lambda text: classify(text, grammar).kind)
        made = CounterWindow(doors, bridge, BenchInputs(), WindowOptions(training=True))
        qtbot.addWidget(made.window)
        opened.append(made)
        made.window.show()
        made.start()
        qtbot.waitUntil(lambda: made.counter.case is not None, timeout=WAIT_MS)
        return made

    yield open_window
    for made in opened:
        made.stop()


def on_page(qtbot: QtBot, opened: CounterWindow, name: str) -> None:
    qtbot.waitUntil(lambda: opened.window.current_page().name == name, timeout=WAIT_MS)


def type_in(qtbot: QtBot, field: QLineEdit, text: str) -> None:
    qtbot.keyClicks(field, text)


def decide(qtbot: QtBot, opened: CounterWindow, choice: int, statement: str = "") -> None:
    """Ctrl U, the first row, a choice, the words, the second person, F12."""
    qtbot.keyClick(opened.window, Qt.Key.Key_U, CTRL)
    on_page(qtbot, opened, "open_items")
    qtbot.waitUntil(lambda: opened.doubts.item is not None, timeout=WAIT_MS)
    qtbot.keyClick(opened.window.current_page(), Qt.Key.Key_Return)
    on_page(qtbot, opened, "decide")
    qtbot.waitUntil(lambda: opened.doubts.view is not None, timeout=WAIT_MS)
    page = opened.window.current_page()
    assert isinstance(page, DecidePage)
    qtbot.keyClick(opened.window, getattr(Qt.Key, f"Key_{choice}"), ALT)
    if statement:
        type_in(qtbot, page.word.statement, statement)
    type_in(qtbot, page.word.reason, "statement compared")
    type_in(qtbot, page.word.second.login, "3001")
    type_in(qtbot, page.word.second.pin, "112358")
    assert opened.doubts.lacks == ""
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: opened.doubts.items == (), timeout=WAIT_MS)


def test_money_in_manual_ends_at_the_hand_over(
    qtbot: QtBot, bench: Bench, at_counter: Open
) -> None:
    visit = a_visit(bench)
    at = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    bench.fault("reverse", "reject", bench.till.profile.settle.max_reversals)
    case = at_rest(bench, visit.settle(at))
    assert attempt_of(bench, case) is AttemptState.MANUAL
    opened = at_counter()
    on_page(qtbot, opened, "settle_unknown")
    decide(qtbot, opened, 1)
    on_page(qtbot, opened, "hand_over")
    assert attempt_of(bench, case) is AttemptState.SETTLED
    stand_together(bench, case)


def test_a_sale_without_an_answer_goes_on_by_a_persons_word(
    qtbot: QtBot, bench: Bench, at_counter: Open, tmp_path: Path
) -> None:
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    visit = a_visit(bench)
    bench.fault("upload_sale", "drop_after")
    case = visit.finish(visit.scan(visit.until(Step.SCAN)))
    opened = at_counter()
    decide(qtbot, opened, 1, "portal 10:20")
    qtbot.waitUntil(lambda: bench.surface.view(case.case_id).step is Step.SETTLE, timeout=WAIT_MS)


def test_a_finished_sale_is_given_back(qtbot: QtBot, bench: Bench, at_counter: Open) -> None:
    done = a_visit(bench).until(Step.DONE)
    codes = our_side(bench.store, done.case_id).codes()
    assert done.hand_over is not None
    opened = at_counter()
    qtbot.keyClick(opened.window, Qt.Key.Key_F3)
    on_page(qtbot, opened, "waiting")
    sought = opened.window.current_page().sought  # type: ignore[union-attr]  # the waiting page
    type_in(qtbot, sought, done.hand_over.receipt_no)
    qtbot.keyClick(sought, Qt.Key.Key_Return)
    on_page(qtbot, opened, "hand_over")
    qtbot.keyClick(opened.window, Qt.Key.Key_B, CTRL)
    on_page(qtbot, opened, "give_back")
    page = opened.window.current_page()
    assert isinstance(page, GiveBackPage)
    for number, code in enumerate(codes, 1):
        opened.counter.typed(code)
        qtbot.waitUntil(
            lambda n=number: page.model.view is not None and page.model.view.back == n,  # type: ignore[misc]  # n is bound
            timeout=WAIT_MS,
        )
    qtbot.waitUntil(lambda: page.model.lacks == "", timeout=WAIT_MS)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: page.model.lacks == "person", timeout=WAIT_MS)
    type_in(qtbot, page.money.second.login, "3001")
    type_in(qtbot, page.money.second.pin, "112358")
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    on_page(qtbot, opened, "where")
    qtbot.waitUntil(
        lambda: "没有现金要退，可以" in words(opened.window.current_page()), timeout=WAIT_MS
    )
    case = bench.surface.view(done.case_id)
    assert (case.step, attempt_of(bench, case)) == (Step.CLOSED, AttemptState.REFUNDED)
    stand_together(bench, case)


def test_cash_that_waits_is_handed_over_by_keyboard(
    qtbot: QtBot, bench: Bench, at_counter: Open
) -> None:
    """Ctrl U, Enter, F12: taken for a settlement that never stood, and its customer had left."""
    at = a_visit(bench).until(Step.SETTLE)
    bench.fault("settle", "drop_before")
    doubtful = bench.surface.settle(at.case_id, Fen(5_000))
    bench.surface.next_customer(doubtful.case_id)
    assert attempt_of(bench, at_rest(bench, doubtful)) is AttemptState.REVERSED
    bench.surface.end_day(*MANAGER)
    opened = at_counter()
    qtbot.keyClick(opened.window, Qt.Key.Key_U, CTRL)
    on_page(qtbot, opened, "open_items")
    qtbot.waitUntil(lambda: opened.doubts.item is not None, timeout=WAIT_MS)
    assert "收过的现金还没有退给顾客" in words(opened.window.current_page())
    qtbot.keyClick(opened.window.current_page(), Qt.Key.Key_Return)
    on_page(qtbot, opened, "where")
    qtbot.waitUntil(lambda: not opened.counter.busy, timeout=WAIT_MS)
    page = opened.window.current_page()
    assert "收过现金 50.00" in words(page)
    assert "没有收钱" not in words(page)
    qtbot.keyClick(opened.window, Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: "现金 50.00 已交给顾客，可以" in words(page), timeout=WAIT_MS)
    assert bench.surface.open_items() == ()
