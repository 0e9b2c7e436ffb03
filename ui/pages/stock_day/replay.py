"""The sum that leads from the last count to both figures, part by part, as one adds on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.domain.books.stock import Record, Replay
from app.domain.goods.parts import Measure
from app.domain.money import Quantity
from ui.formats import CHINA, MINUS
from ui.pages.parts import numeral, scaled
from ui.pages.stock_day.table import LOOKS, amount_text, signless
from ui.text import tr
from ui.theme import tokens
from ui.widgets import ElidedText, Text
from ui.widgets.basics import Tone, clear_layout
from ui.widgets.card import HairLine

if TYPE_CHECKING:
    from app.workflow.stock_reconciling.views import StockFindingView, StockRow

_TAKEN = frozenset({Record.SALE, Record.SENT_BACK})
"""Parts the formula takes off: their sign stands before their name."""
_TONES: dict[str, Tone] = {"stop": "stop", "unknown": "unknown"}


class SumRow(NamedTuple):
    """What, how many or since when, how much."""

    name: str
    about: str
    amount: str
    tone: Tone = "strong"


class SumRows(QFrame):
    """Name and remark on the left, figures below each other on the right, hair lines between."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        # a scroll bar lies over the right edge
        self._grid.setContentsMargins(0, 0, scaled(10), 0)
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(tokens().px("gap.small"))
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[SumRow, ...] = ()

    @property
    def rows(self) -> tuple[SumRow, ...]:
        """What is shown."""
        return self._shown

    def show_rows(self, rows: tuple[SumRow, ...]) -> None:
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._grid)
        for number, one in enumerate(rows):
            at = number * 2
            if number:
                self._grid.addWidget(HairLine(), at - 1, 0, 1, 3)
            self._grid.addWidget(Text(one.name, "body", one.tone), at, 0)
            self._grid.addWidget(ElidedText(one.about, "second"), at, 1)
            amount = numeral(one.amount, "emph", one.tone)
            self._grid.addWidget(amount, at, 2)
            self._grid.setRowMinimumHeight(at, scaled(24))


def sum_rows(found: StockRow, finding: StockFindingView | None) -> tuple[SumRow, ...]:
    """Last count, what was accepted behind it, theirs, each cause, ours."""
    replayed = finding.finding.replay if finding is not None else None
    measure = found.measure
    rows = [*_formula(replayed, measure)] if replayed is not None else []
    rows.append(
        SumRow(_side("theirs"), _beside(replayed, found), amount_text(found.theirs, measure))
    )
    left = Quantity(found.difference)
    for proven in finding.reasons if finding is not None else ():
        reason = proven.reason
        left = Quantity(left - reason.effect)
        if reason.effect:
            cause = tr(f"stock_cause.{reason.cause.value}")
            tone = _TONES.get(LOOKS[reason.state], "strong")
            rows.append(SumRow(_part(reason.effect), cause, _size(reason.effect, measure), tone))
    if finding is not None and left:
        rows.append(SumRow(_part(left), _side("rest"), _size(left, measure), "unknown"))
    return (*rows, SumRow(_side("ours"), _side("on_shelf"), amount_text(found.ours, measure)))


def _side(name: str) -> str:
    return tr(f"pages.stock_day.side.{name}")


def _part(effect: Quantity) -> str:
    sign = "＋" if effect > 0 else MINUS
    return tr("pages.stock_day.side.part", sign=sign)


def _size(amount: Quantity, measure: Measure | None) -> str:
    return signless(Quantity(abs(amount)), measure)


def _formula(replayed: Replay, measure: Measure | None) -> list[SumRow]:
    at = replayed.counted_at
    when = _side("no_count") if at is None else at.astimezone(CHINA).strftime("%m-%d")
    rows = [SumRow(_side("last_count"), when, signless(replayed.base, measure))]
    for part in replayed.parts:
        total = Quantity(-part.total) if part.record in _TAKEN else part.total
        about = tr("pages.stock_day.side.told_as", count=part.count)
        name = tr(f"pages.stock_day.replay.{part.record.value}")
        rows.append(SumRow(name, about, signless(total, measure)))
    return rows


def _beside(replayed: Replay | None, found: StockRow) -> str:
    """Whether what they say is what they accepted."""
    if replayed is None:
        return ""
    if replayed.comes_to == (found.theirs or 0):
        return _side("agrees")
    return tr("pages.stock_day.side.should_be", amount=signless(replayed.comes_to, found.measure))
