"""Fields of the back room: a name above each line edit, Enter goes from one to the next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from ui.key_capture import TYPED
from ui.pages.parts import gap, scaled
from ui.text import tr
from ui.theme import set_state
from ui.widgets import Text

LONGEST = 200
_LEAST = 72


class Form(QWidget):
    """Named fields in rows; the last Enter hands everything over.

    ``widths`` are shares of the row. A field that was refused is marked until it changes.
    """

    filled = Signal()
    typed = Signal()

    def __init__(
        self,
        page: str,
        names: tuple[str, ...],
        *,
        across: int = 1,
        widths: dict[str, int] | None = None,
        least: dict[str, int] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``page`` is where the words of the fields are kept: ``pages.<page>.field.<name>``.

        ``least`` are compact px a field keeps however narrow the page is; its whole text is read.
        """
        super().__init__(parent)
        self.inputs: dict[str, QLineEdit] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(gap("small"))
        grid.setVerticalSpacing(gap("tight"))
        for at, name in enumerate(names):
            line, place = divmod(at, across)
            words = tr(f"pages.{page}.field.{name}")
            field = QLineEdit()
            field.setMaxLength(LONGEST)
            field.setAccessibleName(words)
            field.setMinimumWidth(scaled((least or {}).get(name, _LEAST)))
            # short words and dates: fast fingers are no gun here
            field.setProperty(TYPED, True)
            field.textChanged.connect(lambda _text, one=field: self._changed(one))
            grid.addWidget(Text(words, "second"), line * 2, place)
            grid.addWidget(field, line * 2 + 1, place)
            grid.setColumnStretch(place, (widths or {}).get(name, 1))
            self.inputs[name] = field
        for name, after in zip(names, (*names[1:], ""), strict=True):
            self.inputs[name].returnPressed.connect(self._next(after))

    def _next(self, after: str) -> Callable[[], None]:
        if not after:
            return self.filled.emit
        return self.inputs[after].setFocus

    def _changed(self, field: QLineEdit) -> None:
        set_state(field, state="plain")
        self.typed.emit()

    def texts(self) -> dict[str, str]:
        return {name: field.text().strip() for name, field in self.inputs.items()}

    def show_texts(self, **texts: str) -> None:
        """Put words in where nobody is typing."""
        for name, text in texts.items():
            field = self.inputs[name]
            if not field.hasFocus() and field.text() != text:
                field.setText(text)

    def clear(self) -> None:
        for field in self.inputs.values():
            field.clear()

    def blame(self, name: str) -> None:
        """Mark one field and put the cursor there."""
        field = self.inputs.get(name)
        if field is not None:
            set_state(field, state="stop")
            field.setFocus()
            field.selectAll()
