"""密码 of the e-voucher, typed by its holder where wanted (S2 4.13, core-platform 1.5)."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.credential import Secret
from app.workflow.views.case import CaseView
from ui.key_capture import TYPED
from ui.keys import Act, Key
from ui.pages.parts import boxed, column, row
from ui.text import tr
from ui.viewmodels.counter import CounterModel
from ui.widgets import ActButton, Card, Text

_LONGEST = 32


class PasswordCard(Card):
    """Seen only while a password is wanted. What was typed is gone once it was asked with."""

    changed = Signal()
    """Whether it may be asked with has changed."""

    def __init__(
        self,
        counter: CounterModel,
        parent: QWidget | None = None,
        note: str = "pages.identify.password_note",
    ) -> None:
        """``note`` says what the password is for."""
        super().__init__(tr("pages.identify.password"), icon="id-card", parent=parent)
        self._counter = counter
        self._case_id: int | None = None
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText(tr("pages.identify.password_field"))
        self.field.setAccessibleName(tr("pages.identify.password"))
        self.field.setProperty(TYPED, True)
        self.field.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.ask = ActButton(tr("pages.identify.password_ask"), Key.FORWARD)
        self.note = Text(tr(note), "second", wrap=True)
        self.add(boxed(column(row(self.field, self.ask), self.note)))
        self.field.returnPressed.connect(self.send)
        self.field.textEdited.connect(lambda _text: self._enable())
        self.ask.clicked.connect(self.send)
        counter.case_changed.connect(self.render_case)
        counter.busy_changed.connect(lambda _busy: self._enable())
        self.hide()
        self._enable()

    def render_case(self, case: CaseView) -> None:
        """Show or hide; another customer never finds what this one typed."""
        wanted = case.needs_password
        appears = wanted and (self.isHidden() or case.case_id != self._case_id)
        if not wanted or appears:
            self.field.clear()
        self._case_id = case.case_id
        self.setVisible(wanted)
        self._enable()
        if appears and self.isVisible():
            # the card of a page behind must not draw the cursor there
            self.field.setFocus()

    def send(self) -> None:
        """One attempt for one typing."""
        text = self.field.text()
        if not text or self._counter.busy:
            return
        self.field.clear()
        self._enable()
        password, workflow = Secret(text), self._counter.workflow
        self._counter.intend(lambda case_id: workflow.by_password(case_id, password), proceed=True)

    def act(self) -> Act:
        """Enter, as the keys of the page name it."""
        return Act(
            Key.FORWARD, tr("pages.identify.password_ask"), self.send, on=self.ask.isEnabled()
        )

    def _enable(self) -> None:
        self.ask.setEnabled(bool(self.field.text()) and not self._counter.busy)
        self.changed.emit()
