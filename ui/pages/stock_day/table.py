"""The lines of 库存对账 as the list shows them, the figures above and the thirty days below."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.books.stock import LineState, StockRun
from app.domain.goods.parts import Measure
from app.domain.money import Fen, Quantity
from app.workflow.stock_reconciling.words import amount_words, draft_text
from ui.formats import MINUS, MISSING, money_text, time_text
from ui.pages.parts import boxed, column, row
from ui.text import tr
from ui.viewmodels.stock_rows import key_of
from ui.widgets import Card, ElidedText, Text
from ui.widgets.basics import State, Tone
from ui.widgets.day_light import DayLight
from ui.widgets.table import Head, Line
from ui.widgets.table.rows import Words
from ui.widgets.trend import Trend, TrendBar

if TYPE_CHECKING:
    from app.workflow.stock_reconciling.views import StockDayView, StockRow, TrendDay

LOOKS: dict[LineState, State] = {
    LineState.EQUAL: "ok",
    LineState.EXPLAINED: "later",
    LineState.NEEDS_ACTION: "stop",
    LineState.CANNOT_COMPARE: "unknown",
}
_ORDER = list(LOOKS)
FIGURES = ("equal", "explained", "needs_action", "cannot_compare")
_TONES: dict[str, Tone] = {"needs_action": "stop", "cannot_compare": "unknown"}
LOUD_FROM = 2.0
"""A day is loud from this many times the average on."""
_LEAST_LOUD = 3


def day_heads() -> tuple[Head, ...]:
    """Columns of a compared day."""

    def named(name: str) -> str:
        return tr(f"pages.stock_day.column.{name}")

    return (
        Head(named("drug"), bold=True),
        Head(named("ours"), 64, right=True),
        Head(named("theirs"), 64, right=True),
        Head(named("difference"), 70, right=True, bold=True, loud=True),
        Head(named("value"), 92, right=True),
        Head(named("cause"), 260, bold=True, loud=True),
    )


def amount_text(amount: Quantity | None, measure: Measure | None) -> str:
    """Packs and pieces; a side without the line says so."""
    return tr("pages.stock_day.none_there") if amount is None else signless(amount, measure)


def signless(amount: Quantity, measure: Measure | None) -> str:
    """``9 盒 4 片``, or whole packs as a number; a sign only below nought."""
    return " ".join(_parts(amount, measure))


def _parts(amount: Quantity, measure: Measure | None) -> tuple[str, ...]:
    return tuple(part.replace("-", MINUS) for part in amount_words(tr, amount, measure))


def _cell(amount: Quantity | None, measure: Measure | None, sign: str = "") -> Words:
    """Pieces stand below their packs: a narrow column elides no figure."""
    if amount is None:
        return tr("pages.stock_day.none_there")
    first, *rest = _parts(amount, measure)
    first = f"{sign}{first}"
    return (first, rest[0]) if rest else first


def day_line(found: StockRow) -> Line:
    """One line of the day."""
    state = tr(f"stock_state.{found.state.value}")
    cause = tr(f"stock_cause.{found.cause.value}") if found.cause is not None else state
    about = [tr("pages.stock_day.more", count=found.more_causes)] if found.more_causes else []
    if found.accepted is not None:
        about.append(tr("pages.stock_day.accepted_row", name=found.accepted.name))
    elif found.draft is not None:
        told = found.draft.applied_at is not None
        text = draft_text(tr, found.draft, found.measure)
        about.append(tr("pages.stock_day.applied_row") if told else text)
    differs = found.state is not LineState.CANNOT_COMPARE
    return Line(
        (
            (found.name, tr("pages.stock_day.lot", lot=found.lot_no or MISSING)),
            _cell(found.ours, found.measure),
            _cell(found.theirs, found.measure),
            _difference(found) if differs else MISSING,
            money_text(found.value) if found.value else MISSING,
            (cause, "；".join(about)),
        ),
        LOOKS[found.state],
        key_of(found),
        state,
    )


def _difference(found: StockRow) -> Words:
    """With its sign; nought has none."""
    return _cell(found.difference, found.measure, "+" if found.difference > 0 else "")


def order_of(found: StockRow, at: int) -> object:
    """What a column is sorted by; a missing side comes before nought."""
    match at:
        case 0:
            return found.name, found.lot_no
        case 1:
            return (found.ours is not None, found.ours or 0)
        case 2:
            return (found.theirs is not None, found.theirs or 0)
        case 3:
            return found.difference
        case 4:
            return found.value
        case _:
            return _ORDER.index(found.state), found.cause or ""


def light_of(run: StockRun | None) -> tuple[str, State]:
    """How the day stands, as the key of its words and a state."""
    if run is None:
        return "later", "later"
    if run.open_count:
        return "stop", "stop"
    if not run.complete or run.tally.cannot_compare:
        return "attention", "attention"
    return ("explained" if run.tally.explained else "ok"), "ok"


class DayFigures(Card):
    """The light, five figures, when and on what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self.light = DayLight()
        self.figures = {name: Text("", "amount_part") for name in (*FIGURES, "value")}
        self.when, self.basis = ElidedText("", "second"), ElidedText("", "second")
        for words in (self.when, self.basis):
            words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        cells = row(space="column")
        for name, figure in self.figures.items():
            named = Text(tr(f"pages.stock_day.figure.{name}"), "second")
            cells.addLayout(column(named, figure))
        cells.addLayout(column(self.when, self.basis), 1)
        beside = row(self.light, boxed(cells, inner=True), space="tight")
        beside.setStretch(1, 1)
        self.body.addLayout(beside)

    def show_view(self, view: StockDayView | None, now: datetime) -> None:
        run = view.run if view is not None else None
        name, state = light_of(run)
        explained = f"{run.tally.explained if run is not None else 0:,}"
        self.light.show_light(tr(f"pages.stock_day.light_{name}", count=explained), state)
        if run is None:
            for figure in self.figures.values():
                figure.setText(MISSING)
                figure.set_tone("muted")
            self.when.setText(tr("pages.stock_day.never"))
            self.basis.setText("")
            return
        for name in FIGURES:
            count: int = getattr(run.tally, name)
            self.figures[name].setText(f"{count:,}")
            self.figures[name].set_tone(_TONES.get(name, "strong") if count else "muted")
        self.figures["value"].setText(money_text(Fen(run.tally.value)))
        self.figures["value"].set_tone("stop" if run.open_count else "muted")
        stage, at = tr(f"stock.stage_{run.stage.value}"), time_text(run.cut_off, now)
        day = run.day.strftime("%m-%d")
        self.when.setText(tr("pages.stock_day.when", day=day, stage=stage, time=at))
        self.basis.setText(
            tr(
                "pages.stock_day.basis",
                pages=run.pages,
                failed=len(run.failed_pages),
                queue=run.queue_open,
            )
        )


class TrendCard(Card):
    """近 30 天: words beside the chart, so that nothing is said by a drawing alone."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.title, self.about = Text("", "strong"), Text("", "second")
        self.signed = Text("", "second")
        self.chart = Trend(tr("pages.stock_day.title"))
        words = column(self.title, self.about, self.signed)
        beside = row(boxed(words), self.chart, space="column")
        beside.setStretch(1, 1)
        self.body.addLayout(beside)

    def show_trend(self, days: tuple[TrendDay, ...], here: object) -> None:
        """``here`` is the day on the page."""
        bars = bars_of(days, here)
        self.title.setText(tr("pages.stock_day.trend.title", days=len(days)))
        self.about.setText(about_text(days))
        self.signed.setText(
            tr("pages.stock_day.trend.signed", count=sum(day.signed for day in days))
        )
        self.chart.show_bars(bars, "，".join(_said(bar) for bar in bars))


def bars_of(days: tuple[TrendDay, ...], here: object) -> tuple[TrendBar, ...]:
    """Bars of the days; those far above the average, and the worst of all, are loud."""
    counts = [day.needs_action for day in days if day.needs_action is not None]
    mean = sum(counts) / len(counts) if counts else 0.0
    limit = max(mean * LOUD_FROM, _LEAST_LOUD)
    return tuple(
        TrendBar(
            day.day.strftime("%m-%d"),
            day.needs_action,
            loud=day.needs_action is not None and day.needs_action >= limit,
            partial=day.needs_action is not None and not day.complete,
            here=day.day == here,
        )
        for day in days
    )


def about_text(days: tuple[TrendDay, ...]) -> str:
    """The average and the worst day."""
    known = [day for day in days if day.needs_action is not None]
    if not known:
        return tr("pages.stock_day.trend.about_none")
    counts = [day.needs_action or 0 for day in known]
    most = max(counts)
    worst = known[counts.index(most)].day.strftime("%m-%d")
    mean = f"{sum(counts) / len(counts):.1f}"
    return tr("pages.stock_day.trend.about", mean=mean, most=most, day=worst)


def _said(bar: TrendBar) -> str:
    if bar.many is None:
        return tr("pages.stock_day.trend.said_none", day=bar.label)
    name = "said_partial" if bar.partial else "said"
    return tr(f"pages.stock_day.trend.{name}", day=bar.label, count=bar.many)
