"""A key on a banner works wherever the banner is shown, or it is not shown."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.books.stock import Stage
from app.domain.errors import Code, PlatformRejected
from app.workflow.views.case import BannerKind, BannerView
from tests.support.counter_fakes import PreparedQueue
from tests.support.looking import press
from tests.support.queue_views import queue_detail, queue_rows
from tests.support.sale_views import hand_over_case, settle_case, unknown_case
from tests.support.stock_day_fakes import PreparedStockDay
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.keys import Key
from ui.pages.stack import DESK_PAGES

CALM = BannerView(BannerKind.CALM, int(Code.DID_NOT_LEAVE), offers=("settle", "abandon"))


@pytest.fixture
def queue() -> PreparedQueue:
    return PreparedQueue(tuple(queue_rows()), {9: queue_detail()})


def offered(opened: CounterWindow) -> tuple[str, ...]:
    for _ in range(3):
        QApplication.processEvents()
    return opened.window.banner.offers()


def test_keys_of_the_visit_are_not_shown_on_desk_pages(
    open_window, queue: PreparedQueue, qtbot: QtBot
) -> None:
    opened = open_window(unknown_case(), queue=queue)
    assert offered(opened) == ("next_customer", "print_waiting_slip")
    opened.window.show_page("queue")
    assert offered(opened) == ("next_customer", "back_to_visit")
    press(opened.window, Qt.Key.Key_F6)
    assert opened.window.current_page().name == "settle_unknown"
    assert offered(opened) == ("next_customer", "print_waiting_slip")


def test_no_button_of_a_banner_presses_another_pages_key(open_window, queue: PreparedQueue) -> None:
    opened = open_window(replace(settle_case(), banner=CALM), queue=queue)
    for name in sorted(DESK_PAGES & {"queue", "devices", "waiting", "open_items"}):
        opened.window.show_page(name)
        assert "settle" not in offered(opened)
        assert "back_to_visit" in offered(opened)


def test_a_binding_key_comes_with_what_it_needs(open_window, qtbot: QtBot) -> None:
    opened = open_window(replace(settle_case(), banner=CALM))
    page = opened.window.current_page()
    assert not opened.window.acts()[Key.BIND].on
    assert offered(opened) == ("abandon",)
    page.model.offer(1)
    qtbot.waitUntil(lambda: opened.window.acts()[Key.BIND].on, timeout=5000)
    assert offered(opened) == ("settle", "abandon")


@pytest.mark.parametrize("code", [Code.FOUND_SETTLED, Code.FOUND_NOT_REFUNDED])
def test_what_was_cleared_up_here_leads_to_no_list(open_window, code: Code) -> None:
    """What is to be done stands on the page of this very visit."""
    banner = BannerView(BannerKind.HEALED, int(code))
    assert offered(open_window(replace(hand_over_case(), banner=banner))) == ()


def test_what_is_on_its_way_takes_no_button_away(open_window) -> None:
    opened = open_window(replace(settle_case(), banner=CALM))
    before = offered(opened)
    opened.counter._enter()
    assert not opened.window.acts()[Key.ABANDON].on
    assert opened.window.banner.offers() == before
    opened.counter._leave()


def test_what_a_desk_page_asked_is_asked_again_there(open_window, qtbot: QtBot) -> None:
    work = PreparedStockDay()
    opened = open_window(identify_case(), stock_day=work)
    opened.window.show_page("stock_day")
    page = opened.window.current_page()
    qtbot.waitUntil(lambda: page.model.view is not None and not page.model.busy, timeout=5000)
    work.trouble = PlatformRejected(Code.REFUSED, platform_text="今天不能查询")
    opened.window.press(Key.ASK_AGAIN)
    qtbot.waitUntil(lambda: opened.window.banner.isVisible(), timeout=5000)
    assert offered(opened) == ("read_again",)
    qtbot.waitUntil(lambda: not page.model.busy, timeout=5000)
    work.trouble = PlatformRejected(Code.REFUSED, platform_text="今天不能查询")
    opened.window.banner.offered.emit("read_again")
    asked = ("compare", page.model.view.day, Stage.NIGHT)
    qtbot.waitUntil(lambda: work.asked == [asked, asked], timeout=5000)
    qtbot.waitUntil(lambda: work.trouble is None and not page.model.busy, timeout=5000)
    opened.window.press(Key.SCAN_FIELD)
    qtbot.waitUntil(lambda: opened.window.current_page() is not page, timeout=5000)
    assert "read_again" not in offered(opened), "F5 of the visit is another question"
