"""A prescription by the tablet: thirty tablets are not thirty boxes."""

from app.domain.case import Step
from app.domain.errors import Code
from app.workflow.views import SlotState
from tests.support.counter import Bench
from tests.support.visit import Visit


def test_tablets_are_refused_with_a_reason_and_the_visit_can_be_left(bench: Bench) -> None:
    rx = next(r for r in bench.demo.prescriptions if r.key == "rx06")
    person = next(p for p in bench.demo.persons if p.key == rx.person)
    visit = Visit(bench, person)
    case = visit.audit(visit.prove(visit.choose(visit.identify(visit.start()))))
    assert case.step is Step.SCAN
    assert case.scan is not None
    (line,) = case.scan.lines
    assert line.state is SlotState.RED
    assert line.message is not None
    assert line.message.code == Code.SPLIT_NOT_SOLD
    assert (line.needed, line.scanned) == (1, 0)
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
