"""What the last act of a person came to, said over the pages until it is over or left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from ui.pages.stack import DESK_PAGES

if TYPE_CHECKING:
    from app.workflow.views.case import BannerView
    from ui.shell import MainWindow

_OPERATION = "operation"


class OperationBanner:
    """One banner of the frame, and the page it was said on."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._said_at = window, ""

    def say(self, banner: BannerView | None) -> None:
        """Say it on the page in front; None when it is over."""
        page = self._window.current_page()
        self._said_at = page.name if banner is not None and page is not None else ""
        self._window.say(_OPERATION, banner)

    def turned(self, name: str) -> None:
        """Another page is in front: what a desk page was refused is none of its business."""
        if self._said_at in DESK_PAGES and self._said_at != name:
            self.say(None)

    @property
    def stands(self) -> bool:
        """Whether any banner is in front."""
        return self._window.board.loudest() is not None

    def copy(self) -> None:
        """The code of the banner in front, for whoever is asked for help."""
        shown = self._window.board.loudest()
        if shown is not None:
            QGuiApplication.clipboard().setText(str(shown.code))

    def says(self, code: int) -> bool:
        """Whether the banner in front, whoever said it, says this very code."""
        shown = self._window.board.loudest()
        return shown is not None and shown.code == code
