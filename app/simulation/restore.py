"""An earlier copy of the base is put back in the middle of the day (I12).

Money went on since the copy: the base believes what is no longer so, and the platform remembers.
What the lost time did is known here from the platform and from the base that was taken away, never
from the base that came back.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from app.domain.books.money import Cause, Repair
from app.domain.case import Step
from app.profile.operations import Operation
from app.sandbox.ledger import PlatformLedger
from app.simulation.invariants import Lost
from app.simulation.shop import Counter, Shop
from app.workflow.calendar import CHINA
from app.workflow.reconciling.views import DifferenceRow, MoneyView
from localdb import ledger as store_side
from localdb.ledger import StoreLedger, WrittenOnce

DAYS_WITH = 0.25
"""How many days have a copy that is put back."""
_EARLIEST, _LATEST, _LONGEST = 2, 40, 30
_HANDED_OUT = frozenset({Step.DONE, Step.HAND_OVER})
_GIVEN_BACK = frozenset({Cause.REFUND_ABSENT_HERE, Cause.REFUND_ELSEWHERE})
_WORD = "恢复以前办完的单"
SPEAKS = frozenset(
    {
        Operation.OPEN_DAY.value,
        Operation.CLOSE_DAY.value,
        Operation.RECONCILE_TOTALS.value,
        Operation.RECONCILE_LINES.value,
        Operation.UPLOAD_FILE.value,
        Operation.DOWNLOAD_FILE.value,
        Operation.QUERY_SETTLEMENT.value,
        Operation.REVERSE.value,
    }
)
"""All a base may say that nobody has believed yet: who it is, what stands there, and a person's
reversal."""


@dataclass(frozen=True, slots=True)
class Copy:
    """The base of one moment, and what was known outside at that moment."""

    file: Path
    used: frozenset[str]
    sheets: frozenset[str]
    kept: WrittenOnce


@dataclass
class Restore:
    """One day's copy: when it is taken and put back, and the manager who puts things in order."""

    chance: Random
    manager: str
    played: bool = True
    copy: Copy | None = None
    lost: Lost = field(default_factory=Lost)
    believed: bool = True
    pending: bool = False
    cases: frozenset[int] = frozenset()
    _out: frozenset[str] = frozenset()
    _days: tuple[date, ...] = ()
    _acts: int = 0

    def __post_init__(self) -> None:
        planned = self.played and self.chance.random() < DAYS_WITH
        self._take_at = self.chance.randint(_EARLIEST, _LATEST) if planned else -1
        self._back_after = self.chance.randint(1, _LONGEST)

    def due(self) -> str:
        """What this act begins with: ``copy``, ``back``, ``order``, or nothing."""
        self._acts += 1
        if self._acts == self._take_at:
            return "copy"
        if self.copy is not None and self._acts >= self._take_at + self._back_after:
            return "back"
        return "order" if self.pending and self.chance.random() < 0.15 else ""

    def taken(self, shop: Shop, used: set[str], sheets: set[str]) -> None:
        """Copy the base beside the running counters. Raises ``LocalTrouble``."""
        kept = store_side.written_once(shop.store)
        self.copy = Copy(shop.copied(), frozenset(used), frozenset(sheets), kept)

    def put_back(self, shop: Shop, theirs: PlatformLedger, used: set[str]) -> Copy:
        """The process is gone, the copy takes the base's place; the shop is closed afterwards."""
        copy, self.copy = self.copy, None
        if copy is None:
            raise ValueError("no copy was taken")
        before = store_side.read_ledger(shop.store)
        shop.stop()
        shop.put_back(copy.file)
        shop.start()
        after = store_side.read_ledger(shop.store)
        self.lost = Lost(
            messages=frozenset(used - copy.used),
            codes=_moved_boxes(before, after, theirs),
        )
        self.cases = frozenset(after.cases)
        self._out = frozenset(
            line.attempt.message_id
            for line in before.attempts
            if before.cases[line.case_id].position.step in _HANDED_OUT
        )
        # a base that never spoke misses nothing
        self.believed, self.pending = not used, bool(used)
        return copy

    # -- the manager -------------------------------------------------------------------------------

    def order(self, counter: Counter) -> str:
        """Compare every missing day, sign it, and repair what the lost time left there."""
        surface, now = counter.surface, counter.till.clock.now()
        missing = surface.money().missing
        self._days = tuple(sorted({*self._days, *missing, now.astimezone(CHINA).date()}))
        left = 0
        for day in self._days:
            view = surface.compare_money(day, True)
            for row in view.rows:
                view = self._repaired(counter, day, view, row)
            left += sum(row.open for row in view.rows) + (not view.complete)
            if day in view.missing and view.complete:
                view = surface.sign_money(day, view.run_no, self.manager, "", _WORD)
            if not self.believed and not view.missing:
                self.believed = True
        self.pending = bool(left) or not self.believed
        return f"puts {len(self._days)} days in order, {left} left"

    def _repaired(
        self, counter: Counter, day: date, view: MoneyView, row: DifferenceRow
    ) -> MoneyView:
        surface, number = counter.surface, row.message_id
        if row.cause in _GIVEN_BACK and row.case_id is not None:
            return self._refund(counter, day, view, row, row.case_id)
        if row.adoptable and number in self._out:
            return surface.adopt_stray(day, number, self.manager, "", _WORD)
        if row.repair is Repair.REVERSE:
            return surface.reverse_stray(day, number, self.manager, "")
        return view

    def _refund(
        self, counter: Counter, day: date, view: MoneyView, row: DifferenceRow, case_id: int
    ) -> MoneyView:
        """The boxes came back in the lost time: they are scanned once more, and it is adopted."""
        surface = counter.surface
        if not self.believed or not row.adoptable:
            return view
        with counter.till.store.reading() as unit:
            case = unit.cases.get(case_id)
        if case.position.step is Step.DONE:
            surface.begin_return(case_id)
        if case.position.step in (Step.DONE, Step.TAKE_BACK):
            codes = [pack.code for line in case.facts.lines for pack in line.packs if pack.code]
            surface.take_back(case_id, codes)
        return surface.adopt_stray(day, row.message_id, self.manager, "", _WORD)

    def out_of_sight(
        self, theirs: PlatformLedger, ours: StoreLedger, active: str, named: Callable[[str], bool]
    ) -> str:
        """A settlement of the lost time that stands there, in no book here and named nowhere."""
        known = {line.attempt.message_id for line in ours.attempts} | ours.adopted
        for message_id in sorted(self.lost.messages):
            line = theirs.settlements.get(message_id)
            if line is None or line.state != active or message_id in known:
                continue
            if not named(message_id):
                return message_id
        return ""

    def names(self, counter: Counter, message_id: str) -> bool:
        """Whether a stored comparison shows it to whoever looks."""
        views = (counter.surface.money(day) for day in self._days)
        return any(row.message_id == message_id and row.open for v in views for row in v.rows)


def _moved_boxes(before: StoreLedger, after: StoreLedger, theirs: PlatformLedger) -> frozenset[str]:
    """Boxes of which the base that came back says other than the one it replaced, or the platform;
    and those of visits that went on, as what was told of them may still be on its way."""
    one = {(claim.code, claim.sold, claim.case_id) for claim in before.claims}
    other = {(claim.code, claim.sold, claim.case_id) for claim in after.claims}
    moved = {code for code, _sold, _case in one ^ other}
    went_on = {case for case, line in before.cases.items() if after.cases.get(case) != line}
    moved |= {claim.code for claim in (*before.claims, *after.claims) if claim.case_id in went_on}
    sold = {claim.code for claim in after.claims if claim.sold}
    return frozenset(moved | (sold ^ theirs.sold.keys()))
