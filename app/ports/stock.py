"""Movements of stock as told to the platform (core-platform 6.2 to 6.5). They may wait.

``quantity`` counts smallest pricing packs and is positive; the kind of the movement says which way
it went. Each record is one lot of this store.
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Price, Quantity


@dataclass(frozen=True, slots=True)
class StockLot:
    """What moved: the item and the goods-receipt line it belongs to."""

    national_code: str
    store_code: str
    name: str
    upload_lot: str
    lot_no: str
    made_on: date
    expires_on: date
    needs_prescription: bool
    trace_codes: tuple[DrugTraceCode, ...] = ()


@dataclass(frozen=True, slots=True)
class CountStock:
    """盘存: what lies there. ``quantity`` may be nought."""

    lot: StockLot
    quantity: Quantity
    counted_on: date


@dataclass(frozen=True, slots=True)
class ChangeStock:
    """库存变更. ``kind`` is the platform's code of the reason, which also gives the direction."""

    lot: StockLot
    kind: str
    price: Price
    quantity: Quantity
    changed_at: datetime
    operator_name: str


@dataclass(frozen=True, slots=True)
class Receive:
    """采购入库 of one lot."""

    lot: StockLot
    supplier: str
    maker: str
    approval_no: str
    price: Price
    quantity: Quantity
    received_at: datetime
    operator_name: str
    delivery_no: str = ""
    invoice_no: str = ""
    gift: bool = False


@dataclass(frozen=True, slots=True)
class ReturnToSupplier:
    """采购退货 of one lot, under the invoice of its purchase."""

    lot: StockLot
    supplier: str
    invoice_no: str
    price: Price
    quantity: Quantity
    returned_at: datetime
    operator_name: str


StockRecord = CountStock | ChangeStock | Receive | ReturnToSupplier
