"""A store whose money another product settles: codes and sale from here, the number by hand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.books.money import Cause, Repair
from app.domain.case import Phase, Step
from app.domain.elsewhere import ForeignLeg
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import ZERO, Fen
from app.ports.recovery import Cause as RecoveryCause
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.returns.compensate import compensate
from app.workflow.views.case import CaseView, Whereabouts
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support.core_bill import bill, line, person
from tests.support.core_client import CoreClient
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

BOSS = ("3001", "112358")
NUMBER = "YQT2026-0001"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region="fujian+settled_elsewhere") as opened:
        yield opened


def at_settle(bench: Bench) -> CaseView:
    visit = a_visit(bench)
    case = visit.finish(visit.scan(visit.until(Step.SCAN)))
    assert (case.step, case.phase, case.banner) == (Step.SETTLE, Phase.READY, None)
    return case


def refused(act: object, *arguments: object) -> Code:
    with pytest.raises(OperatorInput) as told:
        act(*arguments)  # type: ignore[operator]
    return told.value.code


def test_a_visit_is_settled_there_and_written_down_here(bench: Bench) -> None:
    case = at_settle(bench)
    assert case.settle is not None
    assert case.settle.elsewhere
    assert case.settle.ready
    total, state = case.settle.estimated, bench.platform_state()
    assert state["uploads"]["sale"]["rows"] == 1
    write = bench.surface.settle_elsewhere
    assert refused(write, case.case_id, "单号一", ZERO, ZERO) is Code.SETTLED_NUMBER_WRONG
    beyond = Fen(total + 1)
    assert refused(write, case.case_id, NUMBER, beyond, ZERO) is Code.SETTLED_PARTS_DIFFER
    assert refused(bench.surface.settle, case.case_id, None) is Code.STEP_MOVED_ON

    # the power goes between the money there and the writing down here
    bench.restart()
    case = bench.surface.current()
    assert case.step is Step.SETTLE
    case = bench.surface.settle_elsewhere(case.case_id, f" {NUMBER}", Fen(3000), Fen(200))
    assert case.step is Step.HAND_OVER
    assert case.hand_over is not None
    parts = case.hand_over.amounts
    assert (parts.fund, parts.account, parts.cash) == (3000, 200, total - 3200)
    assert case.hand_over.settlement_id == NUMBER
    assert case.money.where is Whereabouts.THEIRS
    assert not case.can_abandon
    case = a_visit(bench).hand_over(case)
    assert case.step is Step.DONE
    state = bench.platform_state()
    assert state["settlements"] == {}
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
        (entry,) = unit.elsewhere.between(case_started(bench, case), bench.clock.now())
    codes = sorted(str(code) for code in codes_of_case(bench, case))
    assert state["sold_codes"] == codes
    assert (entry.leg, entry.number, entry.amounts) == (ForeignLeg.SETTLE, NUMBER, parts)
    assert facts.prescription is not None
    assert entry.claim == facts.prescription.rx_number


def test_written_down_behind_the_sign_out_the_day_is_open_again(bench: Bench) -> None:
    """Settled there before the counter closed, typed in afterwards: what the sale leaves to be told
    waits for no new day."""
    case = at_settle(bench)
    bench.surface.end_day(*BOSS)
    assert bench.till.day_over
    case = bench.surface.settle_elsewhere(case.case_id, NUMBER, Fen(3000), ZERO)
    assert case.step is Step.HAND_OVER
    assert not bench.till.day_over


def case_started(bench: Bench, case: CaseView) -> object:
    with bench.store.reading() as unit:
        return unit.cases.get(case.case_id).opened_at


def codes_of_case(bench: Bench, case: CaseView) -> tuple[DrugTraceCode, ...]:
    with bench.store.reading() as unit:
        return codes_of(unit.cases.get(case.case_id))


def test_what_comes_back_was_refunded_there_first(bench: Bench) -> None:
    case = at_settle(bench)
    case = bench.surface.settle_elsewhere(case.case_id, NUMBER, ZERO, ZERO)
    case = a_visit(bench).hand_over(case)
    codes = codes_of_case(bench, case)
    surface = bench.surface
    case = surface.take_back(surface.begin_return(case.case_id).case_id, codes)
    assert (case.step, case.phase) == (Step.REVOKE, Phase.READY)
    assert case.returning is not None
    assert case.returning.elsewhere
    me = ("1001", "246810")
    refund = surface.refund_elsewhere
    # no money of this sale is in the drawer alone
    assert refused(surface.pay_back, case.case_id, *BOSS) is Code.STEP_MOVED_ON
    assert refused(refund, case.case_id, "YQT-R1", *me) is Code.SECOND_IS_FIRST
    assert refused(refund, case.case_id, "", *BOSS) is Code.SETTLED_NUMBER_WRONG
    with bench.store.unit() as unit:
        witness = scope_of(unit).standing.witness
        assert witness is not None
        SqlRecoveries(scope_of(unit)).begin(RecoveryCause.RESTORED, witness, 0)
    assert refused(refund, case.case_id, "YQT-R1", *BOSS) is Code.RECOVERY_OPEN
    with bench.store.unit() as unit:
        unit.recoveries.end(bench.clock.now())
    case = surface.refund_elsewhere(case.case_id, "YQT-R1", *BOSS)
    assert case.step is Step.CLOSED
    assert case.refunded is not None
    state = bench.platform_state()
    assert state["uploads"]["sale_return"]["rows"] == 1
    assert state["sold_codes"] == []
    with bench.store.reading() as unit:
        facts = unit.goods.pack_facts(codes[0], 0)
        assert not unit.elsewhere.stands(str(unit.cases.get(case.case_id).facts.chosen))
    assert facts.sold is None or facts.sold.returned


def test_what_was_refunded_there_behind_the_sign_out_is_returned_by_itself(bench: Bench) -> None:
    """The platform wants a sign-in, and the open items say that the system goes on by itself."""
    case = bench.surface.settle_elsewhere(at_settle(bench).case_id, NUMBER, ZERO, ZERO)
    case = a_visit(bench).hand_over(case)
    surface, codes = bench.surface, codes_of_case(bench, case)
    case = surface.take_back(surface.begin_return(case.case_id).case_id, codes)
    surface.end_day(*BOSS)
    case = surface.refund_elsewhere(case.case_id, "YQT-R1", *BOSS)
    for _ in range(3):
        bench.pass_time(120)
        surface.deliver()
    assert surface.view(case.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_nobody_but_a_person_takes_such_a_sale_back(bench: Bench) -> None:
    case = at_settle(bench)
    # neither the end of the day nor the next morning knows whether it was settled there
    assert compensate(bench.till, bench.clock.now() + timedelta(hours=1)) == 0
    assert bench.surface.view(case.case_id).step is Step.SETTLE
    # a person does: it was not
    case = bench.surface.abandon(case.case_id)
    assert case.step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def settled_there(bench: Bench, serial: str, who: str, box: int) -> str:
    """The other product of this store settles one box; the number of its slip."""
    with CoreClient(bench.ready, operator="8001") as product:
        product.sign_in()
        goods = next(item for item in bench.demo.items if item.code == "SP0003")
        one = bill(person(who), line(serial, goods, first_code=box))
        return str(product.output("settle", one)["setlinfo"]["setl_id"])


def test_the_end_of_the_day_finds_every_copy_by_its_number(bench: Bench) -> None:
    copied = settled_there(bench, "A1", "p01", 0)
    forgotten = settled_there(bench, "A2", "p02", 1)
    case = at_settle(bench)
    assert case.settle is not None
    bench.surface.settle_elsewhere(case.case_id, copied, ZERO, ZERO)
    found = bench.surface.compare_money(today(bench.till))
    assert found.complete
    assert {(row.settlement_id, row.cause) for row in found.rows} == {
        (copied, Cause.COPY_AMOUNTS_DIFFER),
        (forgotten, Cause.NOT_COPIED),
    }
    assert {row.repair for row in found.rows} == {Repair.LOOK}
    (wrong,) = [row for row in found.rows if row.settlement_id == copied]
    assert (wrong.case_id, wrong.ours is not None and wrong.ours.total) == (
        case.case_id,
        case.settle.estimated,
    )
