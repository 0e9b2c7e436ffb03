"""Names that are read whole: what a box is and how strong it is never shortens."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.widgets.basics import Role, Text, Tone


class NameText(Text):
    """On one line where there is room for it; else it goes on below itself."""

    def __init__(
        self,
        text: str = "",
        role: Role = "strong",
        tone: Tone = "",
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, tone, wrap=True, parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """All of it on one line."""
        self.ensurePolished()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(wide, self.heightForWidth(wide))
