"""信息核验: the insurance e-signature over the very bytes that are shown."""

from dataclasses import replace

from app.domain.case import Signal
from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.credential import same_person
from app.domain.errors import Code, PlatformRejected
from app.domain.prescription import Verification
from app.ports import requests as q
from app.ports.platform import SealFacts
from app.ports.replies import Verified
from app.workflow import exchange as wire
from app.workflow.cases.required import required
from app.workflow.moves import move, refusal_of
from app.workflow.till import Till


def verify(till: Till, case: CounterCase) -> CounterCase:
    """Check the seal here, then let the centre check it.

    Raises ``PlatformRejected`` where the stored bytes do not carry the seal: nothing was sent.
    """
    facts = case.facts
    rx = required(facts.prescription, "verify before download")
    digest = required(facts.document, "verify before download").digest
    token = required(facts.rx_token, "verify before authorise")
    seal = _inspect(till, case)
    request = q.Verify(
        rx.rx_number,
        token,
        digest,
        seal.certificate_serial,
    )

    def learn(sent: CounterCase, answer: Verified) -> CaseFacts:
        if answer.digest.lower() != digest:
            raise PlatformRejected(Code.DOCUMENT_CHANGED)
        verification = Verification(
            verify_serial=answer.verify_serial,
            digest=digest,
            signer=seal.signer,
            certificate_serial=seal.certificate_serial,
            signed_at=seal.signed_at,
            at=till.clock.now(),
        )
        return replace(sent.facts, verification=verification)

    door = till.platform.rxcentre
    return wire.exchange(till, case, door, request, door.verify, learn, forged=Signal.ENDED)


def _inspect(till: Till, case: CounterCase) -> SealFacts:
    facts = case.facts
    document = required(facts.document, "verify before download")
    rx = required(facts.prescription, "verify before download")
    with till.store.reading() as unit:
        content = unit.cases.document(case.case_id)
    if content is None or till.platform.seal.digest(content) != document.digest:
        raise PlatformRejected(Code.DOCUMENT_CHANGED)
    _require_patient(case)
    if rx.valid_until <= till.clock.now():
        raise PlatformRejected(Code.PRESCRIPTION_EXPIRED, until=rx.valid_until.isoformat())
    return till.platform.seal.inspect(content)


def _require_patient(case: CounterCase) -> None:
    rx = required(case.facts.prescription, "verify before download")
    person = required(case.facts.person, "verify before identify")
    if same_person(rx.patient_name, rx.patient_id, person.name, person.id_number) is False:
        raise PlatformRejected(Code.DOCUMENT_CHANGED, why="patient")


def close_refused(till: Till, case: CounterCase, why: PlatformRejected) -> CounterCase:
    """A prescription whose seal does not hold here is not dispensed: the case ends."""
    facts = replace(case.facts, refusal=refusal_of(till, why))
    with till.store.unit() as unit:
        case = move(till, unit, case, Signal.ABANDON, facts=facts, code=int(why.code))
    till.tokens.forget(case.case_id)
    return case
