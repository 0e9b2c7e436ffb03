"""预结算: how the bill would be split; nothing stands outside afterwards (core-platform 5.5)."""

from dataclasses import replace

from app.domain.counter_case import CaseFacts, CounterCase, Estimate
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.ports import requests as q
from app.ports.messages import Answer, Committed
from app.ports.replies import Presettled
from app.ports.store import Unit
from app.workflow import exchange as wire
from app.workflow.cases import advising, same_person
from app.workflow.cases.lines import bill_of
from app.workflow.moves import refusal_of
from app.workflow.steps.upload_sale import number_sale
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping
from app.workflow.uploads import twice


def presettle(till: Till, case: CounterCase) -> CounterCase:
    """Ask for the split. Raises ``OperatorInput`` where the code must be shown again.

    What the region has asked ahead of it, and of the settlement, is asked on the way.
    """
    case = advising.before_presettle(till, case)
    if case.facts.sale is None:
        with till.store.unit() as unit:
            sale = number_sale(till, unit, case)
            case = unit.cases.save(replace(case, facts=replace(case.facts, sale=sale)))
    case = twice.before_money(till, case)
    with till.store.reading() as unit:
        bill, known = bill_of(till, unit, case), same_person.known(till, unit)

    def learn(sent: CounterCase, answer: Presettled) -> CaseFacts:
        return replace(sent.facts, estimate=_fitting(answer, bill, known))

    core = till.platform.core
    case = wire.exchange(till, case, core, q.Presettle(bill), core.presettle, learn)
    return advising.before_settle(till, case)


def renew(till: Till, case: CounterCase) -> CounterCase:
    """Ask for the split again where the case stands, at the money; the page says why.

    Nothing else that was done for this sale is done again. Raises ``OperatorInput`` where the code
    must be shown again.
    """
    with till.store.unit() as unit:
        # a clock that was ahead is over before the split is asked for, and not by asking
        timekeeping.put_right(till, unit)
        bill, known = bill_of(till, unit, case), same_person.known(till, unit)
    core = till.platform.core

    def ask(message: Committed[q.Presettle]) -> Answer[Estimate]:
        answer = core.presettle(message)
        return Answer(_fitting(answer.value, bill, known), answer.facts)

    def keep(unit: Unit, shown: Trouble, facts: CaseFacts) -> None:
        nonlocal case
        facts = replace(facts, refusal=refusal_of(till, shown))
        case = unit.cases.save(replace(case, facts=facts))

    def conclude(unit: Unit, estimate: Estimate) -> None:
        told = OperatorInput(Code.ESTIMATE_RENEWED, cash=int(estimate.amounts.cash))
        keep(unit, told, replace(case.facts, estimate=estimate))

    try:
        wire.consult(till, core, q.Presettle(bill), ask, case.case_id, conclude)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        with till.store.unit() as unit:
            keep(unit, trouble, case.facts)
        return case
    return advising.before_settle(till, case)


def _fitting(answer: Presettled, bill: q.Bill, known: same_person.Known) -> Estimate:
    """The split, if it is one of this bill; with what our books knew when it was asked for."""
    amounts = answer.estimate.amounts
    if amounts.total != bill.total or not amounts.adds_up():
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
    return known.dates(answer.estimate)
