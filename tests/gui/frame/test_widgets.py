"""The shared widgets: documents, codes, amounts, time left, people."""

from datetime import timedelta
from io import BytesIO

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from reportlab.pdfgen.canvas import Canvas

from app.domain.errors import Code
from app.domain.money import Amounts, Fen
from app.workflow.views.case import BannerKind, BannerView, MatchRow, Say, TimelineRow
from tests.support.counter_fakes import StillClock
from tests.support.views import NOW
from ui.formats import time_text
from ui.text import say, tr
from ui.widgets import (
    ActButton,
    AmountBlock,
    Banner,
    Chip,
    Countdown,
    DocumentView,
    ElidedText,
    EmptyState,
    PersonCard,
    Text,
    Timeline,
    TraceSlots,
)
from ui.widgets.document_view import render_page

CODES = ("83412900512873640915", "83412900512873641172")


def a_pdf(pages: int) -> bytes:
    kept = BytesIO()
    drawn = Canvas(kept, pagesize=(300, 400))
    for number in range(pages):
        drawn.drawString(50, 350, f"page {number}")
        drawn.showPage()
    drawn.save()
    return kept.getvalue()


def words(widget) -> str:
    return " ".join(label.text() for label in widget.findChildren(Text) if not label.isHidden())


@pytest.fixture
def document(qtbot, bridge):
    view = DocumentView(bridge)
    qtbot.addWidget(view)
    view.resize(500, 600)
    view.show()
    return view


def test_a_document_is_drawn_page_by_page(qtbot, document):
    seen: list[tuple[int, int]] = []
    document.page_shown.connect(lambda page, pages: seen.append((page, pages)))
    document.show_document(a_pdf(3))
    qtbot.waitUntil(lambda: len(seen) == 3, timeout=20000)
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_zoom_draws_anew_and_only_the_newest_drawing_counts(qtbot, document):
    seen: list[int] = []
    document.page_shown.connect(lambda page, _pages: seen.append(page))
    document.show_document(a_pdf(1))
    document.zoom_in()
    document.zoom_in()
    qtbot.waitUntil(lambda: seen == [1], timeout=20000)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 an archive", b"%PDF-1.7 torn off"])
def test_what_is_no_readable_document_is_said(qtbot, document, content):
    document.show_document(b"first")
    with qtbot.waitSignal(document.unreadable, timeout=20000):
        document.show_document(content + b" ")
    qtbot.waitUntil(lambda: tr("shell.document.unreadable") in words(document), timeout=20000)


def test_a_hostile_page_size_is_drawn_small():
    kept = BytesIO()
    drawn = Canvas(kept, pagesize=(14_000, 14_000))
    drawn.showPage()
    drawn.save()
    image, _ = render_page(kept.getvalue(), 0, 20_000)
    assert image.width() * image.height() <= 25_000_000


def test_a_page_beyond_the_end_is_refused():
    with pytest.raises(ValueError, match="page"):
        render_page(a_pdf(1), 1, 100)


def test_missing_boxes_are_dashed_slots_and_many_are_counted(qtbot):
    slots = TraceSlots()
    qtbot.addWidget(slots)
    slots.show_codes(CODES, 4)
    assert slots._flow.count() == 4
    slots.show_codes(CODES, 40)
    assert slots._flow.count() == 2 + TraceSlots.MOST_EMPTY + 1
    assert "40" in slots.accessibleName()


def test_a_code_is_copied_without_its_space(qtbot):
    slots = TraceSlots()
    qtbot.addWidget(slots)
    slots.show_codes(CODES, 2)
    slots.choose(CODES[0])
    qtbot.keyClick(slots, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == CODES[0]
    slots.show_codes(CODES[1:], 2)
    assert slots.chosen() == CODES[1]


def test_codes_wrap_instead_of_being_cut(qtbot):
    slots = TraceSlots()
    qtbot.addWidget(slots)
    slots.show_codes(CODES * 3, 6)
    assert slots.heightForWidth(250) > slots.heightForWidth(2000)


def test_parts_that_do_not_add_up_are_told(qtbot):
    block = AmountBlock()
    qtbot.addWidget(block)
    block.show_amounts(Amounts(Fen(16404), Fen(11007), Fen(4327), Fen(1070)))
    assert tr("shell.amount.differs") not in words(block)
    assert "¥ 164.04" in words(block)
    block.show_amounts(Amounts(Fen(16404), Fen(11007), Fen(4327), Fen(1071)))
    assert tr("shell.amount.differs") in words(block)


def test_an_estimate_shows_no_parts(qtbot):
    block = AmountBlock()
    qtbot.addWidget(block)
    block.show_estimate(Fen(16404))
    assert "0.00" not in words(block)


@pytest.mark.parametrize(
    ("left", "state"), [(13 * 3600, "ok"), (5 * 3600, "attention"), (1800, "stop")]
)
def test_time_left_turns_amber_then_red(qtbot, left, state):
    count = Countdown(StillClock().now)
    qtbot.addWidget(count)
    count.count_to(NOW + timedelta(seconds=left), 86400)
    assert count._bar.property("state") == state
    assert tr("shell.countdown.left") in count.accessibleName()
    count.stop()


def test_time_that_ran_out_is_told_once(qtbot):
    count = Countdown(StillClock().now)
    qtbot.addWidget(count)
    ended: list[bool] = []
    count.ran_out.connect(lambda: ended.append(True))
    count.count_to(NOW - timedelta(seconds=1), 3600)
    assert ended == [True]
    assert count.left_s() == 0


def test_one_difference_stops_the_match(qtbot):
    card = PersonCard()
    qtbot.addWidget(card)
    same = MatchRow("credential", "郑建国", "3501****2316", True)
    other = MatchRow("prescription", "林**", "3501****9999", False)
    card.show_match((same, same))
    assert card.chip.property("state") == "ok"
    card.show_match((same, other))
    assert card.chip.property("state") == "stop"


def test_a_timeline_row_counts_down(qtbot):
    clock = StillClock()
    line = Timeline(clock.now)
    qtbot.addWidget(line)
    until = NOW + timedelta(seconds=54)
    what, proves = Say("timeline.unknown"), Say("timeline.proves.unknown")
    line.show_rows(
        (
            TimelineRow(NOW, "done", Say("timeline.sending"), None),
            TimelineRow(None, "now", what, proves, until),
        )
    )
    assert "54" in words(line)
    clock.at += timedelta(seconds=4)
    line._step()
    assert "50" in words(line)
    clock.at += timedelta(seconds=60)
    line._step()
    assert tr("shell.timeline.due", what=say(what)) in words(line)


def test_what_has_not_happened_is_no_time_but_an_earliest_time(qtbot):
    line = Timeline(StillClock().now)
    qtbot.addWidget(line)
    later = NOW + timedelta(seconds=54)
    line.show_rows(
        (
            TimelineRow(NOW, "done", Say("timeline.sending"), None),
            TimelineRow(None, "done", Say("timeline.unknown"), None),
            TimelineRow(later, "next", Say("timeline.reversing"), None),
        )
    )
    said = [label.text() for label in line.findChildren(Text)]
    assert time_text(NOW, NOW) in said
    assert time_text(later, NOW) not in said
    assert tr("shell.timeline.earliest", time=time_text(later, NOW)) in said


@pytest.mark.parametrize("height", [120, 700])
def test_the_two_lines_of_an_empty_page_stay_together(qtbot, height):
    empty = EmptyState("没有未结的事。", "有一笔查不清或者没办完，就会出现在这里。")
    qtbot.addWidget(empty)
    empty.resize(600, height)
    empty.show()
    bold, plain = empty.findChildren(Text)
    gap = plain.geometry().top() - bold.geometry().bottom()
    assert 0 < gap <= 8
    assert bold.height() + plain.height() < 60


def test_words_that_do_not_fit_are_kept_in_full_beside(qtbot):
    label = ElidedText("一个很长很长的医院名称和科室")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert label.text().endswith("…")
    assert label.toolTip() == label.accessibleDescription() == label.full_text()


def test_a_banner_offers_buttons_with_their_keys(qtbot):
    banner = Banner()
    qtbot.addWidget(banner)
    banner.show_banner(BannerView(BannerKind.UNKNOWN, int(Code.SETTLEMENT_UNKNOWN)), more=2)
    offered: list[str] = []
    banner.offered.connect(offered.append)
    for button in banner.findChildren(ActButton):
        button.click()
    assert tuple(offered) == banner.offers() == ("ask_again", "next_customer")
    assert tr("shell.banner.more", count=2) in words(banner)
    banner.show_banner(None)
    assert banner.isHidden()


def test_shape_goes_with_colour(qtbot):
    chip = Chip("x", "ok")
    qtbot.addWidget(chip)
    seen = {chip._mark._name}
    for state in ("attention", "stop", "unknown", "training", "sending", "parked"):
        chip.set_chip("x", state)
        seen.add(chip._mark._name)
    assert len(seen) == 7
