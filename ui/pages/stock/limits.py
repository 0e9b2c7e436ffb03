"""货的限值: from how many days on a lot is near its end, how much ephedrine one person may have."""

from __future__ import annotations

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.errors import Code, Trouble
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit
from ui.pages.stock.forms import Form
from ui.text import tr
from ui.viewmodels.records import StockLimitsModel
from ui.viewmodels.stock import StockWork
from ui.widgets import ActButton, Card, FactRows, Text
from ui.widgets.basics import set_shown

DAYS, PACKS = ("near", "red"), ("packs", "days")


class StockLimitsPage(ColumnsPage):
    """Enter goes from figure to figure, F12 keeps them; what the region asks stands beside."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("stock_limits", 340, parent)
        self.model = StockLimitsModel(kit.counter, work, self)
        self.forms: dict[str, Form] = {}
        self._filled: object = None
        for name, fields in (("expiry", DAYS), ("ephedrine", PACKS)):
            card = Card(tr(f"pages.stock_limits.{name}"))
            card.add(Text(tr(f"pages.stock_limits.{name}_note"), "second", wrap=True))
            self.forms[name] = Form("stock_limits", fields, across=2)
            self.forms[name].typed.connect(self._show_binding)
            card.add(self.forms[name])
            self.main.addWidget(card)
        self.main.addStretch(1)
        self.forms["expiry"].filled.connect(self.forms["ephedrine"].inputs["packs"].setFocus)
        self.holds = Card(tr("pages.stock_limits.holds"))
        self.facts = FactRows()
        self.holds.add(self.facts)
        self.act = ActButton(tr("pages.stock_limits.keep"), Key.BIND, "primary", height="primary")
        self.act.clicked.connect(self._bind)
        self.forms["ephedrine"].filled.connect(self.act.setFocus)
        self.said = Text(tr("pages.stock_limits.kept"), "strong", "ok", wrap=True)
        self.why = Text("", "second", wrap=True)
        self.side.addWidget(self.holds)
        self.side.addStretch(1)
        for part in (self.said, self.why, self.act):
            self.side.addWidget(part)
        self.model.changed.connect(self.refresh)
        self.model.refused.connect(self._refused)
        self.refresh()

    # what is shown

    def refresh(self) -> None:
        if self.put_off(self.refresh):
            return
        days, packs = self.model.days, self.model.packs
        if days is not None and packs is not None and (days, packs) != self._filled:
            # only what was read anew goes into the fields: what is typed there stays
            self._filled = days, packs
            texts = {"near": days.near, "red": days.red}
            texts |= {"packs": packs.per_window, "days": packs.window_days}
            for form in self.forms.values():
                for name, field in form.inputs.items():
                    field.setText(str(texts[name]))
            figures = (
                ("near", days.near),
                ("red", days.red),
                ("per_sale", packs.per_sale),
                ("packs", packs.per_window),
                ("days", packs.window_days),
            )
            self.facts.set_rows(
                tuple(
                    (tr(f"pages.stock_limits.field.{name}"), str(value), "")
                    for name, value in figures
                )
            )
        set_shown(self.said, self.model.kept)
        self._show_binding()

    def _texts(self) -> dict[str, str]:
        return {**self.forms["expiry"].texts(), **self.forms["ephedrine"].texts()}

    def _show_binding(self) -> None:
        on, why = self._binding()
        self.act.setEnabled(on)
        self.why.setText(why)
        set_shown(self.why, bool(why))
        self.acts_changed.emit()

    def _binding(self) -> tuple[bool, str]:
        if not all(self._texts().values()):
            return False, tr("pages.stock_limits.why_empty")
        return not self.model.busy, ""

    # what is done

    def _bind(self) -> None:
        if self._binding()[0]:
            self.model.keep(**self._texts())

    def _refused(self, trouble: Trouble) -> None:
        if trouble.code is Code.LIMITS_WRONG:
            what = str(dict(trouble.params).get("what", ""))
            named = {"days": "near", "ephedrine": "packs"}.get(what, what)
            for form in self.forms.values():
                form.blame(named)

    def acts(self) -> tuple[Act, ...]:
        on, why = self._binding()
        return (
            Act(Key.ASK_AGAIN, tr("pages.stock_limits.again"), self.model.load),
            Act(Key.BIND, tr("pages.stock_limits.keep"), self._bind, on, Look.PRIMARY, why),
        )

    def focus_first(self) -> None:
        field = self.forms["expiry"].inputs["near"]
        field.setFocus()
        field.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
