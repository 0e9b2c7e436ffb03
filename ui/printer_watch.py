"""Printers do not tell when their state changes: somebody has to look again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from ui.viewmodels.devices import DevicesModel, Thing

if TYPE_CHECKING:
    from app.ports.devices import Printer
    from ui.bridge import Bridge

LOOK_MS = 15_000


class PrinterWatch(QObject):
    """Asks each printer in the print lane, and puts what it says among the devices."""

    def __init__(self, bridge: Bridge, devices: DevicesModel, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge, self._devices = bridge, devices
        self._printers: dict[Thing, Printer | None] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def watch(self, receipt: Printer | None, page: Printer | None) -> None:
        """Look now and from now on; None is a printer that this counter does not have."""
        self._printers = {Thing.RECEIPT_PRINTER: receipt, Thing.PAGE_PRINTER: page}
        self._look()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        for thing, printer in self._printers.items():
            if printer is not None:
                self._bridge.submit("print", printer.state, self._put(thing))

    def _put(self, thing: Thing) -> Callable[[object], None]:
        def put(state: object) -> None:
            self._devices.put(thing, state)  # type: ignore[arg-type]  # a printer's state

        return put
