"""The second look at one line: live on both sides, by records where figures say too little.

What agrees by now is equal; only where our own records do not say it all the platform's are asked
for (trace-and-stock 2.7, T46, T47).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.domain.books.stock import (
    Draft,
    LineState,
    Reason,
    Remedy,
    Replay,
    Stage,
    StockCause,
    StockEvidence,
    StockFact,
    StockFinding,
    StoreMode,
)
from app.domain.books.stock_across import Told
from app.domain.books.stock_guessing import as_told, guess
from app.domain.books.stock_naming import Named, Question, name
from app.domain.books.stock_records import FiledRecord
from app.domain.books.stock_replay import replay
from app.domain.goods.stock import Item, Lot
from app.domain.money import Fen, Quantity, line_amount
from app.ports.stock import StockFigure
from app.ports.stock_days import ComparedLine
from app.profile.routes import settles_elsewhere
from app.workflow.calendar import CHINA, today
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.asking import UNANSWERED, Fetched
from app.workflow.stock_reconciling.our_books import OurLine, read_line
from app.workflow.till import Till

_NOTHING = Quantity(0)
_GRAVITY = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE, LineState.EXPLAINED)


def mode_of(till: Till) -> StoreMode:
    """How far this store is connected, by its region (T38)."""
    return StoreMode(till.profile.rules.store_mode)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of both books; ``item`` is None where the store does not know it."""

    store_code: str
    upload_lot: str
    item: Item | None
    lots: tuple[Lot, ...]
    holds: bool


class SecondLook:
    """Looks at lines one by one; an item is asked for once, however many lots it has."""

    def __init__(self, till: Till, day: date, stage: Stage, fetched: Fetched) -> None:
        self._till, self._stage, self._fetched = till, stage, fetched
        self._day_ends = datetime.combine(day + timedelta(days=1), time(), CHINA)
        self._live: dict[str, dict[str, StockFigure] | None] = {}
        self.settles_elsewhere = settles_elsewhere(till.profile)

    def look(self, compared: ComparedLine) -> Told | None:
        """None where both books agree by now."""
        line = self.line(compared)
        shown = self._figure(line)
        if line.item is None or not line.lots:
            cause = StockCause.NO_MAPPING if line.item is None else StockCause.UNKNOWN_LOT_THERE
            ask = Draft(Remedy.ASK, None, line.upload_lot, _NOTHING, None)
            reason = replace(_bare(cause, _theirs(shown)), draft=ask)
            return self.made(line, None, shown, [reason]), ()
        if not line.item.national_code:
            return self.made(line, compared.ours, shown, [_bare(StockCause.NO_MAPPING)]), ()
        if not compared.holds:
            return self.made(line, compared.ours, shown, [_bare(StockCause.LEDGER_BROKEN)]), ()
        unread = self._fetched.unread.get((line.store_code, line.upload_lot))
        if shown is None and unread is not None:
            reason = _bare(StockCause.ROW_UNREADABLE, evidence=((StockFact.PLATFORM_SAID, unread),))
            return self.made(line, compared.ours, None, [reason]), ()
        if shown is None and compared.theirs is None and self._fetched.failed:
            page = [(StockFact.PAGE, str(one.page)) for one in self._fetched.failed]
            reason = _bare(StockCause.PAGE_MISSING, evidence=tuple(page))
            return self.made(line, compared.ours, None, [reason]), ()
        ours = self.ours(line)
        if ours.ours == _theirs(shown):
            return None
        rounded = Quantity(ours.ours - _theirs(shown))
        if abs(rounded) <= ours.rounding:
            reason = replace(_bare(StockCause.PARTS_ROUNDED), effect=rounded)
            return self.made(line, ours.ours, shown, [reason]), ()
        named = self._named(line, ours, shown)
        return self.made(line, ours.ours, shown, reasons_of(named), replay(ours.records)), named

    def unread(self, compared: ComparedLine) -> Told:
        """A line whose looking at failed by a fault of ours: its difference, without a cause."""
        line, shown = self.line(compared), self.fetched(self.line(compared))
        return self.made(line, compared.ours, shown, []), ()

    def line(self, compared: ComparedLine) -> Line:
        with self._till.store.reading() as unit:
            item = unit.goods.item_by_store_code(compared.store_code)
            lots = unit.goods.lots(item.item_id) if item is not None else ()
        mine = tuple(lot for lot in lots if compared.upload_lot in ("", lot.upload_lot))
        return Line(compared.store_code, compared.upload_lot, item, mine, compared.holds)

    def _figure(self, line: Line) -> StockFigure | None:
        """The figure of this moment; the fetched one where the asking fails now."""
        if line.store_code not in self._live:
            try:
                live = asking.figures_of(self._till, line.store_code)
            except UNANSWERED:
                live = None
            self._live[line.store_code] = live
        known = self._live[line.store_code]
        if known is not None:
            return known.get(line.upload_lot)
        return self.fetched(line)

    def fetched(self, line: Line) -> StockFigure | None:
        """The figure as its page had it."""
        with self._till.store.reading() as unit:
            return unit.stock_days.answer(line.store_code, line.upload_lot)

    def ours(self, line: Line) -> OurLine:
        """Everything our books say of it, now."""
        with self._till.store.reading() as unit:
            return read_line(self._till, unit, line.lots)

    def _named(self, line: Line, ours: OurLine, shown: StockFigure | None) -> tuple[Named, ...]:
        question = self.question(line, ours, shown)
        said = as_told(question)
        if said is not None:
            return said
        if not asking.records_offered(self._till):
            return guess(question)
        try:
            filed = self.filed(line, ours)
        except UNANSWERED as trouble:
            said_by = ((StockFact.PLATFORM_SAID, str(int(trouble.code))),)
            reason = _bare(StockCause.RECORDS_UNANSWERED, evidence=said_by)
            return (Named(replace(reason, effect=Quantity(ours.ours - _theirs(shown)))),)
        return name(replace(question, filed=filed))

    def question(self, line: Line, ours: OurLine, shown: StockFigure | None) -> Question:
        """What is asked about a line, without the platform's records."""
        return Question(
            upload_lot=line.upload_lot or line.lots[-1].upload_lot,
            ours=ours.ours,
            theirs=_theirs(shown),
            records=ours.records,
            filed=(),
            stage=self._stage,
            mode=mode_of(self._till),
            cut_off=self._till.clock.now(),
            settles_elsewhere=self.settles_elsewhere,
            at_counter=ours.at_counter,
            day_ends=self._day_ends,
        )

    def filed(self, line: Line, ours: OurLine) -> tuple[FiledRecord, ...]:
        """The platform's records of a line. Raises the trouble of the asking."""
        since = self._since(ours)
        return tuple(asking.records_of(self._till, line.store_code, line.upload_lot, since))

    def _since(self, ours: OurLine) -> date:
        moments = [one.happened_at for one in ours.records]
        return min(moments).astimezone(CHINA).date() if moments else today(self._till)

    def made(
        self,
        line: Line,
        ours: Quantity | None,
        shown: StockFigure | None,
        reasons: Iterable[Reason],
        replayed: Replay | None = None,
    ) -> StockFinding:
        """The finding of a line, its causes gravest and largest first."""
        item = line.item
        price = item.retail_price if item is not None else (shown.price if shown else None)
        difference = Quantity((ours or 0) - _theirs(shown))
        lot_no = line.lots[0].lot_no if line.lots else (shown.lot_no if shown else "")
        given = list(reasons) or [_unnamed(line, difference)]
        kept = sorted(given, key=lambda one: (_GRAVITY.index(one.state), -abs(one.effect)))
        return StockFinding(
            finding_no=0,
            store_code=line.store_code,
            national_code=item.national_code if item else (shown.national_code if shown else ""),
            name=item.name if item else (shown.name if shown else ""),
            upload_lot=line.upload_lot,
            lot_no=lot_no,
            lots=tuple(lot.lot_id for lot in line.lots),
            ours=ours,
            theirs=shown.quantity if shown else None,
            value=line_amount(price, difference) if price is not None else Fen(0),
            our_price=item.retail_price if item else None,
            their_price=shown.price if shown else None,
            reasons=tuple(kept),
            replay=replayed,
        )


def _theirs(shown: StockFigure | None) -> Quantity:
    return shown.quantity if shown is not None else Quantity(0)


def reasons_of(named: Iterable[Named]) -> tuple[Reason, ...]:
    return tuple(one.reason for one in named)


def _unnamed(line: Line, difference: Quantity) -> Reason:
    ask = Draft(Remedy.ASK, None, line.upload_lot, _NOTHING, None)
    return Reason(StockCause.UNNAMED, difference, (), ask)


def _bare(
    cause: StockCause, theirs: Quantity = _NOTHING, evidence: tuple[StockEvidence, ...] = ()
) -> Reason:
    return Reason(cause, Quantity(-theirs), evidence)
