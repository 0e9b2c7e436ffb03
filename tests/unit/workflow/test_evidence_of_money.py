"""What a statement proves of one settlement, and who may act on it."""

from dataclasses import replace

import pytest

from app.domain.access import Operator, Role
from app.domain.attempt import Attempt, AttemptState, Leg, SettledFacts
from app.domain.books.money import Cause, Difference, Group, MoneyDay
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.money import Amounts, Fen
from app.ports.replies import StatementResult
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.doubts.evidence import Seen, refunded_as, seen, settled_as
from app.workflow.reconciling.repairing import reverse
from app.workflow.returns import decide
from app.workflow.returns.revoke import revoke
from tests.support.small_counter import BOSS, SmallCounter, region

SETTLE, REFUND, OTHER = "P" + "1" * 29, "P" + "2" * 29, "P" + "3" * 29
BILL = Amounts(Fen(100), Fen(70), Fen(20), Fen(10))
SOUGHT = Attempt(SETTLE, AttemptState.REFUND_REVERSING, BILL, Leg.REFUND, REFUND)


def line(message_id: str, *, refunded: bool = False, total: int = 100) -> StatementResult:
    return StatementResult("9001", "V", "S", message_id, "000101", refunded, total, 70, 20)


@pytest.mark.parametrize(
    ("lines", "active"),
    [
        ((), False),
        ((line(SETTLE),), True),
        ((line(SETTLE, refunded=True),), False),
        ((line(SETTLE), line(REFUND, refunded=True, total=-100)), False),
        ((line(SETTLE), line(SETTLE, refunded=True, total=-100)), False),
        ((line(SETTLE), line(REFUND, total=-100)), False),
        ((line(SETTLE), line(SETTLE, total=-100)), False),
        ((line(SETTLE, total=-100),), False),
        ((line(SETTLE), line(OTHER, refunded=True, total=-100)), True),
        ((line(OTHER),), False),
        ((line(""), line("", refunded=True)), False),
        ((line(SETTLE), line("", refunded=True)), True),
    ],
)
def test_a_settlement_stands_where_its_line_does_and_no_refund_of_it(
    lines: tuple[StatementResult, ...], active: bool
) -> None:
    assert seen(SOUGHT, lines).active is active


def back(message_id: str = OTHER, visit: str = "V", total: int = -100) -> StatementResult:
    """A refund, and all it gives back."""
    return StatementResult("9001", visit, "S2", message_id, "000101", True, total, -70, -20)


@pytest.mark.parametrize(
    ("lines", "active"),
    [
        ((line(SETTLE), back()), False),
        ((line(SETTLE), back("")), False),
        ((line(SETTLE), back(visit="W")), True),
        ((line(SETTLE), back(visit="")), True),
        ((line(SETTLE), back(total=-99)), True),
        # of the same visit another settlement was given back before: this one stands
        ((line(OTHER), back(""), line(SETTLE)), True),
        ((line(OTHER), back(""), line(SETTLE), back("X")), False),
        # and the statement marks that other one, too: its refund is no second one
        ((line(OTHER, refunded=True), back(""), line(SETTLE)), True),
        ((line(OTHER, refunded=True), back(""), line(SETTLE), back("X")), False),
    ],
)
@pytest.mark.parametrize("leg", Leg)
def test_a_refund_of_a_message_nobody_here_knows_is_known_by_its_visit(
    lines: tuple[StatementResult, ...], *, active: bool, leg: Leg
) -> None:
    sought = replace(SOUGHT, leg=leg, refund_message_id=REFUND if leg is Leg.REFUND else None)
    assert seen(sought, lines).active is active


def test_a_refund_whose_settlement_is_not_shown_is_known_by_the_answered_visit() -> None:
    facts = SettledFacts("S", "V", BILL, "", None, "", "")
    told = replace(SOUGHT, settled=facts)
    assert seen(told, (back(),)).refund_line == back()
    assert seen(told, (back(),)).silent_for(Leg.REFUND) is False
    for unknown in (SOUGHT, replace(SOUGHT, settled=replace(facts, visit_id=""))):
        assert seen(unknown, (back(),)).silent_for(Leg.REFUND) is True
    assert seen(told, (line(SETTLE), back(visit="W"))).refund_line is None
    assert seen(told, (replace(line(SETTLE), visit_id=""), back(visit=""))).refund_line is None


AIDED = Amounts(Fen(100), Fen(60), Fen(20), Fen(15), mutual_aid=Fen(5))
OF_ANOTHER = Amounts(Fen(90), Fen(60), Fen(20), Fen(5), mutual_aid=Fen(5))


@pytest.mark.parametrize(
    ("told", "booked", "left"),
    [
        (BILL, BILL, Fen(500)),
        # what a statement does not carry is the answer's, where it is of the same bill
        (AIDED, Amounts(Fen(100), Fen(70), Fen(20), Fen(5), mutual_aid=Fen(5)), None),
        # else what was agreed, and who was wrong about the parts was wrong about what they left
        (OF_ANOTHER, BILL, None),
    ],
)
def test_an_answer_that_tells_otherwise_than_the_books_is_not_believed(
    told: Amounts, booked: Amounts, left: Fen | None
) -> None:
    answered = replace(SOUGHT, settled=SettledFacts("S", "V", told, "", Fen(500), "", ""))
    facts = settled_as(answered, Seen(line(SETTLE), None))
    assert facts is not None
    assert (facts.amounts, facts.balance_after) == (booked, left)


@pytest.mark.parametrize(("told", "left"), [(BILL, Fen(500)), (AIDED, None)])
def test_nor_is_a_refund_that_was_answered_otherwise(told: Amounts, left: Fen | None) -> None:
    settled = SettledFacts("S", "V", BILL, "", Fen(400), "", "")
    back_to = replace(settled, settlement_id="S2", amounts=told.negated(), balance_after=Fen(500))
    facts = refunded_as(replace(SOUGHT, settled=settled, refund=back_to), Seen(None, back()))
    assert facts is not None
    assert facts.balance_after == left


def test_nobody_refunds_alone(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    small.surface.begin_return(view.case_id)
    with pytest.raises(OperatorInput) as refused:
        revoke(small.till, small.case(view), small.till.operator)
    assert refused.value.code in (Code.SECOND_IS_FIRST, Code.SECOND_NOT_ALLOWED)
    assert small.fake.times(Operation.REVOKE_SETTLEMENT) == 0


def test_nobody_ends_a_doubt_alone(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = small.until(Step.SETTLE)

    def another_amount(answer: object) -> object:
        facts = answer.facts  # type: ignore[attr-defined] # the answer of a settlement
        other = replace(facts.amounts, fund=facts.amounts.fund - 1, cash=facts.amounts.cash + 1)
        return replace(answer, facts=replace(facts, amounts=other))  # type: ignore[type-var] # as above

    small.fake.script(Operation.SETTLE, change=another_amount)
    small.settle(view)
    evidence = decide.gather(small.till, small.case(view))
    assert evidence.active
    with pytest.raises(OperatorInput) as refused:
        decide.decide(
            small.till,
            small.case(view),
            evidence,
            AttemptState.SETTLED,
            small.till.operator,
            "对账有",
        )
    assert refused.value.code in (Code.SECOND_IS_FIRST, Code.SECOND_NOT_ALLOWED)


def test_what_stands_in_our_books_is_reversed_by_no_key(small: SmallCounter) -> None:
    """A difference that was noted before our own settlement was known is no reason any more."""
    view = small.until(Step.HAND_OVER)
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    day, kind = today(small.till), Group("310", "41", "350100")
    stray = Difference(
        Cause.ABSENT_HERE, kind, attempt.message_id, "S", "V", None, None, None, None
    )
    with small.store.unit() as unit:
        now = small.clock.now()
        unit.money_days.replace(MoneyDay(day, 0, now, "店长阿荫", True, (), (stray,)))
    boss = Operator(3, BOSS, "店长阿荫", frozenset({Role.MANAGER}))
    with pytest.raises(OperatorInput) as refused:
        reverse(small.till, day, attempt.message_id, boss)
    assert refused.value.code is Code.STEP_MOVED_ON
    assert small.fake.times(Operation.REVERSE) == 0
