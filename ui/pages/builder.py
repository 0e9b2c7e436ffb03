"""Pages are built behind the sign-in page, one after another, so that no key waits for them."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal

from ui.page import Page
from ui.shell import MainWindow

BETWEEN_PAGES_MS = 30


class PageBuilder(QObject):
    """Builds the pages that are not there yet, then styles each ahead of the first look at it."""

    stands = Signal()
    """Every page is built and dressed."""

    def __init__(
        self,
        window: MainWindow,
        pages: Iterator[Page],
        added: Callable[[Page], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._pages, self._added = window, pages, added
        self._timer = QTimer(self)
        self._timer.setInterval(BETWEEN_PAGES_MS)
        self._timer.timeout.connect(self._prepare)

    def start(self) -> None:
        """One page after another from now on."""
        self._timer.start()

    def stop(self) -> None:
        """What is not built yet stays so."""
        self._timer.stop()

    def build_one(self) -> bool:
        """The next page; False where all stand."""
        page = next(self._pages, None)
        if page is None:
            return False
        self._window.add_page(page)
        self._added(page)
        return True

    def build_all(self) -> None:
        """The rest at once."""
        while self.build_one():
            pass

    def _prepare(self) -> None:
        if not self.build_one() and not self._window.dress_one():
            self._timer.stop()
            self.stands.emit()
