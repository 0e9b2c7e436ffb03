"""Who is this? E-voucher, social-security card, ID card or a typed number, then the platform.

Source: identity-and-devices 2 and 3, core-platform 4.2.
"""

from dataclasses import replace

from app.domain.access import Act
from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CaseFacts, CounterCase, Refusal
from app.domain.credential import (
    CardFacts,
    CredentialKind,
    EVoucherToken,
    Identity,
    IdNumber,
    Medium,
    Person,
    PersonName,
    Secret,
    VoucherCode,
    id_number_valid,
    same_person,
)
from app.domain.errors import (
    Code,
    DeviceTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
)
from app.ports import circulation as c
from app.ports import requests as q
from app.ports.replies import Decoded
from app.ports.store import Unit
from app.workflow import day
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.moves import move, refusal_of, signal_of
from app.workflow.people.credentials import for_the_list, for_the_money, person_of
from app.workflow.till import Till

IDENTIFIABLE = frozenset({Step.IDENTIFY, Step.AUTHORISE, Step.DOWNLOAD})
"""Steps at which it may still be said, or said again, who this is."""


def decode(till: Till, case_id: int, code: VoucherCode) -> Decoded:
    """Ask whose e-voucher this is: one text, one attempt. Raises the trouble of the exchange."""
    who = till.operator
    request = q.DecodeVoucher(code, True, who.login, who.name, str(till.counter_no))
    voucher = till.platform.voucher
    return wire.consult(till, voucher, request, voucher.decode, case_id).value


def by_voucher(till: Till, case: CounterCase, code: VoucherCode) -> CounterCase:
    """Identify with the code a patient shows. The outcome is committed, never raised."""
    case = _begin(till, case)
    try:
        decoded = decode(till, case.case_id, code)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _refuse(till, case, trouble)
    return _by_decoded(till, case, decoded)


def whose(till: Till, case: CounterCase, code: VoucherCode) -> tuple[Decoded, bool]:
    """Whose code this is, and whether it is somebody else than the patient of ``case``.

    Nothing of the case moves. Raises the trouble of the exchange.
    """
    till.operator.require(Act.SERVE)
    decoded, person = decode(till, case.case_id, code), case.facts.person
    if person is None:
        return decoded, False
    agrees = same_person(person.name, person.id_number, decoded.name, decoded.id_number)
    return decoded, agrees is False


def by_decoded(till: Till, case: CounterCase, decoded: Decoded) -> CounterCase:
    """Identify with a code whose owner was asked for already; raises as ``by_voucher``."""
    return _by_decoded(till, _begin(till, case), decoded)


def _by_decoded(till: Till, case: CounterCase, decoded: Decoded) -> CounterCase:
    """Identify with a code whose owner is known."""
    identity = Identity(
        medium=Medium.VOUCHER,
        kind=CredentialKind.VOUCHER,
        name=decoded.name,
        id_number=decoded.id_number,
        card_no=None,
        card_serial=None,
        area=decoded.area,
        obtained_at=till.clock.now(),
        provenance="voucher_service",
    )
    return _ask_platform(till, case, identity, decoded.token)


def by_card(till: Till, case: CounterCase, card: CardFacts) -> CounterCase:
    """Identify with a social-security card. Raises ``DeviceTrouble`` for an expired card."""
    if card.valid_until is not None and card.valid_until < today(till):
        raise DeviceTrouble(Code.CARD_EXPIRED, until=card.valid_until.isoformat())
    identity = Identity(
        medium=Medium.SOCIAL_CARD,
        kind=CredentialKind.SOCIAL_CARD,
        name=card.name,
        id_number=card.id_number,
        card_no=card.card_no,
        card_serial=card.card_serial,
        area=card.issuing_area,
        obtained_at=till.clock.now(),
        provenance="social_card",
    )
    return _ask_platform(till, _begin(till, case), identity, None)


def by_id_number(
    till: Till, case: CounterCase, number: str, name: str, *, typed: bool
) -> CounterCase:
    """Identify with an ID card or a typed number. Raises ``OperatorInput`` for a wrong one."""
    text = number.strip().upper()
    if not id_number_valid(text):
        raise OperatorInput(Code.IDENTITY_INVALID)
    identity = Identity(
        medium=Medium.TYPED if typed else Medium.ID_CARD,
        kind=CredentialKind.ID_CARD,
        name=PersonName(name.strip()) if name.strip() else None,
        id_number=IdNumber(text),
        card_no=None,
        card_serial=None,
        area="",
        obtained_at=till.clock.now(),
        provenance="typed" if typed else "id_card",
    )
    return _ask_platform(till, _begin(till, case), identity, None)


def by_rx_code(till: Till, case: CounterCase, code: str) -> CounterCase:
    """Identify with the code of a prescription off a phone: the centre says whose it is.

    One code, one attempt; the outcome is committed, never raised. The list is asked for under the
    identity number, as after an ID card: nothing of the code is needed any more.
    """
    case, who = _begin(till, case), till.operator
    request = c.DecodeRxCode(code, who.login, who.name)
    centre = till.platform.rxcentre
    try:
        answer = wire.consult(till, centre, request, centre.decode_code, case.case_id)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _refuse(till, case, trouble)
    decoded = answer.value
    identity = Identity(
        medium=Medium.RX_CODE,
        kind=CredentialKind.ID_CARD,
        name=decoded.name,
        id_number=decoded.id_number,
        card_no=None,
        card_serial=None,
        area=decoded.area,
        obtained_at=till.clock.now(),
        provenance="rx_code",
    )
    return _ask_platform(till, case, identity, None)


def renew(till: Till, case: CounterCase, code: VoucherCode) -> CounterCase:
    """The same patient shows the code again: fresh token, same case.

    Raises ``OperatorInput`` ``PATIENT_DIFFERS`` for somebody else's code.
    """
    decoded = decode(till, case.case_id, code)
    person = case.facts.person
    if person is None or not same_person(
        person.name, person.id_number, decoded.name, decoded.id_number
    ):
        raise OperatorInput(Code.PATIENT_DIFFERS, **_two(decoded.name, person))
    till.tokens.keep_patient(case.case_id, decoded.token)
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=replace(case.facts, refusal=None)))


def by_password(till: Till, case: CounterCase, password: Secret) -> CounterCase:
    """The holder types the password, of a card before the list or of anybody before the money.

    The outcome is committed, never raised; before the money it comes with the settlement, as it
    was typed or as the token of its verification.

    Raises ``OperatorInput`` ``STEP_MOVED_ON`` where no password is wanted.
    """
    who = till.operator
    who.require(Act.SERVE)
    if for_the_money(till, case):
        if till.profile.voucher.password_mode == "pw_ectoken":  # noqa: S105 a mode's name
            token = _token_of(till, case, password)
            if isinstance(token, Refusal):
                return _told(till, case, token)
            password = Secret(token.reveal())
        till.tokens.keep_password(case.case_id, password)
        facts = replace(case.facts, refusal=None)
        with till.store.unit() as unit:
            if case.position.phase is Phase.REJECTED:
                return move(till, unit, case, Signal.FIXED, facts=facts)
            return unit.cases.save(replace(case, facts=facts))
    if not for_the_list(till, case) or case.position.phase is Phase.SENT:
        raise OperatorInput(Code.STEP_MOVED_ON)
    token = _token_of(till, case, password)
    if isinstance(token, Refusal):
        return _told(till, case, token)
    till.tokens.keep_patient(case.case_id, token)
    return _told(till, case, None)


def _token_of(till: Till, case: CounterCase, password: Secret) -> EVoucherToken | Refusal:
    """One typing is one question to the voucher service; what it says of it."""
    who, voucher = till.operator, till.platform.voucher
    counter = str(till.counter_no)
    request = q.VerifyPassword(person_of(case), password, who.login, who.name, counter)
    try:
        answer = wire.consult(till, voucher, request, voucher.verify_password, case.case_id)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return refusal_of(till, trouble)
    return answer.value.token


def _told(till: Till, case: CounterCase, refusal: Refusal | None) -> CounterCase:
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=replace(case.facts, refusal=refusal)))


def _begin(till: Till, case: CounterCase) -> CounterCase:
    """Back to identify where the case may go back, then SENT.

    Raises ``OperatorInput``: nobody is signed in, or ``STEP_MOVED_ON`` once a prescription is at
    hand: an identity that comes late, such as a card pushed in again, must not move another step.
    """
    till.operator.require(Act.SERVE)
    day.put_right(till, case.facts.refusal)
    position = case.position
    if position.step not in IDENTIFIABLE:
        raise OperatorInput(Code.STEP_MOVED_ON)
    # Before the case is SENT: nobody else would bring it back from there.
    till.operator.require(Act.SERVE)
    with till.store.unit() as unit:
        if position.step in (Step.AUTHORISE, Step.DOWNLOAD):
            case = move(till, unit, case, Signal.AGAIN, facts=CaseFacts())
        elif position.phase is Phase.REJECTED:
            case = move(till, unit, case, Signal.FIXED)
        facts = replace(case.facts, refusal=None)
        return move(till, unit, case, Signal.SENT, facts=facts)


def _ask_platform(
    till: Till, case: CounterCase, identity: Identity, token: EVoucherToken | None
) -> CounterCase:
    core = till.platform.core
    request = q.QueryPerson(q.Credential(identity, token))
    concluded = case

    def conclude(unit: Unit, person: Person) -> None:
        nonlocal concluded
        concluded = _settle_identity(till, unit, case, identity, person)

    try:
        wire.consult(till, core, request, core.query_person, case.case_id, conclude)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _refuse(till, case, trouble)
    if concluded.facts.person is not None:
        till.tokens.forget(case.case_id)
        if token is not None:
            till.tokens.keep_patient(case.case_id, token)
    return concluded


def _settle_identity(
    till: Till, unit: Unit, case: CounterCase, identity: Identity, person: Person
) -> CounterCase:
    """Who it is, or why this person cannot be served, in the commit of the platform's answer."""
    agrees = same_person(identity.name, identity.id_number, person.name, person.id_number)
    if agrees is False:
        return _reject(till, unit, case, Code.PATIENT_DIFFERS, **_two(identity.name, person))
    insurance = person.preferred_insurance(till.profile.settle.insurance_order)
    if insurance is None:
        return _reject(till, unit, case, Code.PERSON_NOT_INSURED, name=person.name.masked())
    facts = replace(case.facts, identity=identity, person=person, insurance=insurance, refusal=None)
    return move(till, unit, case, Signal.CONFIRMED, facts=facts)


def _two(shown: PersonName | None, person: Person | None) -> dict[str, str]:
    """Who was shown and whose case it is, as bystanders may read it."""
    return {
        "scanned": shown.masked() if shown else "",
        "wanted": person.name.masked() if person else "",
    }


def _reject(till: Till, unit: Unit, case: CounterCase, code: Code, **told: str) -> CounterCase:
    refusal = Refusal(int(code), "", till.clock.now(), tuple(told.items()))
    facts = replace(case.facts, refusal=refusal)
    return move(till, unit, case, Signal.REJECTED, facts=facts, code=int(code))


def _refuse(
    till: Till, case: CounterCase, trouble: PlatformRejected | NotSent | OutcomeUnknown
) -> CounterCase:
    facts = replace(case.facts, refusal=refusal_of(till, trouble))
    with till.store.unit() as unit:
        return move(till, unit, case, signal_of(trouble), facts=facts, code=int(trouble.code))
