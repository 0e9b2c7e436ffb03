"""A delivery is prepared, leaves, and ends; what the centre must hear waits in the outbox.

The move and the record of it are one commit: a power cut leaves both or neither.
"""

from dataclasses import replace

from app.domain.case import Step
from app.domain.credential import PersonName
from app.domain.delivery import NEXT, Delivery, DeliveryState, courier_of, receiver_of
from app.domain.errors import Code, OperatorInput
from app.ports import circulation as c
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.calendar import CHINA
from app.workflow.parcels.views import delivers, may_leave
from app.workflow.till import Till

_LONGEST_NOTE = 20
"""delvStasDscr C20 (prescription-centre 8.7)."""


def prepare(till: Till, case_id: int, name: str, phone: str, address: str) -> Delivery:
    """Goods of a finished sale wait for whoever carries them; nothing is told yet.

    An empty ``name`` is the patient's own. Raises ``OperatorInput``.
    """
    if not delivers(till):
        raise OperatorInput(Code.NOT_ALLOWED, act="deliver")
    now = till.clock.now()
    with till.store.unit() as unit:
        case = unit.cases.get(case_id)
        rx, sale = case.facts.prescription, case.facts.sale
        if rx is None or sale is None or case.facts.settled is None:
            raise OperatorInput(Code.DELIVERY_NOT_OF_RX)
        if case.position.step is not Step.DONE or not may_leave(unit, case):
            raise OperatorInput(Code.DELIVERY_MOVED_ON)
        receiver = receiver_of(name.strip() or rx.patient_name.reveal(), phone, address)
        number = unit.settings.next_number("delivery_no")
        day = now.astimezone(CHINA)
        prepared = Delivery(
            delivery_no=f"D{day:%Y%m%d}{till.counter_no:02d}{number:06d}",
            case_id=case_id,
            rx_number=rx.rx_number,
            receipt_no=sale.receipt_no,
            receiver=receiver,
            courier=None,
            state=DeliveryState.PREPARED,
            moved_at=now,
        )
        unit.deliveries.add(prepared)
        _note(till, unit, prepared)
    return prepared


def send_off(till: Till, delivery_no: str, company: str, name: str, phone: str) -> Delivery:
    """The courier has the goods: the centre is told of the way. Raises ``OperatorInput``."""
    courier = courier_of(company, name, phone)
    with till.store.unit() as unit:
        found = _still(unit, delivery_no, DeliveryState.UNDER_WAY)
        leaving = replace(found, courier=courier).moved(DeliveryState.UNDER_WAY, till.clock.now())
        unit.deliveries.move(leaving, found.state)
        told = c.SyncDelivery(leaving, till.operator.name)
        _queue(till, unit, Operation.SYNC_DELIVERY, leaving, told)
        _note(till, unit, leaving)
    return leaving


def end(till: Till, delivery_no: str, state: DeliveryState, signed_by: str, note: str) -> Delivery:
    """Somebody signed, refused, or the way was called off. Raises ``OperatorInput``.

    An empty ``signed_by`` of an arrival is the receiver; whoever refuses or calls off says why.
    """
    with till.store.unit() as unit:
        found = _still(unit, delivery_no, state)
        arrived = state is DeliveryState.ARRIVED
        if not arrived and not note.strip():
            raise OperatorInput(Code.REASON_MISSING)
        signer = PersonName(signed_by.strip()) if signed_by.strip() else found.receiver.name
        over = replace(
            found,
            signed_by=signer if arrived else found.signed_by,
            note=note.strip()[:_LONGEST_NOTE],
        ).moved(state, till.clock.now())
        unit.deliveries.move(over, found.state)
        if found.state is DeliveryState.UNDER_WAY:
            told = c.ConfirmDelivery(over, till.operator.name)
            _queue(till, unit, Operation.CONFIRM_DELIVERY, over, told)
        _note(till, unit, over)
    return over


def _still(unit: Unit, delivery_no: str, wanted: DeliveryState) -> Delivery:
    """Raises ``OperatorInput`` where it cannot move to ``wanted`` any more."""
    found = unit.deliveries.get(delivery_no)
    if wanted not in NEXT[found.state]:
        raise OperatorInput(Code.DELIVERY_MOVED_ON)
    return found


def _queue(
    till: Till,
    unit: Unit,
    operation: Operation,
    told: Delivery,
    request: c.SyncDelivery | c.ConfirmDelivery,
) -> None:
    unit.outbox.add(
        operation,
        f"{told.delivery_no}-{told.state.value}",
        told.delivery_no,
        request,
        told.case_id,
        told.delivery_no,
        till.clock.now(),
    )


def _note(till: Till, unit: Unit, found: Delivery) -> None:
    subject = f"case {found.case_id} {found.delivery_no}"
    act = f"delivery_{found.state.value}"
    unit.journal.write(till.clock.now(), till.operator.staff_id, act, subject)
