"""放行记录: every box that went on by somebody's word, newest first. Read only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.workflow.views import Say
from ui.errors import sentences
from ui.formats import time_text, trace_text
from ui.keys import Act, Key, offer_key
from ui.pages.parts import FOLD_LISTS_BELOW, ColumnsPage, PageKit
from ui.text import say, tr
from ui.viewmodels.overrides import OverridesModel
from ui.widgets import ActButton, Card, EmptyState, FactRows
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line, RowsTable

if TYPE_CHECKING:
    from app.workflow.overriding import OverrideRow
    from ui.viewmodels.stock import StockWork

SPANS = (("today", 1), ("month", 31))


class OverridesPage(ColumnsPage):
    """Alt 1 today, Alt 2 the last 31 days; the chosen row is told in full beside the table."""

    fold_below = FOLD_LISTS_BELOW

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("overrides", 372, parent)
        self.model = OverridesModel(kit.counter, work, self)
        self.card = Card(tr("pages.overrides.title"), bare=True)
        self.spans = [self._span(at, *span) for at, span in enumerate(SPANS, start=1)]
        for button in self.spans:
            self.card.add_head(button)
        self.table = RowsTable(tr("pages.overrides.title"), _heads())
        self.none = EmptyState("", "")
        self.card.add(self.table, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self.front, self.facts = Card(tr("pages.overrides.front")), FactRows()
        self.front.add(self.facts)
        self.side.addWidget(self.front)
        self.side.addStretch(1)
        self.model.changed.connect(self.refresh)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _then: self._chosen())
        self.refresh()

    def _span(self, number: int, name: str, days: int) -> ActButton:
        button = ActButton(tr(f"pages.overrides.{name}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.model.show_days(days))
        return button

    def refresh(self) -> None:
        """The rows of the span, and the one in front."""
        if self.put_off(self.refresh):
            return
        model = self.model
        self.table.show_lines(tuple(_line(at, row) for at, row in enumerate(model.rows)))
        set_shown(self.table, bool(model.rows))
        set_shown(self.none, not model.rows)
        name = "none" if model.loaded else "kept_away" if model.kept_away else "loading"
        self.none.set_texts(tr(f"pages.overrides.{name}"), tr(f"pages.overrides.{name}_note"))
        for button, (_name, days) in zip(self.spans, SPANS, strict=True):
            button.setChecked(days == model.days)
        self.card.set_chip(tr("pages.overrides.count", count=len(model.rows)))
        self._chosen()
        self.acts_changed.emit()

    def _chosen(self) -> None:
        key = self.table.key
        row = self.model.rows[key] if isinstance(key, int) and key < len(self.model.rows) else None
        set_shown(self.front, row is not None)
        if row is not None:
            self.facts.set_rows(_facts(row))

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        spans = tuple(
            Act(offer_key(at), tr(f"pages.overrides.{name}"), partial(model.show_days, days))
            for at, (name, days) in enumerate(SPANS, start=1)
        )
        return (*spans, Act(Key.ASK_AGAIN, tr("pages.overrides.again"), model.load))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _heads() -> tuple[Head, ...]:
    def named(name: str) -> str:
        return tr(f"pages.overrides.fact.{name}")

    return (
        Head(named("at"), 132, bold=True),
        Head(named("drug")),
        Head(named("what"), 104),
        Head(named("reason"), 148),
        Head(named("staff"), 104),
    )


def _line(at: int, row: OverrideRow) -> Line:
    found = row.override
    cells = (
        time_text(found.at),
        row.drug,
        say(Say(f"error.{found.code}")),
        tr(f"pages.scan.reason.{found.reason.value}"),
        row.staff,
    )
    return Line(cells, "attention", at, orders=(found.at, *cells[1:]))


def _facts(row: OverrideRow) -> tuple[tuple[str, str, Literal[""]], ...]:
    found = row.override
    code = trace_text(found.trace_code) if found.trace_code else tr("pages.overrides.no_code")
    told = (
        ("drug", f"{row.drug} {row.specification}"),
        ("lot", row.lot_no),
        ("code", code),
        ("what", sentences(found.code, ()).happened),
        ("reason", tr(f"pages.scan.reason.{found.reason.value}")),
        ("staff", row.staff),
        ("at", time_text(found.at)),
        ("case", str(found.case_id)),
    )
    return tuple((tr(f"pages.overrides.fact.{name}"), words, "") for name, words in told)
