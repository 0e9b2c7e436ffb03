"""What is pressed on the training table: by pointer, or by arrows and Enter."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from ui.keys import Key
from ui.pages.parts import column, gap
from ui.widgets import ActButton, ElidedText, Text
from ui.widgets.basics import set_shown
from ui.widgets.buttons import Kind, LaidButton

TABLE_KEYS = frozenset(
    {
        Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right,
        Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter,
    }
)  # fmt: skip
"""Keys the whole table gives their meaning; no button keeps them for itself."""
PER_ROW = 2


class TableButton(ActButton):
    """A button that leaves the cursor where it is when it is pressed with the pointer."""

    def __init__(
        self, text: str, press: Callable[[], None], kind: Kind = "normal", key: Key | None = None
    ) -> None:
        super().__init__(text, key, kind, centred=True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda _checked=False: press())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in TABLE_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


class TableRow(LaidButton):
    """One row of a list: a name above a note. Reaching it with the arrows is less than Enter."""

    reached = Signal()
    entered = Signal()

    def __init__(self, name: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        title, note = ElidedText(name, "strong"), Text(about, "note", "muted", wrap=True)
        words = column(title, note)
        words.setSpacing(0)
        words.setContentsMargins(gap("normal"), gap("tight"), gap("small"), gap("tight"))
        self.setLayout(words)
        # never wider than its list, which would then scroll sideways
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.face(title, note)
        set_shown(note, bool(about))
        self.setAccessibleName(f"{name}，{about}" if about else name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in TABLE_KEYS:
            event.ignore()
        else:
            super().keyPressEvent(event)


Rows = list[list[TableButton | TableRow]]
"""What can be pressed, row by row, as the eye sees it."""


def in_rows(buttons: list[TableButton]) -> Rows:
    """Buttons as they stand in a grid of ``PER_ROW``."""
    return [list(buttons[at : at + PER_ROW]) for at in range(0, len(buttons), PER_ROW)]


def fill_grid(grid: QGridLayout, buttons: list[TableButton]) -> None:
    """Buttons of one width, row by row; what stood there before goes."""
    while grid.count():
        grid.takeAt(0)
    for index, button in enumerate(buttons):
        grid.addWidget(button, *divmod(index, PER_ROW))


def new_grid() -> QGridLayout:
    """A grid of columns that are equally wide."""
    grid = QGridLayout()
    grid.setSpacing(gap("tight"))
    grid.setContentsMargins(0, 0, 0, 0)
    for place in range(PER_ROW):
        grid.setColumnStretch(place, 1)
    return grid
