"""药台停下了: disk, lock, damage, a missing key. A full page: no case is taken until it is gone."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import Code, Trouble
from ui.errors import sentences
from ui.keys import Act, Key
from ui.page import Page
from ui.text import tr
from ui.theme import tokens
from ui.widgets import ActButton, Card, StateMark, Text
from ui.widgets.basics import set_shown

BY_ITSELF = frozenset({Code.STORE_UNREACHABLE, Code.COUNTER_LOST})
"""What ends without anybody at this machine: it is looked again and again whether it did."""
AGAIN_MS = 5000


class LocalTroublePage(Page):
    """What happened, where a start stopped, what to do, the code, ways on: again, copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("local_trouble", parent)
        self._code = 0
        self._again: Callable[[], None] | None = None
        self.looking = QTimer(self)
        self.looking.setInterval(AGAIN_MS)
        self.looking.timeout.connect(self.try_again)
        self._happened = Text("", "title", wrap=True)
        self._remedy = Text("", "emph", "body", wrap=True)
        self._stage = Text("", "body", "muted", wrap=True)
        self._chip = Text("", "code", "muted")
        self.copy_button = ActButton(tr("shell.local.copy"), Key.COPY_CODE)
        self.copy_button.clicked.connect(self.copy_code)
        self.again_button = ActButton(tr("shell.offer.retry"), Key.ASK_AGAIN)
        self.again_button.clicked.connect(self.try_again)
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
        foot.addWidget(self.again_button)
        foot.addWidget(self.copy_button)
        card.body.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens().px("gap.column")] * 4)
        column.addStretch(1)
        column.addWidget(card)
        column.addStretch(2)

    def show_trouble(self, trouble: Trouble, again: Callable[[], None] | None = None) -> None:
        """Render; the words of the code with its facts.

        ``again`` is offered where the code can be put right while the program runs; a start that
        stopped is begun anew by starting.
        """
        said = sentences(trouble.code, trouble.params)
        self._code = int(trouble.code)
        stage = trouble.params.get("stage")
        self._stage.setText(
            tr("shell.opening.stopped", what=tr(f"shell.opening.{stage}")) if stage else ""
        )
        self._stage.setVisible(bool(stage))
        self._again = again if "retry" in said.actions and not stage else None
        set_shown(self.again_button, self._again is not None)
        if self._again is not None and trouble.code in BY_ITSELF:
            self.looking.start()
        else:
            self.looking.stop()
        self._happened.setText(said.happened)
        self._remedy.setText(said.remedy)
        self._chip.setText(tr("shell.local.code", code=self._code))
        self.copy_button.set_text(tr("shell.local.copy"))
        self.acts_changed.emit()

    def try_again(self) -> None:
        """F5: whether what was put right is enough."""
        if self._again is not None:
            self._again()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page stands: what was waited for is over."""
        self.looking.stop()
        super().hideEvent(event)

    def copy_code(self) -> None:
        """The code and its sentence, for whoever is asked for help."""
        QGuiApplication.clipboard().setText(f"{self._code} {self._happened.text()}")
        self.copy_button.set_text(tr("shell.local.copied"))

    def focus_first(self) -> None:
        """What leads on, else the only button."""
        (self.again_button if self._again is not None else self.copy_button).setFocus()

    def acts(self) -> tuple[Act, ...]:
        """Every binding act is off while the machine cannot remember; the code can be taken."""
        why = self._happened.text()
        off = tr("shell.key.F12")
        copy = Act(Key.COPY_CODE, tr("shell.local.copy"), self.copy_code)
        held = (copy, Act(Key.BIND, off, lambda: None, on=False, why=why))
        if self._again is None:
            return held
        return (Act(Key.ASK_AGAIN, tr("shell.offer.retry"), self.try_again), *held)
