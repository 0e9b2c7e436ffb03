"""Every key shown does something, everything pressable has a key, the documents tell all."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.exceptions import TimeoutError as QtBotTimeout
from pytestqt.qtbot import QtBot

from app.profile.loader import load
from app.sandbox.referee.room import Referee
from app.workflow.views.case import CaseView
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.doubt_views import open_items, statement_view
from tests.support.every_case import CASES
from tests.support.looking import press, shown
from tests.support.prepared_catalogue import PreparedCatalogue
from tests.support.queue_views import queue_detail, queue_rows
from tests.support.small_counter import SmallCounter, a_small_counter, make_template
from tests.support.stock_day_fakes import PreparedStockDay
from tests.support.training_fakes import LOGINS, RememberingTable
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.frame.case_strip import StripLight
from ui.frame.devices import DeviceChip
from ui.frame.key_bar import FunctionKey
from ui.frame.side_panel import HelpCard
from ui.frame.top_bar import BarItem
from ui.keys import Key, offer_key
from ui.pages.checks import CheckItem
from ui.pages.stack import DESK_PAGES
from ui.shell import WindowOptions
from ui.training.drawer import TrainingDrawer
from ui.training.room import TrainingRoom
from ui.widgets.basics import KeyCap
from ui.widgets.buttons import ActButton

DOCUMENT = Path(__file__).parents[2] / "docs" / "keys.md"
_OFFERS = [offer_key(number).value for number in range(1, 10)]
MOVES = {"↑ ↓", "—"}
"""Caps of what moves inside a list, and of an offer that cannot be taken."""
KEYED_FRAME = {
    FunctionKey: "is the key",
    StripLight: Key.WHERE,
    DeviceChip: Key.DEVICES,
    CheckItem: "Space under the cursor",
}
BAR = {"counter": Key.SCAN_FIELD, "pharmacist": Key.LOCK, "operator": Key.LOCK,
       "queue": Key.QUEUE, "clock": Key.DAY_END}  # fmt: skip


def documented() -> list[str]:
    """Keys of the table, ``…`` spelt out."""
    found: list[str] = []
    for line in DOCUMENT.read_text("utf-8").splitlines():
        if line.startswith("| `"):
            keys = re.findall(r"`([^`]+)`", line.split("|")[1])
            found += _OFFERS if "…" in line.split("|")[1] else keys
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("every-key")
    make_template(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Iterator[SmallCounter]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield small


@pytest.fixture
def opened(open_window, small: SmallCounter, qtbot: QtBot) -> CounterWindow:
    """A window with every page it may have."""
    work = PreparedWorkflow(identify_case())
    work.items, work.doubt = open_items(), statement_view()
    work.desk_view = replace(work.desk_view, terminal=True)
    made: CounterWindow = open_window(
        identify_case(),
        workflow=work,
        options=WindowOptions(training=True),
        training=TrainingRoom(RememberingTable(), LOGINS),
        queue=PreparedQueue(tuple(queue_rows()), {9: queue_detail()}),
        day_end=PreparedDayEnd(),
        referee=Referee(load("national").profile),
        parcels=small.surface,
        catalogue=PreparedCatalogue(),
        stock=small.surface,
        stock_day=PreparedStockDay(),
    )
    return made


def show(qtbot: QtBot, opened: CounterWindow, case: CaseView) -> None:
    opened.counter.workflow.case = case
    opened.counter.ask(opened.counter.workflow.current, switches=True)
    qtbot.waitUntil(lambda: opened.counter.case == case and not opened.counter.busy, timeout=5000)
    rest()


def rest() -> None:
    for _ in range(3):
        QApplication.processEvents()


def every_place(qtbot: QtBot, opened: CounterWindow) -> Iterator[str]:
    """The name of each place while it is on screen."""
    for name, case in CASES.items():
        show(qtbot, opened, case)
        yield name
    for name in sorted(DESK_PAGES):
        if name == "decide":
            opened.doubts.show_list()
            qtbot.waitUntil(lambda: opened.doubts.loaded, timeout=5000)
            opened.doubts.open()
            qtbot.waitUntil(lambda: opened.doubts.view is not None, timeout=5000)
        assert opened.window.show_page(name)
        rest()
        yield name


def caps(opened: CounterWindow) -> set[str]:
    """Keys written on anything but the training table, which hands itself to Ctrl T."""
    return {
        cap.text()
        for cap in shown(opened.window, KeyCap)
        if isinstance(cap, KeyCap) and cap.text() and not beside(cap)
    }


def beside(widget: QWidget) -> bool:
    around: QWidget | None = widget
    while around is not None:
        if isinstance(around, TrainingDrawer):
            return True
        around = around.parentWidget()
    return False


def cap_of(button: QWidget) -> str:
    return next((cap.text() for cap in button.findChildren(KeyCap) if cap.text()), "")


def torn_apart(opened: CounterWindow) -> list[tuple[str, str]]:
    """Buttons that are on while their key is off, or the other way round; reading may go on."""
    acts = {key.value: act for key, act in opened.window.acts().items()}
    return [
        (button.accessibleName(), cap_of(button))
        for button in shown(opened.window, ActButton)
        if (act := acts.get(cap_of(button))) and act.on != button.isEnabled()
    ]


def test_the_documented_table_holds_exactly_the_registered_keys() -> None:
    assert sorted(documented()) == sorted(key.value for key in Key)


def test_every_registered_key_means_something_somewhere(
    qtbot: QtBot, opened: CounterWindow
) -> None:
    used = {key for _ in every_place(qtbot, opened) for key in opened.window.acts()}
    # a longer list is offered no further than its rows
    assert [key for key in Key if key not in used and key.value not in _OFFERS] == []


def test_every_key_that_is_shown_does_something(qtbot: QtBot, opened: CounterWindow) -> None:
    dead: dict[str, object] = {}
    for name in every_place(qtbot, opened):
        acts = {key.value: act for key, act in opened.window.acts().items()}
        nowhere = sorted(cap for cap in caps(opened) - MOVES if cap not in acts)
        with suppress(QtBotTimeout):
            qtbot.waitUntil(lambda: not torn_apart(opened), timeout=5000)
        torn = torn_apart(opened)
        if nowhere or torn:
            dead[name] = (nowhere, torn)
    assert dead == {}


def test_everything_that_can_be_pressed_has_a_key(qtbot: QtBot, opened: CounterWindow) -> None:
    keyless: dict[str, list[str]] = {}
    for name in every_place(qtbot, opened):
        acts = opened.window.acts()
        found = [
            f"{type(button).__name__} {button.accessibleName()}"
            for button in shown(opened.window, QAbstractButton)
            if button.isEnabled()
            and not cap_of(button)
            and type(button) not in KEYED_FRAME
            and not isinstance(button, BarItem)
            and not beside(button)
        ]
        if found or not {*BAR.values(), Key.DEVICES, Key.WHERE} <= set(acts):
            keyless[name] = found
    assert keyless == {}


def test_help_tells_every_key_of_the_page(qtbot: QtBot, opened: CounterWindow) -> None:
    known = set(documented())
    silent: dict[str, set[str]] = {}
    for name in every_place(qtbot, opened):
        wanted = {key.value for key in opened.window.acts()}
        opened.window.help()
        rest()
        card = opened.window.panel.findChild(HelpCard)
        told = {cap.text() for cap in card.findChildren(KeyCap) if cap.isVisible()}
        opened.window.panel.hide()
        card.hide()
        if told != wanted or not wanted <= known:
            silent[name] = told ^ wanted
    assert silent == {}


def test_the_lights_open_by_a_key_too(opened: CounterWindow, qtbot: QtBot) -> None:
    show(qtbot, opened, CASES["settle_unknown"])
    press(opened.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert opened.window.panel.isVisible()
    press(opened.window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not opened.window.panel.isVisible()
