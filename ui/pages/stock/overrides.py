"""放行记录: every box that went on by somebody's word, newest first. Read only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from app.workflow.views.case import Say
from ui.errors import sentences
from ui.formats import time_text, trace_text
from ui.keys import Act, Key, offer_key
from ui.pages.parts import PageKit
from ui.pages.stock.chosen_row import ChosenRowPage
from ui.text import say, tr
from ui.viewmodels.overrides import OverridesModel
from ui.widgets import ActButton
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line

if TYPE_CHECKING:
    from app.workflow.scans.overriding import OverrideRow
    from ui.viewmodels.stock import StockWork

SPANS = (("today", 1), ("month", 31))


class OverridesPage(ChosenRowPage):
    """Alt 1 today, Alt 2 the last 31 days; the chosen row is told in full beside the table."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("overrides", _heads(), parent)
        self.model = OverridesModel(kit.counter, work, self)
        self.spans = [self._span(at, *span) for at, span in enumerate(SPANS, start=1)]
        for button in self.spans:
            self.card.add_head(button)
        self.side.addStretch(1)
        self.model.changed.connect(self.refresh)
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
        empty = "none" if model.loaded else "kept_away" if model.kept_away else "loading"
        self.show_lines(tuple(_line(at, row) for at, row in enumerate(model.rows)), empty)
        for button, (_name, days) in zip(self.spans, SPANS, strict=True):
            button.setChecked(days == model.days)
        self.card.set_chip(tr("pages.overrides.count", count=len(model.rows)))
        self.chosen()
        self.acts_changed.emit()

    def chosen(self) -> None:
        row = self.in_front(self.model.rows)
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
