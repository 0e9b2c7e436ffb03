"""From two figures that differ to the call that is missing: each cause, its share, its proof.

What stands there is turned, one change at a time, into what should stand there. Every change that
moves the figure is a cause, and by how much it moves it is its share; whatever remains is said to
be unnamed. A fault that a later count has healed moves nothing and is not reported.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction

from app.domain.books.stock import (
    Reason,
    Record,
    Stage,
    StockCause,
    StockEvidence,
    StoreMode,
)
from app.domain.books.stock_drafts import draft_of
from app.domain.books.stock_evidence import of_factor, of_filed, of_ours
from app.domain.books.stock_matching import Matching, family, match, same_record
from app.domain.books.stock_records import FiledRecord, OurRecord, RecordFate, figure
from app.domain.money import Quantity

LATE = timedelta(hours=20)
"""What was accepted so shortly before may be booked there later: the first look waits for it, and
so does every look for what was accepted after the day it looks at."""

_TWICE = {
    Record.SALE: StockCause.SALE_TWICE,
    Record.SALE_RETURN: StockCause.RETURN_TWICE,
    Record.PURCHASE: StockCause.PURCHASE_TWICE,
    Record.SENT_BACK: StockCause.SENT_BACK_TWICE,
    Record.CHANGE: StockCause.CHANGE_TWICE,
}
_NOT_TOLD = {
    Record.SALE: StockCause.SALE_NEVER_TOLD,
    Record.SALE_RETURN: StockCause.RETURN_NOT_TOLD,
    Record.PURCHASE: StockCause.PURCHASE_NOT_TOLD,
    Record.SENT_BACK: StockCause.SENT_BACK_NOT_TOLD,
    Record.CHANGE: StockCause.CHANGE_NOT_TOLD,
    Record.COUNT: StockCause.COUNT_NOT_TOLD,
    Record.ERASURE: StockCause.ERASURE_NOT_TOLD,
}
_SALE_BY_FATE = {
    RecordFate.ACCEPTED: StockCause.SALE_LOST,
    RecordFate.REFUSED: StockCause.SALE_REFUSED,
}


@dataclass(frozen=True, slots=True)
class Question:
    """One line that differs, with everything both books say about it.

    ``at_counter`` are receipt numbers of visits that are not over, ``day_ends`` is the end of the
    day that is compared, None where nothing can have been accepted behind it. Records of ours
    stand in the order of our ledger, those filed in the order they were accepted.
    """

    upload_lot: str
    ours: Quantity
    theirs: Quantity
    records: tuple[OurRecord, ...]
    filed: tuple[FiledRecord, ...]
    stage: Stage
    mode: StoreMode
    cut_off: datetime
    settles_elsewhere: bool = False
    at_counter: frozenset[str] = frozenset()
    day_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A cause with the records it was read from, for whoever compares lines with each other."""

    reason: Reason
    ours: tuple[OurRecord, ...] = ()
    filed: tuple[FiledRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """One record as it stands there; ``at`` its place in our books, None where it has none."""

    record: Record
    quantity: Quantity
    at: int | None
    filed: FiledRecord | None = None


def name(asked: Question) -> tuple[Named, ...]:
    """Every cause with its share; the shares add up to the difference."""
    return _Inquiry(asked).run()


@dataclass
class _Inquiry:
    asked: Question
    found: list[Named] = field(default_factory=list)
    entries: list[_Entry] = field(default_factory=list)
    matching: Matching = field(default_factory=lambda: Matching({}, (), ()))

    def run(self) -> tuple[Named, ...]:
        asked = self.asked
        self.matching = match(asked.records, asked.filed)
        place = {there: here for here, there in self.matching.pairs.items()}
        self.entries = [
            _Entry(one.record, one.quantity, place.get(at), one)
            for at, one in enumerate(asked.filed)
        ]
        drift = Quantity(figure(self._told()) - asked.theirs)
        if drift:
            self._add(StockCause.FIGURE_CONTRADICTS_RECORDS, drift, (), ())
        self._units()
        self._strangers()
        self._amounts()
        self._erasures()
        self._order()
        self._missing()
        # not from the entries: whatever no cause accounts for must not vanish with them
        named = sum(one.reason.effect for one in self.found)
        rest = Quantity(asked.ours - asked.theirs - named)
        if rest:
            self._add(StockCause.UNNAMED, rest, (), ())
        return tuple(self.found)

    def _told(self) -> Iterable[tuple[Record, Quantity]]:
        return [(entry.record, entry.quantity) for entry in self.entries]

    def _change(
        self,
        cause: StockCause,
        entries: list[_Entry],
        ours: Sequence[OurRecord] = (),
        filed: Sequence[FiledRecord] = (),
        more: Sequence[StockEvidence] = (),
    ) -> None:
        """One step towards what should stand there; a cause where the figure moves."""
        before = figure(self._told())
        self.entries = entries
        effect = Quantity(figure(self._told()) - before)
        if effect:
            self._add(cause, effect, ours, filed, more)

    def _add(
        self,
        cause: StockCause,
        effect: Quantity,
        ours: Sequence[OurRecord],
        filed: Sequence[FiledRecord],
        more: Sequence[StockEvidence] = (),
    ) -> None:
        evidence = (*more, *of_ours(ours), *of_filed(filed))
        draft = draft_of(cause, effect, self.asked.upload_lot, ours, self.asked.ours, self._theirs)
        self.found.append(Named(Reason(cause, effect, evidence, draft), tuple(ours), tuple(filed)))

    @property
    def _theirs(self) -> Quantity:
        return self.asked.theirs

    def _ours(self, entry: _Entry) -> OurRecord | None:
        return None if entry.at is None else self.asked.records[entry.at]

    def _units(self) -> None:
        """Most records there are the same multiple of ours: packs are counted differently."""
        ratios = Counter(
            Fraction(entry.quantity, ours.quantity)
            for entry in self.entries
            if (ours := self._ours(entry)) is not None and ours.quantity
        )
        factor, count = ratios.most_common(1)[0] if ratios else (Fraction(1), 0)
        if count < 2 or count * 2 <= ratios.total() or factor in (0, 1, -1):
            return
        scaled = [
            replace(entry, quantity=Quantity(int(entry.quantity / factor)))
            for entry in self.entries
        ]
        self._change(StockCause.UNIT_FACTOR, scaled, more=[of_factor(factor)])

    def _strangers(self) -> None:
        """What stands there without a record of ours: twice, by somebody else, or not yet over."""
        kept = [entry for entry in self.entries if entry.at is not None]
        known = {same_record(entry.filed): entry for entry in kept if entry.filed is not None}
        for pair in _undone([entry for entry in self.entries if entry.at is None]):
            # nothing remains of it, but a count between its halves took it for a sale
            without = [one for one in self.entries if not any(one is half for half in pair)]
            self._change(StockCause.COUNT_TOO_LATE, without, (), _filed(pair))
        for entry in [one for one in self.entries if one.at is None]:
            filed = entry.filed
            without = [one for one in self.entries if one is not entry]
            if filed is None:
                continue
            twin = known.get(same_record(filed))
            twin_of = self._ours(twin) if twin is not None else None
            if twin_of is not None and entry.record in _TWICE:
                self._change(_TWICE[entry.record], without, [twin_of], [filed])
            else:
                self._change(self._stranger(entry), without, (), [filed])

    def _stranger(self, entry: _Entry) -> StockCause:
        document = entry.filed.document if entry.filed is not None else ""
        if document and document in self.asked.at_counter:
            return StockCause.AT_COUNTER
        if self.asked.settles_elsewhere and family(entry.record) == "sale":
            return StockCause.SOLD_ELSEWHERE
        return StockCause.TWO_SOURCES

    def _amounts(self) -> None:
        for at, entry in enumerate(self.entries):
            ours = self._ours(entry)
            if ours is None or (ours.quantity, ours.record) == (entry.quantity, entry.record):
                continue
            turned = ours.quantity == -entry.quantity
            cause = StockCause.WRONG_DIRECTION if turned else StockCause.WRONG_QUANTITY
            right = replace(entry, record=ours.record, quantity=ours.quantity)
            filed = (entry.filed,) if entry.filed is not None else ()
            self._change(cause, [*self.entries[:at], right, *self.entries[at + 1 :]], [ours], filed)

    def _erasures(self) -> None:
        """Deleted here, still standing there."""
        for entry in list(self.entries):
            ours = self._ours(entry)
            if ours is None or ours.erased is None:
                continue
            without = [one for one in self.entries if one is not entry]
            travels = ours.erased is RecordFate.ON_ITS_WAY
            cause = StockCause.IN_FLIGHT if travels else StockCause.ERASURE_NOT_TOLD
            filed = (entry.filed,) if entry.filed is not None else ()
            self._change(cause, without, [ours], filed)

    def _order(self) -> None:
        """A count that went up too early or too late holds what it should not, or swallows it."""
        right = sorted(self.entries, key=lambda entry: -1 if entry.at is None else entry.at)
        if right == self.entries:
            return
        counts = [one for one in self.entries if one.record is Record.COUNT]
        last = counts[-1:] if counts else []
        where = self.entries.index(last[0]) if last else 0
        crossed = [
            one
            for place, one in enumerate(self.entries)
            if last and one not in last and (place < where) != ((one.at or 0) < (last[0].at or 0))
        ]
        about = [ours for one in (*last, *crossed) if (ours := self._ours(one)) is not None]
        filed = [one.filed for one in (*last, *crossed) if one.filed is not None]
        self._change(StockCause.COUNT_TOO_LATE, right, about, filed)

    def _missing(self) -> None:
        """What should stand there and does not: movements first, then the counts over them."""
        left = [at for at in self.matching.ours_left if self.asked.records[at].erased is None]
        gone = self._erased_there(left)
        for kind in sorted(gone):
            places = [at for at in left if family(self.asked.records[at].record) == kind]
            records = [self.asked.records[at] for at in places]
            self._change(StockCause.ERASED_THERE, self._with(places), records)
            left = [at for at in left if at not in places]
        for at in sorted(left, key=lambda at: (self.asked.records[at].record is Record.COUNT, at)):
            record = self.asked.records[at]
            self._change(self._absent(record), self._with([at]), [record])

    def _erased_there(self, left: Sequence[int]) -> frozenset[str]:
        """Kinds of which several were accepted and not one is left: a deletion takes them all."""
        standing = {family(entry.record) for entry in self.entries}
        lost: dict[str, int] = {}
        for at in left:
            record = self.asked.records[at]
            if record.fate is RecordFate.ACCEPTED and not self._recent(record):
                lost[family(record.record)] = lost.get(family(record.record), 0) + 1
        others = {
            family(self.asked.records[at].record)
            for at in left
            if self.asked.records[at].fate is not RecordFate.ACCEPTED
        }
        several = {kind for kind, count in lost.items() if count > 1 and kind != "count"}
        return frozenset(several - standing - others)

    def _with(self, places: Sequence[int]) -> list[_Entry]:
        entries = list(self.entries)
        for at in places:
            record = self.asked.records[at]
            before = sum(1 for one in entries if one.at is not None and one.at < at)
            entries.insert(before, _Entry(record.record, record.quantity, at))
        return entries

    def _recent(self, record: OurRecord) -> bool:
        told, ends = record.accepted_at, self.asked.day_ends
        if told is None or self.asked.cut_off - told >= LATE:
            return False
        return self.asked.stage is Stage.NIGHT or (ends is not None and told >= ends)

    def _absent(self, record: OurRecord) -> StockCause:
        if record.opening:
            return StockCause.OPENING_NOT_TOLD
        match record.fate:
            case RecordFate.ON_ITS_WAY:
                return StockCause.IN_FLIGHT
            case RecordFate.IN_DOUBT:
                return StockCause.ANSWER_LOST
            case RecordFate.NOT_WANTED:
                partial = self.asked.mode is StoreMode.PARTIAL
                return StockCause.DAILY_PUSH if partial else StockCause.NOT_WANTED
            case RecordFate.ACCEPTED if self._recent(record):
                return StockCause.SETTLING
            case _ if record.record is Record.SALE:
                return _SALE_BY_FATE.get(record.fate, StockCause.SALE_NEVER_TOLD)
            case _:
                return _NOT_TOLD[record.record]


def _filed(entries: Iterable[_Entry]) -> list[FiledRecord]:
    return [one.filed for one in entries if one.filed is not None]


def _undone(strangers: Sequence[_Entry]) -> list[tuple[_Entry, _Entry]]:
    """Sales that were told before the money, each with what took it back again."""
    backs = [one for one in strangers if one.record is Record.SALE_RETURN]
    undone: list[tuple[_Entry, _Entry]] = []
    for sale in strangers:
        if sale.record is not Record.SALE or sale.filed is None or not sale.filed.document:
            continue
        for at, back in enumerate(backs):
            same = back.filed is not None and back.filed.document == sale.filed.document
            if same and back.quantity == -sale.quantity:
                undone.append((sale, backs.pop(at)))
                break
    return undone
