"""The differences of one day, painted two lines a row, and the figures above them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.domain.books.money import Cause, Fact, Repair, told_parts
from app.domain.money import Fen
from ui.formats import money_text, time_text
from ui.pages.parts import column, row
from ui.text import tr
from ui.viewmodels.day_end import key_of
from ui.widgets import Card, Text
from ui.widgets.basics import State
from ui.widgets.table import Head, Line

if TYPE_CHECKING:
    from app.workflow.reconciling.views import DifferenceRow, MoneyView


_TOLD_AS_GIVEN = frozenset({Cause.ABSENT_HERE, Cause.DEAD_HERE})
"""Lines that are adopted because the goods are out of the door."""


def look_of(found: DifferenceRow) -> State:
    """Violet where it is not known, red where it is wrong, hollow where nobody has to act."""
    if found.cause in (Cause.OPEN_HERE, Cause.MANUAL_HERE, Cause.UNREADABLE):
        return "unknown"
    return "stop" if found.repair is not Repair.NONE else "later"


def fact_text(kind: Fact, value: str) -> str:
    """One piece of evidence in words."""
    if kind is Fact.OUR_STATE:
        value = tr(f"money_state.{value}")
    elif kind is Fact.REVERSAL_SENT:
        value = time_text(datetime.fromisoformat(value))
    elif kind is Fact.FOUND_AMOUNTS:
        return tr(f"money_fact.{kind.value}", **told_parts(value))
    return tr(f"money_fact.{kind.value}", value=value or "—")


def parts_text(found: DifferenceRow) -> tuple[str, ...]:
    """Each part of the bill that differs, with both amounts."""
    return tuple(
        tr(f"money_part.{part}", ours=money_text(ours), theirs=money_text(theirs))
        for part, ours, theirs in found.parts
    )


def item_of(found: DifferenceRow) -> str:
    """What the row is about: the settlement, else the message, else the group."""
    named = found.settlement_id or found.message_id[-8:]
    return named or tr("money.office", office=found.office or "—")


def goes_text(found: DifferenceRow) -> str:
    """Which visit an adoption ends, before anybody signs it; empty where nothing is adopted."""
    if found.goes_to is not None:
        to = {"receipt": found.goes_to.receipt_no, "name": found.goes_to.name}
        # that visit then waits for the key that records it
        out = tr("pages.money.goods_are_out") if found.cause in _TOLD_AS_GIVEN else ""
        return tr("pages.money.goes_to", **to) + out
    enters = found.adoptable and found.case_id is None
    return tr("pages.money.goes_nowhere") if enters else ""


def money_heads() -> tuple[Head, ...]:
    """Columns of the differences."""

    def named(name: str) -> str:
        return tr(f"pages.money.column.{name}")

    return (
        Head(named("item"), 150, bold=True),
        Head(named("ours"), 92, right=True),
        Head(named("theirs"), 92, right=True),
        Head(named("difference"), 92, right=True, bold=True, loud=True),
        Head(named("cause"), bold=True, loud=True),
    )


def money_line(found: DifferenceRow) -> Line:
    """One difference as the list shows it."""
    ours = found.ours.total if found.ours else None
    theirs = found.theirs.total if found.theirs else None
    about = " ".join(part for part in (found.person, found.insurance) if part)
    cause = tr(f"money_cause.{found.cause.value}")
    told = (fact_text(kind, value) for kind, value in found.evidence)
    facts = "；".join((*parts_text(found), *told))
    return Line(
        (
            (item_of(found), about),
            money_text(ours),
            money_text(theirs),
            money_text(found.difference) if found.open else "—",
            (cause, facts),
        ),
        look_of(found),
        key_of(found),
        tr("pages.money.open" if found.open else "pages.money.explained"),
        (item_of(found), ours or 0, theirs or 0, found.difference, cause),
    )


class FiguresCard(Card):
    """本店笔数, 要处理, 没有对, 差额; when and by whom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        names = ("lines", "open", "skipped", "difference")
        self.figures = {name: Text("", "amount_part") for name in names}
        self.when = Text("", "second", align_right=True)
        self.trend = Text("", "second", align_right=True)
        cells = row(space="column")
        for name, figure in self.figures.items():
            cells.addLayout(column(Text(tr(f"pages.money.figure.{name}"), "second"), figure))
        cells.addStretch(1)
        cells.addLayout(column(self.when, self.trend))
        self.body.addLayout(cells)

    def show_view(self, view: MoneyView | None, now: datetime) -> None:
        if view is None or not view.run_no:
            for figure in self.figures.values():
                figure.setText("—")
                figure.set_tone("muted")
            self.when.setText(tr("pages.money.never"))
            self.trend.setText("")
            return
        wrong, skipped = view.open_count, view.skipped
        for name, text, tone in (
            ("lines", tr("pages.money.lines", count=view.lines), "strong"),
            ("open", tr("pages.money.pieces", count=wrong), "stop" if wrong else "ok"),
            (
                "skipped",
                tr("pages.money.groups", count=skipped),
                "unknown" if skipped else "muted",
            ),
            ("difference", money_text(Fen(view.difference)), "stop" if wrong else "muted"),
        ):
            self.figures[name].setText(text)
            self.figures[name].set_tone(tone)  # type: ignore[arg-type]  # all are tones
        at = time_text(view.compared_at, now)
        self.when.setText(tr("pages.money.when", time=at, name=view.compared_by, count=view.run_no))
        found = [head.open_count for head in view.days]
        mean = f"{sum(found) / len(found):.1f}" if found else "0"
        self.trend.setText(
            tr("pages.money.trend", days=len(found), mean=mean, most=max(found, default=0))
        )
