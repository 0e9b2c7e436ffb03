"""登记购买人: name and document of who buys what is registered; then back to the boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.errors import Code, Trouble
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.widgets import ActButton, Card, Text

if TYPE_CHECKING:
    from app.ports.devices import IdCardFacts
    from ui.viewmodels.stock import StockWork

READ = 1


class BuyerPage(ColumnsPage):
    """Alt 1 reads the document, Enter goes on, F12 writes it down for the visit at hand."""

    def __init__(self, kit: PageKit, _work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("buyer", 340, parent)
        self.counter, self.cards = kit.counter, kit.cards
        self.form = Form("buyer", ("name", "id_number"))
        # the number is not read over anybody's shoulder once it was typed
        self.form.inputs["id_number"].setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.read = ActButton(tr("pages.buyer.read"), offer_key(READ))
        self.read.clicked.connect(self._read)
        self.card = Card(tr("pages.buyer.title"), tr("pages.buyer.about"))
        self.card.add(self.form)
        self.card.add(self.read)
        self.main.addWidget(self.card)
        self.main.addStretch(1)
        self.act = ActButton(tr("pages.buyer.book"), Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.form.filled.connect(self.act.setFocus)
        self.form.typed.connect(self._typed)
        self.side.addWidget(Text(tr("pages.buyer.note"), "second", wrap=True))
        self.side.addStretch(1)
        self.side.addWidget(self.act)
        self.counter.troubled.connect(self._refused)
        self.counter.visit_changed.connect(self.form.clear)
        self._typed()

    @property
    def _ready(self) -> bool:
        return all(self.form.texts().values()) and not self.counter.busy

    def _typed(self) -> None:
        self.act.setEnabled(self._ready)
        self.read.setEnabled(self.cards is not None)
        self.acts_changed.emit()

    def _read(self) -> None:
        cards = self.cards
        if cards is not None:
            self.counter.bridge.submit("card", cards.read_id_card, self._shown)

    def _shown(self, facts: IdCardFacts) -> None:
        self.form.inputs["name"].setText(facts.name.reveal())
        self.form.inputs["id_number"].setText(facts.id_number.reveal())
        self.act.setFocus()

    def _bind(self) -> None:
        if not self._ready:
            return
        texts, workflow = self.form.texts(), self.counter.workflow
        name, number = texts["name"], texts["id_number"]
        case = self.counter.case
        if case is not None:
            self.counter.ask(
                lambda: workflow.name_buyer(case.case_id, name, number), then=self._done
            )

    def _done(self) -> None:
        self.form.clear()
        self.back_wanted.emit()

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.IDENTITY_INVALID and self.isVisible():
            self.form.blame("id_number")

    def acts(self) -> tuple[Act, ...]:
        why = "" if self._ready else tr("pages.buyer.why")
        read = self.cards is not None
        return (
            Act(offer_key(READ), tr("pages.buyer.read"), self._read, read),
            Act(Key.BIND, tr("pages.buyer.book"), self._bind, self._ready, Look.PRIMARY, why),
        )

    def focus_first(self) -> None:
        self.form.inputs["name"].setFocus()
