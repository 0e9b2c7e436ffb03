"""标识码: what boxes taught of the drug their first part names; a manager confirms or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ui.errors import sentences
from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import PageKit
from ui.pages.stock.chosen_row import ChosenRowPage
from ui.text import tr
from ui.viewmodels.opened import PrefixesModel
from ui.widgets import ActButton, Text
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line

if TYPE_CHECKING:
    from app.workflow.goods.learning import PrefixRow
    from ui.viewmodels.stock import StockWork


class PrefixesPage(ChosenRowPage):
    """↑ ↓ choose, F12 confirms, Ctrl R refuses; nothing learned counts before."""

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("prefixes", _heads(), parent, note=tr("pages.prefixes.note"))
        self.model = PrefixesModel(kit.counter, work, self)
        self.why = Text("", "second", "stop", wrap=True)
        self.no = ActButton(tr("pages.prefixes.refuse"), Key.REFUSE, "refusing")
        self.yes = ActButton(tr("pages.prefixes.confirm"), Key.BIND, "primary", height="primary")
        self.no.clicked.connect(lambda: self._judge(right=False))
        self.yes.clicked.connect(lambda: self._judge(right=True))
        self.side.addStretch(1)
        for part in (self.why, self.no, self.yes):
            self.side.addWidget(part)
        self.model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The rows, and the one in front."""
        if self.put_off(self.refresh):
            return
        model = self.model
        lines = tuple(_line(at, row) for at, row in enumerate(model.rows))
        self.show_lines(lines, "none" if model.loaded else "loading")
        trouble = model.trouble
        said = sentences(int(trouble.code), tuple(trouble.params.items())) if trouble else None
        self.why.setText(f"{said.happened}{said.remedy}" if said else "")
        set_shown(self.why, said is not None)
        self.chosen()

    @property
    def row(self) -> PrefixRow | None:
        return self.in_front(self.model.rows)

    def chosen(self) -> None:
        row = self.row
        set_shown(self.front, row is not None)
        if row is not None:
            self.facts.set_rows(_facts(row))
        on = row is not None and not self.model.busy
        self.yes.setEnabled(on)
        self.no.setEnabled(on)
        self.acts_changed.emit()

    def _judge(self, *, right: bool) -> None:
        row = self.row
        if row is not None:
            self.model.judge(row, right=right)

    def acts(self) -> tuple[Act, ...]:
        on = self.yes.isEnabled()
        return (
            Act(Key.REFUSE, tr("pages.prefixes.refuse"), lambda: self._judge(right=False), on),
            Act(Key.ASK_AGAIN, tr("pages.overrides.again"), self.model.load),
            Act(
                Key.BIND,
                tr("pages.prefixes.confirm"),
                lambda: self._judge(right=True),
                on,
                Look.PRIMARY,
            ),
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()


def _named(name: str) -> str:
    return tr(f"pages.prefixes.fact.{name}")


def _heads() -> tuple[Head, ...]:
    return (
        Head(_named("prefix"), 132, bold=True),
        Head(_named("drug")),
        Head(_named("origin"), 88),
        Head(_named("seen"), 72, right=True),
        Head(_named("state"), 104),
    )


def _state(row: PrefixRow) -> str:
    return tr("pages.prefixes.clash" if row.others else "pages.prefixes.unverified")


def _line(at: int, row: PrefixRow) -> Line:
    learned = row.learned
    cells = (
        learned.prefix,
        row.item.name,
        tr(f"pages.prefixes.origin.{learned.origin.value}"),
        str(learned.seen),
        _state(row),
    )
    orders = (*cells[:3], learned.seen, cells[4])
    return Line(cells, "stop" if row.others else "attention", at, cells[4], orders)


def _facts(row: PrefixRow) -> tuple[tuple[str, str, Literal["", "stop"]], ...]:
    learned = row.learned
    told: list[tuple[str, str]] = [
        ("prefix", learned.prefix),
        ("drug", f"{row.item.name} {row.item.specification}"),
        ("maker", row.item.maker),
        ("origin", tr(f"pages.prefixes.origin.{learned.origin.value}")),
        ("seen", tr("pages.prefixes.boxes", count=learned.seen)),
        ("staff", row.staff),
        ("at", time_text(learned.learned_at)),
    ]
    facts: list[tuple[str, str, Literal["", "stop"]]] = [(_named(n), w, "") for n, w in told]
    if row.others:
        facts.append((_named("others"), "、".join(row.others), "stop"))
    return tuple(facts)
