"""The list to choose from, and the review of the pharmacist."""

from dataclasses import replace
from datetime import timedelta

from app.domain.audit import FOUR_LOOKS, Pharmacist, PharmacistProof, hint_id
from app.domain.counter_case import CounterCase
from app.domain.credential import IdNumber, PersonName, same_person
from app.domain.errors import OperatorInput
from app.domain.goods.stock import Item, Lot, on_hand
from app.domain.money import quantity_text
from app.domain.prescription import RxLine, RxState, RxSummary
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.cases.lines import match, splitting_of, wanted_of
from app.workflow.people.credentials import used_up
from app.workflow.steps import audit, sent_here
from app.workflow.steps.download import TAKEABLE
from app.workflow.till import Till
from app.workflow.views.case import (
    HintView,
    MatchRow,
    PharmacistView,
    ReviewView,
    RxCard,
    RxLineView,
    SelectView,
)


def select_view(till: Till, case: CounterCase) -> SelectView:
    """Prescriptions to choose from: those that can be taken first, by remaining time."""
    now = till.clock.now()
    ordered = sorted(
        case.facts.listed,
        key=lambda rx: (rx.state_at(now) not in TAKEABLE, rx.valid_until),
    )
    takeable = [rx.rx_number for rx in ordered if rx.state_at(now) in TAKEABLE]
    numbers = {rx_number: i for i, rx_number in enumerate(takeable, 1)}
    return SelectView(
        listed_at=case.facts.listed_at or now,
        cards=tuple(
            replace(
                _card(rx, rx.state_at(now), numbers.get(rx.rx_number)),
                sent_here=rx.rx_number in case.facts.sent_here,
            )
            for rx in ordered
        ),
        match=match_rows(case),
        spent=used_up(case.facts.refusal),
        may_ask_sent=sent_here.offered(till, case),
    )


def _card(rx: RxSummary, state: RxState, choice: int | None) -> RxCard:
    whole = max(rx.valid_until - rx.issued_at, timedelta(seconds=1))
    return RxCard(
        rx_number=rx.rx_number,
        choice=choice,
        state=state,
        state_text=rx.state_text,
        hospital=rx.hospital,
        department=rx.department,
        doctor=rx.doctor,
        diagnosis=rx.diagnosis,
        scheme=rx.scheme,
        issued_at=rx.issued_at,
        valid_until=rx.valid_until,
        total_validity_s=int(whole.total_seconds()),
        drugs=rx.drugs,
        held_since=rx.held_since,
        tail=rx.rx_number[-6:],
    )


def match_rows(case: CounterCase) -> tuple[MatchRow, ...]:
    """是本人吗: credential, platform and prescription side by side."""
    facts = case.facts
    identity, person, rx = facts.identity, facts.person, facts.prescription
    if identity is None or person is None:
        return ()
    shown = same_person(identity.name, identity.id_number, person.name, person.id_number)
    rows = [
        _row("credential", identity.name, identity.id_number, shown),
        _row("platform", person.name, person.id_number, True),
    ]
    if rx is not None:
        same = same_person(rx.patient_name, rx.patient_id, person.name, person.id_number)
        rows.append(_row("prescription", rx.patient_name, rx.patient_id, same))
    return tuple(rows)


def _row(
    source: str, name: PersonName | None, number: IdNumber | None, agrees: bool | None
) -> MatchRow:
    return MatchRow(
        source, name.reveal() if name else "", number.masked() if number else "", agrees
    )


def review_view(till: Till, unit: Unit, case: CounterCase) -> ReviewView | None:
    """What the pharmacist sees beside the document."""
    facts = case.facts
    if facts.prescription is None or facts.document is None:
        return None
    verification = facts.verification
    acknowledged = _acknowledged(till, case)
    return ReviewView(
        document=facts.document.kind,
        document_size=facts.document.size,
        digest=facts.document.digest,
        signer=verification.signer if verification else "",
        verified_at=verification.at if verification else None,
        lines=tuple(_line(till, unit, line) for line in facts.prescription.lines),
        hints=tuple(
            HintView(hint, hint_id(hint), hint_id(hint) in acknowledged)
            for hint in till.assistance.hints(facts.prescription)
        ),
        pharmacist=_pharmacist(till, case),
        needs_proof=audit.proof_of(till, case) is None,
        checks=FOUR_LOOKS,
        prefilled="",
        proof_by_voucher=audit.needs_voucher(till),
    )


def _acknowledged(till: Till, case: CounterCase) -> tuple[str, ...]:
    """What was acknowledged in a decision told before; another pharmacist looks for themselves."""
    record, proof = case.facts.audit, audit.proof_of(till, case)
    if record is None or proof is None:
        return ()
    same = _prover(till, proof) == record.decision.pharmacist
    return record.decision.acknowledged if same else ()


def _line(till: Till, unit: Unit, line: RxLine) -> RxLineView:
    item = match(unit, line)
    lots = unit.goods.lots(item.item_id) if item else ()
    stock = on_hand(lots, today(till)) if item else None
    usage = " ".join(part for part in (line.single_dose, line.frequency, line.route) if part)
    return RxLineView(
        index=line.index,
        name=line.generic_name,
        usage=usage,
        amount=f"{quantity_text(line.amount)} {line.unit}".strip(),
        days=line.days,
        in_catalogue=bool(line.national_code),
        on_hand=stock,
        differs=item is not None and not _can_be_filled(till, line, item, lots),
        specification=line.specification,
    )


def _can_be_filled(till: Till, line: RxLine, item: Item, lots: tuple[Lot, ...]) -> bool:
    """Enough boxes lie there; single pieces come out of what is open, or out of one box more."""
    wanted = wanted_of(line, item, splitting_of(till.profile, item))
    if wanted is None:
        return False
    day = today(till)
    loose = sum(lot.loose for lot in lots if lot.sellable(day))
    return on_hand(lots, day) >= wanted.boxes + (wanted.pieces > loose)


def _prover(till: Till, proof: PharmacistProof) -> Pharmacist | None:
    try:
        return audit.pharmacist_of(till, proof)
    except OperatorInput:
        return None


def _pharmacist(till: Till, case: CounterCase) -> PharmacistView | None:
    proof = audit.proof_of(till, case)
    if proof is None:
        return None
    pharmacist = _prover(till, proof)
    if pharmacist is None:
        return None
    limit = timedelta(seconds=till.profile.rules.pharmacist_proof_ttl_s)
    return PharmacistView(
        staff_id=proof.staff_id,
        name=pharmacist.name.reveal(),
        licence_masked=f"…{pharmacist.licence_no[-4:]}",
        proved_at=proof.at,
        by_voucher=proof.by_voucher,
        proof_expires_at=proof.at + limit if proof.by_voucher else None,
    )
