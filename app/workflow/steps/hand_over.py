"""Goods and papers go to the customer; the case is done."""

from dataclasses import replace

from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.money import ZERO, Fen
from app.ports.store import Unit
from app.workflow.goods.learning import from_sale
from app.workflow.moves import move
from app.workflow.till import Till
from app.workflow.upkeep import recovering


def take_rest(till: Till, case: CounterCase, cash: Fen | None) -> CounterCase:
    """What a settlement of other amounts left to be paid; receipt and goods wait for it.

    A copy knows of no rest that the lost time took. Raises ``OperatorInput``: ``CASH_SHORT``,
    ``RECOVERY_OPEN``, and ``STEP_MOVED_ON`` where nothing is to be paid.
    """
    rest, taken = case.facts.still_to_pay, cash or ZERO
    if case.position.step is not Step.HAND_OVER or not rest:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if taken < rest:
        raise OperatorInput(Code.CASH_SHORT, missing=int(rest - taken))
    received = Fen((case.facts.cash_received or ZERO) + taken)
    with till.store.unit() as unit:
        recovering.require_believed(unit)
        unit.journal.write(
            till.clock.now(), till.operator.staff_id, "rest_taken", f"case {case.case_id}"
        )
        return unit.cases.save(replace(case, facts=replace(case.facts, cash_received=received)))


def may_be_out(unit: Unit, case: CounterCase) -> bool:
    """Whether the goods may have gone in a time our books know nothing of: a manager said so, or
    the visit was begun before a recovery."""
    lost = case.facts.goods_out or recovering.of_lost_time(unit, case.case_id)
    return case.position.step is Step.HAND_OVER and lost


def may_give_back(unit: Unit, case: CounterCase) -> bool:
    """Whether a return may begin where the papers are. The cash of that time is written down first:
    what no book here has would not go back."""
    owes = may_be_out(unit, case) and bool(case.facts.still_to_pay)
    return case.position.phase is Phase.READY and not owes


def hand_over(till: Till, case: CounterCase) -> CounterCase:
    """Raises ``OperatorInput`` unless the sale is settled and paid; a self-pay sale ends with its
    cash."""
    if case.position.step is not Step.HAND_OVER or case.facts.settled is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if rest := case.facts.still_to_pay:
        raise OperatorInput(Code.CASH_SHORT, missing=int(rest))
    with till.store.unit() as unit:
        done = record(till, unit, case)
    till.tokens.forget(case.case_id)
    return done


def record(till: Till, unit: Unit, case: CounterCase) -> CounterCase:
    """The goods went, in the caller's commit."""
    facts = replace(case.facts, handed_over_at=till.clock.now(), refusal=None)
    done = move(till, unit, case, Signal.DONE, facts=facts)
    from_sale(till, unit, done)
    return done
