"""商品销售退货: an uploaded sale that did not become a settlement is taken back (reliability 4)."""

from dataclasses import replace

from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase, SaleRecord
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.domain.settlement import AttemptState
from app.ports import requests as q
from app.ports.store import MessageState, Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.cases.lines import buyer_of, claims_of, sold_lines
from app.workflow.cases.required import required
from app.workflow.cases.sale_book import sale_book
from app.workflow.doubts.travelling import may_arrive, unanswered
from app.workflow.moves import message_state_of, move, refusal_of, signal_of, wire_facts_of
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads import given_back, twice
from app.workflow.uploads.told import told_lines

_OUT_OF_DOUBT = {Phase.UNKNOWN: Signal.CLEARED, Phase.REJECTED: Signal.FIXED}


def return_sale(till: Till, case: CounterCase) -> CounterCase:
    """Take back every accepted line; the boxes of the case become free in the last commit.

    Waits while a telling without an answer may still arrive behind the return, also one of the
    queue: what a platform had lost may wait there to be told once more.
    """
    if Step.UPLOAD_SALE not in till.route(case.route).steps:
        with till.store.unit() as unit:
            case = queue(till, unit, case)
        till.tokens.forget(case.case_id)
        return case
    if may_arrive(till, case) or not _nothing_told_behind(till, case):
        return _not_yet(till, case)
    while case.position.step is Step.RETURN_SALE:
        case, going_on = _next_line(till, case)
        if not going_on:
            return case
    return case


def queue(till: Till, unit: Unit, case: CounterCase) -> CounterCase:
    """Told after the money, taken back behind the telling: the outbox keeps the order of a lot.

    In the caller's commit. Of a sale for cash that nobody can have heard of nothing is told at all.
    """
    sale = required(case.facts.sale, "return without a sale")
    for line in told_lines(unit, case, Operation.UPLOAD_SALE):
        unit.outbox.add(
            Operation.RETURN_SALE,
            f"{sale.sale_serial}-{line.index}-return",
            line.upload_lot,
            request_for(till, case, sale, line),
            case.case_id,
            line.name,
            till.clock.now(),
        )
    twice.queue_undo(till, unit, case)
    back = case.facts.cash_back
    if back is not None and given_back.leave_untold(unit, case, back):
        sale = replace(sale, untold=True, returned_at=back.at)
    _free_boxes(till, unit, case)
    facts = replace(case.facts, sale=sale, refusal=None)
    return move(till, unit, case, Signal.QUEUED, facts=facts)


def _nothing_told_behind(till: Till, case: CounterCase) -> bool:
    with till.store.reading() as unit:
        if not given_back.told_once_more(unit, case):
            return True
    with till.store.unit() as unit:
        now, who = till.clock.now(), till.operator.staff_id
        return given_back.let_lie(unit, case, now, who)


def _not_yet(till: Till, case: CounterCase) -> CounterCase:
    if case.position.phase is not Phase.READY:
        return case
    refusal = refusal_of(till, OutcomeUnknown(Code.UPLOAD_UNKNOWN))
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=replace(case.facts, refusal=refusal)))


def request_for(till: Till, case: CounterCase, sale: SaleRecord, line: q.SoldLine) -> q.ReturnSale:
    """The return of one line, under the serial of its sale."""
    return q.ReturnSale(
        line=line,
        buyer=buyer_of(case),
        receipt_no=sale.receipt_no,
        sale_serial=sale.sale_serial,
        returned_at=till.clock.now(),
        operator_name=till.operator.name,
        rx_number=case.facts.prescription.rx_number if case.facts.prescription else None,
    )


def _next_line(till: Till, case: CounterCase) -> tuple[CounterCase, bool]:
    sale = required(case.facts.sale, "return without a sale")
    with till.store.unit() as unit:
        line = standing_lines(unit, case, sale)[0]
        request = request_for(till, case, sale, line)
        book = sale_book(till, request.rx_number)
        staged = wire.stage(till, unit, book, request, case.case_id)
        facts = replace(case.facts, refusal=None)
        if case.position.phase is Phase.READY:
            message_id = staged.draft.message_id
            case = move(till, unit, case, Signal.SENT, facts=facts, message_id=message_id)
    try:
        answer = wire.answer_to(till, staged, book.return_sale)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        if _returned_before(till, case, sale, line, trouble):
            with till.store.unit() as unit:
                state, seen = MessageState.REJECTED, wire_facts_of(trouble)
                unit.messages.close(staged.row_id, state, seen)
                return returned(till, unit, case, line.index, staged.row_id), True
        facts = unanswered(till, replace(case.facts, refusal=refusal_of(till, trouble)), trouble)
        with till.store.unit() as unit:
            unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
            if case.position.phase is Phase.UNKNOWN:
                return unit.cases.save(replace(case, facts=facts)), False
            signal = signal_of(trouble)
            return move(till, unit, case, signal, facts=facts, code=int(trouble.code)), False
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        return returned(till, unit, case, line.index, staged.row_id), True


def _returned_before(
    till: Till, case: CounterCase, sale: SaleRecord, line: q.SoldLine, trouble: Trouble
) -> bool:
    """Nothing stands there because an earlier return arrived: unanswered, or in a lost time."""
    if trouble.code is not Code.NOTHING_TO_RETURN:
        return False
    if case.position.phase is Phase.UNKNOWN or line.index in sale.lost_returns:
        return True
    with till.store.reading() as unit:
        return recovering.of_lost_time(unit, case.case_id)


def standing_lines(unit: Unit, case: CounterCase, sale: SaleRecord) -> list[q.SoldLine]:
    """What still stands at the platform; the first one is returned next, or is in doubt."""
    return [line for line in sold_lines(unit, case) if line.index in sale.accepted_lines]


def returned(
    till: Till, unit: Unit, case: CounterCase, index: int, evidence_id: int
) -> CounterCase:
    """This line stands no more: by its answer, the platform's own books, or a person's word."""
    sale = required(case.facts.sale, "return without a sale")
    left = sale.accepted_lines - {index}
    sale = replace(sale, accepted_lines=left)
    if left:
        facts = replace(case.facts, sale=sale, refusal=None)
        if case.position.phase in _OUT_OF_DOUBT:
            # The line in doubt is settled; the others have not been told yet.
            signal = _OUT_OF_DOUBT[case.position.phase]
            return move(till, unit, case, signal, facts=facts, evidence_id=evidence_id)
        return unit.cases.save(replace(case, facts=facts))
    facts = replace(case.facts, sale=replace(sale, returned_at=till.clock.now()), refusal=None)
    twice.queue_undo(till, unit, case)
    _free_boxes(till, unit, case)
    till.tokens.forget(case.case_id)
    refused = case.position.phase is Phase.REJECTED
    ending = Signal.ENDED if refused else Signal.CONFIRMED
    return move(till, unit, case, ending, facts=facts, evidence_id=evidence_id)


def _free_boxes(till: Till, unit: Unit, case: CounterCase) -> None:
    """Boxes never sold go back to the shelf; boxes of a refunded sale into quarantine."""
    attempt, foreign = unit.attempts.of_case(case.case_id), case.facts.elsewhere
    refunded = attempt is not None and attempt.state is AttemptState.REFUNDED
    refunded = refunded or case.facts.cash_back is not None
    if refunded or (foreign is not None and foreign.refunded_at is not None):
        unit.goods.take_back(case.case_id, claims_of(case), till.clock.now())
    else:
        unit.goods.release_all(case.case_id)
