"""The frame on desk pages: which page this is, and the visit that waits, in place of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.frame.desk_rail import DeskRail
from ui.text import tr

if TYPE_CHECKING:
    from app.workflow.views.desk import DeskView
    from ui.shell import MainWindow
    from ui.viewmodels.counter import CounterModel
    from ui.viewmodels.devices import DevicesModel


class DeskFrame(QObject):
    """Made with the first desk page; ``at`` says which one is in front, "" for none."""

    def __init__(
        self,
        window: MainWindow,
        counter: CounterModel,
        devices: DevicesModel,
        pages: frozenset[str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._counter, self._devices = window, counter, devices
        self._page = ""
        self.rail = DeskRail(pages)
        self.rail.key_pressed.connect(window.press)
        window.rail.take_pages(self.rail)
        counter.case_changed.connect(lambda _case: self._draw())
        counter.desk_changed.connect(lambda _desk: self._draw())
        devices.changed.connect(self._draw)

    def at(self, page: str) -> None:
        """Another page came forward."""
        self._page = page
        self._window.rail.show_pages(bool(page))
        if page:
            self._window.head(tr(f"shell.desk.page.{page}"), tr("shell.desk.esc"))
            self._draw()
        else:
            self._window.head("", "")

    def _draw(self) -> None:
        if self._page:
            self.rail.show_place(self._page, self._counter.case, self._counts())

    def _counts(self) -> dict[str, int]:
        desk: DeskView | None = self._counter.desk
        counts = {"devices": len(self._devices.bad)}
        if desk is not None:
            counts["waiting"] = len(desk.parked)
            counts["queue"] = desk.badge.count
            counts["open_items"] = desk.open_items
        return counts
