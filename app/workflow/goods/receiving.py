"""收货: a delivery note taken in box by box or from a table, then booked whole or not at all.

What was scanned is kept at once, so that a power cut costs nothing; nothing counts before F12.
"""

from dataclasses import dataclass, replace
from datetime import date

import msgspec

from app.domain.access import Act, Operator
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.receipt import LONGEST_LOT, Receipt, ReceiptLine, RowFault, line_fault
from app.domain.goods.stock import Item, Lot, LotHold
from app.domain.money import Price, packs, price
from app.ports.stock import Receive
from app.ports.stock_books import Booking, Note
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.goods import learning, telling
from app.workflow.goods.kinds import gone_kinds
from app.workflow.goods.numbers import note_no, upload_lot
from app.workflow.goods.telling import Told
from app.workflow.till import Till

_LINE_FIELD = {
    RowFault.NOT_A_COUNT: "packs",
    RowFault.MORE_CODES: "packs",
    RowFault.MADE_LATER: "made_on",
    RowFault.EXPIRES_BEFORE: "expires_on",
    RowFault.EXPIRED: "expires_on",
}


@dataclass(frozen=True, slots=True)
class Booked:
    """A note in the books: its number, how much came, what the platform is told.

    ``recalled`` are numbers of lots that came although they are recalled: they stay off sale.
    """

    note_id: int
    note_no: str
    packs: int
    told: Told
    recalled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line as somebody types it; texts are judged when it is taken in."""

    store_code: str
    lot_no: str
    made_on: str
    expires_on: str
    packs: str
    price: str = ""
    gift: bool = False


def draft(till: Till) -> Receipt:
    """The note being taken in; an empty one where there is none."""
    with till.store.reading() as unit:
        kept = unit.drafts.of(NoteKind.RECEIPT)
    if kept is None:
        return Receipt()
    return msgspec.json.decode(kept.content, type=Receipt, dec_hook=lambda kind, raw: kind(raw))


def keep(till: Till, receipt: Receipt) -> Receipt:
    """Write the note down as it stands. Raises ``OperatorInput`` for who may not keep stock."""
    who = _keeper(till)
    with till.store.unit() as unit:
        return _keep(till, unit, who, receipt)


def _keep(till: Till, unit: Unit, who: Operator, receipt: Receipt) -> Receipt:
    content = msgspec.json.encode(receipt, enc_hook=str.__str__)
    unit.drafts.keep(NoteKind.RECEIPT, who.staff_id, content, till.clock.now())
    return receipt


def drop(till: Till) -> Receipt:
    """Throw away what was not booked."""
    who = _keeper(till)
    with till.store.unit() as unit:
        unit.drafts.drop(NoteKind.RECEIPT)
        unit.journal.write(till.clock.now(), who.staff_id, "drop_receipt", "receipt")
    return Receipt()


def name_note(till: Till, supplier: str, delivery_no: str, invoice_no: str) -> Receipt:
    """Supplier and numbers of the note in hand."""
    return keep(
        till,
        replace(
            draft(till),
            supplier=supplier.strip(),
            delivery_no=delivery_no.strip(),
            invoice_no=invoice_no.strip(),
        ),
    )


def put_line(till: Till, typed: TypedLine) -> Receipt:
    """Add a line, or put the one of the same item and lot right; its boxes stay.

    Raises ``OperatorInput`` ``LINE_WRONG`` naming the field, ``ITEM_CODE_UNKNOWN`` for no item.
    """
    store_code = typed.store_code.strip()
    if not store_code:
        raise OperatorInput(Code.LINE_WRONG, field="store_code")
    with till.store.reading() as unit:
        item = unit.goods.item_by_store_code(store_code)
    if item is None:
        raise OperatorInput(Code.ITEM_CODE_UNKNOWN, typed=store_code)
    receipt = draft(till)
    line = _line(item, typed)
    known = next((one for one in receipt.lines if one.key == line.key), None)
    if known is not None:
        line = replace(line, codes=known.codes)
    wrong = line_fault(line, today(till))
    if wrong is not None:
        raise OperatorInput(Code.LINE_WRONG, field=_LINE_FIELD[wrong])
    return keep(till, receipt.put(line))


def _line(item: Item, typed: TypedLine) -> ReceiptLine:
    lot_no = typed.lot_no.strip()
    if not lot_no or len(lot_no) > LONGEST_LOT or not lot_no.isprintable():
        raise OperatorInput(Code.LINE_WRONG, field="lot_no")
    return ReceiptLine(
        item_id=item.item_id,
        store_code=item.store_code,
        name=item.name,
        lot_no=lot_no,
        made_on=_day("made_on", typed.made_on),
        expires_on=_day("expires_on", typed.expires_on),
        packs=_count(typed.packs),
        price=_price(typed.price),
        gift=typed.gift,
    )


def _day(field: str, text: str) -> date:
    from app.workflow.goods.table import Wrong, day_of

    try:
        return day_of(text.strip() or None)
    except Wrong as wrong:
        raise OperatorInput(Code.LINE_WRONG, field=field) from wrong


def _count(text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
        raise OperatorInput(Code.LINE_WRONG, field="packs")
    return int(digits)


def _price(text: str) -> Price | None:
    if not text.strip():
        return None
    try:
        found = price(text.strip())
    except ValueError as wrong:
        raise OperatorInput(Code.LINE_WRONG, field="price") from wrong
    if found < 0:
        raise OperatorInput(Code.LINE_WRONG, field="price")
    return found


def take_out(till: Till, code: str) -> Receipt:
    """A box that was scanned by mistake."""
    receipt = draft(till)
    line = receipt.line_of(code)
    if line is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return keep(till, receipt.put(line.without(code)))


def drop_line(till: Till, key: tuple[int, str, bool]) -> Receipt:
    receipt = draft(till)
    kept = tuple(line for line in receipt.lines if line.key != key)
    return keep(till, replace(receipt, lines=kept))


def book(till: Till, receipt: Receipt) -> Booked:
    """Everything of the note into the ledger and onto its way, in one commit.

    Raises ``OperatorInput``: ``NOTE_EMPTY``, ``NOTE_UNNAMED`` without supplier or number,
    ``DELIVERY_KNOWN``, ``LINE_WRONG``, ``BOX_KNOWN``.
    """
    who = _keeper(till)
    _check(till, receipt)
    now = till.clock.now()
    told = Told()
    with till.store.unit() as unit:
        if unit.stock.delivery_known(receipt.supplier, receipt.delivery_no):
            raise OperatorInput(Code.DELIVERY_KNOWN, receipt=receipt.delivery_no)
        boxes = [code for line in receipt.lines for code in line.codes]
        known = unit.stock.barred_boxes(boxes, gone_kinds(till))
        if known:
            raise OperatorInput(Code.BOX_KNOWN, receipt=min(known), count=len(known))
        note = unit.stock.write_note(
            Note(
                0,
                NoteKind.RECEIPT,
                note_no(till, unit, NoteKind.RECEIPT),
                now,
                now,
                who.staff_id,
                receipt.supplier,
                receipt.delivery_no,
                receipt.invoice_no,
            )
        )
        recalled = tuple(line.lot_no for line in receipt.lines if _recalled(unit, line))
        for number, line in enumerate(receipt.lines, 1):
            told += _book_line(till, unit, note, number, line, receipt.told_codes(line.codes))
            learning.from_receipt(till, unit, line)
        unit.drafts.drop(NoteKind.RECEIPT)
        unit.journal.write(now, who.staff_id, "receive", note.note_no, receipt.delivery_no)
    return Booked(note.note_id, note.note_no, receipt.packs, told, tuple(dict.fromkeys(recalled)))


def _recalled(unit: Unit, line: ReceiptLine) -> bool:
    """A recall is of the maker's lot, however often it is delivered."""
    lots = unit.stock.lots_of_number(line.item_id, line.lot_no)
    return any(lot.hold is LotHold.RECALL for lot in lots)


def _check(till: Till, receipt: Receipt) -> None:
    if not receipt.lines:
        raise OperatorInput(Code.NOTE_EMPTY)
    if not (receipt.supplier and receipt.delivery_no):
        raise OperatorInput(Code.NOTE_UNNAMED)
    for line in receipt.lines:
        wrong = line_fault(line, today(till))
        if wrong is not None:
            raise OperatorInput(Code.LINE_WRONG, field=_LINE_FIELD[wrong], drug=line.name)


def _book_line(
    till: Till,
    unit: Unit,
    note: Note,
    number: int,
    line: ReceiptLine,
    told: tuple[DrugTraceCode, ...],
) -> Told:
    item = unit.goods.item(line.item_id)
    lot = unit.stock.open_lot(
        Lot(
            0,
            line.item_id,
            upload_lot(till, unit),
            line.lot_no,
            line.made_on,
            line.expires_on,
            0,
            LotHold.RECALL if _recalled(unit, line) else LotHold.NONE,
        )
    )
    key = f"{note.note_no}-{number}"
    booking = Booking(
        StockMove.RECEIVED, line.packs, line.codes, None, line.price, key, gift=line.gift
    )
    unit.stock.book(note, lot.lot_id, booking)
    request = Receive(
        lot=telling.told_lot(item, lot, told),
        supplier=note.supplier,
        maker=item.maker,
        approval_no=item.approval_no,
        price=line.price or Price(0),
        quantity=packs(line.packs),
        received_at=note.at,
        operator_name=till.operator.name,
        delivery_no=note.delivery_no,
        invoice_no=note.invoice_no,
        gift=line.gift,
    )
    return telling.queue(till, unit, Operation.RECEIVE, key, lot, item, request)


def _keeper(till: Till) -> Operator:
    who = till.operator
    who.require(Act.STOCK)
    return who
