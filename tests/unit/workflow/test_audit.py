"""药师审方: the proof, the decision, its upload, and what is never told twice by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.audit import AllergyRule, Check, InteractionRule, Verdict, Weight
from app.domain.case import Phase, Step
from app.domain.credential import IdNumber
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.profile.operations import Operation
from app.workflow import counter
from app.workflow.cases.assistance import Assistance, load_assistance
from app.workflow.steps import audit
from app.workflow.views.case import CaseView, Say, StopState, Whereabouts
from tests.support.small_counter import (
    BOSS,
    OTHER_CODE,
    PATIENT_CODE,
    PHARMACIST,
    PHARMACIST_CODE,
    PHARMACIST_ID,
    PIN,
    SmallCounter,
    on_unknown,
    with_rules,
)

REFUSALS: tuple[Trouble, ...] = (
    PlatformRejected(Code.VOUCHER_EXPIRED, platform_text="已过期"),
    NotSent(Code.DID_NOT_LEAVE),
    OutcomeUnknown(Code.ANSWER_MISSING),
)


def test_no_decision_without_a_proof(small: SmallCounter) -> None:
    view = small.until(Step.AUDIT)
    assert view.review is not None
    assert (view.review.needs_proof, view.review.pharmacist) == (True, None)
    assert view.review.proof_by_voucher
    with pytest.raises(OperatorInput) as needed:
        small.audit(view)
    assert needed.value.code is Code.PHARMACIST_NEEDED


@pytest.mark.parametrize("code", [PATIENT_CODE, OTHER_CODE])
def test_the_code_of_a_stranger_proves_nothing(small: SmallCounter, code: str) -> None:
    out = small.scan(small.until(Step.AUDIT), code)
    assert (out.spoken.tone, out.spoken.verdict.key) == ("stop", "error.1401")
    assert small.till.tokens.pharmacist(out.case.case_id) is None


def _for_the_pharmacist(small: SmallCounter, view: CaseView) -> None:
    """The customer of this visit is the pharmacist of the shop."""
    case = small.case(view)
    assert case.facts.person is not None
    person = replace(case.facts.person, id_number=IdNumber(PHARMACIST_ID))
    with small.store.unit() as unit:
        unit.cases.save(replace(case, facts=replace(case.facts, person=person)))


def test_nobody_audits_what_is_prescribed_to_themselves(small: SmallCounter) -> None:
    view = small.until(Step.AUDIT)
    _for_the_pharmacist(small, view)
    out = small.scan(view, PHARMACIST_CODE)
    assert (out.spoken.tone, out.spoken.verdict.key) == ("stop", "error.1406")
    assert small.till.tokens.pharmacist(view.case_id) is None
    assert out.case.review is not None
    assert out.case.review.needs_proof
    with pytest.raises(OperatorInput):
        small.audit(view)
    assert small.fake.times(Operation.AUDIT) == 0


def test_where_sign_in_is_proof_the_patient_does_not_decide_either(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, pharmacist_proof="login"))
    view = small.until(Step.AUDIT)
    _for_the_pharmacist(small, view)
    small.surface.sign_in(PHARMACIST, PIN)
    with pytest.raises(OperatorInput) as own:
        small.audit(view)
    assert own.value.code is Code.SELF_AUDIT
    assert small.fake.times(Operation.AUDIT) == 0


@pytest.mark.parametrize("trouble", REFUSALS)
def test_a_proof_that_was_not_answered_is_said_and_shown_and_tried_again(
    small: SmallCounter, trouble: Trouble
) -> None:
    view = small.until(Step.AUDIT)
    small.fake.script(Operation.DECODE_VOUCHER, trouble)
    out = small.scan(view, PHARMACIST_CODE)
    assert (out.spoken.tone, out.spoken.verdict.key) == ("stop", f"error.{int(trouble.code)}")
    assert out.case.banner is not None
    assert out.case.banner.code == trouble.code
    proved = small.prove(out.case)
    assert proved.banner is None
    assert small.audit(proved).step is Step.SCAN


@pytest.mark.parametrize("trouble", REFUSALS)
def test_a_fresh_code_that_was_not_answered_is_said_and_tried_again(
    small: SmallCounter, trouble: Trouble
) -> None:
    view = small.until(Step.SETTLE)
    small.restart()
    small.fake.script(Operation.DECODE_VOUCHER, trouble)
    out = small.scan(view, PATIENT_CODE)
    assert (out.case.step, out.spoken.tone) == (Step.SETTLE, "stop")
    assert out.case.banner is not None
    assert out.case.banner.code == trouble.code
    again = small.scan(out.case, PATIENT_CODE)
    assert again.spoken.verdict.key == "scan.voucher.renewed"
    assert small.settle(again.case).step is Step.HAND_OVER


def test_a_proof_ages(small: SmallCounter) -> None:
    view = small.prove(small.until(Step.AUDIT))
    limit = timedelta(seconds=small.profile.rules.pharmacist_proof_ttl_s)
    small.clock.move(limit)
    assert audit.proof_of(small.till, small.case(view)) is not None
    small.clock.move(timedelta(seconds=1))
    with pytest.raises(OperatorInput) as old:
        small.audit(view)
    assert old.value.code is Code.PHARMACIST_NEEDED


def test_where_sign_in_is_proof_the_pharmacist_signs_in(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, pharmacist_proof="login"))
    view = small.until(Step.AUDIT)
    with pytest.raises(OperatorInput):
        small.audit(view)
    assert small.scan(view, PHARMACIST_CODE).spoken.verdict.key == "error.1214"
    small.surface.sign_in(PHARMACIST, PIN)
    shown = small.view(view).review
    assert shown is not None
    assert shown.pharmacist is not None
    assert not shown.proof_by_voucher
    assert (shown.pharmacist.by_voucher, shown.pharmacist.proof_expires_at) == (False, None)
    assert small.audit(view).step is Step.SCAN
    small.surface.lock()
    assert audit.proof_of(small.till, small.case(view)) is None


def test_a_proof_of_a_person_without_papers_shows_nobody(small: SmallCounter) -> None:
    view = small.prove(small.until(Step.AUDIT))
    case = small.case(view)
    with small.store.unit() as unit:
        boss = unit.people.by_login(BOSS)
        assert boss is not None
        assert case.facts.pharmacist_proof is not None
        proof = replace(case.facts.pharmacist_proof, staff_id=boss.staff_id)
        unit.cases.save(replace(case, facts=replace(case.facts, pharmacist_proof=proof)))
    shown = small.view(view).review
    assert shown is not None
    assert shown.pharmacist is None
    with pytest.raises(OperatorInput) as unknown:
        small.audit(view)
    assert unknown.value.code is Code.PHARMACIST_UNKNOWN


def test_an_opinion_and_all_checks_are_wanted(small: SmallCounter) -> None:
    view = small.prove(small.until(Step.AUDIT))
    for opinion, checks, code in (
        ("  ", list(Check), Code.OPINION_MISSING),
        ("适宜", [Check.NAME], Code.CHECKS_OPEN),
    ):
        with pytest.raises(OperatorInput) as open_:
            small.surface.decide(view.case_id, Verdict.APPROVED, opinion, checks, ())
        assert open_.value.code is code
    assert small.fake.times(Operation.AUDIT) == 0


def test_what_one_pharmacist_acknowledged_counts_for_no_other(small: SmallCounter) -> None:
    pair = InteractionRule(("示例",), ("样例",), Weight.AMBER, "一起用要看")
    small.till.assistance = Assistance((), (pair,))
    view = small.prove(small.until(Step.AUDIT))
    assert view.review is not None
    told = tuple(row.hint_id for row in view.review.hints)
    assert told
    small.fake.script(Operation.AUDIT, PlatformRejected(Code.REFUSED))
    back = small.surface.decide(view.case_id, Verdict.APPROVED, "适宜", list(Check), told)
    assert back.review is not None
    assert [row.acknowledged for row in back.review.hints] == [True] * len(told)
    case = small.case(back)
    assert case.facts.audit is not None
    decision = case.facts.audit.decision
    other = replace(decision, pharmacist=replace(decision.pharmacist, licence_no="另一位"))
    with small.store.unit() as unit:
        record = replace(case.facts.audit, decision=other)
        unit.cases.save(replace(case, facts=replace(case.facts, audit=record)))
    anew = small.view(back)
    assert anew.review is not None
    assert not any(row.acknowledged for row in anew.review.hints)


def test_a_red_hint_forbids_approval_and_allows_refusal(small: SmallCounter) -> None:
    small.till.assistance = Assistance((AllergyRule(("青霉素",), ("示例",)),), ())
    view = small.prove(small.until(Step.AUDIT))
    assert view.review is not None
    assert [hint.hint.key for hint in view.review.hints] == ["audit.allergy.match"]
    with pytest.raises(OperatorInput):
        small.audit(view)
    assert small.audit(view, Verdict.REFUSED).step is Step.CLOSED


def test_the_shipped_rules_are_read() -> None:
    rules = load_assistance()
    assert rules.allergies
    assert rules.interactions


def test_a_refusal_is_told_and_ends_the_case(small: SmallCounter) -> None:
    view = small.audit(small.prove(small.until(Step.AUDIT)), Verdict.REFUSED)
    assert view.step is Step.CLOSED
    assert list(small.fake.books.audits.values()) == [Verdict.REFUSED]
    assert small.till.tokens.patient(view.case_id) is None
    assert view.banner is None
    refused = [(stop.step, stop.result) for stop in view.stops if stop.state is StopState.REFUSED]
    assert refused == [(Step.AUDIT, Say("rail.audit_refused"))]


def test_a_refused_audit_is_decided_again(small: SmallCounter) -> None:
    small.fake.script(Operation.AUDIT, PlatformRejected(Code.REFUSED))
    view = small.audit(small.prove(small.until(Step.AUDIT)))
    assert (view.step, view.phase) == (Step.AUDIT, Phase.REJECTED)
    assert small.audit(view).step is Step.SCAN


def test_an_audit_that_did_not_leave_goes_on_with_retry(small: SmallCounter) -> None:
    small.fake.script(Operation.AUDIT, NotSent(Code.DID_NOT_LEAVE))
    view = small.audit(small.prove(small.until(Step.AUDIT)))
    assert (view.step, view.phase) == (Step.AUDIT, Phase.READY)
    assert small.surface.retry(view.case_id).step is Step.SCAN


def an_unknown_audit(small: SmallCounter, *, booked: bool = True) -> int:
    small.fake.script(Operation.AUDIT, OutcomeUnknown(Code.ANSWER_MISSING), booked=booked)
    view = small.audit(small.prove(small.until(Step.AUDIT)))
    assert (view.step, view.phase) == (Step.AUDIT, Phase.UNKNOWN)
    assert view.prescription.where is Whereabouts.UNKNOWN
    assert not view.can_abandon
    return view.case_id


@pytest.mark.parametrize("booked", [True, False])
def test_an_unknown_audit_is_told_again_where_that_is_harmless(
    small: SmallCounter, booked: bool
) -> None:
    case_id = an_unknown_audit(small, booked=booked)
    with pytest.raises(OperatorInput):
        small.audit(small.surface.view(case_id))
    assert small.surface.retry(case_id).step is Step.SCAN
    assert list(small.fake.books.audits.values()) == [Verdict.APPROVED]
    first, second = (request for op, request in small.fake.asked if op is Operation.AUDIT)
    assert first == second


@pytest.mark.parametrize("trouble", REFUSALS)
def test_an_answer_to_the_second_telling_says_nothing_of_the_first(
    small: SmallCounter, trouble: Trouble
) -> None:
    case_id = an_unknown_audit(small)
    small.fake.script(Operation.AUDIT, trouble)
    view = small.surface.retry(case_id)
    assert (view.step, view.phase) == (Step.AUDIT, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == trouble.code


def test_a_proof_that_fails_leaves_an_unknown_audit_unknown(small: SmallCounter) -> None:
    case_id = an_unknown_audit(small)
    before = small.surface.view(case_id).banner
    small.fake.script(Operation.DECODE_VOUCHER, NotSent(Code.DID_NOT_LEAVE))
    view = small.prove(small.surface.view(case_id))
    assert (view.phase, view.banner) == (Phase.UNKNOWN, before)
    assert small.prove(view).banner == before


def test_an_unknown_audit_is_not_told_again_where_repeats_may_harm(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.AUDIT, "person"))
    case_id = an_unknown_audit(small)
    stays = small.surface.retry(case_id)
    assert stays.phase is Phase.UNKNOWN
    assert stays.banner is not None
    assert stays.banner.code == Code.DECISION_NEEDED
    assert small.fake.times(Operation.AUDIT) == 1


def test_after_a_restart_the_pharmacist_shows_the_code_again(small: SmallCounter) -> None:
    case_id = an_unknown_audit(small)
    small.restart()
    with pytest.raises(OperatorInput) as needed:
        small.surface.retry(case_id)
    assert needed.value.code is Code.PHARMACIST_NEEDED
    small.prove(small.surface.view(case_id))
    assert small.surface.retry(case_id).step is Step.SCAN


def test_nothing_is_uploaded_before_a_decision(small: SmallCounter) -> None:
    case = small.case(small.prove(small.until(Step.AUDIT)))
    with pytest.raises(OperatorInput) as early:
        audit.upload(small.till, case)
    assert early.value.code is Code.PHARMACIST_NEEDED
    assert counter.retry(small.till, case) == case


def test_deciding_belongs_to_the_audit(small: SmallCounter) -> None:
    with pytest.raises(OperatorInput) as late:
        small.audit(small.until(Step.SCAN))
    assert late.value.code is Code.STEP_MOVED_ON
