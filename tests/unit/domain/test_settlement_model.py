"""A settlement attempt and its case against a model of the platform (reliability 2, invariants).

The model may lose or delay the message up to the quiescence time, lose any answer, answer a
reversal before the original was booked, and be asked at any moment. Whatever happens, at most one
settlement is active, goods leave only when one is, and at rest both sides agree.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from app.domain.attempt import (
    AT_REST,
    Attempt,
    AttemptState,
    BeginRefund,
    BeginSending,
    ClockReached,
    Command,
    Event,
    Leg,
    NothingLeft,
    PersonDecides,
    QueryEmpty,
    QueryFound,
    Replied,
    ReplyClass,
    Restarted,
    Restored,
    ReversalAnswered,
    ReversalResult,
    SettledFacts,
    SettleRules,
    StatementMissing,
    StatementShows,
    StatusQuery,
)
from app.domain.case import Phase, Position, Route, Signal, Step, advance
from app.domain.derivation import case_signal
from app.domain.money import Amounts, Fen
from app.domain.settlement import prepare, step

ROUTE = Route("insured", (Step.IDENTIFY, Step.PRESETTLE, Step.SETTLE, Step.HAND_OVER))
BILL = Amounts(Fen(1000), Fen(600), Fen(300), Fen(100))
OTHER_BILL = Amounts(Fen(1000), Fen(500), Fen(300), Fen(200))
QUIET = timedelta(seconds=120)
S = AttemptState
IN_FLIGHT = {S.SENDING: Leg.SETTLE, S.REFUND_SENDING: Leg.REFUND}
UNSURE = {
    S.UNKNOWN,
    S.REVERSING,
    S.REVERSED_UNCONFIRMED,
    S.MANUAL,
    S.REFUND_UNKNOWN,
    S.REFUND_REVERSING,
}


OUTWARD = {Command.SEND, Command.QUERY, Command.SEND_REVERSAL, Command.COMPARE_STATEMENT}


class Booking(Enum):
    ABSENT = "absent"
    ACTIVE = "active"
    CANCELLED = "cancelled"


@dataclass
class Flight:
    """A message on its way; ``by`` is the last moment at which it may still arrive."""

    message_id: str
    leg: Leg
    amounts: Amounts
    by: datetime
    refund: str | None = None


def _facts(message_id: str, amounts: Amounts = BILL) -> SettledFacts:
    return SettledFacts(f"setl-{message_id}", "visit", amounts, "", 0, "", "")


class OneCounterOnePlatform(RuleBasedStateMachine):
    @initialize(
        reversible=st.booleans(),
        refund_reversible=st.booleans(),
        query=st.sampled_from(StatusQuery),
        can_confirm=st.booleans(),
    )
    def open(
        self, reversible: bool, refund_reversible: bool, query: StatusQuery, can_confirm: bool
    ) -> None:
        waits = tuple(timedelta(seconds=s) for s in (5, 15, 60))
        self.rules = SettleRules(
            QUIET, reversible, refund_reversible, query, can_confirm, waits, max_reversals=4
        )
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.bookings: dict[str, Booking] = {}
        self.refunded: dict[str, str | None] = {}
        self.flights: list[Flight] = []
        self.undoings: list[Flight] = []
        self.reversed_at: datetime | None = None
        self.attempt: Attempt | None = None
        self.count = 0
        self.case = Position(Step.SETTLE)
        self.todo: list[Command] = []
        self.heard_late: set[AttemptState] = set()
        self.released = False
        self.copy: tuple[Attempt, Position] | None = None

    # -- the counter -----------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """One committed step, its derived case move, then its commands."""
        assert self.attempt is not None
        before = self.attempt
        self.attempt, commands = step(before, event, self.rules)
        signal = case_signal(before, self.attempt)
        if signal is not None:
            self.case = advance(self.case, signal, ROUTE)
        self.todo += [command for command in commands if command in OUTWARD]
        if Command.RELEASE_GOODS in commands:
            assert self.bookings.get(self.attempt.message_id) is Booking.ACTIVE
            self.released = True
        if Command.RETURN_SALE in commands:
            assert self.bookings.get(self.attempt.message_id) is not Booking.ACTIVE

    def state(self) -> AttemptState | None:
        return self.attempt.state if self.attempt else None

    def _live(self) -> bool:
        return self.attempt is not None and self.attempt.live

    @precondition(lambda self: not self._live())
    @rule()
    def prepare(self) -> None:
        """A new attempt: of the same case, or of the next one after a refund."""
        if self.case.step is Step.RETURN_SALE:
            self.case = Position(Step.SETTLE)
        if self.case.phase is Phase.REJECTED:
            self.case = advance(self.case, Signal.FIXED, ROUTE)
        self.count += 1
        self.attempt = prepare(f"m{self.count}", BILL, self.now)
        self.bookings[self.attempt.message_id] = Booking.ABSENT
        self.todo.clear()
        self.heard_late.clear()

    @precondition(lambda self: self.state() in (S.PREPARED, S.REFUND_PREPARED))
    @rule(fate=st.sampled_from(["slow", "slow", "slow", "lost", "other", "nothing", "restart"]))
    def send(self, fate: str) -> None:
        assert self.attempt is not None
        if fate == "restart":
            self.tell(Restarted(self.now))
            return
        self.tell(BeginSending(self.now))
        assert self.todo.pop() is Command.SEND
        if fate == "nothing":
            self.tell(NothingLeft(self.now))
        elif fate != "lost":
            leg = self.attempt.leg
            bill = OTHER_BILL if fate == "other" and leg is Leg.SETTLE else BILL
            by = self.now + QUIET - timedelta(seconds=1)
            refund = self.attempt.refund_message_id
            self.flights.append(Flight(self.attempt.message_id, leg, bill, by, refund))

    @precondition(lambda self: self.state() in IN_FLIGHT)
    @rule(kind=st.sampled_from(["answer", "refuse", "unclear", "unclear", "bare", "restart"]))
    def hear(self, kind: str) -> None:
        assert self.attempt is not None
        if kind == "restart":
            self.tell(Restarted(self.now))
        elif kind == "answer" and self.flights:
            flight = self.flights.pop()
            self._book(flight)
            facts = _facts(flight.message_id, flight.amounts)
            differs = flight.amounts != BILL
            word = ReplyClass.AMOUNTS_DIFFER if differs else ReplyClass.DONE
            self.tell(Replied(self.now, word, facts))
        elif kind == "refuse" and self.flights:
            self.flights.pop()
            self.tell(Replied(self.now, ReplyClass.REJECTED, reason="listed"))
        elif kind == "bare":
            self.tell(Replied(self.now, ReplyClass.DONE))
        else:
            self.tell(Replied(self.now, ReplyClass.UNCLEAR, reason="timeout"))

    @precondition(lambda self: self.state() in UNSURE)
    @rule(seconds=st.sampled_from([6, 130, 130, 400]), arrives=st.booleans())
    def wait(self, seconds: int, arrives: bool) -> None:
        """Time passes; what is on its way may arrive now, and does before it is too late."""
        if arrives and self.flights:
            self._book(self.flights.pop())
        if arrives and self.undoings:
            self._undo(self.undoings.pop())
        self._pass(seconds)
        self.tell(ClockReached(self.now))

    @precondition(lambda self: self.state() in (UNSURE | AT_REST) - self.heard_late)
    @rule(kind=st.sampled_from(ReplyClass))
    def hear_late(self, kind: ReplyClass) -> None:
        assert self.attempt is not None
        self.heard_late.add(self.attempt.state)
        before = self.attempt
        self.tell(Replied(self.now, kind, _facts(before.message_id)))
        assert self.attempt == before

    @precondition(lambda self: self.todo)
    @rule(
        fate=st.sampled_from(
            ["well", "well", "well", "lost", "late", "unheard", "blind", "refused", "closed"]
        )
    )
    def carry_out(self, fate: str) -> None:
        """Do the oldest command that was committed."""
        command = self.todo.pop(0)
        if command is Command.QUERY:
            self._ask(hidden=fate != "well")
        elif command is Command.SEND_REVERSAL:
            self._reverse(fate)
        elif command is Command.COMPARE_STATEMENT:
            self._compare(made=fate == "well")

    def _ask(self, *, hidden: bool) -> None:
        assert self.attempt is not None
        message_id = self.attempt.message_id
        active = self.bookings[message_id] is Booking.ACTIVE
        refunded = message_id in self.refunded
        if hidden or not (active or (refunded and self.attempt.leg is Leg.REFUND)):
            self.tell(QueryEmpty(self.now))
        else:
            self.tell(QueryFound(self.now, _facts(message_id), refunded=refunded))

    def _reverse(self, fate: str) -> None:
        assert self.attempt is not None
        self.reversed_at = self.now
        one, by = self.attempt, self.now + QUIET - timedelta(seconds=1)
        reversal = Flight(one.message_id, one.leg, BILL, by, one.refund_message_id)
        if fate == "late":
            self.undoings.append(reversal)
        if fate in ("lost", "late"):
            return
        if fate in ("refused", "closed"):
            word = ReversalResult.REFUSED if fate == "refused" else ReversalResult.PERIOD_CLOSED
            self.tell(ReversalAnswered(self.now, word))
            return
        # "blind": the answer comes from a node that has not seen the booking
        found = fate != "blind" and self._undo(reversal)
        if fate in ("well", "blind"):
            word = ReversalResult.DONE if found else ReversalResult.NO_SUCH
            self.tell(ReversalAnswered(self.now, word))

    def _compare(self, *, made: bool) -> None:
        assert self.attempt is not None
        active = self.bookings[self.attempt.message_id] is Booking.ACTIVE
        if made:
            quiet_at = self.reversed_at + QUIET if self.reversed_at else None
            self.tell(StatementShows(self.now, active, quiet_at=quiet_at))
        else:
            self.tell(StatementMissing(self.now))

    @precondition(lambda self: self.state() is S.MANUAL and not self.flights + self.undoings)
    @rule()
    def decide(self) -> None:
        assert self.attempt is not None
        active = self.bookings[self.attempt.message_id] is Booking.ACTIVE
        gone = S.REFUNDED if self.attempt.leg is Leg.REFUND else S.REVERSED
        outcome = S.SETTLED if active else gone
        self.tell(PersonDecides(self.now, outcome, 7, 1, _facts(self.attempt.message_id)))
        self.todo.clear()

    @precondition(lambda self: self.state() is S.SETTLED)
    @rule()
    def refund(self) -> None:
        if self.case.step is Step.HAND_OVER:
            self.case = advance(self.case, Signal.REFUND, ROUTE)
        if self.case.phase is Phase.REJECTED:
            self.case = advance(self.case, Signal.FIXED, ROUTE)
        self.count += 1
        self.tell(BeginRefund(self.now, f"m{self.count}"))

    @precondition(lambda self: self.attempt is not None and self.attempt.open)
    @rule()
    def copy_the_base(self) -> None:
        assert self.attempt is not None
        self.copy = (self.attempt, self.case)

    def _copy_of_this(self) -> bool:
        if self.copy is None or self.attempt is None:
            return False
        return self.copy[0].message_id == self.attempt.message_id

    @precondition(_copy_of_this)
    @rule()
    def put_the_copy_back(self) -> None:
        """What is open in an old base is a person's word, and nothing of it moves by itself."""
        assert self.copy is not None
        (self.attempt, self.case), self.copy = self.copy, None
        self.todo.clear()
        self.heard_late.clear()
        if self.state() in (S.PREPARED, S.REFUND_PREPARED):
            self.tell(BeginSending(self.now))
            self.todo.clear()
        if self.state() in IN_FLIGHT:
            self.tell(Restarted(self.now))
        if self.state() is not S.MANUAL:
            self.tell(Restored(self.now))
        assert (self.state(), self.todo) == (S.MANUAL, [])

    # -- the platform ----------------------------------------------------------------------

    def _book(self, flight: Flight) -> None:
        booking = self.bookings[flight.message_id]
        if flight.leg is Leg.SETTLE and booking is Booking.ABSENT:
            self.bookings[flight.message_id] = Booking.ACTIVE
        elif flight.leg is Leg.REFUND and booking is Booking.ACTIVE:
            self.bookings[flight.message_id] = Booking.CANCELLED
            self.refunded[flight.message_id] = flight.refund

    def _undo(self, reversal: Flight) -> bool:
        """Undo what its message did; False where that was never booked."""
        key, refunding = reversal.message_id, reversal.leg is Leg.REFUND
        if refunding and self.refunded.get(key, "") == reversal.refund:
            del self.refunded[key]
        elif refunding or self.bookings[key] is not Booking.ACTIVE:
            return False
        self.bookings[key] = Booking.ACTIVE if refunding else Booking.CANCELLED
        return True

    def _pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for flight in [flight for flight in self.flights if flight.by < self.now]:
            self.flights.remove(flight)
            self._book(flight)
        for late in [one for one in self.undoings if one.by < self.now]:
            self.undoings.remove(late)
            self._undo(late)

    # -- what must hold ----------------------------------------------------------------------

    @invariant()
    def at_most_one_settlement_is_active(self) -> None:
        assert sum(b is Booking.ACTIVE for b in self.bookings.values()) <= 1

    @invariant()
    def at_rest_both_sides_agree(self) -> None:
        if self.attempt is None or self.attempt.open or self.flights:
            return
        active = self.bookings[self.attempt.message_id] is Booking.ACTIVE
        assert active == (self.attempt.state is S.SETTLED)

    @invariant()
    def nothing_open_is_forgotten(self) -> None:
        if self.attempt is None:
            return
        assert (self.attempt.next_at is None) == (not self.attempt.open)

    @invariant()
    def the_case_shows_its_attempt(self) -> None:
        if self.attempt is None:
            return
        refunding = self.attempt.leg is Leg.REFUND
        own = Step.REVOKE if refunding else Step.SETTLE
        state = self.attempt.state
        if state in IN_FLIGHT:
            assert self.case == Position(own, Phase.SENT)
        elif state in UNSURE:
            assert self.case == Position(own, Phase.UNKNOWN)
        elif state in (S.PREPARED, S.REFUND_PREPARED):
            assert self.case == Position(own)
        elif state is S.SETTLED:
            assert self.case.step in (Step.HAND_OVER, Step.REVOKE)
        elif state is S.REFUNDED:
            assert self.case == Position(Step.RETURN_SALE)
        else:
            assert self.case.step is Step.SETTLE
            assert self.case.phase in (Phase.READY, Phase.REJECTED)

    @invariant()
    def goods_leave_for_a_settlement_only(self) -> None:
        if self.case.step is Step.HAND_OVER:
            assert self.released


OneCounterOnePlatform.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],
)
TestOneCounterOnePlatform = OneCounterOnePlatform.TestCase
