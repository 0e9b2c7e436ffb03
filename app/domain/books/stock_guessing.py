"""What can be said without the platform's records: by our own, or by figures that fit.

``as_told`` needs no question: the figure there is exactly what our accepted records come to, so
whatever is missing is what was not accepted. ``guess`` looks for the one accepted record, or the
two, whose loss or doubling makes the figure; it says so and proves nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, islice

from app.domain.books.stock import Record
from app.domain.books.stock_naming import Named, Question, name
from app.domain.books.stock_records import FiledRecord, OurRecord, RecordFate, figure

TRIED = 4000
"""So many combinations are looked at, the newest records first."""


def accepted(asked: Question) -> tuple[FiledRecord, ...]:
    """What stands there if every yes was true."""
    return tuple(
        _filed(one)
        for one in asked.records
        if one.fate is RecordFate.ACCEPTED and one.erased is None
    )


def _filed(one: OurRecord) -> FiledRecord:
    return FiledRecord(one.record, one.quantity, one.happened_at, None, one.document)


def as_told(asked: Question) -> tuple[Named, ...] | None:
    """None where the figure there is not what our accepted records come to."""
    standing = accepted(asked)
    told = figure((one.record, one.quantity) for one in standing)
    doubtful = any(one.fate is RecordFate.IN_DOUBT for one in asked.records)
    if told != asked.theirs or doubtful:
        return None
    return name(replace(asked, filed=standing))


def guess(asked: Question) -> tuple[Named, ...]:
    """The first assumption that makes the figure; else everything that is not explained."""
    standing = accepted(asked)
    for assumed in islice(_assumptions(standing), TRIED):
        if figure((one.record, one.quantity) for one in assumed) == asked.theirs:
            named = name(replace(asked, filed=assumed))
            return tuple(replace(one, reason=replace(one.reason, proven=False)) for one in named)
    return name(replace(asked, filed=standing))


def _assumptions(standing: tuple[FiledRecord, ...]) -> Iterator[tuple[FiledRecord, ...]]:
    places = [
        at for at in reversed(range(len(standing))) if standing[at].record is not Record.COUNT
    ]
    for how_many in (1, 2):
        for chosen in combinations(places, how_many):
            yield from _played(standing, chosen)
    for factor in (*range(2, 101), 500):
        yield tuple(
            replace(one, quantity=type(one.quantity)(one.quantity * factor)) for one in standing
        )


def _played(
    standing: tuple[FiledRecord, ...], chosen: tuple[int, ...]
) -> Iterator[tuple[FiledRecord, ...]]:
    """Each of ``chosen`` lost or there twice, in every mixture."""
    for mixture in range(2 ** len(chosen)):
        twice = {at for bit, at in enumerate(chosen) if mixture >> bit & 1}
        lost = set(chosen) - twice
        kept: list[FiledRecord] = []
        for at, one in enumerate(standing):
            kept += [] if at in lost else [one, one] if at in twice else [one]
        yield tuple(kept)
