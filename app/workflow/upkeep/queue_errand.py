"""What ``yaotai queue retry`` and ``drain`` do: the same functions the window calls."""

from app.domain.errors import Code, OperatorInput
from app.ports.store import OutboxItem
from app.workflow import delivery
from app.workflow.till import Till
from app.workflow.upkeep import startup


def work_queue(till: Till, item_id: int | None) -> tuple[OutboxItem, ...]:
    """Tell one record, or everything that is due; what is open then.

    Whoever opened the day answers for it. Raises ``OperatorInput`` ``DAY_NOT_OPEN`` without one.
    """
    operator = startup.answerable(till)
    if operator is None:
        raise OperatorInput(Code.DAY_NOT_OPEN)
    with till.answered_for(operator):
        if item_id is None:
            delivery.drain(till)
        else:
            delivery.retry(till, item_id)
    with till.store.reading() as unit:
        return unit.outbox.items()
