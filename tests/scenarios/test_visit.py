"""Whole visits on real input: real HTTP, real encrypted base, real seals."""

from app.domain.case import Phase, Step
from app.domain.audit import Verdict
from app.ports.paper import PaperKind
from app.workflow.views import Whereabouts
from tests.support.counter import Bench
from tests.support.visit import a_visit


def test_a_patient_is_served_from_code_to_receipt(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
    assert case.money.where is Whereabouts.THEIRS
    assert case.codes.where is Whereabouts.THEIRS
    assert {paper.kind for paper in bench.printer.papers} == {
        PaperKind.RECEIPT_80,
        PaperKind.A4,
    }
    assert case.hand_over is not None
    assert case.hand_over.amounts.adds_up()


def test_a_refusal_by_the_pharmacist_is_uploaded_and_ends_the_visit(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.prove(visit.until(Step.AUDIT))
    closed = visit.audit(case, Verdict.REFUSED)
    assert closed.step is Step.CLOSED
    again = bench.surface.next_customer(closed.case_id)
    listed = visit.identify(again)
    numbers = {card.rx_number for card in visit.takeable(listed)} if listed.select else set()
    assert closed.strip is not None
    assert closed.strip.number not in numbers
