"""Builders for what the prescription centre is asked and told besides a visit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.credential import PersonName, PhoneNumber
from app.domain.delivery import Courier, Delivery, DeliveryState, Receiver, StreetAddress
from app.ports import circulation as c
from tests.support import platform_parts as parts

RECEIVER = Receiver(
    PersonName("测试甲"), PhoneNumber("13800000001"), StreetAddress("示例市示例区示例路1号2室")
)
COURIER = Courier("示例配送", PersonName("示例骑手"), PhoneNumber("13800000002"))


def delivery(state: DeliveryState = DeliveryState.UNDER_WAY) -> Delivery:
    return Delivery(
        delivery_no="D202506010001",
        case_id=1,
        rx_number=parts.RX_NUMBER,
        receipt_no="S202506010001",
        receiver=RECEIVER,
        courier=COURIER,
        state=state,
        moved_at=parts.NOW,
    )


def signed() -> Delivery:
    arrived = delivery(DeliveryState.ARRIVED)
    return replace(
        arrived, moved_at=parts.NOW + timedelta(minutes=40), signed_by=PersonName("测试甲")
    )


def sync() -> c.SyncDelivery:
    return c.SyncDelivery(delivery(), "收银一")


def confirm() -> c.ConfirmDelivery:
    return c.ConfirmDelivery(signed(), "收银一")


def online() -> c.QueryOnlineRx:
    since = datetime(2025, 5, 31, 16, 0, tzinfo=UTC)
    return c.QueryOnlineRx(since, since + timedelta(days=1), page=1, page_size=50)


def decode() -> c.DecodeRxCode:
    return c.DecodeRxCode("012345678901234567890123456", "E01", "收银一")


def catalogue() -> c.QueryCatalogue:
    return c.QueryCatalogue(page=2, page_size=50)
