"""Whose login and PIN a trainee may use: a quiet note beside the sign-in card."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from app.ports.training import TrainingLogin
from ui.text import tr
from ui.theme import tokens
from ui.widgets import Card, Text

_COLUMNS = ("login", "pin", "name", "roles")


class LoginsNote(Card):
    """One line per person: login, PIN, name, what they may do."""

    def __init__(self, logins: Sequence[TrainingLogin], parent: QWidget | None = None) -> None:
        super().__init__(tr("training.logins.title"), tr("training.logins.note"), parent=parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens().px("gap.inner"))
        grid.setVerticalSpacing(tokens().px("gap.tight"))
        grid.setColumnStretch(len(_COLUMNS), 1)
        for place, name in enumerate(_COLUMNS):
            grid.addWidget(Text(tr(f"training.logins.{name}"), "note", "muted"), 0, place)
        for at, login in enumerate(logins, 1):
            roles = "、".join(tr(f"training.role.{role}") for role in login.roles)
            for place, text in enumerate((login.login, login.pin, login.name, roles)):
                code = place < 2
                grid.addWidget(
                    Text(text, "code_small" if code else "second", "strong" if code else "body"),
                    at,
                    place,
                )
        self.body.addLayout(grid)
