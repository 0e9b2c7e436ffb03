"""What a person reads off the case on screen before the next act."""

from app.domain.case import Phase
from app.domain.errors import Code, NotSent, OutcomeUnknown
from app.workflow.views.case import CaseView, DrugLineView
from ui.shell import MainWindow

_UNANSWERED = (NotSent.thousands, OutcomeUnknown.thousands)


def hangs(case: CaseView, since: int) -> bool:
    """Nothing was refused; an answer did not come, or nothing left: a person tries again."""
    waits = case.banner is not None and case.banner.code // 1000 in _UNANSWERED
    return waits and case.version > since and case.phase is not Phase.SENT


def told(case: CaseView) -> int | None:
    """The code of the banner."""
    return case.banner.code if case.banner is not None else None


def place_is_unknown(case: CaseView | None) -> bool:
    """Whether the money of the case on screen is not known."""
    return case is not None and case.unknown is not None


def nothing_to_take(case: CaseView) -> bool:
    """Whether a list is shown of which no prescription may be taken."""
    return case.select is not None and all(card.choice is None for card in case.select.cards)


def no_prescription(case: CaseView | None) -> bool:
    """Whether the platform has none at all for the person who was recognised."""
    banner = case.banner if case is not None else None
    return banner is not None and banner.code == Code.NO_PRESCRIPTION


def spent(case: CaseView) -> bool:
    """Whether the one download of this read is gone: a fresh code must be shown."""
    return case.select is not None and case.select.spent


def needs_credential(case: CaseView) -> bool:
    """Whether the customer must show something again before money."""
    return case.settle is not None and case.settle.needs_credential


def line_of(case: CaseView, index: int) -> DrugLineView | None:
    """The line of the scan page with this number."""
    lines = case.scan.lines if case.scan is not None else ()
    return next((line for line in lines if line.index == index), None)


def unfilled(case: CaseView) -> bool:
    """Whether a line still lacks boxes that this store does not have or may not sell."""
    lines = case.scan.lines if case.scan is not None else ()
    return any(line.scanned < line.needed for line in lines)


def is_shut(window: MainWindow) -> bool:
    """Whether the full page of a local trouble is in front: nothing goes on behind it."""
    page = window.current_page()
    return page is not None and page.name == "local_trouble"
