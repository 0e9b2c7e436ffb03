"""A scan on a page without a scan field is answered there, in the frame, and nowhere later."""

from app.domain.errors import Code
from app.domain.goods.codes import ScanKind
from app.workflow.views.case import Say, Spoken
from tests.support.rx_views import select_case
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.pages.identify import IdentifyPage

NOT_NOW = int(Code.SCAN_NOT_NOW)
REFUSED = Spoken(ScanKind.DRUG_TRACE, "8341290 0512", Say(f"error.{NOT_NOW}"), "attention")
TAKEN = Spoken(ScanKind.VOUCHER, "2800…", Say("scan.mended.spaces"), "good")


def _identify(opened: CounterWindow) -> IdentifyPage:
    page = opened.window.page("identify")
    assert isinstance(page, IdentifyPage)
    return page


def test_a_page_without_a_scan_field_says_the_refusal_in_the_frame(open_window) -> None:
    opened = open_window(select_case())
    assert opened.window.current_page().scan_field() is None
    opened.counter.spoken.emit(REFUSED)
    said = opened.window.board.loudest()
    assert said is not None
    assert said.code == NOT_NOW


def test_the_next_good_scan_takes_it_away(open_window) -> None:
    opened = open_window(select_case())
    opened.counter.spoken.emit(REFUSED)
    opened.counter.spoken.emit(TAKEN)
    assert opened.window.board.loudest() is None


def test_a_field_out_of_sight_keeps_nothing_for_later(open_window) -> None:
    opened = open_window(identify_case())
    opened.window.show_page("devices")
    opened.counter.spoken.emit(REFUSED)
    assert opened.window.board.loudest().code == NOT_NOW
    opened.window.show_page("identify")
    field = _identify(opened).field
    assert field.accessibleDescription() == ""
    assert not field.refusal.isVisible()


def test_a_field_in_sight_says_it_alone(open_window) -> None:
    opened = open_window(identify_case())
    opened.counter.spoken.emit(REFUSED)
    assert opened.window.board.loudest() is None
    assert _identify(opened).field.refusal.isVisible()
