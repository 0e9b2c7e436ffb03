"""退药: the boxes of a finished visit come back before any money does (architecture 6).

Refunds are whole: what comes back must be exactly what was sold.
"""

from collections.abc import Iterable
from dataclasses import replace

from app.domain.attempt import QUERY_DIGITS
from app.domain.case import Signal, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, classify
from app.ports.store import Unit
from app.workflow import counter
from app.workflow.cases.counter_rules import sold_for_cash
from app.workflow.cases.lines import codes_of
from app.workflow.moves import move
from app.workflow.scans.trace_codes import PACK_KINDS, box_of
from app.workflow.steps import hand_over
from app.workflow.till import Till


def begin(till: Till, case: CounterCase) -> CounterCase:
    """A customer wants to give a sale back; whoever is at the counter waits.

    From ``done`` the boxes come first, from ``hand_over`` (nothing given yet) the money; where the
    goods may have gone in a time our books know nothing of, that is recorded and the boxes come
    first, too. Raises ``OperatorInput`` for a case that has nothing to give back, and where cash of
    that time has to be written down before.
    """
    if case.facts.settled is None and not sold_for_cash(till, case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        if not hand_over.may_give_back(unit, case):
            raise OperatorInput(Code.STEP_MOVED_ON)
        if hand_over.may_be_out(unit, case):
            case = hand_over.record(till, unit, case)
        facts = replace(case.facts, refusal=None, back=())
        case = move(till, unit, case, Signal.REFUND, facts=facts)
        # In one commit: between two, a power cut would leave this case unseen behind the other.
        return counter.bring_back(till, unit, case)


def find_sale(till: Till, text: str) -> CounterCase:
    """The sale of this counter that a box, a receipt number or the number of a waiting slip
    belongs to.

    Raises ``OperatorInput`` ``SALE_NOT_FOUND``, and as ``trace_codes.box_of`` for a code that
    names no box.
    """
    with till.store.reading() as unit:
        wanted = _wanted(till, unit, text)
        case_id = unit.goods.sale_of(wanted, till.counter_no)
        if case_id is None and len(wanted) == QUERY_DIGITS and wanted.isdecimal():
            case_id = unit.attempts.named_by(wanted)
        case = unit.cases.get(case_id) if case_id is not None else None
    if case is None or case.counter_no != till.counter_no:
        raise OperatorInput(Code.SALE_NOT_FOUND)
    return case


def _wanted(till: Till, unit: Unit, text: str) -> str:
    """A box by what identifies it here, in whatever form its code came; a number as it is."""
    found = classify(text, till.grammar)
    if found.kind in PACK_KINDS:
        return box_of(unit, till.profile, found).code
    return text.strip().replace(" ", "")


def box(till: Till, case: CounterCase, code: DrugTraceCode) -> CounterCase:
    """One box lies on the counter again; kept, so that a power cut costs no second scan.

    Raises ``OperatorInput`` for a box of another sale, and for one that was scanned before.
    """
    if code not in codes_of(case):
        raise OperatorInput(Code.SCAN_NOT_OF_SALE)
    if code in case.facts.back:
        raise OperatorInput(Code.SCAN_REPEATED)
    facts = replace(case.facts, back=(*case.facts.back, code), refusal=None)
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=facts))


def take_back(till: Till, case: CounterCase, codes: Iterable[str]) -> CounterCase:
    """Every box that was sold lies on the counter again, and no other.

    Raises ``OperatorInput`` ``RETURN_CODES_DIFFER`` with how many are lacking or foreign.
    """
    if case.position.step is not Step.TAKE_BACK:
        raise OperatorInput(Code.STEP_MOVED_ON)
    sold, back = set(codes_of(case)), set(codes)
    if sold != back:
        raise OperatorInput(
            Code.RETURN_CODES_DIFFER, lacking=len(sold - back), foreign=len(back - sold)
        )
    now = till.clock.now()
    # goods of a settlement are handed over anew where it stays; cash and goods were one act
    handed_over = case.facts.handed_over_at if sold_for_cash(till, case) else None
    facts = replace(case.facts, handed_over_at=handed_over, goods_out=False, refusal=None)
    with till.store.unit() as unit:
        unit.journal.write(now, till.operator.staff_id, "take_back", f"case {case.case_id}")
        return move(till, unit, case, Signal.DONE, facts=facts)
