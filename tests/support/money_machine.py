"""The model beside code: rules that do, break and wait, on the real program (reliability 8).

Each rule is one step. What a message's fate allows the counter to believe is said here, from the
specification; the books of both sides are compared behind every step.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import Phase as Stage
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import structs

from app.domain.attempt import Attempt, AttemptState, Leg, StatusQuery
from app.domain.case import Phase, Step
from app.profile.operations import Operation
from app.simulation.fate import Fault
from tests.support.money_shop import MoneyShop, money_shop
from tests.support.ready_sales import ReadySales
from tests.support.sampling import seed
from tests.support.scripted_trouble import FORGED, Heard, Trick, Trouble

S = AttemptState
ANYWHERE: tuple[Trouble, ...] = (
    *(Fault.REFUSED, Fault.DROP_BEFORE, Fault.DROP_AFTER, Fault.DELAY, Fault.REJECT),
    *(Fault.DUPLICATE, Fault.HALF, Fault.GARBAGE, Fault.HTTP_500, Fault.HTTP_502_AFTER),
    *(Fault.NOT_SIGNED_IN, Trick.TWICE),
)
OF_MONEY: tuple[Trouble, ...] = (
    *(*ANYWHERE, *FORGED, Fault.DROP_AFTER),
    *(Fault.DELAY, Fault.DELAY, Fault.DELAY),
)
OF_REVERSAL: tuple[Trouble, ...] = (*ANYWHERE, Fault.NO_EFFECT, Fault.NO_EFFECT)
AROUND = (
    *("again", "meanwhile", "power", "commit_failed", "commit_unseen", "elsewhere"),
    *("again", "meanwhile", "power", "power_cut"),
)
OF_A_QUESTION: tuple[Trouble, ...] = (
    *(Fault.REFUSED, Fault.DROP_AFTER, Fault.DELAY, Fault.REJECT, Fault.DUPLICATE),
    *(Fault.GARBAGE, Fault.HTTP_500, Fault.NOT_SIGNED_IN),
)
OF_QUESTIONS = (
    Operation.QUERY_SETTLEMENT.value,
    Operation.UPLOAD_FILE.value,
    Operation.RECONCILE_LINES.value,
    Operation.DOWNLOAD_FILE.value,
    Operation.RETURN_SALE.value,
    Operation.OPEN_DAY.value,
)
WAITS = (5.0, 5.0, 1.0, 5.0, 21.0, 70.0, 70.0, 400.0, 1000.0, 21_600.0)
"""Seconds: the usual round, beyond the quiescence, every gap between reversals, over midnight."""
MOMENTS = 12
"""Around a settlement there are so many at which the power may go."""
SETTLE, REVOKE, REVERSE = (
    operation.value
    for operation in (Operation.SETTLE, Operation.REVOKE_SETTLEMENT, Operation.REVERSE)
)
AIMS: tuple[tuple[str, Trouble], ...] = (
    *((SETTLE, trouble) for trouble in OF_MONEY * 2),
    *((REVOKE, trouble) for trouble in OF_MONEY * 2),
    *((REVERSE, trouble) for trouble in OF_REVERSAL * 2),
    *((operation, trouble) for operation in OF_QUESTIONS for trouble in OF_A_QUESTION),
)


class MoneyMachine(RuleBasedStateMachine):
    """Six sales at two counters on one base. Use :func:`machine_on`."""

    ready: ClassVar[ReadySales]
    steps: ClassVar[int] = 0
    met: ClassVar[Counter[str]] = Counter()
    """What was played, over all examples of a class."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.play: MoneyShop | None = None

    @initialize(
        query=st.sampled_from([StatusQuery.NONE, StatusQuery.BY_SETTLEMENT_ID]),
        reversals=st.sampled_from([2, 8]),
        silent=st.sampled_from([False, False, True]),
        one_kind=st.booleans(),
    )
    def begin(self, query: StatusQuery, reversals: int, silent: bool, one_kind: bool) -> None:
        """What regions differ in: a question by number, how often a reversal is sent, a silent one
        that tells of no refund and reverses none, one that is asked for the usual kind alone."""
        region = structs.replace(
            self.ready.made.profile.settle,
            status_query=StatusQuery.NONE if silent else query,
            max_reversals=reversals,
        )
        if silent:
            region = structs.replace(region, reversible=(Operation.SETTLE,))
        if one_kind:
            region = structs.replace(region, compared_kinds=())
        self.play = self.open.enter_context(money_shop(self.ready, region))

    # -- trouble -----------------------------------------------------------------------------------

    @rule(aim=st.sampled_from(AIMS))
    def trouble_ahead(self, aim: tuple[str, Trouble]) -> None:
        """The next message of a kind meets it."""
        operation, trouble = aim
        self.now.script.wire[operation] = trouble
        self._count(f"{operation}:{trouble.value}")

    @rule(what=st.sampled_from(AROUND), number=st.integers(0, MOMENTS))
    def around(self, what: str, number: int) -> None:
        """The power goes now or soon, a commit will fail, another counter will work meanwhile, a
        letter comes once more, money moves elsewhere."""
        now, script = self.now, self.now.script
        match what:
            case "power":
                script.dies_in = number
            case "power_cut":
                # twice in a row now and then: while it comes back
                script.dies_in = number if number % 4 == 3 else None
                now.power_cut()
            case "meanwhile":
                script.somebody_works = True
            case "again" if now.link.letters:
                now.link.again(*now.link.letters[-1 - number % len(now.link.letters)])
            case "commit_failed" | "commit_unseen":
                script.commit = number % 4, Fault(what)
            case _:
                now.pays_elsewhere(list(self.ready.sales)[number % len(self.ready.sales)], 100)
        self._count(what)

    # -- time and lanes ----------------------------------------------------------------------------

    @rule(seconds=st.sampled_from(WAITS))
    def lane(self, seconds: float) -> None:
        """Time passes, and the lanes that bring money to rest have their round."""
        self.now.clock.pass_time(seconds)
        for number in self.now.shop.counters:
            self.now.resolve(number)
        self._count("lane")

    # -- people ------------------------------------------------------------------------------------

    @precondition(lambda self: self.now.waiting())
    @rule(pick=st.integers(0, 5), back=st.booleans())
    def serve(self, pick: int, back: bool) -> None:
        """The next thing that one of the sales needs; ``back`` where it may go back already."""
        found = self.now.waiting()
        case_id = found[pick % len(found)]
        place = self.now.place(case_id)
        match place.step, place.phase:
            case Step.SETTLE, Phase.READY:
                self._money(case_id, SETTLE, self.now.settle, _after_settling)
            case Step.REVOKE, _:
                self._money(case_id, REVOKE, self.now.refund, _after_refunding)
            case Step.SETTLE, _:
                self._person(self.now.retry, case_id)
            case Step.HAND_OVER, _ if not back:
                self._person(self.now.hand_over, case_id)
            case ((Step.HAND_OVER | Step.DONE), _):
                self._person(self.now.bring_back, case_id)
            case Step.TAKE_BACK, _:
                self._person(self.now.lay_down, case_id)
            case _:
                self._person(self.now.return_sale, case_id)

    @precondition(lambda self: self.now.waiting())
    @rule(aim=st.sampled_from(AIMS), pick=st.integers(0, 5))
    def serve_amid(self, aim: tuple[str, Trouble], pick: int) -> None:
        """The same, while something goes wrong."""
        operation, trouble = aim
        self.now.script.wire[operation] = trouble
        type(self).met[f"{operation}:{trouble.value}"] += 1
        self.serve(pick, back=True)

    @precondition(lambda self: self.now.of_a_manager())
    @rule(pick=st.integers(0, 5))
    def decide(self, pick: int) -> None:
        found = self.now.of_a_manager()
        self.now.decide(found[pick % len(found)])
        self._count("decide")

    # -- what is looked at -------------------------------------------------------------------------

    @invariant()
    def both_books_agree(self) -> None:
        self.now.check()

    def teardown(self) -> None:
        with self.open:
            if self.play is not None:
                type(self).met["messages"] += self.play.messages
                type(self).met["struck"] += self.play.script.struck
                self.play.comes_to_rest()

    # -- inside ------------------------------------------------------------------------------------

    @property
    def now(self) -> MoneyShop:
        assert self.play is not None
        return self.play

    def _person(self, act: Callable[[int], None], case_id: int) -> None:
        act(case_id)
        self._count(act.__name__)

    def _money(
        self,
        case_id: int,
        operation: str,
        act: Callable[[int], None],
        allowed: Callable[[Heard, Attempt], set[AttemptState]],
    ) -> None:
        """One money act; where nothing but its own message was hit, its end is known exactly."""
        now = self.now
        before, struck = now.attempt(case_id), now.script.struck
        somebody, began = now.script.somebody_works, now.clock.now()
        now.link.last.pop(operation, None)
        act(case_id)
        self._count(act.__name__)
        now.check()
        heard, after = now.link.last.get(operation), now.attempt(case_id)
        if now.script.struck > struck or somebody:
            return
        if heard is None:
            told = now.trouble is not None or now.told_on_the_page(case_id, began)
            self._unsent(before, after, told=told)
            return
        assert after is not None
        assert after.state in allowed(heard, after), (heard, after.state)

    def _unsent(self, before: Attempt | None, after: Attempt | None, *, told: bool) -> None:
        """A press that sent no money leaves it as it stood, but for what a failed commit had left
        prepared: that is withdrawn, as by a start. No message of it may ever have left; and where
        none does now (the split is of yesterday, somebody has to sign in) the page says why."""
        number = _withdrawn(before, after)
        if number is None:
            assert _state(after) is _state(before), (before, after)
            assert told or before is not None
            return
        assert not self.now.ever_left(number), f"{number} left, and is withdrawn as never sent"
        assert told, f"{number} is withdrawn, and nobody says why nothing is sent"

    def _count(self, what: str) -> None:
        type(self).steps += 1
        type(self).met[what] += 1


def _withdrawn(before: Attempt | None, after: Attempt | None) -> str | None:
    """The message a prepared settlement was withdrawn with, where that is all that happened to it
    (reliability 2.1: a start rejects what was never sent). None for everything else."""
    if before is None or after is None or before.state is not S.PREPARED:
        return None
    ended = replace(before, state=S.REJECTED, next_at=None, reason="never_sent")
    settles = before.leg is Leg.SETTLE and before.sent_at is None
    return before.message_id if settles and after == ended else None


def _state(attempt: Attempt | None) -> AttemptState | None:
    return attempt.state if attempt is not None else None


def _after_settling(heard: Heard, after: Attempt) -> set[AttemptState]:
    if heard.trouble is Fault.REFUSED:
        return {S.REJECTED}
    if heard.spoiled:
        return {S.UNKNOWN}
    assert heard.frame is not None
    if heard.frame["infcode"] != 0:
        return {S.REJECTED, S.UNKNOWN}
    if heard.trouble is Trick.OTHER_AMOUNTS or not _as_agreed(heard, after):
        return {S.MANUAL, S.UNKNOWN}
    return {S.SETTLED}


def _after_refunding(heard: Heard, after: Attempt) -> set[AttemptState]:
    if heard.trouble is Fault.REFUSED:
        return {S.SETTLED}
    if heard.spoiled:
        return {S.REFUND_UNKNOWN}
    assert heard.frame is not None
    if heard.frame["infcode"] != 0:
        return {S.SETTLED, S.REFUND_UNKNOWN}
    if heard.trouble is Trick.OTHER_AMOUNTS:
        return {S.MANUAL, S.REFUND_UNKNOWN}
    return {S.REFUNDED}


def _as_agreed(heard: Heard, after: Attempt) -> bool:
    assert heard.frame is not None
    bill: dict[str, Any] = heard.frame["output"]["setlinfo"]
    said = tuple(round(bill[key] * 100) for key in ("fund_pay_sumamt", "acct_pay", "psn_cash_pay"))
    expected = after.expected
    return said == (expected.fund, expected.account, expected.cash)


LENGTH = 150
"""Steps of one example; each begins with six sales and ends with all money at rest."""


def steps_played(ready: ReadySales, steps: int, name: str) -> type[MoneyMachine]:
    """Play at least ``steps`` steps; the seed is the commit's and ``name``'s, and repeats them."""
    machine, rounds = machine_on(ready), 0
    while machine.steps < steps:
        examples = max(2, (steps - machine.steps) // LENGTH + 1)
        number = int.from_bytes(sha256(f"{seed()} {name} {rounds}".encode()).digest()[:8])
        try:
            run_state_machine_as_test(seeded(number)(machine), settings=_plainly(examples))
        except BaseException as broken:
            broken.add_note(f"{name}, round {rounds}, seed {seed()}, after {machine.steps} steps")
            raise
        rounds += 1
    return machine


def _plainly(examples: int) -> settings:
    """Nothing is kept, nothing is made shorter: a failure is told as it was played."""
    return settings(
        max_examples=examples,
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        phases=(Stage.generate,),
        suppress_health_check=list(HealthCheck),
    )


def machine_on(ready: ReadySales) -> type[MoneyMachine]:
    """A machine of its own, with counts of its own, that plays on copies of ``ready``."""

    class OnReadySales(MoneyMachine):
        pass

    OnReadySales.ready, OnReadySales.steps, OnReadySales.met = ready, 0, Counter()
    return OnReadySales
