"""Recent notices: what was said can be read when its banner has gone, and when it healed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.errors import Code
from app.ports.devices import DeviceState, DeviceStatus
from app.workflow.views.case import BannerKind, BannerView
from tests.support.counter_fakes import StillClock
from tests.support.looking import clipped, cut_sideways, press, words
from tests.support.rx_views import review_case
from tests.support.sale_views import scan_case
from ui.frame.board import BannerBoard
from ui.frame.notices import KEPT, NoticeBook
from ui.viewmodels.devices import Thing

OFFLINE = BannerView(BannerKind.CALM, int(Code.OFFLINE_SAVED))
REFUSED = BannerView(BannerKind.STOP, int(Code.REFUSED))
FOUND = BannerView(BannerKind.HEALED, int(Code.FOUND_SETTLED))
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def book(clock: StillClock) -> NoticeBook:
    return NoticeBook(clock.now)


def test_a_notice_keeps_when_it_began_and_when_it_healed(
    book: NoticeBook, clock: StillClock
) -> None:
    began = clock.at
    book.hear("line", OFFLINE)
    clock.at += timedelta(seconds=90)
    book.hear("line", OFFLINE)
    (held,) = book.notices()
    assert (held.at, held.over_at, held.healed) == (began, None, False)
    book.hear("line", None)
    (over,) = book.notices()
    assert (over.at, over.over_at, over.healed) == (began, clock.at, True)


def test_another_word_of_the_same_source_ends_the_first(book: NoticeBook) -> None:
    book.hear("case", REFUSED)
    book.hear("case", OFFLINE)
    held, over = book.notices()
    assert (held.banner, over.banner, over.healed) == (OFFLINE, REFUSED, True)


def test_what_healed_is_one_notice_however_often_it_is_said(book: NoticeBook) -> None:
    book.hear("case", REFUSED)
    for _ in range(3):
        book.hear("case", FOUND)
    assert [notice.banner for notice in book.notices()] == [FOUND, REFUSED]
    assert all(notice.healed for notice in book.notices())


def test_a_visit_that_left_is_not_said_to_have_healed(book: NoticeBook) -> None:
    book.hear("case", REFUSED)
    book.leave("case")
    (left,) = book.notices()
    assert left.over_at is not None
    assert not left.healed


def test_only_the_last_ones_are_kept(book: NoticeBook) -> None:
    for number in range(KEPT + 5):
        book.hear("line", replace(OFFLINE, params=(("count", number),)))
    book.hear("line", None)
    shown = book.notices()
    assert len(shown) == KEPT
    assert dict(shown[0].banner.params)["count"] == KEPT + 4


def test_a_device_is_named_and_its_return_noted(book: NoticeBook) -> None:
    gone = DeviceState(DeviceStatus.MISSING, "front", Code.READER_MISSING)
    book.hear_device("reader", gone)
    book.hear_device("reader", gone)
    book.hear_device("reader", DeviceState(DeviceStatus.READY, "front"))
    (notice,) = book.notices()
    assert (notice.subject, notice.banner.code, notice.healed) == ("读卡器", 2202, True)


def test_a_banner_that_calmed_down_stays_in_the_book(qapp, book: NoticeBook) -> None:
    board = BannerBoard(book)
    board.put("case", FOUND)
    board.calm_down()
    assert board.loudest() is None
    assert [notice.banner for notice in book.notices()] == [FOUND]


def test_the_key_opens_the_list_and_closes_it(qtbot: QtBot, open_window) -> None:
    opened = open_window(review_case(banner=REFUSED))
    opened.devices.put(Thing.READER, DeviceState(DeviceStatus.MISSING, "", Code.READER_MISSING))
    opened.devices.put(Thing.READER, DeviceState(DeviceStatus.READY))
    panel = opened.window.panel
    press(opened.window, Qt.Key.Key_M, CONTROL)
    said = words(panel)
    assert "平台没有同意" in said
    assert "还没有好" in said
    assert "读卡器：没有找到读卡器" in said
    assert "好了" in said
    assert clipped(panel) == []
    assert cut_sideways(panel) == []
    press(opened.window, Qt.Key.Key_M, CONTROL)
    assert not panel.isVisible()


def test_an_empty_list_says_so_and_help_names_the_key(open_window) -> None:
    opened = open_window(scan_case())
    press(opened.window, Qt.Key.Key_M, CONTROL)
    assert "还没有通知" in words(opened.window.panel)
    press(opened.window, Qt.Key.Key_Escape)
    assert not opened.window.panel.isVisible()
    press(opened.window, Qt.Key.Key_F1)
    assert "最近通知" in words(opened.window.panel)


def test_another_visit_ends_what_the_last_one_said(qtbot: QtBot, open_window) -> None:
    opened = open_window(review_case(banner=REFUSED))
    other = replace(scan_case(), case_id=77)
    opened.counter.workflow.case = other
    opened.counter.ask(lambda: other, switches=True)
    qtbot.waitUntil(lambda: opened.counter.case == other, timeout=5000)
    press(opened.window, Qt.Key.Key_M, CONTROL)
    assert "离开了那一单" in words(opened.window.panel)
