"""Stock told together, erased and asked about, through our codecs and theirs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Quantity, packs, price
from app.gateways.fields import PLATFORM_ZONE
from app.ports import requests as q
from app.ports import stock as g
from app.profile.operations import Operation

_DAYS = timedelta(days=1)


def lot_of(line, serial: str, code: str = "") -> g.StockLot:
    """A goods receipt of its own, so that tests do not see each other's movements."""
    return g.StockLot(
        line.national_code,
        line.store_code,
        line.name,
        serial,
        line.lot_no,
        line.made_on,
        line.expires_on,
        line.needs_prescription,
        (DrugTraceCode(code),) if code else (),
    )


@pytest.fixture
def lot(shop) -> g.StockLot:
    line = shop.line()
    return lot_of(line, f"T{line.trace_codes[0]}", str(line.trace_codes[0]))


def told(shop, *rows: g.StockRow) -> list[bool]:
    message = shop.goods(g.StockRows(rows))
    return [row.accepted for row in shop.platform.goods.tell_rows(message).value.outcomes]


def figure(shop, lot: g.StockLot) -> Quantity | None:
    page = 1
    while True:
        asked = shop.goods(g.QueryStock(page, 100, store_code=lot.store_code))
        found = shop.platform.goods.query_stock(asked).value
        for row in found.rows:
            if row.upload_lot == lot.upload_lot:
                return row.quantity
        if found.place.last:
            return None
        page += 1


def on_file(shop, asked: Operation, lot: g.StockLot, code: str = "") -> tuple[g.RecordRow, ...]:
    today = datetime.now(UTC).astimezone(PLATFORM_ZONE).date()
    request = g.QueryRecords(
        asked,
        today - _DAYS,
        today + _DAYS,
        page=1,
        page_size=100,
        store_code=lot.store_code,
        upload_lot=lot.upload_lot,
        code=code,
    )
    return shop.platform.goods.query_records(shop.goods(request)).value.rows


def count(lot: g.StockLot, amount: int) -> g.CountStock:
    return g.CountStock(lot, packs(amount), datetime.now(UTC).astimezone(PLATFORM_ZONE).date())


def change(lot: g.StockLot, kind: str, amount: int) -> g.ChangeStock:
    return g.ChangeStock(lot, kind, price("20"), packs(amount), datetime.now(UTC), "店长")


def test_counts_and_changes_together_make_the_figure(shop, lot):
    second = replace(lot, upload_lot=lot.upload_lot + "B", trace_codes=())
    assert told(shop, count(lot, 10), count(second, 4)) == [True, True]
    assert told(shop, change(lot, "104", 3), change(second, "103", 1)) == [True, True]
    assert (figure(shop, lot), figure(shop, second)) == (packs(7), packs(5))
    (counted,) = on_file(shop, Operation.QUERY_COUNTS, lot)
    assert (counted.kind, counted.quantity) == (g.RecordKind.COUNT, packs(10))
    (changed,) = on_file(shop, Operation.QUERY_CHANGES, lot)
    assert (changed.change_kind, changed.quantity) == ("104", packs(3))


def test_a_refused_row_is_named_and_the_others_stand(shop, lot):
    none = replace(change(lot, "103", 1), quantity=Quantity(0))
    other = change(lot, "101", 2)
    assert told(shop, other, none) == [True, False]
    assert figure(shop, lot) == packs(2)


def test_erasing_takes_one_kind_of_one_lot(shop, lot):
    assert told(shop, count(lot, 10)) == [True]
    assert told(shop, change(lot, "104", 3)) == [True]
    shop.platform.goods.erase_upload(shop.goods(g.EraseUpload(lot.upload_lot, g.RecordKind.CHANGE)))
    assert figure(shop, lot) == packs(10)
    assert told(shop, g.EraseUpload(lot.upload_lot, g.RecordKind.COUNT)) == [True]
    assert figure(shop, lot) is None


def test_sales_told_together_are_in_every_trail(shop, buyer):
    line = shop.line()
    code = str(line.trace_codes[0])
    lot = lot_of(line, line.upload_lot, code)
    sale = q.UploadSale(
        line=line,
        buyer=q.Buyer(None, insured=False, visit_id="", settlement_id=""),
        prescriber=q.Prescriber(None, "无", ""),
        dispenser=q.Dispenser("示例药师", "01", "ZY0000001", ""),
        receipt_no=f"G{code}",
        sale_serial=f"G{code}",
        sold_at=datetime.now(UTC),
        operator_name="收银一",
    )
    assert told(shop, sale) == [True]
    (sold,) = on_file(shop, Operation.QUERY_SALE_TRAIL, lot, code)
    assert (sold.code, sold.document_no) == (code, sale.receipt_no)
    back = q.ReturnSale(
        line, sale.buyer, sale.receipt_no, sale.sale_serial, datetime.now(UTC), "收银一"
    )
    assert told(shop, back) == [True]
    moved = on_file(shop, Operation.QUERY_STOCK_TRAIL, lot, code)
    assert [row.returned for row in moved] == [False, True]
    assert len(on_file(shop, Operation.QUERY_LOT_TRAIL, lot, code)) == 2
    assert [row.kind for row in on_file(shop, Operation.QUERY_SALES, lot)][-2:] == [
        g.RecordKind.SALE
    ] * 2
