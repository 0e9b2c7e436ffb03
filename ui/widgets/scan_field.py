"""The live scan field: always ready, classifies while characters arrive, keeps the last result."""

from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.goods.codes import ScanKind
from app.workflow.views import Spoken


class Recogniser(Protocol):
    """Says what a text looks like while it is still arriving (pure, no I/O)."""

    def __call__(self, text: str) -> ScanKind: ...


class ScanField(QFrame):
    """Where every scan and every typed code lands; 56 px, input method off.

    States: ready · receiving · recognised · accepted · attention · refused · missing.
    """

    entered = Signal(str)
    """Text ended by Enter. Whether it was typed or scanned the capture says."""

    def __init__(
        self, recognise: Recogniser, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)

    def show_spoken(self, spoken: Spoken) -> None:
        """The verdict of the last scan; stays until the next."""

    def show_waiting(self, text: str) -> None:
        """A scan was taken and is being judged."""

    def show_missing(self, text: str) -> None:
        """No scanner and no camera: typing still works."""

    def focus_input(self) -> None:
        """Put the cursor into it."""

    def set_placeholder(self, text: str) -> None: ...
