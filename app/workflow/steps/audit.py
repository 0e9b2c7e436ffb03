"""药师审方: who the pharmacist is, what they decided, and the upload of exactly that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from app.domain.access import Act
from app.domain.audit import (
    AuditDecision,
    Check,
    Pharmacist,
    PharmacistProof,
    Verdict,
    require_decision,
)
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import AuditRecord, CaseFacts, CounterCase
from app.domain.credential import EVoucherToken, IdNumber, VoucherCode, same_person
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
)
from app.ports import requests as q
from app.ports.replies import AuditAccepted
from app.ports.store import MessageState, StaffMember, Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.cases.lines import sale_lines
from app.workflow.cases.required import required
from app.workflow.moves import message_state_of, move, refusal_of, signal_of, wire_facts_of
from app.workflow.people import duty
from app.workflow.steps.identify import decode
from app.workflow.till import Till


def needs_voucher(till: Till) -> bool:
    """S2 4.12: the pharmacist shows their own e-voucher."""
    return till.profile.rules.pharmacist_proof == "own_voucher"


def prove(till: Till, case: CounterCase, code: VoucherCode) -> CounterCase:
    """The pharmacist shows their own e-voucher.

    Raises ``OperatorInput`` where the code belongs to nobody who may audit here, or to the patient
    (``SELF_AUDIT``), and the trouble of the exchange where it is no live code.
    """
    decoded = decode(till, case.case_id, code)
    with till.store.reading() as unit:
        staff = unit.people.all()
    member = next((m for m in staff if _is_pharmacist(m, decoded.id_number.reveal())), None)
    if member is None or not member.operator().may(Act.AUDIT):
        raise OperatorInput(Code.PHARMACIST_UNKNOWN)
    refuse_own(case, decoded.id_number)
    till.tokens.keep_pharmacist(case.case_id, decoded.token)
    proof = PharmacistProof(member.staff_id, by_voucher=True, at=till.clock.now())
    with till.store.unit() as unit:
        duty.note(till, unit, member)
        unit.journal.write(
            till.clock.now(), member.staff_id, "prove_pharmacist", f"case {case.case_id}"
        )
        facts = replace(case.facts, pharmacist_proof=proof)
        if case.position.phase is Phase.READY:
            facts = replace(facts, refusal=None)
        return unit.cases.save(replace(case, facts=facts))


def refuse_own(case: CounterCase, auditor: IdNumber) -> None:
    """Four eyes: nobody audits what is prescribed to themselves.

    Raises ``OperatorInput`` ``SELF_AUDIT``.
    """
    person, rx = case.facts.person, case.facts.prescription
    numbers = (person.id_number if person else None, rx.patient_id if rx else None)
    if any(same_person(None, auditor, None, number) for number in numbers):
        raise OperatorInput(Code.SELF_AUDIT)


def _is_pharmacist(member: StaffMember, id_number: str) -> bool:
    own = member.pharmacist
    return own is not None and own.id_number.reveal().upper() == id_number.upper()


def proof_of(till: Till, case: CounterCase) -> PharmacistProof | None:
    """A proof that still counts: fresh, and with its token where a code is demanded."""
    proof = case.facts.pharmacist_proof
    if not needs_voucher(till):
        return _by_sign_in(till)
    if proof is None or till.tokens.pharmacist(case.case_id) is None:
        return None
    age = till.clock.now() - proof.at
    limit = timedelta(seconds=till.profile.rules.pharmacist_proof_ttl_s)
    return proof if age <= limit else None


def _by_sign_in(till: Till) -> PharmacistProof | None:
    who = till.signed_in
    if who is None or not who.may(Act.AUDIT):
        return None
    return PharmacistProof(who.staff_id, by_voucher=False, at=till.clock.now())


def pharmacist_of(till: Till, proof: PharmacistProof) -> Pharmacist:
    with till.store.reading() as unit:
        member = unit.people.get(proof.staff_id)
    if member.pharmacist is None:
        raise OperatorInput(Code.PHARMACIST_UNKNOWN)
    return member.pharmacist


def decide(
    till: Till,
    case: CounterCase,
    verdict: Verdict,
    opinion: str,
    checked: Iterable[Check],
    acknowledged: Iterable[str],
) -> CounterCase:
    """Approve or refuse; both are uploaded. Raises ``OperatorInput`` for an incomplete decision."""
    if case.position.step is not Step.AUDIT or case.position.phase is Phase.SENT:
        raise OperatorInput(Code.STEP_MOVED_ON)
    proof = proof_of(till, case)
    if proof is None:
        raise OperatorInput(Code.PHARMACIST_NEEDED)
    rx = required(case.facts.prescription, "audit before download")
    auditor = pharmacist_of(till, proof)
    refuse_own(case, auditor.id_number)
    decision = AuditDecision(
        verdict=verdict,
        opinion=opinion.strip(),
        pharmacist=auditor,
        checked=frozenset(checked),
        acknowledged=tuple(acknowledged),
        at=till.clock.now(),
    )
    require_decision(decision, till.assistance.hints(rx))
    if case.position.phase is Phase.UNKNOWN:
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        if case.position.phase is Phase.REJECTED:
            case = move(till, unit, case, Signal.FIXED)
        unit.journal.write(
            till.clock.now(), proof.staff_id, f"audit_{verdict.value}", f"case {case.case_id}"
        )
        facts = replace(case.facts, audit=AuditRecord(decision))
        case = unit.cases.save(replace(case, facts=facts))
    return upload(till, case)


def upload(till: Till, case: CounterCase) -> CounterCase:
    """Tell the centre. A refusal by the pharmacist ends the case once it is confirmed.

    From UNKNOWN the same decision is told again under the same verification number.
    """
    request = _request(till, case)
    again = case.position.phase is Phase.UNKNOWN
    door = till.platform.rxcentre
    with till.store.unit() as unit:
        staged = wire.stage(till, unit, door, request, case.case_id)
        if not again:
            facts = replace(case.facts, refusal=None)
            message_id = staged.draft.message_id
            case = move(till, unit, case, Signal.SENT, facts=facts, message_id=message_id)
    try:
        answer = wire.answer_to(till, staged, door.upload_audit)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        facts = replace(case.facts, refusal=refusal_of(till, trouble))
        with till.store.unit() as unit:
            unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
            if again:
                return unit.cases.save(replace(case, facts=facts))
            signal = signal_of(trouble)
            case = move(till, unit, case, signal, facts=facts, code=int(trouble.code))
            waits = isinstance(trouble, NotSent) and _may_wait(till, case, request)
            return _queued(till, unit, case, request) if waits else case
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        return confirmed(till, unit, case, answer.value, staged.row_id)


def _may_wait(till: Till, case: CounterCase, request: q.UploadAudit) -> bool:
    """An approval without a token, where the region lets it wait. A refusal ends the case only
    once the centre has it."""
    return (
        Step.AUDIT in till.route(case.route).deferrable
        and request.decision.verdict is Verdict.APPROVED
        and request.pharmacist_token is None
    )


def _queued(till: Till, unit: Unit, case: CounterCase, request: q.UploadAudit) -> CounterCase:
    """The outbox has it: boxes may be scanned, nothing is uploaded or settled before it arrived."""
    unit.outbox.add(
        Operation.AUDIT,
        request.verify_serial,
        f"rx {request.rx_number}",
        request,
        case.case_id,
        case.facts.person.name.masked() if case.facts.person else "",
        till.clock.now(),
    )
    facts = replace(case.facts, lines=sale_lines(till, unit, case), refusal=None)
    return move(till, unit, case, Signal.QUEUED, facts=facts)


def confirmed(
    till: Till, unit: Unit, case: CounterCase, answer: AuditAccepted, evidence_id: int
) -> CounterCase:
    """The decision stands at the centre: by its answer, or by a person's word."""
    record = required(case.facts.audit, "confirmed without a decision")
    kept = replace(record, audit_serial=answer.audit_serial, confirmed_at=till.clock.now())
    facts: CaseFacts = replace(case.facts, audit=kept, refusal=None)
    if record.decision.verdict is Verdict.REFUSED:
        till.tokens.forget(case.case_id)
        return move(till, unit, case, Signal.ENDED, facts=facts, evidence_id=evidence_id)
    facts = replace(facts, lines=sale_lines(till, unit, case))
    return move(till, unit, case, Signal.CONFIRMED, facts=facts, evidence_id=evidence_id)


def confirmed_by_person(till: Till, unit: Unit, case: CounterCase, evidence_id: int) -> CounterCase:
    """A named person saw the decision in the centre's own books; its serial is not known."""
    return confirmed(till, unit, case, AuditAccepted(""), evidence_id)


def _request(till: Till, case: CounterCase) -> q.UploadAudit:
    facts = case.facts
    verification = required(facts.verification, "audit before verify")
    if facts.audit is None:
        raise OperatorInput(Code.PHARMACIST_NEEDED)
    token: EVoucherToken | None = till.tokens.pharmacist(case.case_id)
    if needs_voucher(till) and token is None:
        raise OperatorInput(Code.PHARMACIST_NEEDED)
    return q.UploadAudit(
        rx_number=required(facts.prescription, "audit before download").rx_number,
        rx_token=required(facts.rx_token, "audit before authorise"),
        pharmacist_token=token,
        verify_serial=verification.verify_serial,
        decision=facts.audit.decision,
    )
