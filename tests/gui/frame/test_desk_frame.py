"""Desk pages say which page they are; the visit stays recognisable and is one key away."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.support.counter_fakes import PreparedQueue
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.looking import clipped, cut_sideways, nameless, press, words
from tests.support.queue_views import queue_detail, queue_rows
from tests.support.sale_views import pay_case, settle_case, unknown_case
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.desk_frame import DeskFrame
from ui.frame.desk_rail import GROUPS, DeskRail
from ui.pages.stack import DESK_PAGES
from ui.text import tr

LISTED = {name for _, entries in GROUPS for name, _ in entries}
Opening = Callable[..., CounterWindow]


@pytest.fixture
def opened(open_window: Opening) -> CounterWindow:
    return open_window(settle_case(), queue=PreparedQueue(queue_rows(), {9: queue_detail()}),
                       day_end=PreparedDayEnd())  # fmt: skip


def rail_of(opened: CounterWindow) -> DeskRail:
    for _ in range(3):
        QApplication.processEvents()
    frame = opened.findChild(DeskFrame)
    assert frame is not None
    return frame.rail


def here(opened: CounterWindow) -> list[str]:
    return [name for name, item in rail_of(opened).items.items() if item.property("here") == "true"]


def test_no_step_looks_like_the_current_page(opened: CounterWindow) -> None:
    assert opened.window.rail.steps.isVisible()
    for name in ("queue", "devices", "waiting", "open_items", "money", "day_end"):
        assert opened.window.show_page(name)
        assert here(opened) == [name]
        assert not opened.window.rail.steps.isVisible()
        assert rail_of(opened).isVisible()
        assert tr(f"shell.desk.page.{name}") in words(opened.window.strip)
        assert "Esc" in words(opened.window.strip)


def test_the_visit_stays_recognisable_and_esc_returns_to_it(opened: CounterWindow) -> None:
    press(opened.window, Qt.Key.Key_F11)
    said = words(rail_of(opened).visit)
    assert "郑建国" in said
    assert "结算" in said
    press(opened.window, Qt.Key.Key_Escape)
    assert opened.window.current_page().name == "settle"
    assert opened.window.rail.steps.isVisible()
    assert not rail_of(opened).isVisible()
    assert "郑建国" in words(opened.window.strip)


def test_a_press_on_the_visit_or_on_a_page_leads_there(opened: CounterWindow) -> None:
    press(opened.window, Qt.Key.Key_F11)
    rail_of(opened).items["queue"].click()
    assert here(opened) == ["queue"]
    rail_of(opened).visit.click()
    assert opened.window.current_page().name == "settle"


def test_a_visit_whose_money_is_unknown_says_so_there(open_window: Opening) -> None:
    opened = open_window(unknown_case())
    press(opened.window, Qt.Key.Key_F11)
    assert rail_of(opened).visit.property("visit") == "unknown"
    assert "结果不明" in words(rail_of(opened).visit)


def test_a_sale_for_cash_waits_for_nobody(open_window: Opening) -> None:
    opened = open_window(pay_case())
    press(opened.window, Qt.Key.Key_F11)
    said = words(rail_of(opened).visit)
    assert tr("shell.strip.self_pay") in said
    assert tr("shell.strip.waiting") not in said


def test_a_decision_belongs_to_the_open_items(opened: CounterWindow) -> None:
    opened.window.show_page("decide")
    assert here(opened) == ["open_items"]


def test_what_moves_meanwhile_does_not_take_the_title_away(opened: CounterWindow) -> None:
    press(opened.window, Qt.Key.Key_F11)
    opened.counter.case_changed.emit(settle_case(ready=False))
    assert tr("shell.desk.page.devices") in words(opened.window.strip)
    assert not opened.window.strip.lights.isVisible()


def test_pages_without_a_door_are_not_listed(open_window: Opening) -> None:
    opened = open_window(identify_case())
    press(opened.window, Qt.Key.Key_F11)
    assert set(rail_of(opened).items) == {"waiting", "open_items", "devices"}


@pytest.mark.parametrize("size", [(1366, 768), (683, 384)])
def test_the_rail_stands_in_small_windows(open_window: Opening, longer: None, size) -> None:
    opened = open_window(settle_case(), size=size, queue=PreparedQueue(queue_rows()))
    opened.window.show_page("queue")
    rail = rail_of(opened)
    assert clipped(rail) == []
    assert cut_sideways(rail) == []
    assert nameless(rail) == []


def test_every_desk_page_has_its_line() -> None:
    assert {"where", "decide"} == DESK_PAGES - LISTED
