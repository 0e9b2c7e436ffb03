"""Records made now, as they would have been made then: of a visit's line, a note, or pieces.

A line is found by its number: the boxes of one lot and each part of a box are lines of their own.
"""

from collections.abc import Iterable

from app.domain.books.stock import Draft, Record
from app.domain.counter_case import CounterCase, SaleRecord
from app.domain.errors import Bug, Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import Item, Lot
from app.domain.money import Price, Quantity
from app.ports import requests as q
from app.ports import stock as g
from app.ports.stock_books import Movement
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.cases.lines import sold_lines
from app.workflow.cases.required import required
from app.workflow.goods import telling
from app.workflow.goods.opened import change_of
from app.workflow.steps import return_sale, upload_sale
from app.workflow.stock_reconciling.our_books import operation_of
from app.workflow.till import Till
from app.workflow.uploads.given_back import returned_by_visit
from app.workflow.uploads.told import told_lines


def remake(till: Till, unit: Unit, draft: Draft) -> str:
    """A movement nobody told of: its record is made now, as it would have been then."""
    record = required(draft.record, "a resend of nothing")
    operation = operation_of(record)
    if not telling.wanted(till, operation):
        raise OperatorInput(Code.NOT_ALLOWED, act=operation.value)
    if record in (Record.SALE, Record.SALE_RETURN):
        return _of_visit_anew(till, unit, draft, record, operation)
    request: object
    if draft.part_id is not None:
        key, lot, item, request = _of_pieces(till, unit, draft.part_id)
    else:
        movement = _movement(unit, draft)
        lot = unit.goods.lot(movement.lot_id)
        item = unit.goods.item(lot.item_id)
        key = movement.upload_key or f"E{movement.event_id}"
        request = _of_note(till, unit, movement, record, lot, item)
    if telling.record_of(unit, key) is not None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    telling.queue(till, unit, operation, key, lot, item, request)
    return key


def _of_visit_anew(
    till: Till, unit: Unit, draft: Draft, record: Record, operation: Operation
) -> str:
    case, sale, line = _sold(unit, draft)
    request: object
    if record is Record.SALE:
        if returned_by_visit(unit, case.case_id):
            raise OperatorInput(Code.SALE_GIVEN_BACK)
        key, request = f"{sale.sale_serial}-{line.index}", _sale_of(till, unit, case, sale, line)
    else:
        key = f"{sale.sale_serial}-{line.index}-return"
        told = {one.index: one for one in told_lines(unit, case, Operation.UPLOAD_SALE)}
        request = return_sale.request_for(till, case, sale, told[line.index])
    now = till.clock.now()
    unit.outbox.add(operation, key, line.upload_lot, request, case.case_id, line.name, now)
    return key


def _movement(unit: Unit, draft: Draft) -> Movement:
    movement = unit.stock.movement(draft.event_id) if draft.event_id is not None else None
    if movement is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return movement


def _sold(unit: Unit, draft: Draft) -> tuple[CounterCase, SaleRecord, q.SoldLine]:
    """The visit a draft is about, its numbers, and the line. Raises as :func:`_line_of`."""
    case_id = draft.case_id
    if case_id is None:
        case_id = required(_movement(unit, draft).case_id, "a sale without a visit")
    case = unit.cases.get(case_id)
    sale = required(case.facts.sale, "a sale without numbers")
    return case, sale, _line_of(sold_lines(unit, case), draft)


def _sale_of(
    till: Till, unit: Unit, case: CounterCase, sale: SaleRecord, line: q.SoldLine
) -> q.UploadSale:
    if case.facts.audit is None:
        upload_sale.require_dispenser(till, unit)
    on_duty = upload_sale.dispenser_on_duty(till, unit)
    return upload_sale.request_for(till, case, sale, line, on_duty)


def _line_of(lines: Iterable[q.SoldLine], draft: Draft) -> q.SoldLine:
    """The boxes of one lot and each part of a box are lines of their own.

    A draft made before lines had numbers is applied where only one line can be meant; else the day
    is compared again. Raises ``OperatorInput`` ``STEP_MOVED_ON``.
    """
    meant = [
        one
        for one in lines
        if (draft.line is None or one.index == draft.line)
        and draft.upload_lot in ("", one.upload_lot)
        and one.quantity == draft.quantity
    ]
    if len(meant) != 1:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return meant[0]


def _of_pieces(till: Till, unit: Unit, part_id: int) -> tuple[str, Lot, Item, g.ChangeStock]:
    """Pieces of an opened box that left: what was free and what was held go with one record."""
    one = unit.stock.part(part_id)
    if one is None or one.note_id is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    gone = [each for each in unit.stock.parts_of_note(one.note_id) if each.code == one.code]
    box = required(unit.goods.box(DrugTraceCode(one.code)), "no box of these pieces")
    pieces, share = (-sum(each.pieces for each in gone), -sum(each.share for each in gone))
    kind = required(one.change_kind, "a change without its kind")
    name = till.operator.name
    lot, item, request = change_of(unit, box, kind, pieces, Quantity(share), one.at, name)
    return one.upload_key or f"P{part_id}", lot, item, request


def _of_note(
    till: Till, unit: Unit, movement: Movement, record: Record, lot: Lot, item: Item
) -> object:
    note = unit.stock.note(required(movement.note_id, "a movement without a note"))
    codes = unit.stock.boxes_of(movement.event_id)
    told = telling.told_lot(item, lot, codes)
    cost, count = movement.price or Price(0), Quantity(abs(movement.packs) * 10_000)
    name = till.operator.name
    match record:
        case Record.PURCHASE:
            return g.Receive(
                told,
                note.supplier,
                item.maker,
                item.approval_no,
                cost,
                count,
                movement.at,
                name,
                note.delivery_no,
                note.invoice_no,
                gift=unit.stock.is_gift(movement.event_id),
            )
        case Record.SENT_BACK:
            return g.ReturnToSupplier(
                told, note.supplier, note.invoice_no, cost, count, movement.at, name
            )
        case Record.CHANGE:
            kind = required(movement.change_kind, "a change without its kind")
            return g.ChangeStock(told, kind, cost, count, movement.at, name)
        case _:
            raise Bug(what="no note tells this", record=record.value)


def sale_of_draft(till: Till, unit: Unit, draft: Draft) -> q.UploadSale:
    """The sale a draft is about, as it was told or would be."""
    item = unit.outbox.item(draft.record_id) if draft.record_id is not None else None
    if item is not None and isinstance(item.request, q.UploadSale):
        return item.request
    case, sale, line = _sold(unit, draft)
    return _sale_of(till, unit, case, sale, line)
