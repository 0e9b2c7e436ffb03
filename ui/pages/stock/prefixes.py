"""标识码: what boxes taught of the drug their first part names; a manager confirms or refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ui.errors import sentences
from ui.formats import time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import FOLD_LISTS_BELOW, ColumnsPage, PageKit
from ui.text import tr
from ui.viewmodels.opened import PrefixesModel
from ui.widgets import ActButton, Card, EmptyState, FactRows, Text
from ui.widgets.basics import set_shown
from ui.widgets.table import Head, Line, RowsTable

if TYPE_CHECKING:
    from app.workflow.goods.learning import PrefixRow
    from ui.viewmodels.stock import StockWork


class PrefixesPage(ColumnsPage):
    """↑ ↓ choose, F12 confirms, Ctrl R refuses; nothing learned counts before."""

    fold_below = FOLD_LISTS_BELOW

    def __init__(self, kit: PageKit, work: StockWork, parent: QWidget | None = None) -> None:
        super().__init__("prefixes", 372, parent)
        self.model = PrefixesModel(kit.counter, work, self)
        self.card = Card(tr("pages.prefixes.title"), tr("pages.prefixes.note"), bare=True)
        self.table = RowsTable(tr("pages.prefixes.title"), _heads())
        self.none = EmptyState("", "")
        self.card.add(self.table, 1)
        self.card.add(self.none)
        self.main.addWidget(self.card, 1)
        self.front, self.facts = Card(tr("pages.prefixes.front")), FactRows()
        self.front.add(self.facts)
        self.why = Text("", "second", "stop", wrap=True)
        self.no = ActButton(tr("pages.prefixes.refuse"), Key.REFUSE, "refusing")
        self.yes = ActButton(tr("pages.prefixes.confirm"), Key.BIND, "primary", height="primary")
        self.no.clicked.connect(lambda: self._judge(right=False))
        self.yes.clicked.connect(lambda: self._judge(right=True))
        self.side.addWidget(self.front)
        self.side.addStretch(1)
        for part in (self.why, self.no, self.yes):
            self.side.addWidget(part)
        self.model.changed.connect(self.refresh)
        self.table.selectionModel().currentRowChanged.connect(lambda _now, _then: self._chosen())
        self.refresh()

    def refresh(self) -> None:
        """The rows, and the one in front."""
        if self.put_off(self.refresh):
            return
        model = self.model
        self.table.show_lines(tuple(_line(at, row) for at, row in enumerate(model.rows)))
        set_shown(self.table, bool(model.rows))
        set_shown(self.none, not model.rows)
        name = "none" if model.loaded else "loading"
        self.none.set_texts(tr(f"pages.prefixes.{name}"), tr(f"pages.prefixes.{name}_note"))
        trouble = model.trouble
        said = sentences(int(trouble.code), tuple(trouble.params.items())) if trouble else None
        self.why.setText(f"{said.happened}{said.remedy}" if said else "")
        set_shown(self.why, said is not None)
        self._chosen()

    @property
    def row(self) -> PrefixRow | None:
        key, rows = self.table.key, self.model.rows
        return rows[key] if isinstance(key, int) and key < len(rows) else None

    def _chosen(self) -> None:
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
