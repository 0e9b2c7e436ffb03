"""Goods and papers go to the customer; the case is done."""

from dataclasses import replace

from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.workflow.goods.learning import from_sale
from app.workflow.moves import move
from app.workflow.till import Till


def hand_over(till: Till, case: CounterCase) -> CounterCase:
    """Raises ``OperatorInput`` unless the sale is settled; a self-pay sale ends with its cash."""
    if case.position.step is not Step.HAND_OVER or case.facts.settled is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    facts = replace(case.facts, handed_over_at=till.clock.now(), refusal=None)
    with till.store.unit() as unit:
        done = move(till, unit, case, Signal.DONE, facts=facts)
        from_sale(till, unit, done)
    till.tokens.forget(case.case_id)
    return done
