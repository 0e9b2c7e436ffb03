"""The key bar: F1 … F12 in three groups of four, as on the keyboard."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from ui.keys import FUNCTION_KEYS, Act, Key
from ui.text import tr
from ui.theme import set_state, tokens
from ui.widgets.basics import Text
from ui.widgets.buttons import LaidButton

PER_ROW_NARROW = 6


class FunctionKey(LaidButton):
    """One key: its name and what it does now. Off keys stay in place."""

    def __init__(self, key: Key, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self._name, self._word = Text(key.value, "note"), Text("", "second")
        self._name.setProperty("key_name", "true")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens().px("gap.small"), 0, tokens().px("gap.tight"), 0)
        row.setSpacing(tokens().px("gap.small"))
        row.addWidget(self._name)
        row.addWidget(self._word, 1)
        self.face(self._name, self._word)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._shown: tuple[str, str, str] | None = None

    def show_act(self, act: Act | None) -> None:
        """None: the key means nothing here and says what it usually means."""
        usual = tr(f"shell.key.{self.key.value}")
        text, on = (act.text, act.on) if act is not None else (usual, False)
        look = act.look.value if act is not None and on else "plain" if on else "off"
        why = act.why if act is not None else ""
        if (text, look, why) == self._shown:
            return
        self._shown = (text, look, why)
        self._word.setText(text)
        self.setEnabled(on)
        set_state(self, look=look)
        for label in (self._name, self._word):
            set_state(label, key_look=look)
        self.setAccessibleName(f"{self.key.value} {text}")
        self.setAccessibleDescription(why)
        self.setToolTip(why)


class KeyBar(QFrame):
    """Twelve function keys; two rows where the window is narrow."""

    key_pressed = Signal(object)
    """The ``Key`` that was pressed with the pointer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        edge = tokens().px("gap.small")
        self._grid.setContentsMargins(edge, 5, edge, 5)
        self._grid.setHorizontalSpacing(tokens().px("gap.tight"))
        self._grid.setVerticalSpacing(tokens().px("gap.tight"))
        self.keys = {key: FunctionKey(key) for key in FUNCTION_KEYS}
        for key, button in self.keys.items():
            button.clicked.connect(lambda _checked=False, key=key: self.key_pressed.emit(key))
        self._narrow: bool | None = None
        self.set_narrow(False)
        self.show_acts({})

    def show_acts(self, acts: Mapping[Key, Act]) -> None:
        """What the keys mean now."""
        for key, button in self.keys.items():
            button.show_act(acts.get(key))

    def set_narrow(self, narrow: bool) -> None:
        """One row of three groups, or two rows of six."""
        if narrow is self._narrow:
            return
        self._narrow = narrow
        for column in range(14):
            self._grid.setColumnStretch(column, 0)
            self._grid.setColumnMinimumWidth(column, 0)
        for index, (key, button) in enumerate(self.keys.items()):
            row, column = divmod(index, PER_ROW_NARROW) if narrow else (0, index + index // 4)
            self._grid.addWidget(button, row, column)
            wide = tokens().px("width.binding_key" if key is Key.BIND else "width.function_key")
            self._grid.setColumnStretch(column, wide if not narrow else 1)
        if not narrow:
            for column in (4, 9):
                self._grid.setColumnMinimumWidth(column, tokens().px("gap.small"))
        rows = 2 if narrow else 1
        tall = tokens().px("height.key_bar")
        self.setFixedHeight(tall if rows == 1 else tall + tokens().px("height.function_key") + 4)
