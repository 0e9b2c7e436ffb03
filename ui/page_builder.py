"""Builds the pages behind the sign-in page, one after another, so that no key waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from ui.page import Page
    from ui.shell import MainWindow

BETWEEN_PAGES_MS = 30


class PageBuilder(QObject):
    """Puts pages into the window by turns once it was started, or at once where asked."""

    def __init__(
        self,
        window: MainWindow,
        pages: Iterator[Page],
        furnish: Callable[[Page], None],
        parent: QObject | None = None,
    ) -> None:
        """``furnish`` is called with each page when it stands."""
        super().__init__(parent)
        self._window, self._pages, self._furnish = window, pages, furnish
        self._turns = QTimer(self)
        self._turns.setInterval(BETWEEN_PAGES_MS)
        self._turns.timeout.connect(self._turn)
        self.start, self.stop = self._turns.start, self._turns.stop

    def one(self) -> bool:
        """The next page; False where all stand."""
        page = next(self._pages, None)
        if page is None:
            return False
        self._window.add_page(page)
        self._furnish(page)
        return True

    def all(self) -> None:
        """Whoever is signed in needs them now."""
        while self.one():
            pass

    def _turn(self) -> None:
        """Build a page, or dress one that stands."""
        if not self.one() and not self._window.dress_one():
            self._turns.stop()
