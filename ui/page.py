"""What the frame knows about a page: its keys, its scan field, its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.keys import Act

if TYPE_CHECKING:
    from app.ports.devices import ScannedText
    from app.ports.referee import Referee
    from ui.viewmodels.catalogue import CatalogueWork
    from ui.viewmodels.counter import CounterModel
    from ui.viewmodels.day_end import DayEndWork
    from ui.viewmodels.devices import DevicesModel
    from ui.viewmodels.doubts import DoubtsModel
    from ui.viewmodels.parcels import ParcelWork
    from ui.viewmodels.stock import StockWork
    from ui.viewmodels.stock_day import StockDayWork
    from ui.viewmodels.workflow import CardWork, QueueWork
    from ui.widgets.scan_field import Recogniser, ScanField


class PageKit(NamedTuple):
    """What pages are built from. What is None has no door here."""

    counter: CounterModel
    devices: DevicesModel
    recognise: Recogniser
    cards: CardWork | None = None
    queue: QueueWork | None = None
    doubts: DoubtsModel | None = None
    day_end: DayEndWork | None = None
    referee: Referee | None = None
    parcels: ParcelWork | None = None
    catalogue: CatalogueWork | None = None
    stock: StockWork | None = None
    stock_day: StockDayWork | None = None


class Page(QWidget):
    """Base of every page in the stack.

    A page renders frozen views, offers ``acts`` for the key bar, and emits ``acts_changed``
    whenever they differ. It never blocks and never opens a dialog of its own.

    What it ``put_off`` waits while another page of the stack is in front: pages nobody sees cost
    nothing, and are up to date when they come forward.
    """

    acts_changed = Signal()
    back_wanted = Signal()
    """The page has done its part: the case belongs in front again."""
    key_wanted = Signal(object)
    """A ``Key`` whose act a button of the page stands for."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the page's key in ``shell.page.*`` (its title) and in the stack."""
        super().__init__(parent)
        self.name = name
        self.setObjectName(name)
        self._coming = False
        self._waiting: Callable[[], None] | None = None

    def acts(self) -> tuple[Act, ...]:
        """Keys this page gives a meaning to now; the frame adds F1 F2 F3 F6 F8 F10 F11."""
        return ()

    def put_off(self, draw: Callable[[], None]) -> bool:
        """True while another page is in front: ``draw`` runs when this one comes forward."""
        if self._coming or not self._behind():
            return False
        self._waiting = draw
        return True

    def come_forward(self) -> None:
        """Draw what was put off, before this page is seen; the frame calls it."""
        draw, self._waiting = self._waiting, None
        if draw is not None:
            self._coming = True
            try:
                draw()
            finally:
                self._coming = False

    def _behind(self) -> bool:
        stack = self.parentWidget()
        return isinstance(stack, QStackedWidget) and stack.currentWidget() is not self

    def scan_field(self) -> ScanField | None:
        """Where a scan lands on this page; None on pages without one."""
        return None

    def catch_scan(self, _scanned: ScannedText) -> bool:
        """True where this page wanted the scan for itself; else it goes to the visit."""
        return False

    def focus_first(self) -> None:
        """Put the focus where the next input belongs; the scan field unless a page says else."""
        field = self.scan_field()
        if field is not None:
            field.focus_input()

    def holds_focus(self) -> bool:
        """Whether the cursor is somewhere on this page."""
        focused = self.window().focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))
