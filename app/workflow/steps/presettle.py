"""预结算: how the bill would be split; nothing stands outside afterwards (core-platform 5.5)."""

from dataclasses import replace

from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import Code, OutcomeUnknown
from app.ports import requests as q
from app.ports.replies import Presettled
from app.workflow import exchange as wire
from app.workflow.cases import advising
from app.workflow.cases.lines import bill_of
from app.workflow.steps.upload_sale import number_sale
from app.workflow.till import Till
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
        bill = bill_of(till, unit, case)

    def learn(sent: CounterCase, answer: Presettled) -> CaseFacts:
        amounts = answer.estimate.amounts
        if amounts.total != bill.total or not amounts.adds_up():
            raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
        return replace(sent.facts, estimate=answer.estimate)

    core = till.platform.core
    case = wire.exchange(till, case, core, q.Presettle(bill), core.presettle, learn)
    return advising.before_settle(till, case)
