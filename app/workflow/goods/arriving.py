"""What is scanned at goods receipt: a box, or a case whose boxes the note or its label tells of.

Everything goes through the one grammar. What a GS1 symbol prints of lot and dates has to be what
the line says; a line it has all of is begun by it.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, ScanKind, classify
from app.domain.goods.gs1 import Gs1Load
from app.domain.goods.receipt import Receipt, ReceiptLine, RowFault, line_fault
from app.domain.goods.stock import Item
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.goods import learning
from app.workflow.goods.kinds import gone_kinds
from app.workflow.goods.receiving import draft, keep
from app.workflow.scans import gs1
from app.workflow.scans.trace_codes import PACK_KINDS, Box, box_of
from app.workflow.till import Till

LineKey = tuple[int, str, bool]


def scan(till: Till, text: str, line_key: LineKey | None) -> Receipt:
    """One box, or one case, into the note.

    ``line_key`` is the line in front: a box goes there where it is of that item. Raises
    ``OperatorInput`` saying what the code is and why it stays out.
    """
    receipt = draft(till)
    found = classify(text, till.grammar)
    load = gs1.read_load(found.text) if found.kind is ScanKind.GS1 else None
    inside = _listed(receipt, text, load)
    if inside is not None:
        return _case(receipt, inside)
    if load is not None:
        return keep(till, _with_load(till, receipt, load))
    if found.kind not in PACK_KINDS:
        raise OperatorInput(Code.SCAN_NOT_TRACE_CODE, awaited="box")
    with till.store.reading() as unit:
        box = box_of(unit, till.profile, found)
        _refuse_known(till, unit, receipt, box.code)
        line = _line_for(till, unit, receipt, box, line_key)
    receipt = receipt.put(line.with_box(box.code))
    if box.told:
        receipt = replace(receipt, told=(*receipt.told, (str(box.code), box.told)))
    return keep(till, receipt)


def _listed(receipt: Receipt, text: str, load: Gs1Load | None) -> tuple[DrugTraceCode, ...] | None:
    """The boxes of a case the note lists, under its text, its SSCC, or product and serial."""
    cases = dict(receipt.cases)
    names = [text.strip()]
    if load is not None:
        names += [load.number, f"00{load.number}", f"(00){load.number}"]
    return next((cases[name] for name in names if name in cases), None)


def _case(receipt: Receipt, inside: tuple[DrugTraceCode, ...]) -> Receipt:
    """A case is checked by its boxes: all of them must stand in the note."""
    if any(receipt.line_of(code) is None for code in inside):
        raise OperatorInput(Code.SCAN_CASE_CODE)
    return receipt


def _with_load(till: Till, receipt: Receipt, load: Gs1Load) -> Receipt:
    """The packs of a case by its label; their codes are still scanned, or sold unseen."""
    if load.number in receipt.loads:
        raise OperatorInput(Code.SCAN_REPEATED)
    with till.store.reading() as unit:
        item = unit.goods.item_by_prefix(load.gtin) if load.gtin else None
    if item is None:
        raise OperatorInput(Code.ITEM_UNMAPPED, prefix=load.gtin or load.number)
    if not (load.count and load.lot):
        # neither listed nor told by the label: what is inside nobody knows
        raise OperatorInput(Code.SCAN_CASE_CODE, drug=item.name)
    line = _printed_line(receipt.lines, item, load.lot, load.expires_on)
    if line is None:
        line = _begun(till, item, load.lot, load.made_on, load.expires_on)
    line = replace(line, packs=line.packs + load.count)
    return replace(receipt.put(line), loads=(*receipt.loads, load.number))


def _begun(
    till: Till, item: Item, lot_no: str, made_on: date | None, expires_on: date | None
) -> ReceiptLine:
    """A line the label says all of; else it is typed first, with what the label says shown."""
    if made_on is None or expires_on is None:
        shown = expires_on.isoformat() if expires_on is not None else ""
        raise OperatorInput(
            Code.BOX_WITHOUT_LINE, drug=item.name, prefix="", lot=lot_no, expiry=shown
        )
    line = ReceiptLine(
        item.item_id, item.store_code, item.name, lot_no, made_on, expires_on, packs=0
    )
    wrong = line_fault(replace(line, packs=1), today(till))
    if wrong is not None:
        field = "expires_on" if wrong is RowFault.EXPIRED else "made_on"
        raise OperatorInput(Code.LINE_WRONG, field=field)
    return line


def _printed_line(
    lines: Iterable[ReceiptLine], item: Item, lot_no: str, expires_on: date | None
) -> ReceiptLine | None:
    """The line of this item and lot. Raises ``OperatorInput`` where the dates differ."""
    for line in lines:
        if line.item_id == item.item_id and line.lot_no == lot_no:
            if expires_on not in (None, line.expires_on):
                raise OperatorInput(Code.LINE_WRONG, field="expires_on")
            return line
    return None


def _refuse_known(till: Till, unit: Unit, receipt: Receipt, code: DrugTraceCode) -> None:
    if receipt.line_of(code) is not None:
        raise OperatorInput(Code.SCAN_REPEATED)
    if not unit.stock.barred_boxes((code,), gone_kinds(till)):
        return
    life = unit.stock.life_of(code)
    note = unit.stock.note(life[0].note_id) if life and life[0].note_id else None
    if life:
        delivery = note.delivery_no or note.note_no if note is not None else life[0].receipt_no
        raise OperatorInput(Code.BOX_KNOWN, receipt=delivery, when=life[0].at.isoformat())


def _line_for(
    till: Till, unit: Unit, receipt: Receipt, box: Box, wanted: LineKey | None
) -> ReceiptLine:
    """The line of the printed lot; else the line in front where the box is of its item, else the
    only line of its item.

    A box whose first part nobody knows goes to the line in front: that is how prefixes are
    learned, and the person has the box in the hand.
    """
    front = next((line for line in receipt.lines if line.key == wanted), None)
    item = unit.goods.item_by_prefix(box.code.prefix)
    printed = box.printed
    if item is None and front is not None:
        learning.refuse_other(unit, box.code.prefix, front.item_id)
    meant = item or (unit.goods.item(front.item_id) if front is not None else None)
    if meant is not None and printed.lot_no:
        line = _printed_line(receipt.lines, meant, printed.lot_no, printed.expires_on)
        if line is not None:
            return line
        if front is not None and front.item_id == meant.item_id:
            raise OperatorInput(Code.SCAN_WRONG_LOT, lot=front.lot_no, scanned=printed.lot_no)
        return _begun(till, meant, printed.lot_no, box.made_on, printed.expires_on)
    line = _by_item(receipt, item, front)
    if line is None:
        name = item.name if item is not None else ""
        raise OperatorInput(Code.BOX_WITHOUT_LINE, drug=name, prefix=box.code.prefix)
    return line


def _by_item(receipt: Receipt, item: Item | None, front: ReceiptLine | None) -> ReceiptLine | None:
    if item is None or (front is not None and front.item_id == item.item_id):
        return front
    mine = [line for line in receipt.lines if line.item_id == item.item_id]
    return mine[0] if len(mine) == 1 else None
