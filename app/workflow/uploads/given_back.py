"""A sale whose return was told before it, or is told to nobody, is not told any more.

A parked sale lets its return pass. Told afterwards it would stand there as sold for ever: nothing
takes it back a second time.
"""

from collections.abc import Iterator

from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.upkeep import recovering

_GOES_BY_ITSELF = frozenset({OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN})
_TAKEN_BACK_BY = {
    Operation.UPLOAD_SALE: Operation.RETURN_SALE,
    Operation.UPLOAD_RX_SALE: Operation.UNDO_RX_SALE,
}


def given_back(unit: Unit, item: OutboxItem) -> bool:
    """Whether this is a sale that no return would follow; a return that was voided counts too."""
    back = _TAKEN_BACK_BY.get(item.operation)
    if back is None or item.case_id is None:
        return False
    key = f"{item.business_key}-return"
    returns = [
        one
        for one in unit.outbox.of_case(item.case_id)
        if (one.operation, one.business_key) == (back, key)
    ]
    behind = any(one.state is OutboxState.WAITING for one in returns)
    return bool(returns) and (item.state is OutboxState.STOPPED or not behind)


def other_half(unit: Unit, item: OutboxItem) -> OutboxItem | None:
    """What must not be told alone where ``item`` is voided: of a sale that was never told and its
    return, both or neither. None where nothing of that kind would go by itself.

    Raises ``OperatorInput`` ``SALE_ON_ITS_WAY`` for a return whose sale is being told, or may
    have been: with nothing behind it, it would stand there as sold.
    """
    backwards = item.operation in _TAKEN_BACK_BY.values()
    for sale, back in _pairs(unit, item):
        never = not unit.outbox.may_have_arrived(sale.operation, sale.business_key)
        never = never and not recovering.of_lost_time(unit, sale.case_id)
        other = sale if backwards else back
        if other.state is OutboxState.WAITING and never:
            return other
        if backwards and sale.state in _GOES_BY_ITSELF:
            raise OperatorInput(Code.SALE_ON_ITS_WAY)
    return None


def _pairs(unit: Unit, item: OutboxItem) -> Iterator[tuple[OutboxItem, OutboxItem]]:
    """The sale and the return that ``item`` is one of."""
    if item.case_id is None:
        return
    rows = [x for x in unit.outbox.of_case(item.case_id) if x.state is not OutboxState.VOIDED]
    for sale in rows:
        key = _TAKEN_BACK_BY.get(sale.operation), f"{sale.business_key}-return"
        for back in rows:
            both = (sale.item_id, back.item_id)
            if (back.operation, back.business_key) == key and item.item_id in both:
                yield sale, back


def require_standing(unit: Unit, item: OutboxItem) -> None:
    """Raises ``OperatorInput`` ``SALE_GIVEN_BACK``."""
    if given_back(unit, item):
        raise OperatorInput(Code.SALE_GIVEN_BACK)
