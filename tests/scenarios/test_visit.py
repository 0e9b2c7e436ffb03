"""Whole visits on real input: real HTTP, real encrypted base, real seals."""

from app.domain.audit import Verdict
from app.domain.case import Phase, Step
from app.domain.credential import CardNumber, CardSerial
from app.ports.paper import PaperKind, TraceCodes
from app.workflow.views.case import Whereabouts
from tests.support.counter import Bench
from tests.support.visit import a_visit, card_of


def test_a_patient_is_served_from_code_to_receipt(bench: Bench) -> None:
    case = a_visit(bench).until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
    assert case.money.where is Whereabouts.THEIRS
    assert case.codes.where is Whereabouts.THEIRS
    assert {p.kind for p in bench.printer.papers} == {PaperKind.RECEIPT_80, PaperKind.A4}
    assert case.hand_over is not None
    assert case.hand_over.amounts.adds_up()
    state = bench.platform_state()
    assert state["settlements"] == {"active": 1}
    receipt = next(p for p in bench.printer.papers if p.kind is PaperKind.RECEIPT_80)
    printed = [c for b in receipt.blocks if isinstance(b, TraceCodes) for c in b.codes]
    assert sorted(code.replace(" ", "") for code in printed) == state["sold_codes"]


def test_a_card_visit_needs_no_code_and_survives_a_restart_before_money(bench: Bench) -> None:
    visit = a_visit(bench)
    case = bench.surface.by_card(visit.start().case_id, card_of(visit.person))
    case = visit.finish(visit.scan(visit.audit(visit.prove(visit.choose(case)))))
    assert case.step is Step.SETTLE
    bench.restart()
    case = bench.surface.current()
    assert case.settle is not None
    assert not case.settle.needs_credential
    assert visit.settle(case).step is Step.HAND_OVER


def test_a_card_with_a_foreign_serial_is_refused(bench: Bench) -> None:
    visit = a_visit(bench)
    card = card_of(visit.person, serial=CardSerial("0" * 32), number=CardNumber("Z00000001"))
    case = bench.surface.by_card(visit.start().case_id, card)
    assert (case.step, case.phase) == (Step.IDENTIFY, Phase.REJECTED)
    assert case.banner is not None
    assert case.patient is None


def test_an_id_number_identifies(bench: Bench) -> None:
    visit = a_visit(bench)
    case = bench.surface.by_id_number(
        visit.start().case_id, visit.person.id_no, visit.person.name, typed=True
    )
    assert case.select is not None
    assert case.patient is not None
    assert case.patient.name == visit.person.name


def test_a_refusal_by_the_pharmacist_is_uploaded_and_ends_the_visit(bench: Bench) -> None:
    visit = a_visit(bench)
    closed = visit.audit(visit.prove(visit.until(Step.AUDIT)), Verdict.REFUSED)
    assert closed.step is Step.CLOSED
    told = visit.hospital_is_told("query_audit", closed)
    assert told["rxChkStasCodg"] == bench.till.profile.tables["audit_verdict"]["refused"]


def test_both_sides_of_one_prescription_agree(bench: Bench) -> None:
    visit = a_visit(bench)
    done = visit.until(Step.DONE)
    audit = visit.hospital_is_told("query_audit", done)
    dispensing = visit.hospital_is_told("query_dispensing", done)
    assert audit["rxChkStasCodg"] == bench.till.profile.tables["audit_verdict"]["approved"]
    assert dispensing["rxUsedStasCodg"] == "2"
    lines = dispensing["seltdelts"]
    assert isinstance(lines, list)
    with bench.store.reading() as unit:
        sold = unit.cases.get(done.case_id).facts.lines
    assert len(lines) == len(sold)


def test_a_second_visit_starts_clean(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    fresh = bench.surface.next_customer(done.case_id)
    assert fresh.case_id != done.case_id
    assert (fresh.step, fresh.patient, fresh.banner) == (Step.IDENTIFY, None, None)
