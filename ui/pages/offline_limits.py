"""断网限额 in the side of 待上传: what holds, and the form in which the manager changes it."""

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from app.domain.money import fen_text
from ui.formats import money_text
from ui.key_capture import TYPED
from ui.keys import Key, offer_key
from ui.pages.parts import boxed, gap, row
from ui.text import tr
from ui.viewmodels.limits import LimitsModel
from ui.widgets import ActButton, Card, Text
from ui.widgets.basics import set_shown

EDIT = 3
"""Alt 3 opens the form."""
FIELDS = ("amount", "sales", "hours", "login", "pin")


class LimitsCard(Card):
    """Amount, number and hours; login and PIN of who sets them. The PIN leaves at once.

    ``bar`` says what holds, for the foot of the page; the card itself shows while it is changed.
    """

    def __init__(self, model: LimitsModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.limits.title"), parent=parent)
        self._model = model
        self.note = Text("", "second", wrap=True)
        self.change = ActButton(tr("pages.limits.change"), offer_key(EDIT), "flat")
        self.change.clicked.connect(lambda: model.edit(True))
        self.inputs = {name: QLineEdit() for name in FIELDS}
        self.inputs["pin"].setEchoMode(QLineEdit.EchoMode.Password)
        grid = QGridLayout()
        grid.setVerticalSpacing(gap("tight"))
        grid.setColumnStretch(1, 1)
        for at, (name, field) in enumerate(self.inputs.items()):
            words = tr(f"pages.limits.{name}")
            field.setAccessibleName(words)
            field.setMaxLength(30)
            field.setProperty(TYPED, True)
            grid.addWidget(Text(words, "second"), at, 0)
            grid.addWidget(field, at, 1)
        self.form = boxed(grid)
        self.keep = ActButton(tr("pages.limits.keep"), Key.BIND, "primary", height="primary")
        self.keep.clicked.connect(self.send)
        self.add(self.form)
        self.add(self.keep)
        said = row(self.note, self.change)
        said.setStretch(0, 1)
        self.bar = boxed(said, ground="sunken", inner=True)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """What holds now; the form only while somebody changes it."""
        limits, editing = self._model.limits, self._model.editing
        set_shown(self, editing)
        self.change.setEnabled(limits is not None and not editing)
        if limits is None:
            return
        self.note.setText(
            tr(
                "pages.limits.holds",
                amount=money_text(limits.amount),
                sales=limits.sales,
                hours=limits.hours,
            )
        )
        if not editing:
            texts = (fen_text(limits.amount), str(limits.sales), str(limits.hours), "", "")
            for field, text in zip(self.inputs.values(), texts, strict=True):
                field.setText(text)

    def send(self) -> None:
        """F12 while the form is open."""
        texts = {name: field.text() for name, field in self.inputs.items()}
        self.inputs["pin"].clear()
        self._model.send(**texts)
