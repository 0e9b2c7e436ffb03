"""Sales that wait in an outbox: lines with lots and boxes of their own, bought by nobody named."""

from dataclasses import replace
from datetime import datetime

from app.domain.goods.codes import DrugTraceCode
from app.ports import requests as q
from app.ports.store import Store
from app.profile.operations import Operation
from tests.support.store_builders import a_sale

NOBODY = q.Buyer(None, False, "", "")


def sale_of(number: int, lot: str, at: datetime | None = None) -> q.UploadSale:
    """One line under a serial of its own, with two boxes nobody else has."""
    sale = a_sale()
    boxes = tuple(DrugTraceCode(f"8123456{number:09d}{box:04d}") for box in (1, 2))
    line = replace(sale.line, index=1, upload_lot=lot, trace_codes=boxes)
    return replace(
        sale,
        line=line,
        buyer=NOBODY,
        prescriber=replace(sale.prescriber, rx_number=None),
        sale_serial=f"S{number}",
        sold_at=at or sale.sold_at,
    )


def queue_sale(store: Store, number: int, lot: str, at: datetime) -> int:
    """The row of one such sale; its business key is its serial and line."""
    with store.unit() as unit:
        return unit.outbox.add(
            Operation.UPLOAD_SALE,
            f"S{number}-1",
            lot,
            sale_of(number, lot, at),
            None,
            "示例片",
            at,
        )
