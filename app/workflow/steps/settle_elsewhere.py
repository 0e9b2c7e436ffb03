"""结算 in another product: its number and parts are written down here, once (S4 2.1).

Nothing leaves. The person has settled there, reads the slip and types what it says; the sale with
the codes of its boxes was uploaded from here before, or waits in the outbox from this commit on.
"""

from dataclasses import replace

from app.domain.attempt import SettledFacts
from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase, Elsewhere
from app.domain.elsewhere import ForeignLeg, foreign_amounts, foreign_number
from app.domain.errors import Code, OperatorInput
from app.domain.goods.selling import total
from app.domain.money import Fen
from app.ports.elsewhere import ForeignMoney
from app.ports.store import PrintKind, Unit
from app.workflow.cases.required import required
from app.workflow.goods.controlled import register
from app.workflow.moves import move
from app.workflow.steps.upload_sale import number_sale
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads.sales import queue_sale


def settle_elsewhere(
    till: Till, case: CounterCase, number: str, fund: Fen, account: Fen
) -> CounterCase:
    """Write down the settlement ``number`` with its parts; goods, papers and sale in one commit.

    Raises ``OperatorInput``: ``SETTLED_NUMBER_WRONG``, ``SETTLED_NUMBER_KNOWN`` for a number that
    stands under another sale, ``SETTLED_RX_KNOWN`` for a prescription that was settled before,
    ``SETTLED_PARTS_DIFFER``, or ``STEP_MOVED_ON``.
    """
    route = till.route(case.route)
    if case.position.step is not Step.SETTLE or not route.elsewhere:
        raise OperatorInput(Code.STEP_MOVED_ON)
    text, amounts = foreign_number(number), foreign_amounts(total(case.facts.lines), fund, account)
    now = till.clock.now()
    with till.store.unit() as unit:
        recovering.require_of_this_line(unit, case)
        sale = number_sale(till, unit, case)
        entry = ForeignMoney(
            at=now,
            staff_id=till.operator.staff_id,
            case_id=case.case_id,
            leg=ForeignLeg.SETTLE,
            number=text,
            claim=claim_of(replace(case, facts=replace(case.facts, sale=sale))),
            amounts=amounts,
        )
        require_new(unit, entry)
        unit.elsewhere.enter(entry)
        facts = replace(
            case.facts,
            sale=sale,
            settled=SettledFacts(text, "", amounts, now.isoformat(), None, "", ""),
            settled_at=now,
            elsewhere=Elsewhere(text),
            refusal=None,
        )
        settled = move(till, unit, case, Signal.DONE, facts=facts)
        unit.goods.sell(case.case_id, None, sale.receipt_no, till.counter_no, now)
        register(till, unit, settled)
        if Step.UPLOAD_SALE not in route.steps:
            queue_sale(till, unit, settled)
        _queue_papers(till, unit, settled)
    # as behind a sale for cash: its record waits for nobody
    till.day_over = False
    return settled


def claim_of(case: CounterCase) -> str:
    """What may be settled once: the prescription, or this sale where there is none."""
    rx = case.facts.prescription
    return rx.rx_number if rx else required(case.facts.sale, "settled without a sale").receipt_no


def require_new(unit: Unit, entry: ForeignMoney) -> None:
    """Neither the number nor the prescription was written down before."""
    if unit.elsewhere.known(entry.leg, entry.number):
        raise OperatorInput(Code.SETTLED_NUMBER_KNOWN)
    if entry.leg is ForeignLeg.SETTLE and unit.elsewhere.stands(entry.claim):
        raise OperatorInput(Code.SETTLED_RX_KNOWN)


def _queue_papers(till: Till, unit: Unit, case: CounterCase) -> None:
    now = till.clock.now()
    unit.prints.queue(PrintKind.RECEIPT, case.case_id, None, now)
    if case.facts.prescription is not None and till.profile.rules.print_and_hand_sign:
        unit.prints.queue(PrintKind.PRESCRIPTION, case.case_id, None, now)
