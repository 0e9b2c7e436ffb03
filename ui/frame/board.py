"""At most one banner at a time: unknown > stop > attention > calm > healed; others wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.workflow.views.states import BannerKind
from ui.frame.notices import NoticeBook

if TYPE_CHECKING:
    from app.workflow.views.case import BannerView

ORDER = tuple(BannerKind)
HEALED_MS = 10_000
"""How long a healed banner stays before it goes by itself (ui 5)."""
CASE, LINE = "case", "line"


class BannerBoard(QObject):
    """Collects what wants to be said, by source, and picks the loudest."""

    changed = Signal(object, int)
    """(the ``BannerView`` to show or None, how many others wait)"""

    def __init__(self, book: NoticeBook, parent: QObject | None = None) -> None:
        """``book`` keeps what was said when the banner has gone."""
        super().__init__(parent)
        self.book = book
        self._said: dict[str, BannerView] = {}
        self._more = 0
        self._healed: BannerView | None = None
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(HEALED_MS)
        self._fade.timeout.connect(self.calm_down)

    def put(self, source: str, banner: BannerView | None, more: int = 0) -> None:
        """What ``source`` says now; None when its cause has gone. ``more`` waits behind it."""
        if source == CASE:
            self._more = more
        self.book.hear(source, banner)
        if banner is not None and banner == self._healed:
            banner = None
        if self._said.get(source) == banner:
            return
        if banner is None:
            del self._said[source]
        else:
            self._said[source] = banner
        self._tell()

    def calm_down(self) -> None:
        """The next scan, or ten seconds: what healed has been read."""
        for source, banner in list(self._said.items()):
            if banner.kind is BannerKind.HEALED:
                self._healed = banner
                del self._said[source]
        self._tell()

    def loudest(self) -> BannerView | None:
        """The one to show."""
        return min(self._said.values(), key=lambda said: ORDER.index(said.kind), default=None)

    def _tell(self) -> None:
        shown = self.loudest()
        if shown is not None and shown.kind is BannerKind.HEALED:
            self._fade.start()
        else:
            self._fade.stop()
        self.changed.emit(shown, max(0, len(self._said) - 1) + self._more)
