"""What the frame knows about a page: its keys, its scan field, its name."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.keys import Act
from ui.widgets.scan_field import ScanField


class Page(QWidget):
    """Base of every page in the stack.

    A page renders frozen views, offers ``acts`` for the key bar, and emits ``acts_changed``
    whenever they differ. It never blocks and never opens a dialog of its own.
    """

    acts_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the page's key in ``shell.page.*`` (its title) and in the stack."""
        super().__init__(parent)
        self.name = name
        self.setObjectName(name)

    def acts(self) -> tuple[Act, ...]:
        """Keys this page gives a meaning to now; the frame adds F1 F2 F3 F6 F8 F10 F11."""
        return ()

    def scan_field(self) -> ScanField | None:
        """Where a scan lands on this page; None on pages without one."""
        return None

    def focus_first(self) -> None:
        """Put the focus where the next input belongs; the scan field unless a page says else."""
        field = self.scan_field()
        if field is not None:
            field.focus_input()

    def holds_focus(self) -> bool:
        """Whether the cursor is somewhere on this page."""
        focused = self.window().focusWidget()
        return focused is not None and (focused is self or self.isAncestorOf(focused))
