"""药台停下了: disk, lock, damage, a missing key. A full page: no case is taken until it is gone."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import Trouble
from ui.errors import sentences
from ui.keys import Act, Key
from ui.page import Page
from ui.text import tr
from ui.theme import tokens
from ui.widgets import ActButton, Card, StateMark, Text


class LocalTroublePage(Page):
    """What happened, where a start stopped, what to do, the code, and a way to copy it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("local_trouble", parent)
        self._code = 0
        self._happened = Text("", "title", wrap=True)
        self._remedy = Text("", "emph", "body", wrap=True)
        self._stage = Text("", "body", "muted", wrap=True)
        self._chip = Text("", "code", "muted")
        self.copy_button = ActButton(tr("shell.local.copy"), Key.COPY_CODE)
        self.copy_button.clicked.connect(self.copy_code)
        card = Card(tr("shell.local.title"))
        card.set_state("stop")
        card.body.setSpacing(tokens().px("gap.normal"))
        head = QHBoxLayout()
        head.setSpacing(tokens().px("gap.normal"))
        head.addWidget(StateMark("stop", 26))
        head.addWidget(self._happened, 1)
        card.body.addLayout(head)
        card.add(self._stage)
        card.add(self._remedy)
        foot = QHBoxLayout()
        foot.addWidget(self._chip)
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        card.body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens().px("gap.column")] * 4)
        column.addStretch(1)
        column.addWidget(card)
        column.addStretch(2)

    def show_trouble(self, trouble: Trouble) -> None:
        """Render; the words of the code with its facts."""
        said = sentences(trouble.code, trouble.params)
        self._code = int(trouble.code)
        stage = trouble.params.get("stage")
        self._stage.setText(
            tr("shell.opening.stopped", what=tr(f"shell.opening.{stage}")) if stage else ""
        )
        self._stage.setVisible(bool(stage))
        self._happened.setText(said.happened)
        self._remedy.setText(said.remedy)
        self._chip.setText(tr("shell.local.code", code=self._code))
        self.copy_button.set_text(tr("shell.local.copy"))

    def copy_code(self) -> None:
        """The code and its sentence, for whoever is asked for help."""
        QGuiApplication.clipboard().setText(f"{self._code} {self._happened.text()}")
        self.copy_button.set_text(tr("shell.local.copied"))

    def focus_first(self) -> None:
        """The only button."""
        self.copy_button.setFocus()

    def acts(self) -> tuple[Act, ...]:
        """Every binding act is off while the machine cannot remember; the code can be taken."""
        why = self._happened.text()
        off = tr("shell.key.F12")
        copy = Act(Key.COPY_CODE, tr("shell.local.copy"), self.copy_code)
        return (copy, Act(Key.BIND, off, lambda: None, on=False, why=why))
