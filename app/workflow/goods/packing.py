"""拆零比: how many pieces a pack holds, what they are called, and whether this store splits it."""

from app.domain.access import Act
from app.domain.errors import Code, OperatorInput
from app.domain.goods.parts import MOST_PIECES, BoxState, OpenBox, PartState
from app.domain.goods.stock import Item
from app.workflow.till import Till

ACT = "set_pack"
LONGEST_UNIT = 4


def set_pack(till: Till, item_id: int, pieces: int, unit: str, *, splits: bool) -> Item:
    """A manager's word; who said it, when, and what stood there before is in the journal.

    What was told of opened boxes was told by their own number of pieces: it is not changed under
    them. A used up box may come back and be released under its own number: what the pack is said
    to hold may always be set to what every opened box here holds. Raises ``OperatorInput``:
    ``NOT_ALLOWED``, ``PACK_SIZE_WRONG`` for a number or a unit that is none, ``PACK_HAS_OPENED``
    while opened boxes of another number lie here.
    """
    who = till.operator
    who.require(Act.SET_LIMITS)
    named = unit.strip()
    plain = 1 <= len(named) <= LONGEST_UNIT and named.isprintable() and not named.isdigit()
    if not 2 <= pieces <= MOST_PIECES:
        raise OperatorInput(Code.PACK_SIZE_WRONG, field="pieces", most=MOST_PIECES)
    if not plain:
        raise OperatorInput(Code.PACK_SIZE_WRONG, field="piece_unit", most=MOST_PIECES)
    with till.store.unit() as work:
        before = work.goods.item(item_id)
        boxes = work.goods.open_boxes(item_id)
        opened = [box for box in boxes if box.size != pieces and _lies_open(box)]
        if opened and pieces != before.pieces:
            raise OperatorInput(Code.PACK_HAS_OPENED, drug=before.name, count=len(opened))
        work.goods.set_pack(item_id, pieces, named, splits=splits)
        now, after = till.clock.now(), work.goods.item(item_id)
        said = f"{_said(before)} → {_said(after)}"
        work.journal.write(now, who.staff_id, ACT, before.store_code, said)
        return after


def _lies_open(box: OpenBox) -> bool:
    """Pieces of it lie here, or in somebody's open sale."""
    reserved = any(part.state is PartState.RESERVED for part in box.parts)
    return reserved or box.state is BoxState.OPEN


def _said(item: Item) -> str:
    return f"{item.pieces}{item.piece_unit} {'+' if item.splits else '-'}"
