"""Sample rows of 待上传, masked as the store summarises them."""

from app.ports.store import OutboxState
from app.workflow.desk_views import QueueRow
from tests.support.views import after, before


def queue_rows() -> tuple[QueueRow, ...]:
    """One stopped, one to be cleared, one that is retried, one waiting, one being sent."""
    return (
        QueueRow(9, "upload_sale", "陈** ・ 2 行 2 码", OutboxState.STOPPED, 1,
                 before(hours=1, minutes=12), after(hours=1), after(hours=22), 3117,
                 "第 2 条缺少生产日期", 37),
        QueueRow(10, "return_sale", "小票 0202-000115", OutboxState.UNKNOWN, 1,
                 before(minutes=52), after(minutes=1), None, 5005, "", 35),
        QueueRow(11, "audit", "黄** ・ 通过", OutboxState.WAITING, 3,
                 before(minutes=37), after(minutes=6), None, None, "", 38),
        QueueRow(12, "receive", "随货单 RK20261120-03 ・ 26 行", OutboxState.WAITING, 0,
                 before(minutes=18), before(minutes=18), None, None, "", None),
        QueueRow(13, "upload_sale", "林** ・ 自费 2 行 2 码", OutboxState.SENDING, 1,
                 before(seconds=2), before(seconds=2), None, None, "", 41),
    )  # fmt: skip
