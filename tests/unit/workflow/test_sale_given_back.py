"""A sale that was parked and then given back: told by nobody, and finished by a manager."""

from functools import partial

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.ports.store import OutboxItem, OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.kept_records import row
from tests.support.small_counter import BOSS, CAPSULES, EARLY, PIN, SmallCounter, on_unknown
from tests.unit.workflow.test_long_without_a_line import LOST, some_rounds

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")
BOXES = sorted({*EARLY[:2], *CAPSULES[:1]})
STOPPED, VOIDED = OutboxState.STOPPED, OutboxState.VOIDED


@pytest.fixture
def afterwards(small: SmallCounter) -> SmallCounter:
    """A region whose sales are told behind the money."""
    small.with_profile(load("fujian+told_afterwards", "training").profile)
    return small


def parked_sale_given_back(small: SmallCounter) -> list[OutboxItem]:
    """Both lines refused and parked, money and boxes given back, the returns told."""
    view = small.until(Step.HAND_OVER)
    for _ in range(2):
        small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.drain(small.till)
    view = small.surface.begin_return(small.hand_over(view).case_id)
    view = small.surface.take_back(view.case_id, BOXES)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    small.surface.deliver()
    assert small.view(view).step is Step.CLOSED
    with small.store.reading() as unit:
        return list(unit.outbox.items())


def refused(small: SmallCounter, item_id: int, changes: dict[str, str] | None = None) -> bool:
    """Whether a person is told that this sale was given back."""
    act = partial(small.surface.retry_item, item_id)
    if changes is not None:
        act = partial(small.surface.mend_item, item_id, changes)
    with pytest.raises(OperatorInput) as told:
        act()
    return told.value.code is Code.SALE_GIVEN_BACK


def test_a_parked_sale_is_not_told_once_it_was_given_back(afterwards: SmallCounter) -> None:
    rows = parked_sale_given_back(afterwards)
    sales = [one for one in rows if one.operation is Operation.UPLOAD_SALE]
    assert [one.state for one in sales] == [STOPPED] * 2
    for one in sales:
        assert refused(afterwards, one.item_id, {"made_on": "2026-07-18"})
        assert refused(afterwards, one.item_id)
    some_rounds(afterwards)
    assert afterwards.fake.books.sold == {}, "what was given back stands there as sold"


def test_the_queue_says_that_it_was_given_back_and_a_manager_ends_it(
    afterwards: SmallCounter,
) -> None:
    parked_sale_given_back(afterwards)
    queue = afterwards.surface.queue()
    assert {one.operation: one.given_back for one in queue} == {
        Operation.UPLOAD_SALE: True,
        Operation.RETURN_SALE: False,
    }
    for one in queue:
        fields = afterwards.surface.queue_detail(one.item_id).fields
        assert bool(fields) is not one.given_back
        afterwards.surface.void_item(one.item_id, "没有上报过，已退货", BOSS, PIN)
    assert afterwards.surface.queue() == ()
    assert afterwards.fake.books.sold == {}


def test_a_sale_given_back_stays_unsold_when_its_return_was_voided(
    afterwards: SmallCounter,
) -> None:
    for one in parked_sale_given_back(afterwards):
        if one.operation is Operation.RETURN_SALE:
            afterwards.surface.void_item(one.item_id, "平台没有这笔", BOSS, PIN)
    left = afterwards.surface.queue()
    assert len(left) == 2
    assert all(refused(afterwards, one.item_id) for one in left)
    some_rounds(afterwards)
    assert afterwards.fake.books.sold == {}


def test_a_sale_in_doubt_is_told_again_while_its_return_waits_behind_it(
    afterwards: SmallCounter,
) -> None:
    afterwards.with_profile(on_unknown(afterwards.profile, Operation.UPLOAD_SALE, "person"))
    view = afterwards.until(Step.HAND_OVER)
    for _ in range(2):
        afterwards.fake.script(Operation.UPLOAD_SALE, LOST)
    delivery.drain(afterwards.till)
    view = afterwards.surface.begin_return(afterwards.hand_over(view).case_id)
    view = afterwards.surface.take_back(view.case_id, BOXES)
    afterwards.surface.revoke(view.case_id, BOSS, PIN)
    some_rounds(afterwards)
    queue = afterwards.surface.queue()
    assert [one.given_back for one in queue] == [False] * 4
    for one in queue[:2]:
        afterwards.surface.retry_item(one.item_id)
        assert row(afterwards, one.item_id).state is OutboxState.DELIVERED
    some_rounds(afterwards)
    assert (afterwards.fake.books.sold, afterwards.surface.queue()) == ({}, ())


def sold_without_a_line_and_given_back(small: SmallCounter) -> list[OutboxItem]:
    """Both lines and their returns wait: nothing of the sale ever left."""
    view = small.until(Step.HAND_OVER)
    view = small.surface.begin_return(small.hand_over(view).case_id)
    view = small.surface.take_back(view.case_id, BOXES)
    small.surface.revoke(view.case_id, BOSS, PIN)
    with small.store.reading() as unit:
        return list(unit.outbox.items())


@pytest.mark.parametrize("voided", [Operation.RETURN_SALE, Operation.UPLOAD_SALE])
def test_of_a_sale_never_told_both_records_are_voided_or_neither(
    afterwards: SmallCounter, voided: Operation
) -> None:
    rows = sold_without_a_line_and_given_back(afterwards)
    assert [one.state for one in rows] == [OutboxState.WAITING] * 4
    for one in rows:
        if one.operation is voided:
            afterwards.surface.void_item(one.item_id, "没有上报过，已退货", BOSS, PIN)
    some_rounds(afterwards)
    assert (afterwards.fake.books.sold, afterwards.surface.queue()) == ({}, ())
    told = [one for one, _ in afterwards.fake.asked]
    assert not {Operation.UPLOAD_SALE, Operation.RETURN_SALE} & set(told)


def test_a_return_is_not_voided_while_its_sale_may_still_be_told(afterwards: SmallCounter) -> None:
    for _ in range(2):
        afterwards.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
    view = afterwards.until(Step.HAND_OVER)
    delivery.deliver_due(afterwards.till)
    view = afterwards.surface.begin_return(afterwards.hand_over(view).case_id)
    view = afterwards.surface.take_back(view.case_id, BOXES)
    afterwards.surface.revoke(view.case_id, BOSS, PIN)
    with afterwards.store.reading() as unit:
        rows = unit.outbox.items()
    for one in rows:
        if one.operation is Operation.RETURN_SALE:
            with pytest.raises(OperatorInput) as early:
                afterwards.surface.void_item(one.item_id, "不用报了", BOSS, PIN)
            assert early.value.code is Code.SALE_ON_ITS_WAY
    some_rounds(afterwards)
    assert (afterwards.fake.books.sold, afterwards.surface.queue()) == ({}, ())


def test_a_return_names_what_was_told_of_its_sale(afterwards: SmallCounter) -> None:
    """The lot was put right before the sale was told: its return speaks of that lot."""
    view = afterwards.until(Step.HAND_OVER)
    for _ in range(2):
        afterwards.fake.script(Operation.UPLOAD_SALE, REFUSED)
    delivery.drain(afterwards.till)
    for one in afterwards.surface.queue():
        afterwards.surface.mend_item(one.item_id, {"lot_no": "RIGHT"})
    view = afterwards.surface.begin_return(afterwards.hand_over(view).case_id)
    view = afterwards.surface.take_back(view.case_id, BOXES)
    afterwards.surface.revoke(view.case_id, BOSS, PIN)
    afterwards.surface.deliver()
    lots = {
        operation: {asked.line.lot_no}
        for operation, asked in afterwards.fake.asked
        if operation in (Operation.UPLOAD_SALE, Operation.RETURN_SALE)
    }
    assert lots == {Operation.UPLOAD_SALE: {"RIGHT"}, Operation.RETURN_SALE: {"RIGHT"}}


def test_the_centre_is_not_told_of_a_sale_that_was_given_up(small: SmallCounter) -> None:
    small.with_profile(load("fujian+told_before_and_after", "training").profile)
    for _ in range(2):
        small.fake.script(Operation.UPLOAD_RX_SALE, REFUSED)
    view = small.until(Step.SETTLE)
    assert small.surface.abandon(view.case_id).step is Step.CLOSED
    delivery.drain(small.till)
    told = [one for one in small.surface.queue() if one.operation == Operation.UPLOAD_RX_SALE.value]
    assert [refused(small, one.item_id) for one in told] == [True, True]
    some_rounds(small)
    assert small.fake.books.centre_sold == {}
