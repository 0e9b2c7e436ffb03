"""商品信息删除 that was parked: the platform deletes by lot and kind, also what came behind it."""

from app.domain.errors import Code, OperatorInput
from app.ports.stock import EraseUpload, RecordKind
from app.ports.store import OutboxItem, OutboxState, Unit
from app.profile.operations import Operation

_TOLD_BY = {
    RecordKind.COUNT: (Operation.COUNT_STOCK,),
    RecordKind.CHANGE: (Operation.CHANGE_STOCK,),
    RecordKind.PURCHASE: (Operation.RECEIVE, Operation.RETURN_TO_SUPPLIER),
    RecordKind.SALE: (Operation.UPLOAD_SALE,),
}
_MAY_BE_THERE = frozenset({OutboxState.DELIVERED, OutboxState.SENDING, OutboxState.UNKNOWN})


def require_alone(unit: Unit, item: OutboxItem) -> None:
    """Raises ``OperatorInput`` ``ERASE_OTHERS`` where a record of that kind passed this deletion
    while it was parked: told now, it would be deleted with the one that was meant."""
    if not isinstance(item.request, EraseUpload):
        return
    same = _TOLD_BY[item.request.kind]
    passed = [
        one
        for one in unit.outbox.of_lot(item.lane_key)
        if one.operation in same and one.item_id > item.item_id and one.state in _MAY_BE_THERE
    ]
    if passed:
        raise OperatorInput(Code.ERASE_OTHERS, count=len(passed) + 1)
