"""拆零 at the boxes: how many pieces of the box scanned last, from how many, and at which price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.formats import unit_price_text
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.widgets import Card, Text
from ui.widgets.basics import set_shown

if TYPE_CHECKING:
    from app.workflow.views.case import SplitOffer


class SplitCard(Card):
    """Enter says how many, Ctrl / once more takes it back; a wrong number stays to be mended."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.scan_split.title"), parent=parent)
        self.range, self.price = Text("", "strong", wrap=True), Text("", "second", wrap=True)
        self.form = Form("scan_split", ("pieces",))
        self.wrong = Text("", "second", "stop", wrap=True)
        self.form.filled.connect(lambda: self.given.emit(self.form.texts()["pieces"]))
        self.form.typed.connect(lambda: self.show_wrong(""))
        for part in (self.range, self.price, self.form, self.wrong):
            self.add(part)
        self.show_wrong("")
        self.setVisible(False)

    def show_offer(self, offer: SplitOffer | None) -> None:
        """Comes into view with the cursor in its field; None puts it away."""
        wanted = offer is not None
        if offer is not None:
            self.range.setText(tr("pages.scan_split.range", most=offer.most, unit=offer.unit))
            price, key = unit_price_text(offer.piece_price), "pages.scan_split.price"
            self.price.setText(tr(key, price=price, size=offer.size, unit=offer.unit))
        if wanted != self.isHidden():
            return
        self.setVisible(wanted)
        self.form.clear()
        if wanted:
            self.form.inputs["pieces"].setFocus()

    def show_wrong(self, sentence: str) -> None:
        """Why the number in the field is none that can be taken; empty while nothing is wrong."""
        self.wrong.setText(sentence)
        set_shown(self.wrong, bool(sentence))
        if sentence:
            self.form.blame("pieces")
