"""Who stands at the counter, and where everything is."""

from datetime import datetime

from PySide6.QtWidgets import QWidget

from app.workflow.views import MatchRow, PatientView, TimelineRow, WhereRow
from ui.widgets.card import Card


class PersonCard(Card):
    """是本人吗: credential, platform, prescription in three rows; a difference stops here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)

    def show_match(self, rows: tuple[MatchRow, ...]) -> None:
        """All agree · masked by platform · one differs · not yet."""

    def show_patient(self, patient: PatientView | None) -> None:
        """Name, sex, age, insurance above the rows."""


class WhereList(Card):
    """各在哪里: money, prescription, codes, goods; each ours, sending, theirs or unknown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)

    def show_where(self, rows: tuple[WhereRow, ...], at: datetime | None = None) -> None:
        """Render the four lines; ``at`` is the time in the head."""


class Timeline(QWidget):
    """怎么查清: done, now with countdown, next; each with clock time and what it proves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_rows(self, rows: tuple[TimelineRow, ...]) -> None:
        """Render; a row with ``until`` counts down by itself."""
