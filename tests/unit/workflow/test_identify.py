"""Who is it, what may they take, and does the file hold: the steps before the pharmacist."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.case import Phase, Signal, Step
from app.domain.credential import (
    CardFacts,
    CardNumber,
    CardSerial,
    IdNumber,
    PersonName,
    VoucherCode,
)
from app.domain.errors import (
    Bug,
    Code,
    DeviceTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.prescription import RxNumber, RxState
from app.ports.store import MessageState
from app.profile.operations import Operation
from app.workflow import counter, moves
from app.workflow.people import credentials
from app.workflow.steps import authorise, download, identify
from app.workflow.views.case import BannerKind, Whereabouts
from localdb.schema.messages import message
from localdb.store import scope_of
from tests.support.small_counter import (
    CHINA_DAY,
    OTHER_CODE,
    OTHER_ID,
    PATIENT_CODE,
    PATIENT_ID,
    RX,
    SmallCounter,
    a_patient,
)

ANSWERS: tuple[tuple[Trouble, Phase, MessageState], ...] = (
    (PlatformRejected(Code.REFUSED), Phase.REJECTED, MessageState.REJECTED),
    (NotSent(Code.DID_NOT_LEAVE), Phase.READY, MessageState.NOT_SENT),
    (OutcomeUnknown(Code.ANSWER_MISSING), Phase.READY, MessageState.UNKNOWN),
)


def card(number: str = PATIENT_ID, until: date | None = None) -> CardFacts:
    return CardFacts(
        card_no=CardNumber("A1234567X"),
        card_serial=CardSerial("0" * 32),
        name=PersonName("钱测试"),
        id_number=IdNumber(number),
        spec_version="3.00",
        issuing_area="350100",
        valid_until=until,
        reset_form="historical",
    )


def last_state(small: SmallCounter) -> str:
    with small.store.reading() as unit:
        rows = scope_of(unit).connection.execute(
            message.select().order_by(message.c.row_id.desc()).limit(1)
        )
        return str(rows.one().state)


def refusal(small: SmallCounter, case_id: int) -> int | None:
    found = counter.get(small.till, case_id).facts.refusal
    return found.code if found else None


@pytest.mark.parametrize("operation", [Operation.DECODE_VOUCHER, Operation.QUERY_PERSON])
@pytest.mark.parametrize(("trouble", "phase", "state"), ANSWERS)
def test_an_identity_that_was_not_answered_is_shown_and_may_be_tried_again(
    small: SmallCounter, operation: Operation, trouble: Trouble, phase: Phase, state: MessageState
) -> None:
    small.fake.script(operation, trouble)
    out = small.scan(small.surface.current(), PATIENT_CODE)
    assert (out.case.step, out.case.phase) == (Step.IDENTIFY, phase)
    assert out.case.banner is not None
    assert out.case.banner.code == trouble.code
    assert out.spoken.tone == "stop"
    assert last_state(small) == state
    assert small.identify(out.case).step is Step.DOWNLOAD


def test_a_voucher_of_a_person_without_insurance_is_refused(small: SmallCounter) -> None:
    small.fake.people[PATIENT_ID] = replace(a_patient(), insurances=())
    view = small.identify(small.surface.current())
    assert (view.step, view.phase) == (Step.IDENTIFY, Phase.REJECTED)
    assert refusal(small, view.case_id) == Code.PERSON_NOT_INSURED
    assert small.till.tokens.patient(view.case_id) is None


def test_a_platform_that_names_another_person_is_refused(small: SmallCounter) -> None:
    small.fake.script(
        Operation.QUERY_PERSON, change=lambda person: replace(person, id_number=IdNumber(OTHER_ID))
    )
    view = small.surface.by_card(small.surface.current().case_id, card())
    assert (view.step, view.phase) == (Step.IDENTIFY, Phase.REJECTED)
    assert refusal(small, view.case_id) == Code.PATIENT_DIFFERS


def test_a_card_is_valid_through_its_last_day(small: SmallCounter) -> None:
    case_id = small.surface.current().case_id
    with pytest.raises(DeviceTrouble) as expired:
        small.surface.by_card(case_id, card(until=CHINA_DAY - timedelta(days=1)))
    assert expired.value.code is Code.CARD_EXPIRED
    assert small.fake.times(Operation.QUERY_PERSON) == 0
    assert small.surface.by_card(case_id, card(until=CHINA_DAY)).step is Step.DOWNLOAD


@pytest.mark.parametrize("number", ["", "350100199001010014", "35010019900101001", "A" * 18])
def test_a_wrong_number_asks_nobody(small: SmallCounter, number: str) -> None:
    with pytest.raises(OperatorInput) as wrong:
        small.surface.by_id_number(small.surface.current().case_id, number, "", typed=True)
    assert wrong.value.code is Code.IDENTITY_INVALID
    assert small.fake.times(Operation.QUERY_PERSON) == 0


@pytest.mark.parametrize(("typed", "name"), [(True, "钱测试"), (False, "")])
def test_a_number_identifies(small: SmallCounter, typed: bool, name: str) -> None:
    case_id = small.surface.current().case_id
    view = small.surface.by_id_number(case_id, f" {PATIENT_ID.lower()} ", name, typed)
    assert view.step is Step.DOWNLOAD
    assert view.select is not None
    identity = small.case(view).facts.identity
    assert identity is not None
    assert (identity.provenance, identity.name) == (
        ("typed", PersonName("钱测试")) if typed else ("id_card", None)
    )


def test_another_identity_begins_again_from_the_list(small: SmallCounter) -> None:
    view = small.until(Step.DOWNLOAD)
    small.fake.minted[OTHER_ID] = small.fake.minted[PATIENT_ID]
    again = small.scan(view, OTHER_CODE).case
    assert again.patient is not None
    assert again.patient.name == "孙别人"


@pytest.mark.parametrize("step", [Step.AUDIT, Step.SCAN, Step.SETTLE, Step.HAND_OVER])
def test_no_identity_moves_a_case_that_is_past_identification(
    small: SmallCounter, step: Step
) -> None:
    view = small.until(step)
    before = small.case(view)
    for doing in (
        lambda: small.surface.by_card(view.case_id, card()),
        lambda: small.surface.by_id_number(view.case_id, PATIENT_ID, "", typed=True),
    ):
        with pytest.raises(OperatorInput) as late:
            doing()
        assert late.value.code is Code.STEP_MOVED_ON
    assert small.case(view) == before


@pytest.mark.parametrize(("trouble", "phase", "_state"), ANSWERS)
def test_an_authorisation_that_was_not_answered_is_retried(
    small: SmallCounter, trouble: Trouble, phase: Phase, _state: MessageState
) -> None:
    small.fake.script(Operation.AUTHORISE, trouble)
    view = small.identify(small.surface.current())
    assert (view.step, view.phase) == (Step.AUTHORISE, phase)
    assert small.surface.retry(view.case_id).step is Step.DOWNLOAD


def test_nobody_has_a_prescription(small: SmallCounter) -> None:
    small.fake.minted.clear()
    view = small.identify(small.surface.current())
    assert (view.step, view.phase) == (Step.AUTHORISE, Phase.REJECTED)
    assert refusal(small, view.case_id) == Code.NO_PRESCRIPTION
    again = small.surface.retry(view.case_id)
    assert (again.step, again.patient) == (Step.IDENTIFY, None)


def test_a_refused_token_begins_again_with_the_person(small: SmallCounter) -> None:
    small.fake.script(Operation.DOWNLOAD, PlatformRejected(Code.TOKEN_REFUSED))
    view = small.choose(small.until(Step.DOWNLOAD))
    assert view.phase is Phase.REJECTED
    assert small.surface.retry(view.case_id).step is Step.IDENTIFY


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (RxState.EXPIRED, Code.PRESCRIPTION_EXPIRED),
        (RxState.USED, Code.PRESCRIPTION_USED),
        (RxState.WITHDRAWN, Code.PRESCRIPTION_WITHDRAWN),
        (RxState.HELD_ELSEWHERE, Code.PRESCRIPTION_HELD),
        (RxState.OTHER, Code.PRESCRIPTION_UNKNOWN),
    ],
)
def test_what_cannot_be_taken_is_not_asked_for(
    small: SmallCounter, state: RxState, why: Code
) -> None:
    small.fake.relist(state)
    view = small.until(Step.DOWNLOAD)
    with pytest.raises(OperatorInput) as refused:
        small.choose(view)
    assert refused.value.code is Code.CHOICE_UNAVAILABLE
    assert refused.value.params["because"] == int(why)
    assert small.fake.times(Operation.DOWNLOAD) == 0
    assert view.select is not None
    assert [card.choice for card in view.select.cards] == [None]


@pytest.mark.parametrize("number", ["350000000000000000000000000009", "不是编号", ""])
def test_a_number_outside_the_list_is_not_asked_for(small: SmallCounter, number: str) -> None:
    view = small.until(Step.DOWNLOAD)
    with pytest.raises(OperatorInput) as refused:
        small.surface.choose(view.case_id, number)
    assert refused.value.code is Code.CHOICE_UNAVAILABLE


def test_choosing_belongs_to_the_list(small: SmallCounter) -> None:
    view = small.until(Step.AUDIT)
    with pytest.raises(OperatorInput) as late:
        small.choose(view)
    assert late.value.code is Code.STEP_MOVED_ON


def test_a_prescription_that_ends_in_the_hand_is_not_asked_for(small: SmallCounter) -> None:
    small.fake.relist(RxState.AVAILABLE, timedelta(minutes=5))
    view = small.until(Step.DOWNLOAD)
    case = download.choose(small.till, small.case(view), RX)
    small.clock.move(timedelta(minutes=6))
    case = counter.proceed(small.till, case)
    assert (case.facts.chosen, refusal(small, case.case_id)) == (None, Code.CHOICE_UNAVAILABLE)
    assert small.fake.times(Operation.DOWNLOAD) == 0
    shown = small.view(case)
    assert shown.select is not None
    assert [(card.state, card.choice) for card in shown.select.cards] == [(RxState.EXPIRED, None)]


def test_a_download_that_was_refused_is_chosen_again(small: SmallCounter) -> None:
    small.fake.script(Operation.DOWNLOAD, PlatformRejected(Code.PRESCRIPTION_HELD))
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, view.phase) == (Step.DOWNLOAD, Phase.REJECTED)
    assert small.choose(view).step is Step.AUDIT


def test_a_download_without_an_answer_may_have_been_given(small: SmallCounter) -> None:
    """One for each identity read (S1 (6)): it is unknown, and then the read is used up."""
    small.fake.script(Operation.DOWNLOAD, OutcomeUnknown(Code.ANSWER_UNREADABLE))
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, view.phase) == (Step.DOWNLOAD, Phase.READY)
    assert view.prescription.where is Whereabouts.UNKNOWN
    assert view.banner is not None
    assert view.banner.kind is BannerKind.UNKNOWN
    small.fake.script(Operation.DOWNLOAD, PlatformRejected(Code.TOKEN_REFUSED))
    view = small.surface.retry(view.case_id)
    assert view.prescription.where is Whereabouts.UNKNOWN
    assert view.select is not None
    assert view.select.spent
    assert view.banner is not None
    assert view.banner.offers == ("identify_again", "abandon")
    view = small.surface.retry(view.case_id)
    assert (view.step, view.prescription.where) == (Step.IDENTIFY, Whereabouts.OURS)


def test_a_counter_that_died_in_a_download_does_not_know_of_it(small: SmallCounter) -> None:
    case = download.choose(small.till, small.case(small.until(Step.DOWNLOAD)), RX)
    with small.store.unit() as unit:
        moves.move(small.till, unit, case, Signal.SENT)
    assert counter.recover(small.till) == 1
    assert small.surface.view(case.case_id).prescription.where is Whereabouts.UNKNOWN


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda answer: replace(answer, document=b"nothing"), Code.DOCUMENT_UNREADABLE),
        (
            lambda answer: replace(
                answer, prescription=replace(answer.prescription, rx_number=RxNumber("1"))
            ),
            Code.DOCUMENT_CHANGED,
        ),
    ],
)
def test_a_file_that_is_none_or_of_another_is_refused(
    small: SmallCounter, change: object, code: Code
) -> None:
    small.fake.script(Operation.DOWNLOAD, change=change)  # type: ignore[arg-type] either lambda
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, view.phase) == (Step.DOWNLOAD, Phase.REJECTED)
    assert refusal(small, view.case_id) == code
    assert view.prescription.where is Whereabouts.THEIRS
    with small.store.reading() as unit:
        assert unit.cases.document(view.case_id) is None


def test_download_without_a_choice_is_a_bug(small: SmallCounter) -> None:
    case = small.case(small.until(Step.DOWNLOAD))
    assert counter.proceed(small.till, case) == case
    with pytest.raises(Bug):
        download.download(small.till, case)


def test_a_digest_the_centre_does_not_confirm_ends_the_case(small: SmallCounter) -> None:
    small.fake.script(Operation.VERIFY, change=lambda answer: replace(answer, digest="0" * 64))
    view = small.choose(small.until(Step.DOWNLOAD))
    assert view.step is Step.CLOSED
    assert refusal(small, view.case_id) == Code.DOCUMENT_CHANGED
    assert small.till.tokens.patient(view.case_id) is None


def test_a_broken_seal_ends_the_case_before_anything_is_asked(small: SmallCounter) -> None:
    small.fake.seal.broken = PlatformRejected(Code.SIGNATURE_INVALID)
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, small.fake.times(Operation.VERIFY)) == (Step.CLOSED, 0)
    assert refusal(small, view.case_id) == Code.SIGNATURE_INVALID
    assert small.till.tokens.patient(view.case_id) is None


def test_a_prescription_of_somebody_else_is_not_verified(small: SmallCounter) -> None:
    small.fake.script(
        Operation.DOWNLOAD,
        change=lambda answer: replace(
            answer, prescription=replace(answer.prescription, patient_id=IdNumber(OTHER_ID))
        ),
    )
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, small.fake.times(Operation.VERIFY)) == (Step.CLOSED, 0)
    assert refusal(small, view.case_id) == Code.DOCUMENT_CHANGED


def test_a_verification_that_was_not_answered_is_retried_until_the_prescription_ends(
    small: SmallCounter,
) -> None:
    small.fake.script(Operation.VERIFY, NotSent(Code.DID_NOT_LEAVE))
    view = small.choose(small.until(Step.DOWNLOAD))
    assert (view.step, view.phase) == (Step.VERIFY, Phase.READY)
    small.clock.move(timedelta(days=4))
    ended = small.surface.retry(view.case_id)
    assert ended.step is Step.CLOSED
    assert refusal(small, view.case_id) == Code.PRESCRIPTION_EXPIRED


def test_a_file_changed_in_the_base_is_not_verified(small: SmallCounter) -> None:
    small.fake.script(Operation.VERIFY, NotSent(Code.DID_NOT_LEAVE))
    view = small.choose(small.until(Step.DOWNLOAD))
    with small.store.unit() as unit:
        unit.cases.keep_document(view.case_id, "0" * 64, b"%PDF-1.7 changed")
    assert small.surface.retry(view.case_id).step is Step.CLOSED
    assert small.fake.times(Operation.VERIFY) == 1


def test_after_a_restart_the_code_is_shown_again(small: SmallCounter) -> None:
    small.fake.script(Operation.AUTHORISE, NotSent(Code.DID_NOT_LEAVE))
    view = small.identify(small.surface.current())
    small.restart()
    view = small.surface.retry(view.case_id)
    assert (view.step, refusal(small, view.case_id)) == (
        Step.AUTHORISE,
        Code.IDENTITY_NEEDED_AGAIN,
    )
    assert small.identify(view).step is Step.DOWNLOAD


def test_nothing_is_asked_before_a_person_is_known(small: SmallCounter) -> None:
    case = small.case(small.surface.current())
    for ask in (credentials.person_of, credentials.insured_area):
        with pytest.raises(Bug):
            ask(case)
    with pytest.raises(Bug):
        credentials.credential_of(small.till, case)
    with pytest.raises(Bug):
        authorise.authorise(small.till, case)


def test_a_fresh_code_must_be_of_the_same_patient(small: SmallCounter) -> None:
    case = small.case(small.until(Step.SETTLE))
    with pytest.raises(OperatorInput) as foreign:
        identify.renew(small.till, case, VoucherCode(OTHER_CODE))
    assert foreign.value.code is Code.PATIENT_DIFFERS
