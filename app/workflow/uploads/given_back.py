"""A sale whose return was told before it, or is told to nobody, is not told any more.

A parked sale lets its return pass. Told afterwards it would stand there as sold for ever: nothing
takes it back a second time.
"""

from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation

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


def require_standing(unit: Unit, item: OutboxItem) -> None:
    """Raises ``OperatorInput`` ``SALE_GIVEN_BACK``."""
    if given_back(unit, item):
        raise OperatorInput(Code.SALE_GIVEN_BACK)
