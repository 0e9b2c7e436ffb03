"""Sample rows of 待上传, masked as the store summarises them."""

from app.ports.store import OutboxMove, OutboxState
from app.workflow.views.desk import (
    QueueDetail,
    QueueExchange,
    QueueField,
    QueueReply,
    QueueRow,
    QueueStep,
)
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


def queue_detail() -> QueueDetail:
    """The stopped row: refused once, one field to put right, people masked on the wire."""
    at = before(hours=1, minutes=12)
    return QueueDetail(
        item_id=9,
        business_key="2611220200109-1",
        steps=(
            QueueStep(at, OutboxMove.QUEUED, None, "", "", ""),
            QueueStep(at, OutboxMove.SENDING, None, "", "", ""),
            QueueStep(at, OutboxMove.REFUSED, 3117, "第2条 manu_date 不能为空", "", ""),
        ),
        exchanges=(
            QueueExchange(
                "P35010000001202611220927330200",
                at,
                '{"infno":"3505","input":{"selinfo":{"manu_date":"","psn_name":"•••"}}}',
                (QueueReply(200, '{"infcode":-1,"err_msg":"第2条manu_date不能为空"}', ""),),
            ),
        ),
        fields=(
            QueueField("made_on", "2025-11-01"),
            QueueField("expires_on", "2027-10-31"),
            QueueField("lot_no", "A1138"),
            QueueField("national_code", "XA01"),
            QueueField("product_barcode", ""),
        ),
        delivered_today=214,
    )
