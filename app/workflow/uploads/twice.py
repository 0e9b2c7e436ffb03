"""A sale by prescription that two neighbours are told of (``sale_channel = "both"``).

The core platform's record is the sale of our books; the prescription centre's is one more, with
names and a lane of its own: neither holds the other up, each has its own fate, and a sale that
does not stand is undone at both (trace-and-stock T45).
"""

from collections.abc import Iterator
from dataclasses import fields, replace

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase, SaleRecord
from app.domain.errors import Code, OperatorInput
from app.ports import requests as q
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.cases.lines import buyer_of, sold_lines
from app.workflow.cases.required import required
from app.workflow.steps.upload_sale import request_for
from app.workflow.till import Till
from app.workflow.uploads.sending import tell
from app.workflow.uploads.told import told_lines

_BEFORE_THE_MONEY = frozenset({Step.PRESETTLE, Step.SETTLE})


def told_to_both(till: Till, case: CounterCase) -> bool:
    """Whether the prescription centre hears of this sale beside the core platform."""
    by_prescription = case.facts.prescription is not None
    return till.profile.rules.sale_channel == "both" and by_prescription


def waits_for_centre(till: Till, case: CounterCase) -> bool:
    """Whether the centre has to have it before the money moves."""
    after = till.profile.rules.sale_upload_order == "after_settlement"
    return told_to_both(till, case) and not after


def before_money(till: Till, case: CounterCase) -> CounterCase:
    """Queue the centre's records once and tell them at once; what stays waits in the queue."""
    sale = case.facts.sale
    if not waits_for_centre(till, case) or sale is None or sale.also_told_at is not None:
        return case
    with till.store.unit() as unit:
        queue(till, unit, case, sale)
        told = replace(sale, also_told_at=till.clock.now())
        case = unit.cases.save(replace(case, facts=replace(case.facts, sale=told)))
    tell_waiting(till, case)
    return case


def queue(till: Till, unit: Unit, case: CounterCase, sale: SaleRecord) -> None:
    """One record for the centre per line and lot, in the caller's commit."""
    for line in sold_lines(unit, case):
        told = request_for(till, case, sale, line)
        request = q.UploadRxSale(**{f.name: getattr(told, f.name) for f in fields(told)})
        _add(till, unit, case, Operation.UPLOAD_RX_SALE, line, request, "")


def queue_undo(till: Till, unit: Unit, case: CounterCase) -> None:
    """Behind each of them its undoing, in the caller's commit."""
    sale = case.facts.sale
    after = case.facts.settled is not None and told_to_both(till, case)
    if sale is None or (sale.also_told_at is None and not after):
        return
    rx = required(case.facts.prescription, "told to the centre without a prescription")
    for line in told_lines(unit, case, Operation.UPLOAD_RX_SALE):
        request = q.UndoRxSale(
            line=line,
            buyer=buyer_of(case),
            receipt_no=sale.receipt_no,
            sale_serial=sale.sale_serial,
            returned_at=till.clock.now(),
            operator_name=till.operator.name,
            rx_number=rx.rx_number,
        )
        _add(till, unit, case, Operation.UNDO_RX_SALE, line, request, "-return")


def tell_waiting(till: Till, case: CounterCase) -> None:
    """Tell what of this case still waits for the centre, each once."""
    if not waits_for_centre(till, case):
        return
    with till.store.reading() as unit:
        waiting = [i for i in _open(unit, case) if i.state is OutboxState.WAITING]
    for item in waiting:
        tell(till, item)


def told(till: Till, unit: Unit, case: CounterCase) -> bool:
    """Whether the centre has every record it has to have before the money."""
    sale = case.facts.sale
    queued = sale is not None and sale.also_told_at is not None
    return not waits_for_centre(till, case) or (queued and not list(_open(unit, case)))


def require_told(till: Till, unit: Unit, case: CounterCase) -> None:
    """Raises ``OperatorInput`` ``CENTRE_NOT_TOLD``."""
    if not told(till, unit, case):
        raise OperatorInput(Code.CENTRE_NOT_TOLD)


def left_over(case: CounterCase) -> bool:
    """The centre has a sale whose money never moved, and nothing is on its way."""
    sale, position = case.facts.sale, case.position
    also = sale is not None and sale.also_told_at is not None
    at_rest = position.phase in (Phase.READY, Phase.REJECTED)
    return also and position.step in _BEFORE_THE_MONEY and at_rest


def _open(unit: Unit, case: CounterCase) -> Iterator[OutboxItem]:
    for item in unit.outbox.items():
        if item.case_id == case.case_id and item.operation is Operation.UPLOAD_RX_SALE:
            yield item


def _add(
    till: Till,
    unit: Unit,
    case: CounterCase,
    operation: Operation,
    line: q.SoldLine,
    request: object,
    ending: str,
) -> None:
    sale = required(case.facts.sale, "told to the centre without a sale")
    unit.outbox.add(
        operation,
        f"{sale.sale_serial}-{line.index}{ending}",
        f"centre {line.upload_lot}",
        request,
        case.case_id,
        line.name,
        till.clock.now(),
    )
