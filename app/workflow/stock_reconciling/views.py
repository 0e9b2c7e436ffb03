"""What the manager's pages show of the stock reconciliation: frozen, people masked."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.books.stock import (
    Acceptance,
    Draft,
    LineState,
    Reason,
    StockCause,
    StockFact,
    StockFinding,
    StockRun,
    StockSignOff,
)
from app.domain.goods.parts import Measure
from app.domain.money import Fen, Quantity


@dataclass(frozen=True, slots=True)
class StockRow:
    """One line of the table. ``finding_no`` is None for a line that is plainly equal."""

    finding_no: int | None
    state: LineState
    cause: StockCause | None
    more_causes: int
    store_code: str
    name: str
    lot_no: str
    upload_lot: str
    ours: Quantity | None
    theirs: Quantity | None
    difference: Quantity
    value: Fen
    our_price: int | None
    their_price: int | None
    draft: Draft | None
    accepted: Acceptance | None = None
    measure: Measure | None = None
    """What the pack is called and holds; None where whole packs are all there is to say."""

    @staticmethod
    def of(found: StockFinding, measure: Measure | None = None) -> "StockRow":
        first = next(one for one in found.reasons if one.cause is found.cause)
        return StockRow(
            finding_no=found.finding_no,
            state=found.state,
            cause=found.cause,
            more_causes=len(found.reasons) - 1,
            store_code=found.store_code,
            name=found.name,
            lot_no=found.lot_no,
            upload_lot=found.upload_lot,
            ours=found.ours,
            theirs=found.theirs,
            difference=found.difference,
            value=found.value,
            our_price=found.our_price,
            their_price=found.their_price,
            draft=first.draft,
            accepted=found.accepted,
            measure=measure,
        )


@dataclass(frozen=True, slots=True)
class StockDayView:
    """One day's comparison; ``run`` is None where none was made yet.

    ``rows`` are the problems alone (needs action, then cannot compare) unless all were asked for.
    ``signed`` are the signatures under this very run, ``days`` what was compared before.
    """

    day: date
    today: date
    run: StockRun | None
    rows: tuple[StockRow, ...]
    signed: tuple[StockSignOff, ...]
    days: tuple[StockRun, ...]


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One piece of evidence as it can be read. ``text`` is data, never a sentence of ours.

    ``kept`` is the masked exchange of a message, empty for everything else; ``case_id`` leads to
    the visit, where there is one.
    """

    fact: StockFact
    value: str
    at: datetime | None
    text: str
    case_id: int | None = None
    kept: str = ""


@dataclass(frozen=True, slots=True)
class ProvenReason:
    """One cause of a finding with its evidence looked up."""

    number: int
    reason: Reason
    steps: tuple[ProofStep, ...]


@dataclass(frozen=True, slots=True)
class StockFindingView:
    """One key away from a row: why, what proves it, what to do."""

    day: date
    run_no: int
    finding: StockFinding
    reasons: tuple[ProvenReason, ...]


@dataclass(frozen=True, slots=True)
class TrendDay:
    """One day of the chart; everything is None for a day nobody compared."""

    day: date
    needs_action: int | None
    explained: int | None
    cannot_compare: int | None
    value: Fen | None
    complete: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class StockMorning:
    """What the morning says: the newest run, and how much of it waits for a person."""

    run: StockRun | None
    signed: bool
    due: bool
