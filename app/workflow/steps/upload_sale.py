"""商品销售 before settlement: one message per line, each with the trace codes of its boxes.

Lines the platform has accepted are remembered one by one, so that a break in the middle is
continued, or taken back, without guessing (reliability 4).
"""

from dataclasses import replace

from app.domain.audit import Pharmacist
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CounterCase, SaleRecord
from app.domain.errors import Bug, Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.messages import Staged
from app.ports.store import MessageState, OutboxItem, OutboxState, Unit
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.cases.lines import buyer_of, line_numbers, sold_line, sold_lines
from app.workflow.cases.required import required
from app.workflow.cases.sale_book import sale_book
from app.workflow.doubts.travelling import may_arrive, unanswered
from app.workflow.moves import message_state_of, move, refusal_of, signal_of, wire_facts_of
from app.workflow.people import duty
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads.sending import tell


def number_sale(till: Till, unit: Unit, case: CounterCase) -> SaleRecord:
    """Our own numbers of this sale, drawn once and kept through every retry, never twice in a
    century: a return names its sale to the platform by the receipt (``medins_prod_sel_no``)."""
    if case.facts.sale is not None:
        return case.facts.sale
    day = today(till)
    number = unit.settings.next_number(f"receipt.{till.counter_no}.{day:%Y%m%d}")
    serial = f"{day:%y%m%d}{till.counter_no:02d}{number:05d}"
    return SaleRecord(
        receipt_no=f"{day:%y%m%d}-{till.counter_no:02d}{number:04d}",
        sale_serial=serial,
        numbered_at=till.clock.now(),
    )


def upload(till: Till, case: CounterCase) -> CounterCase:
    """Upload what is not accepted yet. From UNKNOWN the same line is told again, same key.

    Raises ``OperatorInput`` ``RETURN_WAITS`` while these boxes still stand there as sold by a visit
    that was given up.
    """
    if case.position.phase is Phase.READY:
        _require_returned(till, case)
    while case.position.step is Step.UPLOAD_SALE:
        case, going_on = _next_line(till, case)
        if not going_on:
            return case
    return case


def _require_returned(till: Till, case: CounterCase) -> None:
    """What waits to be taken back of these boxes is told now: told behind the new sale, it would
    take that one back."""
    waiting = _returns_of(till, case)
    for item in waiting:
        if item.state is OutboxState.WAITING and not _may_arrive(till, item):
            tell(till, item)
    if waiting and _returns_of(till, case):
        raise OperatorInput(Code.RETURN_WAITS)


def _returns_of(till: Till, case: CounterCase) -> list[OutboxItem]:
    """Waiting returns of boxes of this case; a parked one lets the others pass."""
    with till.store.reading() as unit:
        lines = sold_lines(unit, case)
        boxes = {code for line in lines for code in line.trace_codes}
        return [
            item
            for lot in sorted({line.upload_lot for line in lines})
            for item in unit.outbox.open_of_lot(lot)
            if isinstance(item.request, q.ReturnSale) and item.state is not OutboxState.STOPPED
            if boxes & set(item.request.line.trace_codes)
        ]


def _may_arrive(till: Till, item: OutboxItem) -> bool:
    """Whether the telling this return undoes could still come behind it."""
    if item.case_id is None:
        return False
    with till.store.reading() as unit:
        return may_arrive(till, unit.cases.get(item.case_id))


def _next_line(till: Till, case: CounterCase) -> tuple[CounterCase, bool]:
    again = case.position.phase is Phase.UNKNOWN
    with till.store.unit() as unit:
        recovering.require_of_this_line(unit, case)
        sale = number_sale(till, unit, case)
        facts = replace(case.facts, sale=sale, refusal=None)
        case = replace(case, facts=facts)
        pending = pending_lines(case, sale)
        if not pending:
            raise Bug(what="nothing to upload")
        request = request_for(till, case, sale, sold_line(unit, case, pending[0]))
        book = sale_book(till, request.prescriber.rx_number)
        staged = wire.stage(till, unit, book, request, case.case_id)
        if case.position.phase is Phase.READY:
            case = move(
                till, unit, case, Signal.SENT, facts=facts, message_id=staged.draft.message_id
            )
        else:
            case = unit.cases.save(case)
    try:
        answer = wire.answer_to(till, staged, book.upload_sale)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        if trouble.code is Code.CODE_SOLD_ELSEWHERE:
            told_before = again or pending[0] in sale.lost_lines
            if told_before and sale.sold_before.isdisjoint(request.line.trace_codes):
                return _on_record(till, case, pending[0], staged, trouble), True
            case = case if told_before else _with_sold_before(case, sale, request.line)
        return _failed(till, case, staged, trouble, again), False
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        case = accepted(till, unit, case, pending[0], staged.row_id)
    return case, True


def pending_lines(case: CounterCase, sale: SaleRecord) -> list[int]:
    """What the platform has not accepted yet; the first one is told next, or is in doubt."""
    return [number for number in line_numbers(case) if number not in sale.accepted_lines]


def accepted(
    till: Till, unit: Unit, case: CounterCase, index: int, evidence_id: int
) -> CounterCase:
    """This line stands at the platform: by its answer, its own books, or a person's word."""
    sale = required(case.facts.sale, "upload without a sale")
    sale = replace(sale, accepted_lines=sale.accepted_lines | {index})
    if pending_lines(case, sale):
        facts = replace(case.facts, sale=sale, refusal=None)
        if case.position.phase is Phase.UNKNOWN:
            # The line in doubt is settled; the others have not been told yet.
            return move(till, unit, case, Signal.CLEARED, facts=facts, evidence_id=evidence_id)
        return unit.cases.save(replace(case, facts=facts))
    sale = replace(sale, uploaded_at=till.clock.now())
    facts = replace(case.facts, sale=sale, refusal=None)
    return move(till, unit, case, Signal.CONFIRMED, facts=facts, evidence_id=evidence_id)


def _with_sold_before(case: CounterCase, sale: SaleRecord, line: q.SoldLine) -> CounterCase:
    """Refused before anything of ours could stand there: the same no after a lost telling speaks of
    that other sale as well, and proves nothing about ours."""
    boxes = sale.sold_before | set(line.trace_codes)
    return replace(case, facts=replace(case.facts, sale=replace(sale, sold_before=boxes)))


def _on_record(
    till: Till,
    case: CounterCase,
    index: int,
    staged: Staged[q.UploadSale],
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
) -> CounterCase:
    """Told again, and the codes are on record already: the first telling had arrived.

    The boxes lie at this counter, claimed by this case, and none of them was refused as sold before
    it was told: nobody else can have sold them.
    """
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.REJECTED, wire_facts_of(trouble))
        return accepted(till, unit, case, index, staged.row_id)


def _failed(
    till: Till,
    case: CounterCase,
    staged: Staged[q.UploadSale],
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
    again: bool,
) -> CounterCase:
    facts = unanswered(till, replace(case.facts, refusal=refusal_of(till, trouble)), trouble)
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
        if again:
            # An answer to the second telling says nothing about the first: it stays unknown.
            return unit.cases.save(replace(case, facts=facts))
        return move(
            till,
            unit,
            case,
            signal_of(trouble),
            facts=facts,
            code=int(trouble.code),
            message_id=staged.draft.message_id,
            evidence_id=staged.row_id,
        )


def request_for(
    till: Till,
    case: CounterCase,
    sale: SaleRecord,
    line: q.SoldLine,
    dispenser: q.Dispenser | None = None,
) -> q.UploadSale:
    """One line as reported; ``dispenser`` stands where no pharmacist audited this sale."""
    rx, record = case.facts.prescription, case.facts.audit
    nobody = dispenser or q.Dispenser("", "", "", "")
    return q.UploadSale(
        line=line,
        buyer=buyer_of(case),
        prescriber=q.Prescriber(
            rx.rx_number if rx else None,
            rx.doctor if rx else till.profile.rules.doctor_without_rx,
            rx.doctor_code if rx else "",
        ),
        dispenser=_dispenser(record.decision.pharmacist) if record else nobody,
        receipt_no=sale.receipt_no,
        sale_serial=sale.sale_serial,
        sold_at=sale.numbered_at,
        operator_name=till.operator.name,
        audit_serial=record.audit_serial if record else "",
    )


def _dispenser(pharmacist: Pharmacist) -> q.Dispenser:
    return q.Dispenser(
        name=pharmacist.name.reveal(),
        id_kind=pharmacist.id_kind,
        licence_no=pharmacist.licence_no,
        id_number=pharmacist.id_number.reveal(),
    )


def dispenser_on_duty(till: Till, unit: Unit) -> q.Dispenser | None:
    """The pharmacist who answers for a sale without a prescription; None where nobody is here.

    Only who showed today to be here (decision 0036): a name of the shop's record alone would say
    of somebody that they stood at this sale.
    """
    here = duty.on_duty(till, unit)
    return _dispenser(here.pharmacist) if here is not None and here.pharmacist is not None else None


def wants_dispenser(till: Till) -> bool:
    """Whether this region's edition refuses a sale that names no pharmacist (core-platform 6.6:
    ``phar_name`` and ``phar_prac_cert_no`` are of the older required set)."""
    return till.profile.rules.required_set_35xx != "new"


def require_dispenser(till: Till, unit: Unit) -> None:
    """Raises ``OperatorInput`` ``DISPENSER_MISSING`` where a sale could name nobody who is here."""
    if wants_dispenser(till) and dispenser_on_duty(till, unit) is None:
        raise OperatorInput(Code.DISPENSER_MISSING)
