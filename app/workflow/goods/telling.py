"""Movements on their way to the platform: queued in the commit that books them, by region."""

from dataclasses import dataclass

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import Item, Lot
from app.domain.money import Quantity
from app.ports.stock import StockLot
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.till import Till

COUNT_STEP = 100
"""A hundredth of a pack: the finest a count can be told."""
AGAIN = "~"
"""Between the key of a record and the number of its repetition."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many records were queued, and how many this area does not want yet."""

    queued: int = 0
    not_wanted: int = 0

    def __add__(self, other: "Told") -> "Told":
        return Told(self.queued + other.queued, self.not_wanted + other.not_wanted)


def wanted(till: Till, operation: Operation) -> bool:
    """Whether this area takes such records (T37)."""
    part = till.profile.operations.get(operation)
    return part is not None and part.enabled


def queue(
    till: Till, unit: Unit, operation: Operation, key: str, lot: Lot, item: Item, request: object
) -> Told:
    """One record for one lot, in the order of that lot."""
    if not wanted(till, operation):
        return Told(not_wanted=1)
    unit.outbox.add(operation, key, lot.upload_lot, request, None, item.name, till.clock.now())
    return Told(queued=1)


def told_lot(item: Item, lot: Lot, codes: tuple[DrugTraceCode, ...] = ()) -> StockLot:
    """The lot as the platform knows it."""
    return StockLot(
        national_code=item.national_code,
        store_code=item.store_code,
        name=item.name,
        upload_lot=lot.upload_lot,
        lot_no=lot.lot_no,
        made_on=lot.made_on,
        expires_on=lot.expires_on,
        needs_prescription=item.needs_prescription,
        trace_codes=codes,
    )


def counted(stands: Quantity) -> Quantity:
    """The figure of a count as it can be told: never below nought, and with two decimals alone
    (``inv_cnt`` is N16,2, core-platform 6.2), half up where a box is open."""
    return Quantity(max(0, (stands + COUNT_STEP // 2) // COUNT_STEP * COUNT_STEP))


def record_of(unit: Unit, key: str) -> OutboxItem | None:
    """The record queued under this key, wherever it stands; voided ones do not count."""
    found = [item for item in unit.outbox.items(open_only=False) if item.business_key == key]
    standing = [item for item in found if item.state is not OutboxState.VOIDED]
    return standing[0] if standing else None


def first_key(item: OutboxItem) -> str:
    """What a record and its repetitions have in common: told again it is the same movement."""
    return item.business_key.partition(AGAIN)[0]


def records_of(unit: Unit, lot: Lot, key: str) -> tuple[OutboxItem, ...]:
    """What was told, or waits, under this key, repetitions included; voided ones do not count."""
    return tuple(
        item
        for item in unit.outbox.of_lot(lot.upload_lot)
        if first_key(item) == key and item.state is not OutboxState.VOIDED
    )


def in_flight(unit: Unit) -> dict[str, int]:
    """Open records by lot: what the platform does not know yet, parked ones included."""
    counts: dict[str, int] = {}
    for item in unit.outbox.items():
        counts[item.lane_key] = counts.get(item.lane_key, 0) + 1
    return counts
