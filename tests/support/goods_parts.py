"""Builders for the books of goods: the item and lots of ``platform_parts``, told as stock."""

from dataclasses import replace
from datetime import date

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import price, quantity
from app.ports import stock as g
from app.profile.operations import Operation
from tests.support import platform_parts as parts

LOT = g.StockLot(
    national_code="XA00AAA000A001010100001",
    store_code="SKU0001",
    name="示例片",
    upload_lot="B20250101001",
    lot_no="L2501",
    made_on=date(2025, 1, 1),
    expires_on=date(2027, 12, 31),
    needs_prescription=True,
    trace_codes=(DrugTraceCode("80000000000000000001"),),
)
SECOND = replace(LOT, upload_lot="B20250101002")
DAY = date(2025, 6, 1)


def bare(lot: g.StockLot) -> g.StockLot:
    """The lot without its codes: purchases are told without."""
    return replace(lot, trace_codes=())


def count(lot: g.StockLot = LOT, packs: str = "12") -> g.CountStock:
    return g.CountStock(lot, quantity(packs), DAY)


def change(lot: g.StockLot = LOT, kind: str = "104", packs: str = "2") -> g.ChangeStock:
    return g.ChangeStock(lot, kind, price("20"), quantity(packs), parts.NOW, "店长")


def receive(lot: g.StockLot = LOT) -> g.Receive:
    return g.Receive(
        bare(lot),
        supplier="示例医药公司",
        maker="示例药厂",
        approval_no="国药准字H00000001",
        price=price("15.5"),
        quantity=quantity("10"),
        received_at=parts.NOW,
        operator_name="店长",
        delivery_no="SH20250601",
        invoice_no="FP0001",
    )


def send_back(lot: g.StockLot = LOT) -> g.ReturnToSupplier:
    return g.ReturnToSupplier(
        bare(lot), "示例医药公司", "FP0001", price("15.5"), quantity("4"), parts.NOW, "店长"
    )


def erase(lot: str = LOT.upload_lot, kind: g.RecordKind = g.RecordKind.COUNT) -> g.EraseUpload:
    return g.EraseUpload(lot, kind)


def rows(*told: g.StockRow) -> g.StockRows:
    return g.StockRows(told)


ROWS: dict[Operation, g.StockRows] = {
    Operation.COUNT_STOCK_ROWS: rows(count(), count(SECOND, "0")),
    Operation.CHANGE_STOCK_ROWS: rows(change(), change(SECOND, "103", "1")),
    Operation.RECEIVE_ROWS: rows(receive(), receive(SECOND)),
    Operation.RETURN_TO_SUPPLIER_ROWS: rows(send_back(), send_back(SECOND)),
    Operation.UPLOAD_SALE_ROWS: rows(parts.upload_sale()),
    Operation.RETURN_SALE_ROWS: rows(parts.return_sale()),
    Operation.ERASE_UPLOAD_ROWS: rows(
        erase(kind=g.RecordKind.PURCHASE), erase(SECOND.upload_lot, g.RecordKind.SALE)
    ),
}


def query_stock() -> g.QueryStock:
    return g.QueryStock(page=2, page_size=50, store_code="SKU0001")


def query_records(asked: Operation) -> g.QueryRecords:
    """Trails name the box too."""
    by_code = asked in (
        Operation.QUERY_LOT_TRAIL,
        Operation.QUERY_SALE_TRAIL,
        Operation.QUERY_STOCK_TRAIL,
    )
    return g.QueryRecords(
        asked=asked,
        first_day=DAY,
        last_day=date(2025, 6, 2),
        page=1,
        page_size=100,
        store_code="SKU0001",
        upload_lot=LOT.upload_lot,
        code="80000000000000000001" if by_code else "",
    )
