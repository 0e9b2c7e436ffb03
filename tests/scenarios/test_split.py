"""A prescription by the tablet: thirty tablets of a box of a hundred, and the box stays open."""

from app.domain.case import Step
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import BoxState
from app.workflow.required import required
from app.workflow.views import CaseView, SlotState
from tests.support.counter import Bench
from tests.support.visit import Visit


def at_the_boxes(bench: Bench, key: str = "rx06") -> tuple[Visit, CaseView]:
    rx = next(r for r in bench.demo.prescriptions if r.key == key)
    person = next(p for p in bench.demo.persons if p.key == rx.person)
    visit = Visit(bench, person)
    return visit, visit.audit(visit.prove(visit.choose(visit.identify(visit.start()))))


def test_thirty_tablets_leave_seventy_in_the_box(bench: Bench) -> None:
    visit, case = at_the_boxes(bench)
    (line,) = required(case.scan, "not at the boxes").lines
    split = required(line.split, "no pieces")
    assert (split.wanted, split.taken, split.size, line.needed) == (30, 0, 100, 1)
    case = visit.scan(case)
    (line,) = required(case.scan, "not at the boxes").lines
    (part,) = required(line.split, "no pieces").parts
    assert (line.state, part.pieces, part.left) == (SlotState.COMPLETE, 30, 70)
    case = visit.finish(case)
    assert case.step is Step.SETTLE, case.banner
    case = visit.hand_over(visit.settle(case))
    assert case.step is Step.DONE, case.banner
    with bench.store.reading() as unit:
        box = required(unit.goods.box(DrugTraceCode(part.code)), "no open box")
        lot = unit.goods.lot(box.lot_id)
        assert (box.state, box.free, lot.loose, lot.loose_share) == (BoxState.OPEN, 70, 70, 7_000)
        assert unit.stock.prove().flaws == ()
