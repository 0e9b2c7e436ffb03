"""Which record of ours is which record there: the surest signs first.

No number of ours comes back with every record, so what was told is recognised by what it says:
kind, amount, moment, receipt. A moment is compared to the second, as the wire has it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from app.domain.books.stock import Record
from app.domain.books.stock_records import FiledRecord, OurRecord, RecordFate

AnyRecord = OurRecord | FiledRecord
_Key = Callable[[AnyRecord], Hashable | None]
_AT_COUNTER = frozenset({Record.SALE, Record.SALE_RETURN})
_FAMILY = {
    Record.SALE: "sale",
    Record.SALE_RETURN: "sale",
    Record.PURCHASE: "purchase",
    Record.SENT_BACK: "purchase",
    Record.CHANGE: "change",
    Record.COUNT: "count",
    Record.ERASURE: "erasure",
}


@dataclass(frozen=True, slots=True)
class Matching:
    """``pairs``: place in ours → place in filed. What is in neither stands alone."""

    pairs: dict[int, int]
    ours_left: tuple[int, ...]
    filed_left: tuple[int, ...]


def second_of(one: AnyRecord) -> Hashable | None:
    """The moment as the wire has it; None where nobody said."""
    return None if one.happened_at is None else one.happened_at.replace(microsecond=0)


def family(record: Record) -> str:
    """What the platform keeps together: a purchase and its return are one kind there."""
    return _FAMILY[record]


def same_record(one: AnyRecord) -> Hashable:
    """Equal for two tellings of one and the same record."""
    return one.record, one.quantity, second_of(one), one.document


def _all(one: AnyRecord) -> Hashable | None:
    return same_record(one)


def _moment(one: AnyRecord) -> Hashable | None:
    return one.record, one.quantity, second_of(one)


def _receipt(one: AnyRecord) -> Hashable | None:
    return (one.record, one.quantity, one.document) if one.document else None


def _receipt_alone(one: AnyRecord) -> Hashable | None:
    return (one.record, one.document) if one.document and one.record in _AT_COUNTER else None


def _moment_alone(one: AnyRecord) -> Hashable | None:
    moment = second_of(one)
    return None if moment is None or one.record in _AT_COUNTER else (one.record, moment)


def _turned(one: AnyRecord) -> Hashable | None:
    moment = second_of(one)
    return None if moment is None else (family(one.record), abs(one.quantity), moment)


def _opening(one: AnyRecord) -> Hashable | None:
    told = isinstance(one, OurRecord) and not one.opening
    return None if one.record is not Record.COUNT or told else one.quantity


_SIGNS: tuple[_Key, ...] = (
    _all,
    _moment,
    _receipt,
    _opening,
    _receipt_alone,
    _moment_alone,
    _turned,
)


_WEAK = (_receipt_alone, _moment_alone, _turned)
"""Signs that do not say how much it was: the boxes must not speak against them."""


def _other_boxes(one: AnyRecord, other: AnyRecord) -> bool:
    """Both name boxes, and none of them is the same: two lines of one receipt."""
    return bool(one.codes and other.codes) and not set(one.codes) & set(other.codes)


def match(ours: Sequence[OurRecord], filed: Sequence[FiledRecord]) -> Matching:
    """Pair what belongs together, each record at most once; records that were accepted first."""
    pairs: dict[int, int] = {}
    left = sorted(range(len(ours)), key=lambda at: ours[at].fate is not RecordFate.ACCEPTED)
    there = list(range(len(filed)))
    for sign in _SIGNS:
        buckets: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at in reversed(there):
            key = sign(filed[at])
            if key is not None:
                buckets[key].append(at)
        for at in left:
            key = sign(ours[at])
            fits = [
                place
                for place in buckets.get(key, ())
                if sign not in _WEAK or not _other_boxes(ours[at], filed[place])
            ]
            if key is not None and fits:
                pairs[at] = fits[-1]
                buckets[key].remove(fits[-1])
        left = [at for at in left if at not in pairs]
        taken = set(pairs.values())
        there = [at for at in there if at not in taken]
    return Matching(pairs, tuple(sorted(left)), tuple(there))
