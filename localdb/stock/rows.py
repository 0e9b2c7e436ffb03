"""How rows of the ledger are written and read, for the counter and the back room alike."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from app.domain.goods.movements import NoteKind, PartMove, StockMove
from app.domain.money import Price, Quantity
from app.ports.stock_books import Movement, Note, PartMovement
from localdb.repositories.scope import Scope
from localdb.schema.stock import stock_code, stock_event
from localdb.statements import AnyRow, Known

# Every column is always given: one statement, built once, for every movement there is.
_COLUMNS: dict[str, object] = {
    column.name: None for column in stock_event.c if column.name != "event_id"
}
_EVENT = Known(sa.insert(stock_event).returning(stock_event.c.event_id))
_BOXES = Known(sa.insert(stock_code))


def book(
    scope: Scope,
    lot_id: int,
    move: StockMove,
    packs: int,
    at: datetime,
    codes: Iterable[str] = (),
    **more: object,
) -> int:
    """One movement and its boxes. ``more`` are further columns of ``stock_event``."""
    movement = {"lot_id": lot_id, "kind": move, "packs": packs, "at": at, "receipt_no": ""}
    event_id = int(scope.ask(_EVENT, _COLUMNS | movement | more).scalar_one())
    # in the order of the tree they go into: hundreds of thousands arrive with one delivery
    boxes = [{"code": code, "event_id": event_id} for code in sorted(codes)]
    if boxes:
        scope.ask_each(_BOXES, boxes)
    return event_id


def movement_of(row: AnyRow) -> Movement:
    return Movement(
        event_id=row.event_id,
        lot_id=row.lot_id,
        move=StockMove(row.kind),
        packs=row.packs,
        at=row.at,
        case_id=row.case_id,
        receipt_no=row.receipt_no,
        counter_no=row.counter_no,
        note_id=row.note_id,
        change_kind=row.change_kind,
        price=None if row.price is None else Price(row.price),
        upload_key=row.upload_key,
    )


def part_of(row: AnyRow) -> PartMovement:
    return PartMovement(
        event_id=row.event_id,
        lot_id=row.lot_id,
        code=row.code,
        move=PartMove(row.kind),
        pieces=row.pieces,
        share=Quantity(row.share),
        at=row.at,
        case_id=row.case_id,
        receipt_no=row.receipt_no,
        counter_no=row.counter_no,
        note_id=row.note_id,
        change_kind=row.change_kind,
        upload_key=row.upload_key,
    )


def note_of(row: AnyRow) -> Note:
    return Note(
        note_id=row.note_id,
        kind=NoteKind(row.kind),
        note_no=row.note_no,
        at=row.at,
        booked_at=row.booked_at,
        staff_id=row.staff_id,
        supplier=row.supplier,
        delivery_no=row.delivery_no,
        invoice_no=row.invoice_no,
        reason=row.reason,
    )
