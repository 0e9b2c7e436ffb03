"""Beside the morning list: counters, pharmacist, the two comparisons, dates, what the night did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from app.domain.money import Fen
from app.workflow.upkeep.morning import NightJob
from ui.formats import money_text, time_text
from ui.pages.parts import boxed, column, row
from ui.pages.stock_day.table import light_of
from ui.text import tr
from ui.widgets import Card, FactRows, Text
from ui.widgets.basics import State, set_shown
from ui.widgets.day_light import DayLight

if TYPE_CHECKING:
    from app.workflow.upkeep.morning import CounterRow, NightRow, Overnight
    from ui.viewmodels.overview import Morning, ShelfSums

Fact = tuple[str, str, State]


class MorningSide:
    """``cards`` in their order, ``stock`` and ``money`` for the main column; each is hidden where
    this person has no door to it."""

    def __init__(self) -> None:
        self.light, self.value = DayLight(), Text("", "amount_part")
        self.counters, self.lots = FactRows(), FactRows()
        self.groups, self.done = FactRows(), FactRows()
        words = Text(tr("pages.overview.value"), "second", align_right=True)
        self.stock = boxed(row(column(words, self.value), self.light, space="normal"))
        self.tally = Text("", "second")
        self.people = _with(tr("pages.overview.counters"), self.counters)
        self.shelf = _with(tr("pages.overview.shelf"), self.lots)
        self.money = _with(tr("pages.overview.money"), self.groups)
        self.night = _with(tr("pages.overview.night"), self.done)
        self.cards = (self.people, self.shelf, self.night)

    def show_morning(
        self, morning: Morning | None, shelf: ShelfSums, now: datetime, *, goods: bool
    ) -> None:
        """Everything that was read."""
        self._show_stock(morning)
        self.lots.set_rows(_lot_rows(shelf))
        set_shown(self.shelf, goods)
        self.groups.set_rows(_money_rows(morning))
        set_shown(self.money, morning is not None and morning.money is not None)
        seen = morning.overnight if morning is not None else None
        set_shown(self.people, seen is not None)
        set_shown(self.night, seen is not None)
        if seen is not None:
            self._show_overnight(seen, now)

    def _show_overnight(self, seen: Overnight, now: datetime) -> None:
        self.counters.set_rows(tuple(_counter_row(one, now) for one in seen.counters))
        on = bool(seen.pharmacist)
        words = "pages.overview.may_sell" if on else "pages.overview.may_not_sell"
        self.people.set_title(
            tr("pages.overview.counters"),
            tr("pages.overview.on_duty", name=seen.pharmacist) if on else "",
        )
        self.people.set_chip(tr(words), "ok" if on else "attention")
        self.night.set_title(
            tr("pages.overview.night"), tr("pages.overview.night_count", count=len(seen.done))
        )
        nothing: Fact = (tr("pages.overview.night_nothing"), "", "attention")
        self.done.set_rows(tuple(_night_row(one, now) for one in seen.done) or (nothing,))

    def _show_stock(self, morning: Morning | None) -> None:
        run = morning.stock.run if morning is not None else None
        name, state = light_of(run)
        self.light.show_light(tr(f"pages.stock_day.light_{name}"), state)
        set_shown(self.stock, run is not None)
        if run is None:
            self.tally.setText("")
            return
        self.value.setText(money_text(run.tally.value))
        self.value.set_tone("stop" if run.open_count else "muted")
        said = tr(
            "pages.overview.tally",
            needs_action=f"{run.tally.needs_action:,}",
            cannot_compare=f"{run.tally.cannot_compare:,}",
            equal=f"{run.tally.equal:,}",
            day=run.day.strftime("%m-%d"),
        )
        self.tally.setText(said)


def _with(title: str, rows: FactRows) -> Card:
    card = Card(title)
    card.add(rows)
    return card


def _counter_row(one: CounterRow, now: datetime) -> Fact:
    number = tr("pages.overview.counter", number=f"{one.counter_no:02}")
    if one.closed_at is not None:
        said = tr("pages.overview.left", login=one.login, time=time_text(one.closed_at, now))
        return number, said, "later"
    if one.opened_at is None:
        return number, tr("pages.overview.not_open"), "later"
    said = tr("pages.overview.opened", login=one.login, time=time_text(one.opened_at, now))
    return number, said, "ok"


def _night_row(one: NightRow, now: datetime) -> Fact:
    name = one.job.value if one.well else f"{one.job.value}_not_well"
    words = tr(f"pages.overview.done.{name}", count=f"{one.count:,}")
    at = time_text(one.at, now) if one.at is not None else ""
    return words, at, "ok" if one.well else _GRAVE.get(one.job, "attention")


_GRAVE: dict[NightJob, State] = {NightJob.PROOF: "stop"}


def _lot_rows(sums: ShelfSums) -> tuple[tuple[str, str, State], ...]:
    def worth(count: int, value: Fen) -> str:
        return tr("pages.overview.worth", count=count, amount=money_text(value))

    stop: State = "stop"
    amber: State = "attention"
    return (
        _lots("expired", worth(sums.expired, sums.expired_value), sums.expired, stop),
        _lots("held", tr("pages.overview.lots_of", count=sums.held), sums.held, stop),
        _lots("red", worth(sums.red, sums.red_value), sums.red, amber),
        _lots("near", worth(sums.near, sums.near_value), sums.near, "later"),
    )


def _lots(name: str, words: str, count: int, look: State) -> tuple[str, str, State]:
    return tr(f"pages.overview.lots.{name}"), words, look if count else "later"


def _money_rows(morning: Morning | None) -> tuple[tuple[str, str, State], ...]:
    """Totals of every group of yesterday, and whether the platform says the same."""
    money = morning.money if morning is not None else None
    if money is None:
        return ()
    if not money.run_no:
        return ((tr("pages.overview.no_money"), "", "attention"),)
    rows: list[tuple[str, str, State]] = []
    for group in money.groups:
        name = tr("pages.overview.money_group", insurance=group.insurance, office=group.office)
        total = money_text(group.sums.total)
        said = tr(
            "pages.overview.money_counts",
            count=f"{group.count:,}",
            total=total,
            fund=money_text(group.sums.fund),
            account=money_text(group.sums.account),
        )
        rows.append((name, said, "later"))
    amount = money_text(money.difference)
    if money.open_count:
        said = tr("pages.overview.money_differs", count=money.open_count, amount=amount)
        rows.append((said, "", "stop"))
    else:
        rows.append((tr("pages.overview.money_agrees"), "", "ok"))
    return tuple(rows)
