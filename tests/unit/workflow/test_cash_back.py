"""自费退货: boxes and cash of a sale nobody insures go back once, whatever is cut or tried."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import Operator
from app.domain.case import Phase, Step
from app.domain.errors import (
    Code,
    LocalTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
)
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import LotHold
from app.domain.money import Amounts, Fen, in_cash
from app.jobs.progress import no_report
from app.ports.paper import Pair, Paper, Text
from app.ports.store import OutboxItem, OutboxMove, OutboxState, PrintKind
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.papers.words import word
from app.workflow.returns import pay_back, refund_elsewhere
from app.workflow.till import Till
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView, Say, StopState, Whereabouts
from tests.support.duty import shows_up
from tests.support.failing_disk import FailingCommits
from tests.support.small_counter import (
    BOSS,
    CLERK,
    EARLY,
    PHARMACIST,
    PIN,
    SmallCounter,
    kept_pin,
    pin_matches,
)
from tests.unit.workflow.test_limits_without_a_line import PowerCut, cut
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_self_pay import FREE, PRICE, loses_its_line, shop, sold

__all__ = ["shop"]

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
BOTH = FREE[:2]


def boxes_back(shop: SmallCounter, done: CaseView, *boxes: DrugTraceCode) -> CaseView:
    """Every box of the sale lies on the counter again; the cash has not gone back."""
    view = shop.surface.begin_return(done.case_id)
    for code in boxes:
        view = shop.scan(view, code).case
    return shop.surface.take_back(view.case_id, boxes)


def paid_back(shop: SmallCounter, view: CaseView) -> CaseView:
    return shop.surface.pay_back(view.case_id, BOSS, PIN)


def given_back(shop: SmallCounter, *boxes: DrugTraceCode) -> CaseView:
    return paid_back(shop, boxes_back(shop, sold(shop, *boxes), *boxes))


def records(shop: SmallCounter, view: CaseView) -> dict[Operation, OutboxItem]:
    """The last record of each operation of a visit."""
    with shop.store.reading() as unit:
        return {one.operation: one for one in unit.outbox.of_case(view.case_id)}


def states(shop: SmallCounter, view: CaseView) -> tuple[OutboxState, ...]:
    with shop.store.reading() as unit:
        return tuple(one.state for one in unit.outbox.of_case(view.case_id))


def told_round(shop: SmallCounter, times: int = 6) -> None:
    for _ in range(times):
        shop.clock.move(timedelta(minutes=20))
        delivery.drain(shop.till)


def held(shop: SmallCounter, view: CaseView) -> int:
    """Packs of the sale's drug in quarantine."""
    case = shop.case(view)
    with shop.store.reading() as unit:
        lots = unit.goods.lots(case.facts.lines[0].item_id)
    return sum(lot.on_hand for lot in lots if lot.hold is LotHold.QUARANTINE)


def slips(shop: SmallCounter) -> list[Paper]:
    shop.surface.print_waiting(no_report)
    title = word("given_back.title")
    return [
        paper
        for paper in shop.tray.papers
        if any(isinstance(block, Text) and block.text == title for block in paper.blocks)
    ]


def boss_of(shop: SmallCounter) -> Operator:
    with shop.store.reading() as unit:
        member = unit.people.by_login(BOSS)
    assert member is not None
    return member.operator()


def refused(act: Callable[[], object]) -> Code:
    with pytest.raises(OperatorInput) as told:
        act()
    return told.value.code


def test_a_sale_for_cash_goes_back_whole(shop: SmallCounter) -> None:
    done = sold(shop, *BOTH)
    assert shop.surface.deliver() == 1
    assert shop.surface.find_sale(FREE[0]).case_id == done.case_id
    view = shop.surface.begin_return(done.case_id)
    assert view.returning is not None
    assert (view.step, view.returning.back, view.returning.sold) == (Step.TAKE_BACK, 0, 2)
    view = boxes_back(shop, shop.surface.abandon(view.case_id), *BOTH)
    assert view.returning is not None
    assert (view.step, view.phase) == (Step.REVOKE, Phase.READY)
    assert (view.returning.amounts, view.returning.self_pay) == (in_cash(Fen(2 * PRICE)), True)
    assert [row.detail.key for row in view.where if row.topic == "goods"] == [
        "light.goods.at_counter"
    ]
    closed = paid_back(shop, view)
    assert closed.step is Step.CLOSED
    assert closed.refunded == Say("refunded.queued", (("amount", "10.00"),))
    assert closed.money.detail == Say("light.money.cash_back")
    assert (held(shop, closed), shop.fake.books.sold.keys()) == (2, set(BOTH))
    assert shop.surface.deliver() == 1
    assert shop.fake.books.sold == {}
    at_rest = shop.view(closed)
    assert at_rest.refunded == Say("refunded.closed", (("amount", "10.00"),))
    assert at_rest.codes.detail == Say("light.codes.returned", (("count", 2),))
    goods = next(row for row in at_rest.where if row.topic == "goods")
    assert goods.detail == Say("light.goods.quarantined")


def test_the_slip_says_what_came_back_and_who_agreed(shop: SmallCounter) -> None:
    done = sold(shop, *BOTH)
    shop.surface.print_waiting(no_report)
    closed = paid_back(shop, boxes_back(shop, done, *BOTH))
    assert closed.slip is not None
    assert (closed.slip.kind, closed.slip.waiting) == (PrintKind.GIVEN_BACK, True)
    (slip,) = slips(shop)
    said = str(slip.blocks)
    assert done.hand_over is not None
    for words in ("收银员小榕", "店长阿荫", "¥ 10.00", done.hand_over.receipt_no, FREE[1][-6:]):
        assert words in said
    assert slip.copy_no == 1
    assert any(isinstance(block, Pair) and block.bold for block in slip.blocks)
    shop.surface.reprint(closed.case_id, PrintKind.GIVEN_BACK)
    assert [paper.copy_no for paper in slips(shop)] == [1, 2]
    shop.surface.reprint(closed.case_id, PrintKind.RECEIPT)
    assert word("receipt.taken_back") in str(shop.tray.papers[-1].blocks)


def test_a_sale_nobody_heard_of_is_told_to_nobody(shop: SmallCounter) -> None:
    loses_its_line(shop)
    done = sold(shop, FREE[0])
    loses_its_line(shop)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2
    assert closed.refunded == Say("refunded.untold", (("amount", "5.00"),))
    assert closed.codes.detail == Say("light.codes.untold")
    before = len(shop.fake.asked)
    told_round(shop)
    assert (len(shop.fake.asked), shop.fake.books.sold) == (before, {})
    for item in records(shop, closed).values():
        step = shop.surface.queue_detail(item.item_id).steps[-1]
        found = (step.move, step.code, step.who)
        assert found == (OutboxMove.VOIDED, int(Code.SALE_GIVEN_BACK), "店长阿荫")


def test_what_the_platform_refused_is_given_up_with_its_return(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2
    told_round(shop)
    assert shop.surface.queue() == ()
    assert shop.fake.times(Operation.RETURN_SALE) == 0


def test_what_a_manager_gave_up_before_is_not_taken_back_there(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    (row,) = shop.surface.queue()
    shop.surface.void_item(row.item_id, "平台不收", BOSS, PIN)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.VOIDED,) * 2


@pytest.mark.parametrize("booked", [True, False], ids=["arrived", "lost"])
def test_a_sale_in_doubt_is_cleared_before_its_return_is_told(
    shop: SmallCounter, *, booked: bool
) -> None:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, LOST, booked=booked)
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert states(shop, closed) == (OutboxState.UNKNOWN, OutboxState.WAITING)
    assert closed.refunded == Say("refunded.queued", (("amount", "5.00"),))
    told_round(shop)
    assert states(shop, closed) == (OutboxState.DELIVERED,) * 2
    assert shop.fake.books.sold == {}


def test_a_sale_on_the_wire_is_not_given_up(shop: SmallCounter) -> None:
    """The lease is another lane's: whatever comes back, the return goes behind it."""
    done = sold(shop, FREE[0])
    view = boxes_back(shop, done, FREE[0])
    item = records(shop, done)[Operation.UPLOAD_SALE]
    with shop.store.unit() as unit:
        assert unit.outbox.claim(item.item_id, "lane", shop.clock.now() + timedelta(minutes=2))
    closed = paid_back(shop, view)
    assert states(shop, closed) == (OutboxState.SENDING, OutboxState.WAITING)
    told_round(shop)
    assert states(shop, closed) == (OutboxState.DELIVERED,) * 2
    assert shop.fake.books.sold == {}


def test_of_two_lots_each_is_told_by_its_own_fate(shop: SmallCounter) -> None:
    """One line arrived and goes back; the other never left and is told to nobody."""
    with shop.store.unit() as unit:
        item = unit.goods.item_by_store_code("SP0009")
        assert item is not None
        lot = replace(unit.goods.lots(item.item_id)[0], upload_lot="PC10", lot_no="F2", on_hand=1)
        other = DrugTraceCode("85555550000000009001")
        unit.goods.receive(lot, (other,), "R10", shop.clock.now())
    done = sold(shop, FREE[0], other)
    shop.fake.script(Operation.UPLOAD_SALE, None)
    shop.fake.script(Operation.UPLOAD_SALE, NotSent(Code.DID_NOT_LEAVE))
    shop.surface.deliver()
    closed = paid_back(shop, boxes_back(shop, done, FREE[0], other))
    assert sorted(states(shop, closed)) == sorted(
        (OutboxState.DELIVERED, OutboxState.VOIDED, OutboxState.WAITING, OutboxState.VOIDED)
    )
    told_round(shop)
    assert (shop.surface.queue(), shop.fake.books.sold) == ((), {})
    assert shop.view(closed).refunded == Say("refunded.closed", (("amount", "10.00"),))


@pytest.mark.parametrize(
    ("login", "code"),
    [(CLERK, Code.SECOND_IS_FIRST), (PHARMACIST, Code.SECOND_NOT_ALLOWED)],
)
def test_cash_needs_four_eyes(shop: SmallCounter, login: str, code: Code) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    assert refused(lambda: shop.surface.pay_back(view.case_id, login, PIN)) is code
    assert shop.view(view).step is Step.REVOKE
    assert slips(shop) == []


def test_it_goes_back_once_and_only_behind_its_boxes(shop: SmallCounter) -> None:
    done = sold(shop, *BOTH)
    assert refused(lambda: paid_back(shop, done)) is Code.STEP_MOVED_ON
    view = shop.surface.begin_return(done.case_id)
    assert shop.scan(view, EARLY[0]).spoken.verdict.key == f"error.{int(Code.SCAN_NOT_OF_SALE)}"
    view = shop.scan(view, FREE[0]).case
    assert refused(lambda: paid_back(shop, view)) is Code.STEP_MOVED_ON
    for back in ((FREE[0],), (*BOTH, FREE[2])):
        taken = lambda codes=back: shop.surface.take_back(done.case_id, codes)  # noqa: E731
        assert refused(taken) is Code.RETURN_CODES_DIFFER
    shop.scan(view, FREE[1])
    closed = paid_back(shop, shop.surface.take_back(done.case_id, BOTH))
    assert refused(lambda: paid_back(shop, closed)) is Code.STEP_MOVED_ON
    assert refused(lambda: shop.surface.begin_return(done.case_id)) is Code.STEP_MOVED_ON
    assert refused(lambda: shop.surface.find_sale(FREE[0])) is Code.SALE_NOT_FOUND
    assert len(slips(shop)) == 1
    assert held(shop, closed) == 2


def test_no_refund_of_another_kind_touches_it(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    assert refused(lambda: shop.surface.revoke(view.case_id, BOSS, PIN)) is Code.STEP_MOVED_ON
    case, second = shop.case(view), boss_of(shop)
    elsewhere = lambda: refund_elsewhere.refund_elsewhere(shop.till, case, "T1", second)  # noqa: E731
    assert refused(elsewhere) is Code.STEP_MOVED_ON


def test_no_insured_sale_goes_back_like_this(shop: SmallCounter) -> None:
    done = shop.until(Step.DONE)
    begun = shop.surface.begin_return(done.case_id)
    view = shop.surface.take_back(begun.case_id, _codes(begun))
    assert view.step is Step.REVOKE
    assert refused(lambda: paid_back(shop, view)) is Code.STEP_MOVED_ON


def _codes(view: CaseView) -> list[str]:
    assert view.returning is not None
    return [code for line in view.returning.lines for code in line.sold]


def test_who_changes_their_mind_takes_the_boxes_along(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    view = boxes_back(shop, done, FREE[0])
    kept = shop.surface.abandon(view.case_id)
    assert kept.step is Step.DONE
    assert kept.hand_over is not None
    assert kept.hand_over == shop.view(done).hand_over
    assert kept.money.detail == Say("light.money.cash")
    assert next(row for row in kept.where if row.topic == "goods").where is Whereabouts.THEIRS
    assert slips(shop) == []
    assert paid_back(shop, boxes_back(shop, kept, FREE[0])).step is Step.CLOSED


@pytest.mark.parametrize("moment", range(1, 7))
def test_a_power_cut_behind_any_commit_loses_and_doubles_nothing(
    shop: SmallCounter, moment: int
) -> None:
    """begin, two boxes, the taking back, the second person, the cash: whatever stands, the rest
    follows once."""
    done = sold(shop, *BOTH)
    shop.surface.deliver()
    passed: list[int] = []

    def burn() -> None:
        passed.append(1)
        if len(passed) == moment:
            cut()

    shop.store.on_commit(burn)
    with pytest.raises(PowerCut):
        paid_back(shop, boxes_back(shop, done, *BOTH))
    shop.restart()
    case = shop.case(done)
    if case.position.step is not Step.CLOSED:
        here = shop.surface.current()
        assert here.case_id == done.case_id
        for code in (box for box in BOTH if box not in case.facts.back):
            here = shop.scan(here, code).case
        if here.step is Step.TAKE_BACK:
            here = shop.surface.take_back(here.case_id, BOTH)
        paid_back(shop, here)
    closed = shop.view(done)
    assert (closed.step, held(shop, closed), len(slips(shop))) == (Step.CLOSED, 2, 1)
    told_round(shop)
    assert (shop.fake.books.sold, shop.surface.queue()) == ({}, ())
    assert shop.fake.times(Operation.RETURN_SALE) == 1
    assert [row.case_id for row in shop.surface.desk().finished] == [done.case_id]


def test_a_commit_that_failed_paid_nothing_out(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    failing = FailingCommits(shop.store, fails_at=2)
    shop.till.store = failing  # type: ignore[assignment] # the store behind it
    with pytest.raises(LocalTrouble):
        paid_back(shop, view)
    assert failing.commits == 2
    shop.restart()
    case = shop.case(view)
    assert (case.position.step, case.facts.cash_back, held(shop, view)) == (Step.REVOKE, None, 0)
    assert slips(shop) == []
    assert paid_back(shop, view).step is Step.CLOSED


def test_it_is_one_commit(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    second = boss_of(shop)
    commits: list[int] = []
    shop.store.on_commit(lambda: commits.append(1))
    pay_back.pay_back(shop.till, shop.case(view), second)
    assert len(commits) == 1


def test_it_works_without_a_line_and_makes_no_room_for_sales(shop: SmallCounter) -> None:
    shop.surface.deliver()
    done = sold(shop, FREE[0])
    loses_its_line(shop)
    line = shop.surface.desk().no_line
    assert line is not None
    asked = len(shop.fake.asked)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    assert (closed.step, len(shop.fake.asked)) == (Step.CLOSED, asked)
    after = shop.surface.desk().no_line
    assert after is not None
    assert (after.sales_left, after.amount_left) == (line.sales_left, line.amount_left)


def test_it_goes_back_days_later(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    shop.clock.move(timedelta(days=40))
    assert done.hand_over is not None
    found = shop.surface.find_sale(done.hand_over.receipt_no)
    closed = paid_back(shop, boxes_back(shop, found, FREE[0]))
    told_round(shop)
    assert (shop.view(closed).step, shop.fake.books.sold) == (Step.CLOSED, {})


def test_another_counter_finds_it_as_little_as_an_insured_one(shop: SmallCounter) -> None:
    sold(shop, FREE[0])
    one = shop.till
    two = Till(
        one.store, one.platform, one.profile, one.clock, one.shop, 2, one.printers, one.assistance
    )
    other = type(shop.surface)(two, pin_matches, kept_pin)
    assert refused(lambda: other.find_sale(FREE[0])) is Code.SALE_NOT_FOUND


def test_a_copy_pays_nothing_back_before_it_is_believed(shop: SmallCounter) -> None:
    """And then it takes the sale back there: whatever the lost time told of it, it stands no more."""
    done = sold(shop, FREE[0])
    restored(shop)
    view = boxes_back(shop, done, FREE[0])
    assert refused(lambda: paid_back(shop, view)) is Code.RECOVERY_OPEN
    assert shop.view(view).step is Step.REVOKE
    with shop.store.unit() as unit:
        unit.recoveries.end(shop.clock.now())
    # the lost time had told it
    shop.fake.books.sold[FREE[0]] = "told in the lost time"
    closed = paid_back(shop, view)
    assert OutboxState.VOIDED not in states(shop, closed)
    shop.clock.move(ON_ITS_WAY)
    told_round(shop)
    assert (shop.fake.books.sold, shop.surface.queue()) == ({}, ())
    assert [paper.copy_no for paper in slips(shop)] == [1]


def test_a_slip_the_lost_time_may_have_printed_comes_out_as_a_copy(shop: SmallCounter) -> None:
    given_back(shop, FREE[0])
    shop.clock.move(timedelta(minutes=1))
    restored(shop)
    assert slips(shop) == []
    with shop.store.unit() as unit:
        unit.recoveries.end(shop.clock.now())
    assert [paper.copy_no for paper in slips(shop)] == [2]


def test_while_it_is_on_its_way_it_is_open_and_handed_over(shop: SmallCounter) -> None:
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    view = boxes_back(shop, done, FREE[0])
    (item,) = shop.surface.open_items()
    assert (item.known.key, item.who.key) == ("open.known.refund.revoke", "open.who.second")
    (left,) = [one for one in shop.surface.closing().handed_over if one.kind == "visit"]
    assert (left.what, left.self_pay) == (Step.REVOKE, True)
    stops = {stop.step: stop.state for stop in view.stops}
    assert stops[Step.REVOKE] is StopState.CURRENT
    closed = paid_back(shop, view)
    assert shop.surface.open_items() == ()
    assert [stop.result for stop in closed.stops][-1] == Say("rail.refunded")
    (row,) = shop.surface.desk().finished
    assert (row.case_id, row.what) == (done.case_id, Say("parked.cash_back"))


def test_who_was_sent_away_without_paying_gets_nothing_back(shop: SmallCounter) -> None:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    left = shop.surface.abandon(shop.scan(view, FREE[0]).case.case_id)
    assert refused(lambda: shop.surface.begin_return(left.case_id)) is Code.STEP_MOVED_ON


def test_both_names_and_the_amount_are_in_the_journal(shop: SmallCounter) -> None:
    closed = given_back(shop, FREE[0])
    with shop.store.reading() as unit:
        events = unit.cases.events(closed.case_id)
        clerk, boss = unit.people.by_login(CLERK), unit.people.by_login(BOSS)
    assert clerk is not None
    assert boss is not None
    back = shop.case(closed).facts.cash_back
    assert back is not None
    assert (back.amount, back.paid_by, back.agreed_by) == (PRICE, clerk.staff_id, boss.staff_id)
    assert {event.staff_id for event in events} == {clerk.staff_id}
    assert shop.store.journal_report().whole


def test_the_boxes_are_free_in_quarantine_and_not_for_sale(shop: SmallCounter) -> None:
    closed = given_back(shop, FREE[0])
    shows_up(shop.till)
    view = shop.surface.sell_for_cash(shop.surface.next_customer(closed.case_id).case_id)
    outcome = shop.scan(view, FREE[0])
    assert outcome.spoken.tone == "stop"
    assert outcome.case.scan is not None
    assert outcome.case.scan.lines == ()


def test_cash_alone_adds_up() -> None:
    assert in_cash(Fen(1250)) == Amounts(Fen(1250), Fen(0), Fen(0), Fen(1250))
    assert in_cash(Fen(1250)).adds_up()
