"""自费退药: boxes and cash of a sale nobody insures go back once, by four eyes."""

from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import (
    Code,
)
from app.domain.money import Fen, in_cash
from app.jobs.progress import no_report
from app.ports.paper import Pair
from app.ports.store import PrintKind
from app.workflow.cases.required import required
from app.workflow.papers.words import word
from app.workflow.returns import pay_back, refund_elsewhere
from app.workflow.till import Till
from app.workflow.views.case import CaseView, Say, StopState, Whereabouts
from tests.support.cash_back import (
    boss_of,
    boxes_back,
    held,
    paid_back,
    refused,
    slips,
    told_round,
)
from tests.support.duty import shows_up
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
from tests.unit.workflow.test_self_pay import FREE, PRICE, shop, sold

__all__ = ["shop"]

BOTH = FREE[:2]


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


def test_who_pays_out_does_not_agree_whoever_asks(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    case, clerk = shop.case(view), shop.till.operator
    assert refused(lambda: pay_back.pay_back(shop.till, case, clerk)) is Code.SECOND_IS_FIRST
    assert shop.view(view).step is Step.REVOKE


def test_what_counts_is_where_the_sale_stands_in_the_base(shop: SmallCounter) -> None:
    """Whoever asks with a page of before pays out once, and not behind what was paid out."""
    done = sold(shop, FREE[0])
    begun = shop.case(shop.surface.begin_return(done.case_id))
    view = shop.surface.take_back(shop.scan(shop.view(done), FREE[0]).case.case_id, FREE[:1])
    agreeing, before = boss_of(shop), shop.case(view)
    assert pay_back.pay_back(shop.till, begun, agreeing).position.step is Step.CLOSED
    again = lambda: pay_back.pay_back(shop.till, before, agreeing)  # noqa: E731
    assert refused(again) is Code.STEP_MOVED_ON
    assert len(slips(shop)) == 1


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
    closed = paid_back(shop, boxes_back(shop, sold(shop, FREE[0]), FREE[0]))
    with shop.store.reading() as unit:
        events = unit.cases.events(closed.case_id)
        clerk, boss = unit.people.by_login(CLERK), unit.people.by_login(BOSS)
    assert clerk is not None
    assert boss is not None
    back = shop.case(closed).facts.cash_back
    assert back is not None
    assert (back.amount, back.paid_by, back.agreed_by) == (PRICE, clerk.staff_id, boss.staff_id)
    assert {event.staff_id for event in events} == {clerk.staff_id}
    with shop.store.reading() as unit:
        rows = unit.journal.rows()  # type: ignore[attr-defined]  # the base's own
    told = [(row.staff_id, row.subject, row.reason) for row in rows if row.act == "cash_back"]
    number = required(shop.case(closed).facts.sale, "a sale").receipt_no
    assert told == [(boss.staff_id, f"case {closed.case_id}", f"{number} 5.00")]
    assert shop.store.journal_report().whole


def test_the_boxes_are_free_in_quarantine_and_not_for_sale(shop: SmallCounter) -> None:
    closed = paid_back(shop, boxes_back(shop, sold(shop, FREE[0]), FREE[0]))
    shows_up(shop.till)
    view = shop.surface.sell_for_cash(shop.surface.next_customer(closed.case_id).case_id)
    outcome = shop.scan(view, FREE[0])
    assert outcome.spoken.tone == "stop"
    assert outcome.case.scan is not None
    assert outcome.case.scan.lines == ()


def _codes(view: CaseView) -> list[str]:
    assert view.returning is not None
    return [code for line in view.returning.lines for code in line.sold]
