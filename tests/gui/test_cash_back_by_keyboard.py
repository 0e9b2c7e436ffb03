"""自费退药 through the real window, by keys alone: sold, told, found by its number, paid back.

The counter, its base and the platform are real; nobody touches a mouse.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.domain.case import Step
from app.domain.goods.stock import LotHold
from app.ports.paper import Paper, Text
from app.sandbox.server import running_sandbox
from app.workflow.papers.words import word
from app.workflow.views.case import CaseView
from tests.support.cash_sale import free_boxes
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.duty import shows_up
from tests.support.looking import alt, holds_cursor, press, words
from tests.support.way_back import MANAGER
from ui.counter_window import CounterWindow
from ui.pages.give_back import GiveBackPage

WAIT_MS = 20_000
PICTURES = "YAOTAI_CASH_PICTURES"
"""Names a folder for pictures of the pages as a person saw them."""
ENTER, BIND, NEXT = Qt.Key.Key_Return, Qt.Key.Key_F12, Qt.Key.Key_F2
PLAIN, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with (
        running_sandbox(seed=1, profile="fujian") as sandbox,
        a_counter_at(sandbox.ready, tmp_path / "till", KeptPapers()) as opened,
    ):
        shows_up(opened.till)
        yield opened


class Hands:
    """What a person does at the keyboard, and waiting until the counter has done it."""

    def __init__(self, qtbot: QtBot, opened: CounterWindow) -> None:
        self._qtbot, self.opened = qtbot, opened

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        press(self.opened.window, key, modifiers)

    def write(self, text: str) -> None:
        """Into whatever holds the cursor."""
        handle = self.opened.window.windowHandle()
        for character in text:
            QTest.keyClick(handle, character)

    def sees(self, page: str) -> None:
        counter, window = self.opened.counter, self.opened.window
        self._qtbot.waitUntil(
            lambda: window.current_page().name == page and not counter.busy, timeout=WAIT_MS
        )
        self.looked_at(page)

    def reads(self, said: str) -> None:
        self._qtbot.waitUntil(
            lambda: said in words(self.opened.window) and not self.opened.counter.busy,
            timeout=WAIT_MS,
        )

    def rests(self) -> None:
        """A paper is out before the counter has written down that it is."""
        self._qtbot.waitUntil(lambda: not self.opened.counter.busy, timeout=WAIT_MS)

    def boxes(self, codes: list[str], left: str) -> None:
        """Each box typed where the cursor stands; ``left`` is what the page counts then."""
        for number, code in enumerate(codes, 1):
            self.write(code)
            self.key(ENTER)
            self.reads(left.format(n=number))

    def looked_at(self, name: str) -> None:
        folder = os.environ.get(PICTURES)
        if folder:
            self.opened.window.grab().save(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def hands(qtbot: QtBot, open_window, bench: Bench) -> Hands:
    return Hands(qtbot, open_window(None, workflow=bench.surface))


def sold(hands: Hands, codes: list[str]) -> CaseView:
    """Alt 4, every box, F12, the banknote that fits, F12; the next customer is waited for."""
    hands.sees("identify")
    alt(hands.opened.window, 4)
    hands.sees("scan")
    for code in codes:
        hands.write(code)
        hands.key(ENTER)
        hands.reads(code[-4:])
    hands.key(BIND)
    hands.sees("settle")
    alt(hands.opened.window, 1)
    hands.key(BIND)
    hands.sees("hand_over")
    case = hands.opened.counter.case
    assert case is not None
    return case


def found_again(hands: Hands, text: str, codes: list[str]) -> GiveBackPage:
    """F3 and what stands on the receipt, Ctrl B, every box, F12."""
    hands.key(NEXT)
    hands.sees("identify")
    hands.key(Qt.Key.Key_F3)
    hands.write(text)
    hands.key(ENTER)
    hands.sees("hand_over")
    hands.key(Qt.Key.Key_B, CTRL)
    hands.sees("give_back")
    hands.boxes(codes, f"收回 {{n}} / {len(codes)} 盒")
    hands.key(BIND)
    hands.reads("退款：要第二个人同意")
    page = hands.opened.window.current_page()
    assert isinstance(page, GiveBackPage)
    return page


def agreed(hands: Hands, page: GiveBackPage) -> None:
    """The second person writes login and PIN, and F12 is pressed twice, as by a hasty hand."""
    assert holds_cursor(page.money.second.login)
    hands.write(MANAGER[0])
    hands.key(ENTER)
    hands.write(MANAGER[1])
    hands.reads("停电也不会退两次")
    hands.looked_at("paying")
    hands.key(BIND)
    hands.key(BIND)
    hands.sees("where")


def slips(bench: Bench) -> list[Paper]:
    assert isinstance(bench.printer, KeptPapers)
    title = word("given_back.title")
    return [
        paper
        for paper in bench.printer.papers
        if any(isinstance(block, Text) and block.text == title for block in paper.blocks)
    ]


def in_quarantine(bench: Bench, case_id: int) -> int:
    with bench.store.reading() as unit:
        lots = unit.goods.lots(unit.cases.get(case_id).facts.lines[0].item_id)
    return sum(lot.on_hand for lot in lots if lot.hold is LotHold.QUARANTINE)


def test_a_sale_of_the_morning_comes_back_with_its_receipt(
    qtbot: QtBot, hands: Hands, bench: Bench
) -> None:
    codes = free_boxes(bench, 2)
    case = sold(hands, codes)
    assert case.hand_over is not None
    bench.surface.deliver()
    assert bench.platform_state()["sold_codes"] == sorted(codes)
    page = found_again(hands, case.hand_over.receipt_no, codes)
    agreed(hands, page)
    qtbot.waitUntil(lambda: len(slips(bench)) == 1, timeout=WAIT_MS)
    hands.reads("补打退药凭证")
    hands.looked_at("ended")
    hands.key(Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: [one.copy_no for one in slips(bench)] == [1, 2], timeout=WAIT_MS)
    hands.rests()
    hands.key(NEXT)
    hands.sees("identify")
    hands.reads("已退药退款")
    bench.surface.deliver()
    assert bench.platform_state()["sold_codes"] == []
    assert bench.surface.view(case.case_id).step is Step.CLOSED
    assert in_quarantine(bench, case.case_id) == 2


def test_one_box_is_enough_to_find_it_and_nobody_is_asked_twice(
    qtbot: QtBot, hands: Hands, bench: Bench
) -> None:
    """Nobody was told of the sale: its boxes come back and nobody is told of that either."""
    (code,) = free_boxes(bench, 1)
    case = sold(hands, [code])
    page = found_again(hands, code, [code])
    agreed(hands, page)
    qtbot.waitUntil(lambda: len(slips(bench)) == 1, timeout=WAIT_MS)
    bench.surface.deliver()
    assert bench.platform_state()["uploads"].get("sale", {"rows": 0})["rows"] == 0
    assert in_quarantine(bench, case.case_id) == 1


def test_who_changes_their_mind_gets_the_boxes_and_no_cash(hands: Hands, bench: Bench) -> None:
    codes = free_boxes(bench, 1)
    case = sold(hands, codes)
    found_again(hands, codes[0], codes)
    hands.key(Qt.Key.Key_Backspace, CTRL)
    hands.reads("再按一次")
    hands.key(Qt.Key.Key_Backspace, CTRL)
    hands.sees("hand_over")
    assert bench.surface.view(case.case_id).step is Step.DONE
    assert (slips(bench), in_quarantine(bench, case.case_id)) == ([], 0)
