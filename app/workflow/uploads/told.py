"""The lines of a sale as the platform was told of them: a parked record may have been put right."""

from app.domain.counter_case import CounterCase
from app.ports import requests as q
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.cases.lines import sold_lines


def told_lines(unit: Unit, case: CounterCase, operation: Operation) -> tuple[q.SoldLine, ...]:
    """What is taken back is what was told, not what the goods of this store still say (0017).

    ``operation`` is the record of the sale; where it never waited, nobody put it right. The newest
    record of a line counts, also where a person gave it up: it may have arrived. One that was put
    right is older than what took its place.
    """
    told = {
        item.request.line.index: item.request.line
        for item in sorted(unit.outbox.of_case(case.case_id), key=lambda item: item.item_id)
        if item.operation is operation and isinstance(item.request, q.UploadSale)
    }
    return tuple(told.get(line.index, line) for line in sold_lines(unit, case))
