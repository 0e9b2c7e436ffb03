"""待上传 and 未结事项 name each other: how many, and the key that leads there."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from ui.keys import Key
from ui.pages.parts import boxed, column, row
from ui.text import tr
from ui.widgets import ActButton, StateMark, Text
from ui.widgets.basics import State, set_shown


class NeighbourBar(QFrame):
    """One line about the other page; hidden where nothing is there."""

    pressed = Signal()

    def __init__(self, key: Key, state: State = "plain", parent: QWidget | None = None) -> None:
        """``key`` opens the other page; ``state`` is the shape and the colour of the line."""
        super().__init__(parent)
        unknown = state == "unknown"
        mark = StateMark(state, 16)
        set_shown(mark, unknown)
        self._said = Text("", "strong" if unknown else "body", wrap=True)
        self.go = ActButton(
            tr(f"pages.neighbour.{key.name.lower()}"), key, "unknown" if unknown else "normal"
        )
        self.go.clicked.connect(self.pressed)
        cells = row(mark, self._said, self.go, space="normal")
        cells.setStretch(1, 1)
        ground = "unknown" if unknown else "surface"
        self.setLayout(column(boxed(cells, ground=ground, inner=True)))
        self.hide()

    def say(self, words: str) -> None:
        """Nothing to say hides it."""
        self._said.setText(words)
        set_shown(self, bool(words))
