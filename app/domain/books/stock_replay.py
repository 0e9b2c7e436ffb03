"""The platform's own formula replayed over what it accepted from us (trace-and-stock T43, T44)."""

from collections.abc import Iterable

from app.domain.books.stock import Record, Replay, Replayed
from app.domain.books.stock_records import OurRecord, RecordFate
from app.domain.money import Quantity

_PARTS = (
    Record.CHANGE,
    Record.PURCHASE,
    Record.SENT_BACK,
    Record.SALE,
    Record.SALE_RETURN,
)
"""In the order the formula is written down."""


def replay(records: Iterable[OurRecord]) -> Replay:
    """Last count, and what was accepted behind it, kind by kind; records in our ledger's order."""
    stands = [one for one in records if one.fate is RecordFate.ACCEPTED and one.erased is None]
    counts = [at for at, one in enumerate(stands) if one.record is Record.COUNT]
    last = stands[counts[-1]] if counts else None
    behind = stands[counts[-1] + 1 :] if counts else stands
    parts = tuple(
        Replayed(kind, len(mine), Quantity(sum(mine)))
        for kind in _PARTS
        if (mine := [one.quantity for one in behind if one.record is kind])
    )
    base = last.quantity if last is not None else Quantity(0)
    comes_to = Quantity(base + sum(part.total for part in parts))
    return Replay(last.happened_at if last is not None else None, base, parts, comes_to)
