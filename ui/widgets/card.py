"""Panels, empty states, rows of facts."""

from typing import Literal

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ui.widgets.basics import Chip

CardState = Literal["plain", "current", "chosen", "off", "ok", "attention", "stop", "unknown"]


class Card(QFrame):
    """A panel: optional head (title, note, chip, extra widgets) of 40 px, then ``body``.

    ``body`` is a ``QVBoxLayout`` with the panel's inner margins; ``bare`` leaves them out for
    tables and lists that run to the border.
    """

    def __init__(
        self,
        title: str = "",
        note: str = "",
        *,
        icon: str = "",
        bare: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.body: QVBoxLayout = QVBoxLayout()
        self.chip = Chip()

    def set_title(self, title: str, note: str = "") -> None:
        """Change head words."""

    def set_chip(self, text: str, state: str = "plain") -> None:
        """Show the state chip at the right of the head; an empty text hides it."""

    def add_head(self, widget: QWidget) -> None:
        """Put a widget at the right end of the head, before the chip."""

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Append to the body."""

    def add_line(self) -> None:
        """A hair line across the body."""

    def set_state(self, state: CardState) -> None:
        """Border and ground of a chosen, current, refused … card."""


class EmptyState(QFrame):
    """Nothing to do: one bold sentence, one plain with the next time or key; no picture."""

    def __init__(self, bold: str, plain: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def set_texts(self, bold: str, plain: str) -> None:
        """Say something else."""


class FactRows(QFrame):
    """Two or three columns of label · mark and word · note, a hair line between rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def set_rows(self, rows: tuple[tuple[str, str, str], ...]) -> None:
        """``(label, text, state)``; state "" draws no mark."""


class KeyHint(QFrame):
    """The quiet line under a page: key caps with words."""

    def __init__(self, hints: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        """``hints``: (key cap text, words)."""
        super().__init__(parent)


class Progress(QFrame):
    """A job from 1 s on: stage, done / total, time left, bar; cancel only if offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_progress(self, stage: str, done: int, total: int | None, left_s: float | None) -> None:
        """``stage`` is ready text; ``total`` None draws an unknown length."""

