"""Panels, empty states, rows of facts, key hints, progress."""

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.formats import span_text
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import (
    Chip,
    ElidedText,
    Icon,
    KeyCap,
    State,
    StateMark,
    Text,
    clear_layout,
    set_shown,
)

CardState = Literal["plain", "current", "chosen", "off", "ok", "attention", "stop", "unknown"]


class HairLine(QFrame):
    """A line that divides and says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("line", "hair")


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
        inner = tokens().px("gap.inner")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self._head = QWidget()
        self._head.setFixedHeight(tokens().px("height.head"))
        row = QHBoxLayout(self._head)
        row.setContentsMargins(inner, 0, inner, 0)
        row.setSpacing(tokens().px("gap.small"))
        if icon:
            row.addWidget(Icon(icon, tone="text.body"))
        self._title, self._note = Text(role="panel"), ElidedText(role="second")
        self.chip = Chip()
        row.addWidget(self._title)
        row.addWidget(self._note)
        row.addStretch(1)
        row.addWidget(self.chip)
        self._head_row = row
        self._line = HairLine()
        outer.addWidget(self._head)
        outer.addWidget(self._line)
        self.body = QVBoxLayout()
        edge = 0 if bare else tokens().px("gap.normal")
        self.body.setContentsMargins(0 if bare else inner, edge, 0 if bare else inner, edge)
        self.body.setSpacing(0 if bare else tokens().px("gap.tight"))
        outer.addLayout(self.body, 1)
        self.set_title(title, note)

    def set_title(self, title: str, note: str = "") -> None:
        """Change head words; without a title there is no head."""
        self._title.setText(title)
        self._note.setText(note)
        set_shown(self._note, bool(note))
        set_shown(self._head, bool(title))
        set_shown(self._line, bool(title))
        self.setAccessibleName(title)

    def set_chip(self, text: str, state: State = "plain") -> None:
        """Show the state chip at the right of the head; an empty text hides it."""
        self.chip.set_chip(text, state)

    def add_head(self, widget: QWidget) -> None:
        """Put a widget at the right end of the head, before the chip."""
        self._head_row.insertWidget(self._head_row.count() - 1, widget)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Append to the body."""
        self.body.addWidget(widget, stretch)

    def add_line(self) -> None:
        """A hair line across the body."""
        self.body.addWidget(HairLine())

    def set_state(self, state: CardState) -> None:
        """Border and ground of a chosen, current, refused … card."""
        set_state(self, state=state)


class EmptyState(QFrame):
    """Nothing to do: one bold sentence, one plain with the next time or key; no picture."""

    def __init__(self, bold: str, plain: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens().px("gap.inner")] * 4)
        column.setSpacing(tokens().px("gap.tight"))
        # room above and below, none between: two labels would share a tall page and drift apart
        column.addStretch(1)
        self._bold = Text(role="panel", wrap=True)
        self._plain = Text(role="second", wrap=True)
        for part in (self._bold, self._plain):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addStretch(1)
        self.set_texts(bold, plain)

    def set_texts(self, bold: str, plain: str) -> None:
        """Say something else."""
        self._bold.setText(bold)
        self._plain.setText(plain)
        set_shown(self._plain, bool(plain))
        self.setAccessibleName(bold)
        self.setAccessibleDescription(plain)


class FactRows(QFrame):
    """Label · mark · words, one row of 36 px each, a hair line between rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(tokens().px("gap.small"))
        self._grid.setColumnStretch(2, 1)
        self._shown: tuple[tuple[str, str, str], ...] = ()

    def set_rows(self, rows: tuple[tuple[str, str, State | Literal[""]], ...]) -> None:
        """``(label, text, state)``; the mark stands before the label; state "" draws none."""
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._grid)
        for index, (label, text, state) in enumerate(rows):
            at = index * 2
            if index:
                self._grid.addWidget(HairLine(), at - 1, 0, 1, 3)
            if state:
                self._grid.addWidget(StateMark(state), at, 0)
            self._grid.addWidget(Text(label, "strong" if state else "second"), at, 1)
            self._grid.addWidget(Text(text, "body", wrap=True), at, 2)
            self._grid.setRowMinimumHeight(at, tokens().px("height.row") - 2)


class KeyHint(QFrame):
    """The quiet line under a page: key caps with words."""

    def __init__(self, hints: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        """``hints``: (key cap text, words)."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens().px("gap.small"))
        for cap, words in hints:
            row.addWidget(KeyCap(cap))
            row.addWidget(Text(words, "second"))
            row.addSpacing(tokens().px("gap.small"))
        row.addStretch(1)


class Progress(QFrame):
    """A job from 1 s on: stage, done / total, time left, bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        self._stage, self._count = Text(role="strong"), Text(role="second")
        self._left = Text(role="second", align_right=True)
        row.addWidget(self._stage)
        row.addWidget(self._count)
        row.addStretch(1)
        row.addWidget(self._left)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        column.addLayout(row)
        column.addWidget(self._bar)

    def show_progress(self, stage: str, done: int, total: int | None, left_s: float | None) -> None:
        """``stage`` is ready text; ``total`` None draws an unknown length; ``left_s`` seconds."""
        self._stage.setText(stage)
        self._count.setText("" if total is None else f"{done:,} / {total:,}")
        self._left.setText(
            "" if left_s is None else tr("shell.progress.left", left=span_text(left_s))
        )
        self._bar.setRange(0, total or 0)
        self._bar.setValue(done)
        self._bar.setAccessibleName(stage)
