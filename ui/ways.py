"""Where the keys of the frame lead: desk pages, the list of who waits, and back to the visit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ui.pages.stack import page_name

if TYPE_CHECKING:
    from app.workflow.views.case import CaseView
    from ui.shell import MainWindow
    from ui.viewmodels.counter import CounterModel


def _served(case: CaseView) -> bool:
    """Somebody is at the counter: known by name, or with boxes for cash."""
    boxes = case.scan.lines if case.scan is not None else ()
    return case.patient is not None or bool(boxes) or case.settle is not None


class Ways:
    """Turns the pages of one window. ``turned`` is told when the visit is in front again."""

    def __init__(
        self, window: MainWindow, counter: CounterModel, turned: Callable[[], None]
    ) -> None:
        self._window, self._counter, self._turned = window, counter, turned

    def desk(self, name: str) -> None:
        """A desk page by its key; the same key leaves it again."""
        page = self._window.current_page()
        if page is not None and page.name == name:
            self.back()
        else:
            self._window.show_page(name)

    def back(self) -> None:
        """To the page of the case, cursor in the scan field."""
        case = self._counter.case
        if case is None:
            return
        self._window.show_case(case)
        self._window.show_page(page_name(case))
        page = self._window.current_page()
        if page is not None:
            field = page.scan_field()
            if field is not None:
                field.focus_input()
            else:
                page.focus_first()
        self._turned()

    def lead_to(self, page: str) -> None:
        """Where an open item is worked on; no name: the page of the case."""
        if not (page and self._window.show_page(page)):
            self.back()

    def park_or_list(self) -> None:
        """F4: set this customer aside; where nobody is, the list of those who wait."""
        case = self._counter.case
        if case is not None and case.can_park and _served(case):
            self._counter.park()
        else:
            self.desk("waiting")

    def abandon(self) -> None:
        """The page that asks before it does."""
        from ui.pages.where import WherePage

        page = self._window.page("where")
        if isinstance(page, WherePage):
            self.desk("where")
            page.abandon()

    def find(self) -> None:
        """F3: the field has the cursor at once; a scan right behind the key is looked for."""
        from ui.pages.waiting import WaitingPage

        if self._window.show_page("waiting"):
            page = self._window.current_page()
            if isinstance(page, WaitingPage):
                page.seek()
