"""A prescription by the tablet: thirty tablets of a box of a hundred, and the box stays open."""

from app.domain.case import Step
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import BoxState
from app.domain.goods.stock import LotHold
from app.workflow import day, delivery
from app.workflow.calendar import today
from app.workflow.cases.required import required
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.views.case import CaseView, SlotState
from tests.support.counter import Bench
from tests.support.visit import Visit

BOSS = ("3001", "112358")


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


def sold(bench: Bench) -> tuple[CaseView, DrugTraceCode]:
    """Thirty tablets handed over, and the box they came from."""
    visit, case = at_the_boxes(bench)
    (code,) = visit.boxes(case)
    case = visit.hand_over(visit.settle(visit.finish(visit.scan(case))))
    return case, DrugTraceCode(code)


def differing(bench: Bench) -> list[tuple[str, str]]:
    """Lots whose figures are not the same on both sides, with the cause that was named."""
    bench.surface.sign_in(*BOSS)
    day.ensure_open(bench.till)
    delivery.drain(bench.till)
    compare_stock(bench.till, today(bench.till))
    with bench.store.reading() as unit:
        found = unit.stock_days.findings(today(bench.till))
    apart = [one for one in found if one.ours != one.theirs]
    return [(one.upload_lot, one.cause.value if one.cause else "") for one in apart]


def test_a_part_that_comes_back_reopens_the_box_and_both_books_agree(bench: Bench) -> None:
    case, code = sold(bench)
    assert differing(bench) == []
    bench.surface.sign_in("1001", "246810")
    day.ensure_open(bench.till)
    paying = bench.surface.take_back(bench.surface.begin_return(case.case_id).case_id, [code])
    done = bench.surface.revoke(paying.case_id, *BOSS)
    assert done.step is Step.CLOSED, (done.step, done.phase, done.banner)
    with bench.store.reading() as unit:
        box = required(unit.goods.box(code), "no box")
        held = [lot for lot in unit.goods.lots(unit.goods.lot(box.lot_id).item_id) if lot.loose]
        assert (box.state, box.free, box.back) == (BoxState.OPEN, 70, 30)
        assert {(lot.hold, lot.loose) for lot in held} == {
            (LotHold.NONE, 70),
            (LotHold.QUARANTINE, 30),
        }
        assert unit.stock.prove().flaws == ()
    assert differing(bench) == []
    booked = bench.surface.write_off(code, "105", 0, "过期销毁")
    assert booked.told.queued == 1
    assert differing(bench) == []
    with bench.store.reading() as unit:
        box = required(unit.goods.box(code), "no box")
        assert (box.state, box.left) == (BoxState.CLOSED, 0)
        assert unit.stock.prove().flaws == ()


def test_a_count_of_a_lot_with_an_opened_box_is_told_as_it_can_be(bench: Bench) -> None:
    case, code = sold(bench)
    del case
    bench.surface.sign_in(*BOSS)
    with bench.store.reading() as unit:
        lot = unit.goods.lot(required(unit.goods.box(code), "no box").lot_id)
    bench.surface.begin_count("all")
    bench.surface.write_count(lot.lot_id, lot.on_hand)
    bench.surface.book_count(partly=True)
    assert differing(bench) == []
