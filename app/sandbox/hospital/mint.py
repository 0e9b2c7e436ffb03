"""The hospital of the scenario: prescribes over the wire, then time passes and things happen."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from app.profile.operations import Operation
from app.sandbox.documents import prescription_pdf
from app.sandbox.hospital import forms
from app.sandbox.hospital.forms import Numbers, Order
from app.sandbox.hospital.partner import Partner
from app.sandbox.hospital.slip import keep_slip
from app.sandbox.router import Registry
from app.sandbox.rx.books import changes
from app.sandbox.rx.books.records import APPROVED, REFUSED, Audit, Rx, of_person, written
from app.sandbox.rx.gate import Centre
from app.sandbox.rx.wire.wording import named
from app.sandbox.site import Site
from app.sandbox.state import Connection
from resources.scenarios import DemoPerson, DemoPrescription

_ELSEWHERE = frozenset({"used", "held", "refused", "unsettled"})
_HOUR = timedelta(hours=1)


def mint(registry: Registry, centre: Centre) -> list[dict[str, str]]:
    """Prescribe everything the scenario wants that is not there yet; the prescriptions to show.

    A kept memory gets a fresh set every new day: prescriptions live for days, trainees longer.
    """
    site = centre.site
    app = centre.parties.of(site.demo.hospital.code)
    partner = Partner(site, registry, app, site.demo.hospital.pharmacist_code)
    persons = {person.key: person for person in site.demo.persons}
    known = {rx.hosp_rxno: rx for person in persons.values() for rx in _uploaded(site, person)}
    shown, day = [], site.clock.now().date()
    for rx in sorted(site.demo.prescriptions, key=lambda rx: -rx.issued_hours_ago):
        person = persons[rx.person]
        number = f"MZ{day:%y%m%d}{rx.key.upper()}"
        if number not in known:
            _prescribe(partner, centre, rx, person, number)
        found = known.get(number) or _named(site, person, number)
        shown.append(
            {
                "hiRxno": found.hi_rxno,
                "id_no": person.id_no,
                "mdtrtId": found.mdtrt_id,
                "rxTraceCode": found.trace_code,
            }
        )
    return shown


def _uploaded(site: Site, person: DemoPerson) -> list[Rx]:
    with site.state.reading() as db:
        return of_person(db, person.id_no)


def _named(site: Site, person: DemoPerson, number: str) -> Rx:
    return next(rx for rx in _uploaded(site, person) if rx.hosp_rxno == number)


@contextmanager
def _back_then(site: Site, ago: timedelta) -> Iterator[None]:
    """The training clock stands where it stood then; what happens now happened then."""
    site.clock.move(-ago)
    try:
        yield
    finally:
        site.clock.move(ago)


def _prescribe(
    partner: Partner, centre: Centre, rx: DemoPrescription, person: DemoPerson, number: str
) -> None:
    """The whole way of a prescription from the visit to its state of today."""
    site = centre.site
    doctor = next(d for d in site.demo.doctors if d.key == rx.doctor)
    ago = timedelta(hours=rx.issued_hours_ago)
    with _back_then(site, ago):
        order = Order(rx, person, doctor, number, site.clock.now().replace(microsecond=0))
        numbers = _write(partner, order)
    with _back_then(site, max(ago - _HOUR, timedelta())):
        if rx.state == "undone":
            partner.rx(Operation.UNDO_RX, forms.undo(site, order, numbers))
        elif rx.state in _ELSEWHERE:
            with site.state.writing() as db:
                _age(db, centre, rx.state, numbers.hi_rxno)


def _write(partner: Partner, order: Order) -> Numbers:
    """Visit, reminder, pre-check, signature, upload: the five steps every hospital takes."""
    visit = _register(partner, order)
    partner.core(Operation.PREAUDIT, forms.preaudit(partner.site, order, visit))
    prechecked = partner.rx(Operation.PRECHECK_RX, forms.precheck(partner.site, order, visit))
    numbers = Numbers(visit, str(prechecked["hiRxno"]), str(prechecked["rxTraceCode"]))
    values = forms.upload_values(partner.site, order, numbers)
    printed = forms.sheet(partner.site, order, numbers)
    sheet = prescription_pdf(printed)
    with partner.site.state.writing() as db:
        keep_slip(db, printed, order.person.card_no)
    original = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
    signed = partner.rx(
        Operation.SIGN_RX,
        {
            "fixmedinsCode": partner.app.institution,
            "originalValue": base64.b64encode(original).decode(),
            "originalRxFile": base64.b64encode(sheet).decode(),
        },
    )
    sealed = {"rxFile": signed["rxFile"], "signDigest": signed["signDigest"]}
    partner.rx(Operation.UPLOAD_RX, {**values, **sealed})
    return numbers


def _register(partner: Partner, order: Order) -> str:
    registered = partner.core(Operation.REGISTER_VISIT, forms.registration(partner.site, order))
    visit = str(registered["data"]["mdtrt_id"])
    partner.core(Operation.UPLOAD_VISIT, forms.visit_upload(order, visit))
    return visit


def _age(db: Connection, centre: Centre, state: str, hi_rxno: str) -> None:
    """What the pharmacy next door did meanwhile, written straight into the books."""
    site, now = centre.site, centre.site.clock.now()
    neighbour = site.demo.neighbour.code
    changes.hold(db, hi_rxno, neighbour, now)
    if state == "held":
        return
    pharmacist = site.demo.pharmacists[-1]
    number = site.state.next_number("rx_audit_serial")
    approved = state != "refused"
    found = Audit(
        serial=f"SF{now:%Y%m%d%H%M%S}{number:012d}",
        verdict=APPROVED if approved else REFUSED,
        institution=neighbour,
        name=pharmacist.name,
        code=pharmacist.code,
        opinion=named("sentences", "audit_approved" if approved else "audit_refused"),
        at=written(now),
        verify_serial=f"YQ{now:%Y%m%d%H%M%S}{number:012d}",
    )
    changes.audit(db, hi_rxno, found)
    if state == "refused":
        changes.release(db, hi_rxno)
    if state == "used":
        settlement = str(400_000_000 + site.state.next_number("setl_id"))
        changes.settle(db, hi_rxno, settlement, now)
