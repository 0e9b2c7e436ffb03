"""One day from one seed: clerks act, time passes, things break; after every step both books are
laid beside each other.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from random import Random

from msgspec import structs

from app.domain.attempt import StatusQuery
from app.domain.case import Step
from app.domain.errors import (
    Bug,
    DeviceTrouble,
    LocalTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
)
from app.gateways.transport.in_process import Letter
from app.ports.paper import Paper, TraceCodes
from app.profile.operations import BOOKED_AS, Operation
from app.sandbox import ledger as platform
from app.sandbox.ledger import PlatformLedger
from app.simulation import acts
from app.simulation.clerk import Clerk, Customer
from app.simulation.clock import MORNING, PlayedClock
from app.simulation.fate import Fate, PowerGone
from app.simulation.invariants import Books, broken, broken_at_rest
from app.simulation.outcome import Broken, DayReport, Violation
from app.simulation.restore import SPEAKS, Restore
from app.simulation.shop import COUNTERS, Counter, Shop, a_shop
from app.simulation.templates import WORTH_A_VISIT, Templates
from app.workflow.calendar import CHINA
from app.workflow.cases.lines import sold_line
from app.workflow.steps.return_sale import standing_lines
from app.workflow.steps.upload_sale import pending_lines
from app.workflow.upkeep import startup
from localdb import ledger as store_side
from localdb.ledger import StoreLedger, WrittenOnce

EXPECTED = (OperatorInput, DeviceTrouble, PlatformRejected, NotSent, OutcomeUnknown, LocalTrouble)
"""What a page shows and a person can live with. Everything else is a violation."""
ACTS_PER_VISIT = 60
CLOSING_ROUNDS = 160
CLOSING_PACE_S = 45.0
_LEAVING = (Step.DOWNLOAD, Step.AUDIT, Step.SCAN, Step.PRESETTLE, Step.UPLOAD_SALE, Step.SETTLE)
_SENDING = {
    Operation.SETTLE.value: "sending",
    Operation.REVOKE_SETTLEMENT.value: "refund_sending",
}
MEDIA = ("voucher", "voucher", "card", "id")
"""How people say who they are; the code on the phone is the usual way."""


@dataclass
class Day:
    """Everything of one seed that is no part of the program."""

    seed: int
    made: Templates
    visits: int
    rate: float
    trace: list[str] = field(default_factory=list)
    came: int = 0

    def __post_init__(self) -> None:
        self._chance = self._stream("clerks")
        self._fate = Fate(self._stream("fate"), self.rate)
        start = MORNING + timedelta(minutes=self._chance.choice((0, 0, 0, 250, 890, 925)))
        self._clock = PlayedClock(start)
        self._busy: set[int] = set()
        self._used: set[str] = set()
        self._sheets: set[str] = set()
        self._last: StoreLedger | None = None
        self._kept: WrittenOnce = {}
        self._asleep: set[int] = set()
        self._rehearsed = False
        self._looked = (-1, -1)
        # a day without trouble needs no copy back, and a bare base has none
        back = self.rate > 0 and self.made.sealed
        self._restore = Restore(self._stream("restore"), self._boss(), back)
        self._staff = {number: self._clerk() for number in COUNTERS}
        self._region = self._drawn_region()
        waiting = {rx.person for rx in self.made.demo.prescriptions if rx.state in WORTH_A_VISIT}
        self._people = [p for p in self.made.demo.persons if p.key in waiting]

    def _stream(self, purpose: str) -> Random:
        """Chance for one purpose, so that none disturbs another."""
        return Random(f"{self.seed} {purpose}")  # noqa: S311 - repeatable on purpose

    def _drawn_region(self) -> Templates:
        """Capabilities a region may have or lack (reliability 2.3): each day draws its own."""
        profile = self.made.profile
        settle = structs.replace(
            profile.settle,
            status_query=self._chance.choice((StatusQuery.NONE, StatusQuery.BY_SETTLEMENT_ID)),
            max_reversals=self._chance.choice((2, profile.settle.max_reversals)),
        )
        # one record after the other: threads would not follow from the seed
        uploads = structs.replace(profile.uploads, at_once=1)
        return replace(self.made, profile=structs.replace(profile, settle=settle, uploads=uploads))

    def _clerk(self) -> Clerk:
        return Clerk(self.made.demo, self._chance, self._issue, self._street, self._stands)

    def _boss(self) -> str:
        return next(m.login for m in self.made.demo.operators if "manager" in m.roles)

    def _issue(self, id_no: str) -> str:
        """The customer's phone shows a fresh code; it needs no link of this shop."""
        return self._shop.link.sandbox.issue(id_no)

    def _stands(self, case_id: int) -> bool:
        """Whether the record in doubt is in the platform's books, as a person there would see."""
        with self._shop.store.reading() as unit:
            case = unit.cases.get(case_id)
            theirs = self._theirs()
            sale, rx = case.facts.sale, case.facts.prescription
            if case.position.step is Step.AUDIT or sale is None:
                return rx is not None and rx.rx_number in theirs.audited
            if case.position.step is Step.UPLOAD_SALE:
                line = sold_line(unit, case, pending_lines(case, sale)[0])
                return theirs.told(sale.receipt_no, line.trace_codes)
            line = standing_lines(unit, case, sale)[0]
            return not theirs.told(sale.receipt_no, line.trace_codes)

    def _theirs(self) -> PlatformLedger:
        return platform.read_ledger(self._shop.link.sandbox.site, self.made.demo.store.code)

    def _street(self) -> Customer | None:
        """The next customer, as long as any come today."""
        if self.came >= self.visits:
            return None
        self.came += 1
        leaves = self._chance.choice(_LEAVING) if self._chance.random() < 0.15 else None
        return Customer(self._chance.choice(self._people), self._chance.choice(MEDIA), leaves)

    def run(self) -> DayReport:
        """Play the day to its end, or to the first thing that does not hold."""
        drawn = self._stream("platform")
        with a_shop(self._region, self._clock, self._fate, drawn, self, self._see) as shop:
            self._shop: Shop = shop
            found: Violation | None = None
            settled = 0
            try:
                self._power_on()
                self._work()
                self._close()
                settled = self._theirs().booked
            except Broken as broken:
                trace = (*self.trace, f"{broken.invariant}: {broken.what}")
                found = Violation(self.seed, broken.invariant, broken.what, trace)
            finally:
                shop.stop()
        fate = self._fate
        return DayReport(self.seed, self.came, settled, dict(fate.played), fate.crashes, found)

    def note(self, line: str) -> None:
        """One line of the trace, with the time on the wall."""
        self.trace.append(f"{self._clock.now().astimezone(CHINA):%H:%M:%S} {line}")

    # -- who looks at every message and sheet ------------------------------------------------------

    def leaving(self, operation: str, letter: Letter) -> None:
        """I2 and I7: nothing leaves without its committed row, and no id leaves twice."""
        if not self._restore.believed and operation not in SPEAKS:
            raise Broken("I12", f"{operation} leaves a base nobody believes yet")
        rows = store_side.sending(self._shop.store)
        message_id = self._shop.link.sandbox.message_id(letter.body)
        if not message_id:
            if BOOKED_AS.get(operation, operation) not in rows.values():
                raise Broken("I2", f"{operation} leaves without a committed row")
            return
        if rows.get(message_id) != operation:
            raise Broken("I2", f"{operation} {message_id} leaves without a committed row")
        if message_id in self._used:
            raise Broken("I7", f"{message_id} leaves twice")
        self._used.add(message_id)
        wanted = _SENDING.get(operation)
        if wanted and store_side.attempt_state(self._shop.store, message_id) != wanted:
            raise Broken("I2", f"{operation} {message_id} leaves without a committed attempt")
        if operation == Operation.SETTLE.value:
            self._require_new(message_id)

    def _require_new(self, message_id: str) -> None:
        """I12: what was begun before a restore may have been settled since, and is not again."""
        ours = store_side.read_ledger(self._shop.store) if self._restore.cases else None
        for line in ours.attempts if ours is not None else ():
            if line.attempt.message_id == message_id and line.case_id in self._restore.cases:
                raise Broken("I12", f"case {line.case_id} of before the restore settles")

    def meanwhile(self) -> None:
        """While one waits for an answer, another counter works, or the delivery lane."""
        free = [c for c in self._shop.counters.values() if c.number not in self._busy]
        if free:
            self.note("meanwhile")
            self._turn(self._chance.choice(free))
            self._check()

    def _see(self, paper: Paper) -> None:
        """I3: what names a box names a box that was sold; the unmarked sheet comes once."""
        codes = tuple(
            code.replace(" ", "")
            for block in paper.blocks
            if isinstance(block, TraceCodes)
            for code in block.codes
        )
        if not codes:
            return
        if paper.filename + str(paper.copy_no) in self._sheets:
            raise Broken("I3", f"{paper.filename} copy {paper.copy_no} comes out twice")
        self._sheets.add(paper.filename + str(paper.copy_no))
        if len(store_side.left_the_shop(self._shop.store, codes)) < len(set(codes)):
            raise Broken("I3", f"{paper.filename} is printed before its sale is settled")

    # -- the day -----------------------------------------------------------------------------------

    def _work(self) -> None:
        for _ in range(self.visits * ACTS_PER_VISIT):
            if turned := self._fate.turn_link():
                self.note(turned)
            self._alive(self._copies)
            busy = [number for number in COUNTERS if not self._staff[number].idle]
            if not busy:
                return
            number = self._chance.choice(busy)
            self._alive(partial(self._turn, self._shop.counters[number]))
            self._check()

    def _copies(self) -> None:
        """A copy is taken, put back, or somebody puts in order what that left behind."""
        match self._restore.due():
            case "copy":
                self.note("the base is copied")
                self._restore.taken(self._shop, self._used, self._sheets)
            case "back":
                self._put_back()
            case "order":
                counter = self._shop.counters[self._restore.chance.choice(COUNTERS)]
                if counter.till.signed_in is not None:
                    self._tried(counter, self._restore.order)
                    self._check()

    def _put_back(self) -> None:
        """The power goes, an old copy takes the base's place, the power comes back."""
        self._busy.clear()
        for clerk in self._staff.values():
            clerk.forget()
        self.note("the copy is put back")
        copy = self._restore.put_back(self._shop, self._theirs(), self._used)
        self._sheets, self._kept, self._last = set(copy.sheets), copy.kept, None
        self._compare_kept()
        self._asleep = set(COUNTERS)

    def _turn(self, counter: Counter) -> None:
        """One thing at one counter."""
        self._busy.add(counter.number)
        try:
            if counter.till.signed_in is None:
                self._tried(counter, self._open)
            elif self._chance.random() < 0.12:
                self._clock.pass_time(self._chance.choice((0.5, 2, 5, 20, 65, 200)))
                self._staff[counter.number].page = None
                self._tried(counter, acts.deliver)
            else:
                self._tried(counter, self._staff[counter.number].act)
        finally:
            self._busy.discard(counter.number)

    def _tried(self, counter: Counter, act: Callable[[Counter], str]) -> None:
        """What a page shows is noted; what no page foresees ends the day."""
        try:
            done = act(counter)
        except Bug as bug:
            raise Broken("bug", f"{dict(bug.params)}") from bug
        except EXPECTED as trouble:
            done = f"{trouble} {dict(trouble.params)}"
        except Exception as escaped:
            raise Broken("bug", f"{type(escaped).__name__}: {escaped}") from escaped
        if done:
            self.note(f"c{counter.number} {done}")

    def _open(self, counter: Counter) -> str:
        """The start of the program, and who works here today."""
        if counter.number in self._asleep:
            # what a rehearsal warms up stays warm in this process, whatever power is lost
            (startup.recover if self._rehearsed else startup.wake)(counter.till)
            self._rehearsed = True
            self._asleep.discard(counter.number)
        counter.surface.sign_in(counter.login, "")
        startup.begin_day(counter.till)
        return "signs in"

    def _alive(self, act: Callable[[], None]) -> None:
        """``act``, and where the power goes over it: everything again from what is on disk."""
        try:
            act()
        except PowerGone:
            self._busy.clear()
            for clerk in self._staff.values():
                clerk.page = None
            self.note("the power goes")
            self._compare_kept()
            self._shop.stop()
            self._power_on()

    def _power_on(self) -> None:
        self._shop.start()
        self._asleep = set(COUNTERS)
        self.note("the power comes back" if self._shop.starts > 1 else "the shop opens")

    def _close(self) -> None:
        """Everything works again: what is open comes to an end, and the day is signed off."""
        self._fate.rest()
        self.note("everything works again")
        self._shop.stop()
        self._power_on()
        for clerk in self._staff.values():
            clerk.closing = True
        for _ in range(CLOSING_ROUNDS):
            counters = tuple(self._shop.counters.values())
            left = [counter for counter in counters if self._finish(counter)]
            self._check()
            if not left:
                break
            self._clock.pass_time(CLOSING_PACE_S)
        for counter in self._shop.counters.values():
            self._tried(counter, acts.end_day)
        self._check(at_rest=True)
        self._in_sight()
        self._compare_kept()
        if not self._shop.store.journal_report().whole:
            raise Broken("I6", "the journal's chain is broken")

    def _finish(self, counter: Counter) -> bool:
        """Bring one thing nearer to its end; False where nothing is left."""
        if counter.till.signed_in is None:
            self._tried(counter, self._open)
        self._staff[counter.number].page = None
        self._tried(counter, acts.deliver)
        if self._restore.pending:
            self._tried(counter, self._restore.order)
        with counter.till.store.reading() as unit:
            cases = unit.cases.unfinished(counter.number)
            attempts = unit.attempts.open_attempts(counter.number)
            records = unit.outbox.items()
        for record in records:
            self._tried(counter, partial(acts.again, record.item_id))
        if cases:
            case = self._chance.choice(cases)
            if case.parked_at is not None:
                self._tried(counter, partial(acts.unpark, case.case_id))
            self._tried(counter, self._staff[counter.number].act)
        return bool(cases or attempts or records or not self._restore.believed)

    # -- both books --------------------------------------------------------------------------------

    def _check(self, *, at_rest: bool = False) -> None:
        """Raises ``Broken`` for the first thing that does not hold.

        Books in which nothing was written since the last look are the same books.
        """
        written = (self._shop.written, self._shop.link.sandbox.site.state.written)
        if written == self._looked and not at_rest:
            return
        self._looked = written
        ours = store_side.read_ledger(self._shop.store)
        books = Books(ours, self._theirs(), self._last, self._restore.lost)
        found = broken_at_rest(books) if at_rest else broken(books)
        for invariant, what in found:
            raise Broken(invariant, what)
        self._last = ours

    def _in_sight(self) -> None:
        """I12: what a lost time settled is in our books, taken back, or named by a comparison."""
        counter = self._shop.counters[COUNTERS[0]]
        hidden = self._restore.out_of_sight(
            self._theirs(),
            store_side.read_ledger(self._shop.store),
            platform.ACTIVE,
            partial(self._restore.names, counter),
        )
        if not self._restore.believed:
            raise Broken("I12", "nobody ever signed the missing days")
        if hidden:
            raise Broken("I12", f"{hidden} stands there, in no book here, and nobody is told")

    def _compare_kept(self) -> None:
        """I6: every row that was written once is still there, word for word."""
        now = store_side.written_once(self._shop.store)
        for name, rows in self._kept.items():
            if now[name][: len(rows)] != rows:
                raise Broken("I6", f"rows of {name} changed")
        self._kept = now
