"""Goods of a finished sale on their way: told when they leave, told when somebody signed."""

from datetime import timedelta

import msgspec
import pytest

from app.domain.case import Step
from app.domain.delivery import DeliveryState
from app.domain.errors import Code, DeviceTrouble, NotSent, OperatorInput
from app.ports import circulation as c
from app.ports.paper import Pair, Text
from app.ports.store import OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.workflow import delivery
from tests.support.small_counter import RX, SmallCounter

HOME, PHONE = "训练市示例区示例路1号2室", "13800000001"
COURIER = ("示例配送", "示例骑手", "13800000002")
S = DeliveryState


@pytest.fixture
def region(small: SmallCounter) -> SmallCounter:
    """A region whose centre wants to hear of deliveries."""
    region = small.profile
    opened = {
        operation: msgspec.structs.replace(region.operations[operation], enabled=True)
        for operation in (Operation.SYNC_DELIVERY, Operation.CONFIRM_DELIVERY)
    }
    small.with_profile(msgspec.structs.replace(region, operations={**region.operations, **opened}))
    return small


@pytest.fixture
def shop(region: SmallCounter) -> SmallCounter:
    """One finished visit there."""
    region.until(Step.DONE)
    return region


def prepared(shop: SmallCounter) -> str:
    (ready,) = shop.surface.parcels().ready
    (row,) = shop.surface.prepare_parcel(ready.case_id, "", PHONE, HOME).rows
    return row.delivery_no


def under_way(shop: SmallCounter) -> str:
    number = prepared(shop)
    shop.surface.send_parcel(number, *COURIER)
    return number


def state_of(shop: SmallCounter) -> tuple[DeliveryState, OutboxState | None]:
    (row,) = shop.surface.parcels().rows
    return row.state, row.waits


def test_a_finished_sale_by_prescription_can_leave(shop: SmallCounter) -> None:
    (ready,) = shop.surface.parcels().ready
    assert ready.rx_number == RX
    assert ready.patient == "钱**"
    assert shop.surface.parcels().told


def test_nothing_is_told_before_somebody_carries_it(shop: SmallCounter) -> None:
    prepared(shop)
    assert shop.surface.parcels().ready == ()
    assert state_of(shop) == (S.PREPARED, None)
    assert delivery.drain(shop.till) == 0
    assert shop.fake.times(Operation.SYNC_DELIVERY) == 0


def test_the_way_is_told_and_so_is_the_signature(shop: SmallCounter) -> None:
    number = under_way(shop)
    assert state_of(shop) == (S.UNDER_WAY, OutboxState.WAITING)
    assert delivery.drain(shop.till) == 1
    told = shop.fake.circulation.deliveries[number]
    assert told.receiver.name.reveal() == "钱测试"
    assert (told.receiver.address.reveal(), told.state) == (HOME, S.UNDER_WAY)
    shop.surface.end_parcel(number, S.ARRIVED, "", "")
    assert delivery.drain(shop.till) == 1
    done = shop.fake.circulation.deliveries[number]
    assert (done.state, done.signed_by.reveal()) == (S.ARRIVED, "钱测试")
    assert state_of(shop) == (S.ARRIVED, None)


def test_the_signature_never_overtakes_the_way(shop: SmallCounter) -> None:
    shop.fake.script(Operation.SYNC_DELIVERY, NotSent(Code.DID_NOT_LEAVE))
    number = under_way(shop)
    shop.surface.end_parcel(number, S.ARRIVED, "门卫", "")
    delivery.deliver_due(shop.till)
    assert shop.fake.times(Operation.CONFIRM_DELIVERY) == 0
    shop.clock.move(timedelta(hours=2))
    delivery.drain(shop.till)
    asked = [operation for operation, _ in shop.fake.asked][-2:]
    assert asked == [Operation.SYNC_DELIVERY, Operation.CONFIRM_DELIVERY]
    assert isinstance(shop.fake.asked[-1][1], c.ConfirmDelivery)


def test_a_power_cut_keeps_the_way_and_its_record(shop: SmallCounter) -> None:
    number = under_way(shop)
    shop.restart()
    (row,) = shop.surface.parcels().rows
    assert (row.delivery_no, row.state, row.waits) == (number, S.UNDER_WAY, OutboxState.WAITING)


@pytest.mark.parametrize("state", [S.REFUSED, S.CALLED_OFF])
def test_who_gives_up_says_why_and_the_goods_may_leave_again(
    shop: SmallCounter, state: DeliveryState
) -> None:
    number = under_way(shop)
    with pytest.raises(OperatorInput) as silent:
        shop.surface.end_parcel(number, state, "", " ")
    assert silent.value.code is Code.REASON_MISSING
    view = shop.surface.end_parcel(number, state, "", "无人在家")
    assert [row.state for row in view.rows] == [state]
    assert len(view.ready) == 1


def test_what_never_left_ends_untold(shop: SmallCounter) -> None:
    number = prepared(shop)
    shop.surface.end_parcel(number, S.CALLED_OFF, "", "顾客自取")
    assert delivery.drain(shop.till) == 0


def test_what_moved_on_is_not_moved_twice(shop: SmallCounter) -> None:
    number = under_way(shop)
    shop.surface.end_parcel(number, S.ARRIVED, "", "")
    for again in (
        lambda: shop.surface.end_parcel(number, S.REFUSED, "", "晚了"),
        lambda: shop.surface.send_parcel(number, *COURIER),
    ):
        with pytest.raises(OperatorInput) as late:
            again()
        assert late.value.code is Code.DELIVERY_MOVED_ON
    assert state_of(shop)[0] is S.ARRIVED


def test_a_sale_leaves_once(shop: SmallCounter) -> None:
    (ready,) = shop.surface.parcels().ready
    prepared(shop)
    with pytest.raises(OperatorInput) as twice:
        shop.surface.prepare_parcel(ready.case_id, "", PHONE, HOME)
    assert twice.value.code is Code.DELIVERY_MOVED_ON


def test_a_visit_under_way_does_not_leave(region: SmallCounter) -> None:
    view = region.until(Step.SCAN)
    with pytest.raises(OperatorInput) as early:
        region.surface.prepare_parcel(view.case_id, "", PHONE, HOME)
    assert early.value.code is Code.DELIVERY_NOT_OF_RX


def test_views_mask_people_and_the_label_does_not(shop: SmallCounter) -> None:
    number = under_way(shop)
    (row,) = shop.surface.parcels().rows
    shown = " ".join(str(value) for value in (row.receiver, row.phone, row.address, row.courier))
    for personal in ("钱测试", PHONE, "示例路1号", "示例骑手"):
        assert personal not in shown
    shop.surface.print_parcel(number)
    blocks = shop.tray.papers[-1].blocks
    texts = [b.text for b in blocks if isinstance(b, Text)]
    pairs = [(b.left, b.right) for b in blocks if isinstance(b, Pair)]
    assert HOME in texts
    assert ("钱测试", PHONE) in pairs


def test_no_paper_is_said_and_the_way_stands(shop: SmallCounter) -> None:
    number = under_way(shop)
    shop.tray.broken = DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
    with pytest.raises(DeviceTrouble):
        shop.surface.print_parcel(number)
    assert state_of(shop)[0] is S.UNDER_WAY


@pytest.mark.parametrize(("name", "wants"), [("shanghai", True), ("fujian", False)])
def test_the_region_says_whether_deliveries_are_told(
    small: SmallCounter, name: str, wants: bool
) -> None:
    small.with_profile(load(name, "training").profile)
    assert small.surface.parcels().told is wants


def test_nothing_leaves_where_nobody_hears_of_it(small: SmallCounter) -> None:
    view = small.until(Step.DONE)
    assert small.surface.parcels().ready == ()
    with pytest.raises(OperatorInput) as refused:
        small.surface.prepare_parcel(view.case_id, "", PHONE, HOME)
    assert refused.value.code is Code.NOT_ALLOWED
