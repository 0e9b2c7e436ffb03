"""变更: what comes or goes without a customer, its kind, its reason, its boxes; F12 books."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from ui.formats import trace_text
from ui.keys import Act, Key
from ui.pages.parts import PageKit, boxed, column
from ui.pages.stock.forms import Form
from ui.pages.stock.lots import LotsPage
from ui.text import tr
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_lists import ChangeModel
from ui.widgets import Card, Text
from ui.widgets.basics import set_shown
from ui.widgets.choice import Choice


class ChangePage(LotsPage):
    """A scan brings the lot and counts the box, Enter goes through the fields, F12 books."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        self.model = ChangeModel(kit.counter, work)
        names, widths = ("packs", "reason"), {"packs": 1, "reason": 2}
        form = Form("stock_change", names, across=2, widths=widths)
        title = tr("pages.stock_change.lots")
        super().__init__("stock_change", title, self.model, kit, form, parent)
        self.model.setParent(self)
        self._side()
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.model.booked.connect(self._booked)
        self.form.typed.connect(self.refresh)
        self.refresh()

    def _side(self) -> None:
        self.kind = Choice(tr("pages.stock_change.kind"))
        self.kind.currentIndexChanged.connect(lambda _at: self.refresh())
        self.what = Card(tr("pages.stock_change.what"))
        self.what.body.addLayout(column(Text(tr("pages.stock_change.kind"), "second"), self.kind))
        self.what.add(self.form)
        self.boxes = Text("", "code_small", wrap=True)
        self.hand = Card(tr("pages.stock_change.boxes"), tr("pages.stock_change.boxes_note"))
        self.hand.add(self.boxes)
        words = tr("pages.stock_change.no_code")
        self.no_code = Choice(words)
        self.bare = boxed(column(Text(words, "second"), self.no_code))
        self.what.add(self.bare)
        self.said = Text("", "strong", wrap=True)
        for part in (self.front, self.what, self.hand):
            self.side.addWidget(part)
        self.side.addStretch(1)
        for last in (self.said, self.why, self.act):
            self.side.addWidget(last)

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        model = self.model
        self._fill_kinds()
        self.show_lots("empty")
        self.boxes.setText("\n".join(trace_text(box) for box in model.boxes))
        set_shown(self.hand, bool(model.boxes))
        if model.boxes:
            packs = self.form.inputs["packs"].text()
            least = str(len(model.boxes))
            if not packs.isdigit() or int(packs) < len(model.boxes):
                self.form.show_texts(packs=least)
        outward = not model.kinds.get(str(self.kind.currentData()), ("", False))[1]
        set_shown(self.bare, outward and model.unnamed(self.form.texts()["packs"]))
        self.said.setText(self._last_words())
        set_shown(self.said, bool(self.said.text()))
        self.show_binding()

    def _fill_kinds(self) -> None:
        kinds = self.model.kinds
        if not kinds or self.kind.count():
            return
        self.no_code.addItem(tr("pages.stock_change.coded"), "")
        for one in self.model.classes:
            self.no_code.addItem(tr(f"pages.scan.reason.{one}"), one)
        for code, (name, inward) in kinds.items():
            way = tr("pages.stock_change.in" if inward else "pages.stock_change.out")
            self.kind.addItem(f"{name} · {way}", code)
        self.kind.addItem(tr("pages.stock_change.to_supplier"), "")

    def _last_words(self) -> str:
        last = self.model.last
        if last is None:
            return ""
        told = "told" if last.told.queued else "not_told"
        return tr(f"pages.stock_change.{told}", number=last.note_no, packs=last.packs)

    def binding(self) -> tuple[str, bool, str]:
        texts, row = self.form.texts(), self.model.lot
        words = tr("pages.stock_change.book", packs=texts["packs"] or "0")
        if row is None:
            return words, False, tr("pages.stock_change.why_lot")
        if not texts["packs"].isdigit() or not int(texts["packs"]):
            return words, False, tr("pages.stock_change.why_packs")
        if not texts["reason"]:
            return words, False, tr("pages.stock_change.why_reason")
        return words, not self.model.busy, ""

    # what is done

    def _booked(self) -> None:
        self.form.clear()
        self.no_code.setCurrentIndex(0)

    def choose(self, lot_id: int) -> None:
        self.model.choose(lot_id)

    def send(self) -> None:
        texts = self.form.texts()
        no_code = "" if self.bare.isHidden() else str(self.no_code.currentData())
        kind, packs = str(self.kind.currentData()), int(texts["packs"])
        self.model.send(kind, packs, texts["reason"], no_code)

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code in (Code.LINE_WRONG, Code.STOCK_SHORT, Code.CODES_MISSING):
            self.form.blame("packs")
        elif trouble.code is Code.REASON_MISSING:
            self.form.blame("reason")

    def acts(self) -> tuple[Act, ...]:
        some = bool(self.model.boxes)
        return (
            Act(Key.REMOVE, tr("pages.stock_change.take_out"), self.model.take_out, some),
            self.binding_act(),
        )
