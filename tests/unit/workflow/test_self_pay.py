"""自费: boxes, cash, receipt, an upload that waits; and how far it goes without a line."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import ZERO, Fen
from app.jobs.progress import no_report
from app.ports.store import OutboxState, PrintKind
from app.profile.operations import Operation
from app.workflow.cases.counter_rules import PRESCRIPTION
from app.workflow.offline import CAUTIOUS, OfflineLimits
from app.workflow.people import duty
from app.workflow.views.case import CaseView, Say, StopState, Whereabouts
from localdb.repositories.goods import SqlGoods
from localdb.store import scope_of
from tests.support.duty import shows_up
from tests.support.small_counter import (
    BOSS,
    CLERK,
    EARLY,
    PHARMACIST,
    PIN,
    SmallCounter,
    with_rules,
)
from tests.support.store_builders import NOON, a_lot, an_item

UNSENT = NotSent(Code.DID_NOT_LEAVE)
FREE = tuple(DrugTraceCode(f"85555550000000000{n:03d}") for n in range(1, 5))
PRICE = Fen(500)


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    """The small counter with four boxes that need no prescription."""
    with small.store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = replace(
            an_item("SP0009", "8555555"),
            national_code="XC01",
            generic_name="示例口服液",
            needs_prescription=False,
            retail_price=type(an_item().retail_price)(5_000_000),
            product_barcode="6900000000099",
        )
        made = goods.stock_item(item)
        lot = replace(a_lot(made.item_id, "PC9", 4), lot_no="F1")
        goods.receive(lot, FREE, "R9", NOON)
    shows_up(small.till)
    return small


def cash_sale(shop: SmallCounter, *boxes: DrugTraceCode) -> CaseView:
    """A self-pay sale with ``boxes``, ready to be paid."""
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    for code in boxes:
        view = shop.scan(view, code).case
    return shop.finish(view)


def sold(shop: SmallCounter, *boxes: DrugTraceCode) -> CaseView:
    view = cash_sale(shop, *boxes)
    return shop.surface.pay(view.case_id, Fen(10_000))


def test_a_sale_for_cash_is_among_those_just_finished(shop: SmallCounter) -> None:
    waiting = cash_sale(shop, FREE[0])
    shop.surface.park(waiting.case_id, "")
    (parked,) = shop.surface.desk().parked
    assert (parked.case_id, parked.self_pay) == (waiting.case_id, True)
    shop.surface.unpark(waiting.case_id)
    done = shop.surface.pay(waiting.case_id, Fen(10_000))
    assert done.hand_over is not None
    (row,) = shop.surface.desk().finished
    assert (row.case_id, row.name, row.self_pay) == (done.case_id, "", True)
    assert row.receipt_no == done.hand_over.receipt_no
    assert shop.surface.view(row.case_id).hand_over == done.hand_over


def loses_its_line(shop: SmallCounter, times: int = 1) -> None:
    for _ in range(times):
        shop.fake.script(Operation.UPLOAD_SALE, UNSENT)
    shop.surface.deliver()


def test_a_sale_for_cash_from_box_to_receipt(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0], FREE[1])
    assert (view.step, view.phase) == (Step.HAND_OVER, Phase.READY)
    assert view.settle is not None
    assert view.settle.self_pay
    assert view.settle.amounts is not None
    assert view.settle.amounts.cash == view.settle.amounts.total == 2 * PRICE
    assert view.settle.ready
    done = shop.surface.pay(view.case_id, Fen(2_000))
    assert done.step is Step.DONE
    assert done.hand_over is not None
    assert (done.hand_over.change, done.hand_over.amounts.fund) == (Fen(1_000), ZERO)
    assert done.money.where is Whereabouts.OURS
    assert done.hand_over.may_give_back
    shop.surface.print_waiting(no_report)
    (paper,) = shop.tray.papers
    words = str(paper.blocks)
    assert "10.00" in words
    assert "自费现金" in words
    assert shop.surface.deliver() == 1
    assert shop.fake.books.sold.keys() == set(FREE[:2])
    assert shop.view(done).codes.where is Whereabouts.THEIRS


def test_the_upload_says_who_sold_what_to_nobody_named(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    (request,) = [a for o, a in shop.fake.asked if o is Operation.UPLOAD_SALE]
    assert (request.buyer.person, request.buyer.insured) == (None, False)
    assert request.prescriber.doctor == shop.profile.rules.doctor_without_rx
    assert request.dispenser.name == "苏审方"
    case = shop.case(done)
    assert case.facts.sale is not None
    assert request.sale_serial == case.facts.sale.sale_serial
    assert case.facts.sale.uploaded_at is not None


def test_lines_grow_and_shrink_with_the_boxes(shop: SmallCounter) -> None:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    for code in FREE[:2]:
        view = shop.scan(view, code).case
    assert view.scan is not None
    assert [(line.needed, line.scanned) for line in view.scan.lines] == [(2, 2)]
    view = shop.surface.remove(view.case_id, 1, FREE[0])
    assert view.scan is not None
    assert [(line.needed, line.scanned) for line in view.scan.lines] == [(1, 1)]
    repeated = shop.scan(view, FREE[1])
    assert repeated.spoken.verdict.key == f"error.{int(Code.SCAN_REPEATED)}"
    view = shop.surface.remove(view.case_id, 1, FREE[1])
    assert view.scan is not None
    assert view.scan.lines == ()
    with pytest.raises(OperatorInput) as refused:
        shop.finish(view)
    assert refused.value.code is Code.SALE_EMPTY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (EARLY[0], Code.SCAN_NEEDS_PRESCRIPTION),
        ("89999990000000000001", Code.ITEM_UNMAPPED),
    ],
)
def test_what_may_not_be_sold_for_cash_is_said(shop: SmallCounter, text: str, code: Code) -> None:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    outcome = shop.scan(view, text)
    assert outcome.spoken.verdict.key == f"error.{int(code)}"
    assert outcome.case.scan is not None
    assert outcome.case.scan.lines == ()


def test_a_box_is_sold_once(shop: SmallCounter) -> None:
    sold(shop, FREE[0])
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    spoken = shop.scan(view, FREE[0]).spoken
    assert spoken.verdict.key == f"error.{int(Code.SCAN_SOLD_BEFORE)}"


def test_too_little_cash_sells_nothing(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0])
    for cash in (None, Fen(499)):
        with pytest.raises(OperatorInput) as refused:
            shop.surface.pay(view.case_id, cash)
        assert refused.value.code is Code.CASH_SHORT
    with shop.store.reading() as unit:
        assert unit.outbox.tally().count == 0
        assert unit.prints.waiting() == ()


def test_a_sale_is_paid_once_and_never_handed_over_unpaid(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0])
    with pytest.raises(OperatorInput):
        shop.surface.hand_over(view.case_id)
    done = shop.surface.pay(view.case_id, PRICE)
    with pytest.raises(OperatorInput):
        shop.surface.pay(done.case_id, PRICE)
    with shop.store.reading() as unit:
        assert len([j for j in unit.prints.waiting() if j.kind is PrintKind.RECEIPT]) == 1


def test_an_insured_sale_is_not_paid_like_this(shop: SmallCounter) -> None:
    view = shop.until(Step.HAND_OVER)
    with pytest.raises(OperatorInput) as refused:
        shop.surface.pay(view.case_id, Fen(100_000))
    assert refused.value.code is Code.STEP_MOVED_ON


def test_leaving_before_paying_frees_the_boxes(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0])
    left = shop.surface.abandon(view.case_id)
    assert left.step is Step.CLOSED
    marks = {(stop.state, stop.result) for stop in left.stops if stop.state is not StopState.DONE}
    assert (StopState.SKIPPED, Say("rail.abandoned")) in marks
    assert StopState.REFUSED not in {state for state, _ in marks}
    assert sold(shop, FREE[0]).step is Step.DONE


def test_who_is_at_the_counter_gives_way_or_waits(shop: SmallCounter) -> None:
    untouched = shop.surface.current()
    first = shop.surface.sell_for_cash(untouched.case_id)
    assert shop.view(untouched).step is Step.CLOSED
    assert shop.surface.sell_for_cash(first.case_id).case_id == first.case_id
    # F2 on an untouched cash sale goes back to identification
    fresh = shop.surface.next_customer(first.case_id)
    assert (fresh.route, fresh.step) == (PRESCRIPTION, Step.IDENTIFY)
    known = shop.identify(fresh)
    cash = shop.surface.sell_for_cash(known.case_id)
    with shop.store.reading() as unit:
        assert unit.cases.get(known.case_id).parked_at is not None
    with_box = shop.scan(cash, FREE[0]).case
    shop.surface.next_customer(with_box.case_id)
    with shop.store.reading() as unit:
        assert unit.cases.get(with_box.case_id).parked_at is not None
    done = sold(shop, FREE[1])
    assert shop.surface.sell_for_cash(done.case_id).case_id != done.case_id


def test_without_a_line_cash_goes_on_and_is_counted(shop: SmallCounter) -> None:
    assert shop.surface.desk().no_line is None
    sold(shop, FREE[0])
    loses_its_line(shop)
    line = shop.surface.desk().no_line
    assert line is not None
    assert (line.since, line.sales_left) == (shop.clock.now(), CAUTIOUS.sales - 1)
    view = cash_sale(shop, FREE[1])
    assert view.settle is not None
    assert view.settle.ready
    assert view.settle.conditions[-1].detail.key == "condition.offline"
    shop.surface.pay(view.case_id, PRICE)
    line = shop.surface.desk().no_line
    assert line is not None
    assert line.amount_left == CAUTIOUS.amount - 2 * PRICE
    shop.clock.move(timedelta(minutes=10))
    assert shop.surface.deliver() == 1
    assert shop.surface.desk().no_line is None
    assert shop.surface.deliver() == 1


@pytest.mark.parametrize(
    ("limits", "wait", "limit"),
    [
        (OfflineLimits(Fen(600), 9, 9), timedelta(), "amount"),
        (OfflineLimits(Fen(9_000), 1, 9), timedelta(), "sales"),
        (OfflineLimits(Fen(9_000), 9, 1), timedelta(hours=1), "hours"),
    ],
)
def test_the_limits_of_the_manager_hold_without_a_line(
    shop: SmallCounter, limits: OfflineLimits, wait: timedelta, limit: str
) -> None:
    assert shop.surface.set_offline_limits(limits, BOSS, PIN) == limits
    assert shop.surface.offline_limits() == limits
    sold(shop, FREE[0])
    loses_its_line(shop)
    shop.clock.move(wait)
    view = cash_sale(shop, FREE[1])
    assert view.settle is not None
    assert not view.settle.ready
    with pytest.raises(OperatorInput) as refused:
        shop.surface.pay(view.case_id, Fen(1_000))
    assert (refused.value.code, refused.value.params["limit"]) == (Code.OFFLINE_LIMIT, limit)
    # the line comes back: no limit holds any more
    shop.clock.move(timedelta(minutes=10))
    shop.surface.deliver()
    assert shop.surface.pay(view.case_id, Fen(1_000)).step is Step.DONE


@pytest.mark.parametrize(
    ("limits", "login", "code"),
    [
        (CAUTIOUS, CLERK, Code.SECOND_NOT_ALLOWED),
        (OfflineLimits(Fen(-1), 1, 1), BOSS, Code.LIMITS_WRONG),
        (OfflineLimits(Fen(10_000_001), 1, 1), BOSS, Code.LIMITS_WRONG),
        (OfflineLimits(Fen(1), 1000, 1), BOSS, Code.LIMITS_WRONG),
        (OfflineLimits(Fen(1), 1, 169), BOSS, Code.LIMITS_WRONG),
    ],
)
def test_only_a_manager_sets_limits_and_only_such(
    shop: SmallCounter, limits: OfflineLimits, login: str, code: Code
) -> None:
    with pytest.raises(OperatorInput) as refused:
        shop.surface.set_offline_limits(limits, login, PIN)
    assert refused.value.code is code
    assert shop.surface.offline_limits() == CAUTIOUS


def test_a_power_cut_after_the_cash_keeps_the_whole_sale(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.restart()
    case = shop.case(done)
    assert case.position.step is Step.DONE
    with shop.store.reading() as unit:
        (item,) = unit.outbox.items()
        assert item.state is OutboxState.WAITING
        assert [job.kind for job in unit.prints.waiting()] == [PrintKind.RECEIPT]
        assert unit.goods.pack_facts(FREE[0], 0).sold is not None


def test_scanning_goes_on_without_a_line(shop: SmallCounter) -> None:
    view = shop.until(Step.SCAN)
    shop.fake.script(Operation.UPLOAD_SALE, UNSENT)
    view = shop.finish(shop.boxes(view))
    assert view.banner is not None
    assert view.banner.code == Code.DID_NOT_LEAVE
    assert shop.surface.desk().no_line is not None
    assert view.step is Step.UPLOAD_SALE
    parked = shop.surface.next_customer(view.case_id)
    assert shop.surface.sell_for_cash(parked.case_id).step is Step.SCAN


def dispensers(shop: SmallCounter) -> list[str]:
    """Names of pharmacists in the uploads so far."""
    asked = [ask for operation, ask in shop.fake.asked if operation is Operation.UPLOAD_SALE]
    return [request.dispenser.name for request in asked]


def test_nobody_on_duty_is_no_sale_and_takes_no_cash(shop: SmallCounter) -> None:
    with shop.store.unit() as unit:
        duty.leave(shop.till, unit)
    view = cash_sale(shop, FREE[0])
    assert view.settle is not None
    assert [row.key for row in view.settle.conditions if not row.met] == ["dispenser"]
    assert not view.settle.ready
    with pytest.raises(OperatorInput) as refused:
        shop.surface.pay(view.case_id, Fen(10_000))
    assert refused.value.code is Code.DISPENSER_MISSING
    case = shop.case(view)
    assert (case.position.step, case.facts.sale) == (Step.HAND_OVER, None)
    assert (case.facts.cash_received, case.facts.handed_over_at) == (None, None)
    # a pharmacist signs in, the clerk comes back, the same boxes are paid
    shop.surface.lock()
    shop.surface.sign_in(PHARMACIST, PIN)
    shop.surface.lock()
    shop.surface.sign_in(CLERK, PIN)
    again = shop.view(view)
    assert again.settle is not None
    assert again.settle.ready
    assert shop.surface.pay(view.case_id, Fen(10_000)).step is Step.DONE
    shop.surface.deliver()
    assert dispensers(shop) == ["苏审方"]


def test_who_was_on_duty_yesterday_is_named_nowhere(shop: SmallCounter) -> None:
    shop.clock.move(timedelta(days=1))
    view = cash_sale(shop, FREE[0])
    with pytest.raises(OperatorInput) as refused:
        shop.surface.pay(view.case_id, Fen(10_000))
    assert refused.value.code is Code.DISPENSER_MISSING


def test_an_edition_that_asks_for_no_pharmacist_is_told_of_none(shop: SmallCounter) -> None:
    with shop.store.unit() as unit:
        duty.leave(shop.till, unit)
    shop.with_profile(with_rules(shop.profile, required_set_35xx="new"))
    view = cash_sale(shop, FREE[0])
    assert view.settle is not None
    assert [row.key for row in view.settle.conditions] == ["boxes", "line"]
    shop.surface.pay(view.case_id, Fen(10_000))
    shop.surface.deliver()
    assert dispensers(shop) == [""]


def test_a_sale_for_cash_needs_no_prescription_and_says_so(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0])
    assert not view.prescription.needed
    assert view.prescription.detail.key == "light.rx.not_needed"
    assert [row.topic for row in view.where if not row.needed] == ["prescription"]
    assert shop.surface.next_customer(view.case_id).prescription.needed


def test_a_parked_sale_for_cash_is_handed_to_the_next_shift(shop: SmallCounter) -> None:
    view = cash_sale(shop, FREE[0])
    shop.surface.park(view.case_id, "")
    (left,) = shop.surface.closing().handed_over
    assert (left.kind, left.case_id, left.self_pay) == ("visit", view.case_id, True)
    assert (left.what, left.detail) == (Step.HAND_OVER.value, "")
