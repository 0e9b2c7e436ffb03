"""The manager's day light: one solid ground, a shape and a word; the answer before its reasons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from ui.theme import set_state, tokens
from ui.widgets.basics import State, StateMark, Text

_ON: dict[str, str] = {"ok": "ok.on", "attention": "attention.on", "stop": "stop.on"}


class DayLight(QFrame):
    """ok, attention, stop; anything else is a quiet ground: nothing is known yet."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark, self._word = StateMark("later", 20), Text("", "panel")
        inner = QHBoxLayout(self)
        edge = tokens().px("gap.inner")
        inner.setContentsMargins(edge, 0, edge, 0)
        inner.setSpacing(tokens().px("gap.small"))
        inner.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        inner.addWidget(self._word, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(tokens().px("height.binding"))

    def show_light(self, words: str, state: State) -> None:
        """Say how the day stands."""
        self._word.setText(words)
        self._mark.set_mark(state, _ON.get(state, ""))
        set_state(self, state=state)
        set_state(self._word, light=state if state in _ON else "later")
        self.setAccessibleName(words)

    def text(self) -> str:
        """The words shown."""
        return self._word.text()
