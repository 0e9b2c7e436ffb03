"""商品销售 of a finished sale goes into the outbox, in the commit that makes it a sale."""

from app.domain.counter_case import CounterCase
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.cases.lines import sold_lines
from app.workflow.cases.required import required
from app.workflow.steps.upload_sale import dispenser_on_duty, request_for
from app.workflow.till import Till
from app.workflow.uploads import twice


def queue_sale(till: Till, unit: Unit, case: CounterCase) -> None:
    """One record per line and lot, under the serial of the sale; the lot keeps their order."""
    sale = required(case.facts.sale, "upload without a sale")
    dispenser = dispenser_on_duty(till, unit)
    for line in sold_lines(unit, case):
        unit.outbox.add(
            Operation.UPLOAD_SALE,
            f"{sale.sale_serial}-{line.index}",
            line.upload_lot,
            request_for(till, case, sale, line, dispenser),
            case.case_id,
            line.name,
            till.clock.now(),
        )
    if twice.told_to_both(till, case) and not twice.waits_for_centre(till, case):
        twice.queue(till, unit, case, sale)
