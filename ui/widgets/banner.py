"""The one banner under the strip, and the same words inside a drug line."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.workflow.views import BannerView


class Banner(QFrame):
    """What happened · what to do · code, with offers as buttons that carry their keys.

    ``inline`` draws the tint without the 6 px edge, for a message that belongs to a line.
    """

    offered = Signal(str)

    def __init__(self, *, inline: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_banner(self, banner: BannerView | None, more: int = 0) -> None:
        """Render, or hide for None; ``more`` others wait."""
