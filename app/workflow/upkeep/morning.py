"""What the start page says beside the list of what is to do: counters, pharmacist, last night."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.domain.ending import near
from app.workflow.calendar import CHINA, counters, today
from app.workflow.catalogue.downloading import offered
from app.workflow.goods.proving import last_proof
from app.workflow.people import duty
from app.workflow.stock_reconciling.nightly import BROKEN
from app.workflow.till import Till

_EVENING, _MORNING = time(20), time(8)


class NightJob(StrEnum):
    """What runs by itself while nobody is there."""

    UPLOADS = "uploads"
    STOCK = "stock"
    PROOF = "proof"
    CATALOGUE = "catalogue"


@dataclass(frozen=True, slots=True)
class NightRow:
    """One thing done: when (None where it is not one moment), how much, whether all is well."""

    job: NightJob
    at: datetime | None
    count: int
    well: bool


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One counter: who opened its day with which login, since when, and until when."""

    counter_no: int
    login: str
    opened_at: datetime | None
    closed_at: datetime | None
    here: bool


@dataclass(frozen=True, slots=True)
class EndingRow:
    """A key or certificate that ends soon; ``loud`` in its last week."""

    on: date
    loud: bool


@dataclass(frozen=True, slots=True)
class Overnight:
    """``operator`` is who reads this, ``pharmacist`` who is on duty here, empty for nobody."""

    operator: str
    counters: tuple[CounterRow, ...]
    pharmacist: str
    done: tuple[NightRow, ...]
    endings: tuple[EndingRow, ...] = ()
    """Keys and certificates that end within sixty days, the nearest first."""


def overnight(till: Till) -> Overnight:
    """Read it; asks the platform nothing."""
    on = today(till)
    with till.store.reading() as unit:
        member = duty.on_duty(till, unit)
    return Overnight(
        operator=till.operator.name,
        counters=_counters(till),
        pharmacist=member.name if member is not None else "",
        endings=tuple(EndingRow(one.on, one.loud(on)) for one in near(till.endings, on)),
        done=tuple(sorted(_done(till), key=lambda one: (one.at is not None, one.at or 0))),
    )


def _counters(till: Till) -> tuple[CounterRow, ...]:
    """This one always, others of the store where their day stands in this base."""
    on = today(till)
    rows = []
    with till.store.reading() as unit:
        for number in counters(till):
            day = unit.days.current(number, on) or unit.days.current(number, on - timedelta(1))
            here = number == till.counter_no
            if day is not None:
                row = CounterRow(number, day.operator_no, day.opened_at, day.closed_at, here)
                rows.append(row)
            elif here:
                rows.append(CounterRow(number, "", None, None, here))
    return tuple(rows)


def _done(till: Till) -> list[NightRow]:
    now = till.clock.now().astimezone(CHINA)
    evening = datetime.combine(now.date() - timedelta(days=1), _EVENING, CHINA)
    morning = datetime.combine(now.date(), _MORNING, CHINA)
    with till.store.reading() as unit:
        told = unit.outbox.delivered_since(evening, morning)
        open_count = unit.outbox.tally().stopped
        runs = unit.stock_days.newest(1)
        broken = unit.settings.get(BROKEN)
    found = [NightRow(NightJob.UPLOADS, None, told, not open_count)] if told else []
    found += [
        NightRow(NightJob.STOCK, run.cut_off, run.tally.lines, run.complete)
        for run in runs
        if run.cut_off >= evening
    ]
    broke = None if broken is None else datetime.fromisoformat(broken)
    if broke is not None and broke >= evening and not any(run.cut_off > broke for run in runs):
        found.append(NightRow(NightJob.STOCK, broke, 0, well=False))
    proof = last_proof(till)
    if proof is not None and proof.at >= evening:
        found.append(NightRow(NightJob.PROOF, proof.at, 0, proof.proof.holds))
    return [*found, *_lists(till, evening)]


def _lists(till: Till, since: datetime) -> list[NightRow]:
    """Every list that was brought up to date, as one row."""
    if till.catalogue is None:
        return []
    marks = [till.catalogue.mark(listing) for listing in offered(till)]
    fresh = [
        (mark.finished_at, mark.done)
        for mark in marks
        if mark is not None and mark.finished_at is not None and mark.finished_at >= since
    ]
    if not fresh:
        return []
    at, done = max(at for at, _ in fresh), sum(done for _, done in fresh)
    return [NightRow(NightJob.CATALOGUE, at, done, well=True)]
