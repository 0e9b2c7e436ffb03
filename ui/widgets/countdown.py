"""Left-over time on the platform's clock; steps once a second, above one hour once a minute."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class Countdown(QWidget):
    """还剩 …, with a bar of the whole validity. Amber under 6 h, red under 1 h."""

    ran_out = Signal()

    def __init__(
        self, now: Callable[[], datetime], *, bar: bool = True, parent: QWidget | None = None
    ) -> None:
        """``now`` is the platform's time, aware."""
        super().__init__(parent)

    def count_to(self, until: datetime, total_s: int) -> None:
        """Count down to ``until``; ``total_s`` is the length of the full bar."""

    def stop(self) -> None:
        """Stand still and show nothing."""
