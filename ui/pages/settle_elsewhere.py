"""在别的系统结算: what its slip says is typed here, and the goods may go."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.formats import money_text
from ui.keys import Key
from ui.pages.parts import column, gap, row
from ui.pages.second_person import plain_field
from ui.text import tr
from ui.viewmodels.settle_elsewhere import ForeignModel
from ui.widgets import ActButton, Card, StateMark, Text
from ui.widgets.basics import set_shown


class ForeignCard(Card):
    """Number, fund, account; the cash beside them, and the one key that writes it down."""

    def __init__(self, model: ForeignModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.settle.elsewhere.title"), parent=parent)
        self._model = model
        self.number = self._field("number", model.type_number)
        self.fund = self._field("fund", model.type_fund)
        self.account = self._field("account", model.type_account)
        self.number.returnPressed.connect(self.fund.setFocus)
        self.fund.returnPressed.connect(self.account.setFocus)
        self.total = Text("", "amount_huge", align_right=True)
        self.add(Text(tr("pages.settle.elsewhere.total"), "second", align_right=True))
        self.add(self.total)
        self.add(Text(tr("pages.settle.elsewhere.note"), "second", "body", wrap=True))
        parts = row(self._named("fund", self.fund), self._named("account", self.account))
        for part in (self._named("number", self.number), parts):
            self.body.addLayout(part)
        self.body.addSpacing(gap("small"))
        self.cash = Text("", "amount_huge", align_right=True)
        self.add(Text(tr("pages.settle.elsewhere.cash"), "second", align_right=True))
        self.add(self.cash)
        self.body.addStretch(1)
        self.why_mark, self.why = StateMark("attention"), Text("", "second", wrap=True)
        reason = row(self.why_mark, self.why)
        reason.setStretch(1, 1)
        self.body.addLayout(reason)
        words = tr("pages.settle.elsewhere.bind")
        self.bind = ActButton(words, Key.BIND, "primary", height="binding")
        self.bind.clicked.connect(model.record)
        self.add(self.bind)

    def _field(self, name: str, typed: Callable[[str], None]) -> QLineEdit:
        field = plain_field(tr(f"pages.settle.elsewhere.{name}"), digits=True)
        if name != "number":
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setMaxLength(10)
        field.textEdited.connect(typed)
        return field

    def _named(self, name: str, field: QLineEdit) -> QVBoxLayout:
        return column(Text(tr(f"pages.settle.elsewhere.{name}"), "second"), field, space="tight")

    def refresh(self) -> None:
        """The rest in cash, and what is missing."""
        model = self._model
        for field, text in (
            (self.number, model.number),
            (self.fund, model.fund_text),
            (self.account, model.account_text),
        ):
            if field.text() != text:
                field.setText(text)
        view = model.view
        self.total.setText(money_text(view.estimated if view is not None else None, currency=True))
        self.cash.setText(money_text(model.cash))
        lacks = model.lacks
        self.why.setText(why_not(model) or tr("pages.settle.elsewhere.once"))
        self.why.set_tone("attention" if lacks else "muted")
        set_shown(self.why_mark, bool(lacks))
        self.bind.setEnabled(not lacks)

    def begin(self) -> None:
        """The cursor at the first thing that is missing."""
        places: dict[str, QWidget] = {"": self.bind, "parts": self.fund, "sum": self.fund}
        places.get(self._model.lacks, self.number).setFocus()


def why_not(model: ForeignModel) -> str:
    """What is missing for F12; empty where nothing is."""
    return tr(f"pages.settle.elsewhere.lacks.{model.lacks}") if model.lacks else ""
