"""A review that cannot leave: it waits where the region allows, and nothing is settled before."""

import msgspec
import pytest

from app.domain.audit import Verdict
from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView, Whereabouts
from tests.support.small_counter import BOSS, PHARMACIST, PIN, SmallCounter, with_rules
from ui.errors import sentences

UNSENT = NotSent(Code.DID_NOT_LEAVE)


@pytest.fixture
def patient(small: SmallCounter) -> SmallCounter:
    """A region where a login proves the pharmacist and a review may wait."""
    profile = with_rules(small.profile, pharmacist_proof="login")
    part = msgspec.structs.replace(profile.operations[Operation.AUDIT], deferrable=True)
    operations = {**profile.operations, Operation.AUDIT: part}
    small.with_profile(msgspec.structs.replace(profile, operations=operations))
    small.surface.sign_in(PHARMACIST, PIN)
    return small


def reviewed(shop: SmallCounter, verdict: Verdict = Verdict.APPROVED) -> CaseView:
    view = shop.until(Step.AUDIT)
    shop.fake.script(Operation.AUDIT, UNSENT)
    return shop.audit(view, verdict)


def test_a_review_waits_while_boxes_are_scanned(patient: SmallCounter) -> None:
    view = reviewed(patient)
    assert (view.step, view.banner) == (Step.SCAN, None)
    assert view.prescription.where is Whereabouts.OURS
    (row,) = patient.surface.queue()
    assert row.operation == Operation.AUDIT.value
    view = patient.boxes(view)
    with pytest.raises(OperatorInput) as waits:
        patient.finish(view)
    assert waits.value.code is Code.AUDIT_WAITS
    assert patient.fake.times(Operation.UPLOAD_SALE) == 0
    assert patient.surface.deliver() == 1
    case = patient.case(view)
    assert case.facts.audit is not None
    assert case.facts.audit.audit_serial.startswith("A-")
    assert len(patient.fake.books.audits) == 1
    assert patient.finish(patient.view(view)).step is Step.SETTLE


def test_a_review_outlives_a_power_cut(patient: SmallCounter) -> None:
    view = reviewed(patient)
    profile = patient.profile
    patient.restart()
    patient.with_profile(profile)
    assert patient.view(view).step is Step.SCAN
    assert patient.surface.deliver() == 1


def test_a_lost_answer_confirms_by_the_second_telling(patient: SmallCounter) -> None:
    view = reviewed(patient)
    patient.fake.script(Operation.AUDIT, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    assert patient.surface.deliver() == 0
    row = patient.surface.queue()[0]
    patient.clock.at = row.next_at
    assert patient.surface.deliver() == 1
    case = patient.case(view)
    assert case.facts.audit is not None
    assert case.facts.audit.confirmed_at is not None


def test_a_refused_review_is_parked_and_nothing_is_settled(patient: SmallCounter) -> None:
    view = reviewed(patient)
    patient.fake.script(Operation.AUDIT, PlatformRejected(Code.TOKEN_REFUSED))
    # what stopped has come to rest
    assert patient.surface.deliver() == 1
    assert patient.surface.queue()[0].state is OutboxState.STOPPED
    with pytest.raises(OperatorInput):
        patient.finish(patient.boxes(patient.view(view)))


def test_a_visit_whose_review_was_voided_is_given_up_and_says_so(patient: SmallCounter) -> None:
    """Nothing will arrive any more: waiting for it would be no next step."""
    view = reviewed(patient)
    patient.fake.script(Operation.AUDIT, PlatformRejected(Code.TOKEN_REFUSED))
    patient.surface.deliver()
    view = patient.boxes(patient.view(view))
    (row,) = patient.surface.queue()
    patient.surface.void_item(row.item_id, "处方中心不收", BOSS, PIN)
    with pytest.raises(OperatorInput) as waits:
        patient.finish(view)
    assert "已作废的放弃这一单" in sentences(int(waits.value.code)).remedy
    assert patient.surface.abandon(view.case_id).step is Step.CLOSED
    assert patient.until(Step.AUDIT).step is Step.AUDIT


def test_a_refusal_by_the_pharmacist_does_not_wait(patient: SmallCounter) -> None:
    view = reviewed(patient, Verdict.REFUSED)
    assert (view.step, view.phase) == (Step.AUDIT, Phase.READY)
    assert patient.surface.queue() == ()


def test_where_a_region_says_nothing_a_review_does_not_wait(small: SmallCounter) -> None:
    view = small.prove(small.until(Step.AUDIT))
    small.fake.script(Operation.AUDIT, UNSENT)
    view = small.audit(view)
    assert (view.step, view.phase) == (Step.AUDIT, Phase.READY)
    assert small.surface.queue() == ()
