"""The prescription document, page by page, exactly the bytes that were verified."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.bridge import Bridge


class DocumentView(QWidget):
    """A PDF (or OFD, said to be unreadable here) rendered by a worker; white paper in both themes.

    States: none · loading · shown · unreadable. Zoom by Ctrl + − 0 through ``zoom_in`` … .
    """

    page_shown = Signal(int, int)
    unreadable = Signal()

    def __init__(self, bridge: Bridge, lane: str = "desk", parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_document(self, content: bytes) -> None:
        """Render ``content``; what is shown are these bytes and no others."""

    def clear(self) -> None:
        """No document."""

    def zoom_in(self) -> None: ...

    def zoom_out(self) -> None: ...

    def zoom_reset(self) -> None: ...
