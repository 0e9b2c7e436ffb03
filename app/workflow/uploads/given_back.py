"""A sale whose return was told before it, or is told to nobody, is not told any more.

A parked sale lets its return pass. Told afterwards it would stand there as sold for ever: nothing
takes it back a second time. Where cash goes back for a sale that nobody can have heard of, both are
given up together (0063).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.domain.counter_case import CashBack, CounterCase
from app.domain.errors import Code, OperatorInput
from app.ports.stock import CountStock
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.goods.telling import first_key
from app.workflow.upkeep import recovering

_GOES_BY_ITSELF = frozenset({OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN})
_MAY_ARRIVE = frozenset({OutboxState.SENDING, OutboxState.UNKNOWN})
_OPEN = frozenset({*_GOES_BY_ITSELF, OutboxState.STOPPED})
_TAKEN_BACK_BY = {
    Operation.UPLOAD_SALE: Operation.RETURN_SALE,
    Operation.UPLOAD_RX_SALE: Operation.UNDO_RX_SALE,
}
_ENDING = "-return"
_NOBODY_HEARD = frozenset({OutboxState.WAITING, OutboxState.STOPPED, OutboxState.VOIDED})


def given_back(unit: Unit, item: OutboxItem) -> bool:
    """Whether this is a sale that no return would follow; a return that was voided counts too."""
    back = _TAKEN_BACK_BY.get(item.operation)
    if back is None or item.case_id is None:
        return False
    key = f"{first_key(item)}{_ENDING}"
    returns = [
        one
        for one in unit.outbox.of_case(item.case_id)
        if (one.operation, first_key(one)) == (back, key)
    ]
    if not returns:
        return returned_by_visit(unit, item.case_id)
    behind = any(one.state is OutboxState.WAITING for one in returns)
    return item.state is OutboxState.STOPPED or not behind


def returned_by_visit(unit: Unit, case_id: int) -> bool:
    """Whether the visit itself took its sale back: no record of the queue shows that."""
    sale = unit.cases.get(case_id).facts.sale
    return sale is not None and sale.returned_at is not None


def told_once_more(unit: Unit, case: CounterCase) -> list[OutboxItem]:
    """What the queue holds of a sale that its visit told: nearly always nothing."""
    records = unit.outbox.of_case(case.case_id)
    return [x for x in records if x.operation is Operation.UPLOAD_SALE and x.state in _OPEN]


def let_lie(unit: Unit, case: CounterCase, at: datetime, staff_id: int) -> bool:
    """Give up what of this sale waits to be told once more, before its visit takes it back: told
    behind that it would stand there for ever. In the caller's commit; False, and nothing is given
    up, while one of them is on its way or may be."""
    tellings = told_once_more(unit, case)
    if any(one.state in _MAY_ARRIVE for one in tellings):
        return False
    for one in tellings:
        _give_up(unit, one, at, staff_id)
    return True


def other_half(unit: Unit, item: OutboxItem) -> OutboxItem | None:
    """What must not be told alone where ``item`` is voided: of a sale that was never told and its
    return, both or neither. None where nothing of that kind would go by itself.

    Raises ``OperatorInput``: ``SALE_ON_ITS_WAY`` for a return whose sale is being told, or may
    have been: with nothing behind it, it would stand there as sold. ``COUNT_BETWEEN`` where a count
    waits between both: told alone, it would stay short of what came back.
    """
    backwards = item.operation in _TAKEN_BACK_BY.values()
    if item.case_id is None:
        return None
    for sale, back in _pairs(unit, item, item.case_id):
        never = not _heard(unit, _tellings(unit.outbox.of_case(item.case_id), sale))
        never = never and not recovering.of_lost_time(unit, sale.case_id)
        other = sale if backwards else back
        if other.state is OutboxState.WAITING and never:
            if _counted_since(unit, sale, back):
                raise OperatorInput(Code.COUNT_BETWEEN)
            return other
        if backwards and sale.state in _GOES_BY_ITSELF:
            raise OperatorInput(Code.SALE_ON_ITS_WAY)
    return None


def _pairs(unit: Unit, item: OutboxItem, case_id: int) -> Iterator[tuple[OutboxItem, OutboxItem]]:
    """The sale and the return that ``item`` is one of."""
    rows = [x for x in unit.outbox.of_case(case_id) if x.state is not OutboxState.VOIDED]
    for sale in rows:
        key = _TAKEN_BACK_BY.get(sale.operation), f"{first_key(sale)}{_ENDING}"
        for back in rows:
            both = (sale.item_id, back.item_id)
            if (back.operation, first_key(back)) == key and item.item_id in both:
                yield sale, back


def _tellings(records: Sequence[OutboxItem], sale: OutboxItem) -> list[OutboxItem]:
    """Every telling of this sale, given up or not."""
    told = sale.operation, first_key(sale)
    return [one for one in records if (one.operation, first_key(one)) == told]


def _heard(unit: Unit, tellings: Sequence[OutboxItem]) -> bool:
    """Whether any of them arrived, or may have."""
    return any(
        one.state is OutboxState.DELIVERED
        or unit.outbox.may_have_arrived(one.operation, one.business_key)
        for one in tellings
    )


def require_standing(unit: Unit, item: OutboxItem) -> None:
    """Raises ``OperatorInput`` ``SALE_GIVEN_BACK``."""
    if given_back(unit, item):
        raise OperatorInput(Code.SALE_GIVEN_BACK)


def leave_untold(unit: Unit, case: CounterCase, back: CashBack) -> bool:
    """Give up every queued return whose sale cannot stand at the platform, and that sale with it.

    In the caller's commit, under the name of who agreed. Returns whether nothing of the sale is
    told any more.
    """
    records = unit.outbox.of_case(case.case_id)
    returns = [one for one in records if one.operation is Operation.RETURN_SALE]
    left = 0
    for one in returns:
        told = Operation.UPLOAD_SALE, first_key(one).removesuffix(_ENDING)
        sales = [sale for sale in records if (sale.operation, first_key(sale)) == told]
        if not _unheard(unit, case, one, sales):
            left += 1
            continue
        for item in (*sales, one):
            _give_up(unit, item, back.at, back.agreed_by)
    return not left


def _unheard(unit: Unit, case: CounterCase, back: OutboxItem, sales: list[OutboxItem]) -> bool:
    """Whether every telling of this line ended in a clear no, or before it left; what a lost time
    told is known to nobody here."""
    if recovering.of_lost_time(unit, case.case_id):
        return False
    if _heard(unit, sales):
        return False
    unheard = bool(sales) and all(sale.state in _NOBODY_HEARD for sale in sales)
    return unheard and not any(_counted_since(unit, sale, back) for sale in sales)


def _counted_since(unit: Unit, sale: OutboxItem, back: OutboxItem) -> bool:
    """Whether a count without this box waits between the sale and its return: told alone, its
    figure would stay short of what came back."""
    if sale.state is not OutboxState.WAITING:
        return False
    return any(
        isinstance(one.request, CountStock) and sale.item_id < one.item_id < back.item_id
        for one in unit.outbox.open_of_lot(sale.lane_key)
    )


def _give_up(unit: Unit, item: OutboxItem, at: datetime, staff_id: int) -> None:
    if item.state is OutboxState.VOIDED:
        return
    code = int(Code.SALE_GIVEN_BACK)
    unit.outbox.settle(item.item_id, OutboxState.VOIDED, at, code, item.platform_text)
    note = OutboxNote(at, OutboxMove.VOIDED, code, staff_id=staff_id)
    unit.outbox.note(item.item_id, note)
