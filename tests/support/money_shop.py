"""A shop at its money, under a script: the program's own rooms, and who looks at every step.

Real: engine, workflow, gateways, the encrypted base, the training platform. Played: time, the way
between them, and the moment at which the power goes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

import pytest
from msgspec import structs

from app.domain.attempt import Attempt, AttemptState
from app.domain.case import Phase, Position, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import (
    Bug,
    DeviceTrouble,
    LocalTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.money import Fen
from app.gateways.transport.in_process import Letter
from app.profile.model import SettlePart
from app.profile.operations import BOOKED_AS, Operation
from app.sandbox import ledger as platform
from app.sandbox.core.money.statement import leave_out_refunded
from app.sandbox.in_process import in_process_sandbox
from app.sandbox.ledger import ACTIVE, REFUND, REVERSED, REVOKED
from app.sandbox.router import Reply
from app.simulation.clock import PlatformTime, PlayedClock
from app.simulation.fate import PowerGone
from app.simulation.invariants import Books, broken
from app.simulation.shop import Shop
from app.simulation.templates import PLATFORM_SEED, space
from app.workflow import counter as cases
from app.workflow import resolving
from app.workflow.cases.lines import codes_of
from app.workflow.doubts import judging
from app.workflow.returns import revoke, take_back
from app.workflow.steps import hand_over, settle
from app.workflow.till import Till
from app.workflow.upkeep import startup
from localdb import ledger as store_side
from localdb.ledger import StoreLedger
from tests.support.moved import at_home
from tests.support.ready_sales import REGION, ReadySales
from tests.support.scripted_trouble import Script, ScriptedLink

EXPECTED = (OperatorInput, DeviceTrouble, PlatformRejected, NotSent, OutcomeUnknown, LocalTrouble)
"""What a page shows and a person can live with."""
_SENDING = {
    Operation.SETTLE.value: "sending",
    Operation.REVOKE_SETTLEMENT.value: "refund_sending",
}


@dataclass
class MoneyShop:
    """``booked`` is what the platform must hold by the answers it gave, by message id."""

    ready: ReadySales
    shop: Shop
    script: Script
    link: ScriptedLink
    clock: PlayedClock
    booked: dict[str, str] = field(default_factory=dict)
    trouble: Trouble | None = None
    """What the last act ended with; None where it went through."""
    messages: int = 0
    silent: bool = False
    _used: set[str] = field(default_factory=set)
    _arrived: set[str] = field(default_factory=set)
    _settled_as: dict[str, str] = field(default_factory=dict)
    _looked: tuple[int, int] = (-1, -1)
    _last: StoreLedger | None = None
    _newest: dict[int, Attempt] = field(default_factory=dict)

    # -- acts --------------------------------------------------------------------------------------

    def till(self, number: int) -> Till:
        return self.shop.counters[number].till

    def act(self, doing: Callable[[], object]) -> None:
        """Do it as a page would; the power may go over it, and comes back."""
        self.trouble = None
        try:
            doing()
        except Bug:
            raise
        except EXPECTED as shown:
            self.trouble = shown
        except PowerGone:
            self.power_cut()

    def power_cut(self) -> None:
        """Everything in memory is lost. A start that fails is made again, as people do."""
        while True:
            self.shop.stop()
            try:
                self.start()
            except (PowerGone, LocalTrouble):
                continue
            return

    def start(self) -> None:
        self.shop.start()
        for number, counter in self.shop.counters.items():
            startup.recover(counter.till)
            # who works here is not what is asked: no PIN, no greeting
            counter.till.signed_in = self.ready.clerks[number]

    def case(self, case_id: int) -> CounterCase:
        """As whoever comes back to it finds it: what a failed commit left is unknown by then."""
        return cases.at_hand(self.till(self.ready.sales[case_id]), case_id)

    def attempt(self, case_id: int) -> Attempt | None:
        """The newest of a sale, as of the last look."""
        return self._newest.get(case_id)

    def place(self, case_id: int) -> Position:
        """Where a sale stands, as of the last look."""
        assert self._last is not None
        return self._last.cases[case_id].position

    def waiting(self) -> list[int]:
        """Sales that somebody at the counter could go on with."""
        return [case for case in self.ready.sales if _needs_somebody(self.place(case))]

    def of_a_manager(self) -> list[int]:
        manual = AttemptState.MANUAL
        return [case for case, one in self._newest.items() if one.state is manual]

    # -- what people do ----------------------------------------------------------------------------

    def settle(self, case_id: int) -> None:
        """One press at the till; what it needs to be asked first is part of it."""
        till = self._till_of(case_id)
        self.act(lambda: settle.settle(till, self.case(case_id), self._agreed(case_id)))

    def _agreed(self, case_id: int) -> Fen:
        """Cash by the split that stands on the page: one that is old is asked for anew."""
        estimate = self.case(case_id).facts.estimate
        return estimate.amounts.cash if estimate else Fen(self.ready.cash[case_id])

    def told_on_the_page(self, case_id: int, since: datetime) -> bool:
        """A new split, or why there is none: what a press that sent no money leaves behind."""
        refusal = self.case(case_id).facts.refusal
        return refusal is not None and refusal.at >= since

    def resolve(self, number: int) -> None:
        """One round of the lane that brings money to rest."""
        till = self.till(number)
        self.act(lambda: resolving.resolve_due(till))

    def others(self) -> None:
        """While somebody waits for an answer, the other counter's lane finds what is due."""
        for number in self.shop.counters:
            till = self.till(number)
            if not till.resolving.locked():
                with suppress(*EXPECTED):
                    resolving.resolve_due(till)

    def retry(self, case_id: int) -> None:
        till = self._till_of(case_id)
        self.act(lambda: cases.retry(till, self.case(case_id)))

    def hand_over(self, case_id: int) -> None:
        till = self._till_of(case_id)
        self.act(lambda: hand_over.hand_over(till, self.case(case_id)))

    def bring_back(self, case_id: int) -> None:
        """A customer lays every box of a finished sale on the counter."""
        till = self._till_of(case_id)

        def back() -> None:
            case = take_back.begin(till, self.case(case_id))
            if case.position.step is Step.TAKE_BACK:
                take_back.take_back(till, case, [str(code) for code in codes_of(case)])

        self.act(back)

    def lay_down(self, case_id: int) -> None:
        """The boxes of a return that was begun and broken off."""
        till = self._till_of(case_id)

        def back() -> None:
            case = self.case(case_id)
            take_back.take_back(till, case, [str(code) for code in codes_of(case)])

        self.act(back)

    def refund(self, case_id: int) -> None:
        till = self._till_of(case_id)
        self.act(lambda: revoke.revoke(till, self.case(case_id), self.ready.manager))

    def return_sale(self, case_id: int) -> None:
        till = self._till_of(case_id)
        self.act(lambda: cases.retry(till, self.case(case_id)))

    def decide(self, case_id: int) -> None:
        """A manager signs what the statement shows; where it is silent, what the agency says."""
        till = self._till_of(case_id)

        def signed() -> None:
            view = judging.examine(till, self.case(case_id))
            if view.choices:
                found = view.choices[self._stands(case_id) if view.needs_statement else 0].outcome
                judging.decide(till, view, found, self.ready.manager, "电话核实", "核对平台记录")

        self.act(signed)

    def _stands(self, case_id: int) -> bool:
        attempt = self.attempt(case_id)
        return attempt is not None and self.booked.get(attempt.message_id) == ACTIVE

    def _till_of(self, case_id: int) -> Till:
        return self.till(self.ready.sales[case_id])

    def open_ones(self) -> list[tuple[int, Attempt]]:
        with self.shop.store.reading() as unit:
            return [pair for n in self.shop.counters for pair in unit.attempts.open_attempts(n)]

    def pays_elsewhere(self, case_id: int, fen: int) -> None:
        """Another pharmacy takes from the same account, so that the split is no longer that."""
        with self.shop.store.reading() as unit:
            person = unit.cases.get(case_id).facts.person
        assert person is not None
        with self.link.sandbox.site.state.writing() as db:
            db.execute(
                "UPDATE account SET balance_fen = balance_fen - ? WHERE psn_no = ?"
                " AND balance_fen >= ?",
                (fen, person.person_no.reveal(), fen),
            )

    # -- who looks ---------------------------------------------------------------------------------

    def leaving(self, operation: str, letter: Letter) -> None:
        """I2 and I7: a committed row before the first byte, and no id twice."""
        self.messages += 1
        rows = store_side.sending(self.shop.store)
        number = self.link.sandbox.message_id(letter.body)
        if not number:
            assert BOOKED_AS.get(operation, operation) in rows.values(), f"I2: {operation}"
            return
        assert rows.get(number) == operation, f"I2: {operation} {number} has no committed row"
        assert number not in self._used, f"I7: {number} leaves twice"
        self._used.add(number)
        wanted = _SENDING.get(operation)
        if wanted:
            state = store_side.attempt_state(self.shop.store, number)
            assert state == wanted, f"I2: {operation} {number} leaves while {state!r}"

    def ever_left(self, number: str) -> bool:
        """Whether a message of this id was on its way, wherever it ended."""
        return number in self._used

    def meanwhile(self) -> None:
        self.others()

    def note(self, line: str) -> None:
        """What happened stands in the rules that were played."""

    def knows(self, reference: str) -> bool:
        """Whether an answer of this serial stands in our books."""
        with self.shop.store.reading() as unit:
            return unit.messages.reference_seen(reference)

    def answered(self, operation: str, letter: Letter, reply: Reply, effect: bool) -> None:
        """The platform's answer to a letter says what it must hold from now on.

        A letter that comes again is answered as it was, and has no second effect.
        """
        number = self.link.sandbox.message_id(letter.body)
        if not number or reply.body[:1] != b"{" or number in self._arrived:
            return
        frame = json.loads(reply.body)
        if "infcode" in frame:
            self._arrived.add(number)
        if frame.get("infcode") != 0 or not effect:
            return
        asked = json.loads(letter.body)["input"]
        if operation == Operation.REVERSE.value:
            self._reversed(asked["data"]["omsgid"])
        elif operation == Operation.SETTLE.value:
            self.booked[number] = ACTIVE
            self._settled_as[frame["output"]["setlinfo"]["setl_id"]] = number
        elif operation == Operation.REVOKE_SETTLEMENT.value:
            settled = self._settled_as[asked["data"]["setl_id"]]
            self.booked[number], self.booked[settled] = REFUND, REVOKED
            self._settled_as[number] = settled

    def _reversed(self, number: str) -> None:
        match self.booked.get(number):
            case platform.ACTIVE:
                self.booked[number] = REVERSED
            case platform.REFUND:
                self.booked[number], self.booked[self._settled_as[number]] = REVERSED, ACTIVE

    def check(self, *, at_rest: bool = False) -> None:
        """What the answers promise, our ledger and the platform's own store agree (I1 to I11)."""
        written = (self.shop.written, self.link.sandbox.site.state.written)
        if written == self._looked and not at_rest:
            return
        self._looked = written
        ours = store_side.read_ledger(self.shop.store)
        theirs = platform.read_ledger(self.link.sandbox.site, self.ready.made.demo.store.code)
        holds = {number: line.state for number, line in theirs.settlements.items()}
        assert holds == self.booked, "the platform holds other than it answered"
        for invariant, what in broken(Books(ours, theirs, self._last)):
            raise AssertionError(f"{invariant}: {what}")
        self._last = ours
        self._newest = {line.case_id: line.attempt for line in ours.attempts}

    def comes_to_rest(self, rounds: int = 60) -> None:
        """Everything works again: no money stays in doubt, whoever has to end it."""
        self.script.rest()
        for _ in range(rounds):
            for number in self.shop.counters:
                self.resolve(number)
            self.check()
            left = self.open_ones()
            if not left:
                break
            for case_id, attempt in left:
                self.case(case_id)
                if attempt.state is AttemptState.MANUAL:
                    self.decide(case_id)
            self.check()
            self.clock.pass_time(3700.0 if self.silent else 70.0)
        left = [(one.state.value, one.reason) for _, one in self.open_ones()]
        assert not left, f"money stays in doubt: {left}, {self.trouble}"
        for case_id in self.ready.sales:
            case = self.case(case_id)
            assert case.position.phase is not Phase.SENT
            assert (case.position.step, case.position.phase) != (Step.SETTLE, Phase.UNKNOWN)
        self.check(at_rest=True)


def _needs_somebody(place: Position) -> bool:
    if place.step is Step.RETURN_SALE:
        return True
    return place.step is not Step.CLOSED and place.phase in (Phase.READY, Phase.REJECTED)


@contextmanager
def money_shop(ready: ReadySales, region: SettlePart) -> Iterator[MoneyShop]:
    """A copy of both sides, in a region where money moves like this."""
    clock, script, made = PlayedClock(ready.at), Script(), ready.made
    silent = Operation.REVOKE_SETTLEMENT not in region.reversible
    here = replace(made, profile=structs.replace(made.profile, settle=region))
    drawn = Random("money")  # noqa: S311 repeatable on purpose
    with (
        space() as folder,
        in_process_sandbox(
            here.profile, here.demo, PLATFORM_SEED, PlatformTime(clock), drawn, here.image
        ) as sandbox,
    ):
        ready.copy_to(folder)
        at_home(folder, REGION)
        link = ScriptedLink(sandbox, clock, script, _Nobody())
        shop = Shop(here, folder, clock, script, link, lambda _paper: None, drawn)
        if silent:
            leave_out_refunded(sandbox.site)
        played = MoneyShop(ready, shop, script, link, clock, silent=silent)
        link.watch, link.told, link.heard = played, played.answered, played.knows
        with pytest.MonkeyPatch.context() as plant:
            try:
                played.start()
                played.check()
                # its pages were found whole; a power that is played tears none
                plant.setattr("localdb.opening.require_whole", lambda _connection: None)
                yield played
            finally:
                shop.stop()


class _Nobody:
    """Looks until somebody does."""

    def leaving(self, operation: str, letter: Letter) -> None:
        """Nothing leaves before a shop is open."""

    def meanwhile(self) -> None:
        """Nobody works."""

    def note(self, line: str) -> None:
        """Nobody reads it."""
