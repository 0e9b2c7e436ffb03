"""What people let pass: kept in the transaction of the act, and read by the manager."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.domain.access import Act
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.overrides import OverrideReason, reasons_for
from app.domain.goods.selling import Pack, SaleLine
from app.ports.overrides import Override
from app.ports.store import Unit
from app.workflow.calendar import CHINA, today
from app.workflow.till import Till


def reason_of(asked: int | None, reason: str) -> OverrideReason:
    """The class of reason that answers ``asked``. Raises ``OperatorInput`` ``REASON_MISSING``."""
    for known in reasons_for(asked):
        if known.value == reason:
            return known
    raise OperatorInput(Code.REASON_MISSING)


def note(
    till: Till,
    unit: Unit,
    case: CounterCase,
    line: SaleLine,
    boxes: tuple[Pack, ...],
    reason: OverrideReason,
) -> None:
    """Who, why, when, and which boxes: for the journal and for the manager's list."""
    now, staff_id = till.clock.now(), till.operator.staff_id
    subject = f"case {case.case_id} line {line.index}"
    unit.journal.write(now, staff_id, "acknowledge_pack", subject, reason.value)
    unit.overrides.note(
        tuple(
            Override(
                at=now,
                staff_id=staff_id,
                case_id=case.case_id,
                line=line.index,
                code=int(box.amber or Code.SCAN_NO_CODE),
                reason=reason,
                item_id=line.item_id,
                lot_id=box.lot_id,
                trace_code=box.code or "",
            )
            for box in boxes
        )
    )


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One box that went on by somebody's word, as the manager reads it."""

    override: Override
    staff: str
    drug: str
    specification: str
    lot_no: str


def listed(till: Till, first: datetime, last: datetime) -> tuple[OverrideRow, ...]:
    """Newest first. Raises ``OperatorInput`` for whoever may not override."""
    till.operator.require(Act.OVERRIDE_SCAN)
    with till.store.reading() as unit:
        return tuple(_row(unit, found) for found in unit.overrides.between(first, last))


def listed_days(till: Till, days: int) -> tuple[OverrideRow, ...]:
    """Of today and of ``days - 1`` days before, on the platform's calendar."""
    first = today(till) - timedelta(days=days - 1)
    return listed(till, datetime.combine(first, time(), CHINA), till.clock.now())


def _row(unit: Unit, found: Override) -> OverrideRow:
    item, lot = unit.goods.item(found.item_id), unit.goods.lot(found.lot_id)
    staff = unit.people.get(found.staff_id).name
    return OverrideRow(found, staff, item.name, item.specification, lot.lot_no)
