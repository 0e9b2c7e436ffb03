"""What the page of deliveries shows; people are masked in every view."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.delivery import NEXT, Delivery, DeliveryState
from app.ports import circulation as c
from app.ports.store import OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.till import Till

SHOWN_FOR = timedelta(days=2)
"""How long a finished sale can be sent off, and how long an ended delivery is listed."""


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A finished sale by prescription that nobody carries yet."""

    case_id: int
    receipt_no: str
    rx_number: str
    patient: str
    drugs: tuple[str, ...]
    handed_over_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery. ``waits`` is the state of its oldest record that has not arrived, or None.

    ``after`` is what may follow now.
    """

    delivery_no: str
    receipt_no: str
    rx_number: str
    receiver: str
    phone: str
    address: str
    company: str
    courier: str
    courier_phone: str
    state: DeliveryState
    moved_at: datetime
    signed_by: str
    note: str
    waits: OutboxState | None
    after: tuple[DeliveryState, ...]


@dataclass(frozen=True, slots=True)
class ParcelsView:
    """Sales that can be sent off, and deliveries: open ones first.

    ``told`` is False where this region's centre hears of no deliveries: then nothing can leave.
    """

    told: bool
    ready: tuple[Deliverable, ...]
    rows: tuple[DeliveryRow, ...]


def delivers(till: Till) -> bool:
    """Whether this region's centre hears of deliveries at all."""
    part = till.profile.operations.get(Operation.SYNC_DELIVERY)
    return part is not None and part.enabled


def parcels_view(till: Till) -> ParcelsView:
    """Asks nobody."""
    since = till.clock.now() - SHOWN_FOR
    with till.store.reading() as unit:
        waits = _waiting(unit)
        rows = tuple(_row(found, waits) for found in unit.deliveries.listed(since))
        finished = unit.cases.finished(till.counter_no, since)
        ready = tuple(
            deliverable
            for case in finished
            if (deliverable := _deliverable(case)) is not None and may_leave(unit, case)
        )
    told = delivers(till)
    return ParcelsView(told, ready if told else (), rows)


def may_leave(unit: Unit, case: CounterCase) -> bool:
    """Whether this sale is not on its way, or its last way ended without anybody taking it."""
    earlier = unit.deliveries.of_case(case.case_id)
    return all(way.state in (DeliveryState.REFUSED, DeliveryState.CALLED_OFF) for way in earlier)


def _deliverable(case: CounterCase) -> Deliverable | None:
    facts = case.facts
    rx, sale = facts.prescription, facts.sale
    if case.position.step is not Step.DONE or rx is None or sale is None:
        return None
    if facts.settled is None or facts.handed_over_at is None:
        return None
    return Deliverable(
        case_id=case.case_id,
        receipt_no=sale.receipt_no,
        rx_number=rx.rx_number,
        patient=rx.patient_name.masked(),
        drugs=tuple(line.generic_name for line in rx.lines),
        handed_over_at=facts.handed_over_at,
    )


def _waiting(unit: Unit) -> Mapping[str, OutboxState]:
    found: dict[str, OutboxState] = {}
    for item in unit.outbox.items():
        if isinstance(item.request, c.SyncDelivery | c.ConfirmDelivery):
            found.setdefault(item.request.delivery.delivery_no, item.state)
    return found


def _row(found: Delivery, waits: Mapping[str, OutboxState]) -> DeliveryRow:
    courier = found.courier
    return DeliveryRow(
        delivery_no=found.delivery_no,
        receipt_no=found.receipt_no,
        rx_number=found.rx_number,
        receiver=found.receiver.name.masked(),
        phone=found.receiver.phone.masked(),
        address=found.receiver.address.masked(),
        company=courier.company if courier else "",
        courier=courier.name.masked() if courier else "",
        courier_phone=courier.phone.masked() if courier else "",
        state=found.state,
        moved_at=found.moved_at,
        signed_by=found.signed_by.masked(),
        note=found.note,
        waits=waits.get(found.delivery_no),
        after=tuple(state for state in DeliveryState if state in NEXT[found.state]),
    )
