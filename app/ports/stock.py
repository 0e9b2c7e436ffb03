"""Movements of stock as told to the platform (core-platform 6.2 to 6.5). They may wait.

``quantity`` counts smallest pricing packs and is positive; the kind of the movement says which way
it went. Each record is one lot of this store.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Price, Quantity
from app.ports.requests import ReturnSale, UploadSale
from app.profile.operations import Operation


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
    pieces: int = 0
    """Of an opened box: that many, ``quantity`` of a pack; nought for whole packs."""


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


class RecordKind(StrEnum):
    """What a record on file at the platform is about (inv_data_type)."""

    COUNT = "count"
    CHANGE = "change"
    PURCHASE = "purchase"
    SALE = "sale"


@dataclass(frozen=True, slots=True)
class EraseUpload:
    """商品信息删除: every record of one kind under one lot serial. Needs a second person."""

    upload_lot: str
    kind: RecordKind


StockRow = StockRecord | EraseUpload | UploadSale | ReturnSale


@dataclass(frozen=True, slots=True)
class StockRows:
    """Rows of one kind, told in one message; none may wait, and nobody but a person repeats it."""

    rows: tuple[StockRow, ...]


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row; ``text`` is the platform's word, empty where it says nothing.

    ``code`` says of a no what it would mean alone: a refusal, or (5...) that nobody knows.
    """

    accepted: bool
    text: str
    code: Code = Code.REFUSED


@dataclass(frozen=True, slots=True)
class RowsTold:
    """``outcomes`` in the order of the rows. An envelope's yes may hold a no for single rows."""

    outcomes: tuple[RowOutcome, ...]


@dataclass(frozen=True, slots=True)
class QueryStock:
    """实时商品库存查询 of this store; empty fields ask for everything. ``page`` counts from 1."""

    page: int
    page_size: int
    national_code: str = ""
    store_code: str = ""


@dataclass(frozen=True, slots=True)
class StockFigure:
    """One row of what the platform holds; a region may sum up lots, then the lot is empty.

    ``quantity`` may be below nought: more was reported sold than received. ``price`` is None where
    the platform shows none, or nought, which a record carries that was told without one.
    """

    national_code: str
    store_code: str
    name: str
    quantity: Quantity
    price: Price | None
    upload_lot: str
    lot_no: str
    expires_on: date | None


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Which page was answered, of how many, and how many rows there are in all."""

    number: int
    pages: int
    total: int
    last: bool


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row that names its line and whose figure is no figure; ``why`` is the reader's word."""

    store_code: str
    upload_lot: str
    why: str


@dataclass(frozen=True, slots=True)
class StockPage:
    rows: tuple[StockFigure, ...]
    place: PagePlace
    unread: tuple[UnreadRow, ...] = ()


RECORD_QUERIES: Mapping[Operation, RecordKind | None] = {
    Operation.QUERY_COUNTS: RecordKind.COUNT,
    Operation.QUERY_CHANGES: RecordKind.CHANGE,
    Operation.QUERY_PURCHASES: RecordKind.PURCHASE,
    Operation.QUERY_SALES: RecordKind.SALE,
    Operation.QUERY_LOT_TRAIL: None,
    Operation.QUERY_SALE_TRAIL: RecordKind.SALE,
    Operation.QUERY_STOCK_TRAIL: None,
}
"""Questions about single records, and the one kind each shows; None: every kind."""


@dataclass(frozen=True, slots=True)
class QueryRecords:
    """What the platform has on file of one item, lot or code; both days count.

    ``asked`` is one of ``RECORD_QUERIES``; one of ``store_code``, ``national_code``,
    ``upload_lot`` and ``code`` must be said.
    """

    asked: Operation
    first_day: date
    last_day: date
    page: int
    page_size: int
    store_code: str = ""
    national_code: str = ""
    upload_lot: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record on file. Texts are empty and values None where a region does not show them.

    ``quantity`` keeps the sign it came with; ``change_kind`` is the platform's code of a change;
    ``document_no`` the receipt, invoice or serial it was told under; ``record_no`` the platform's.
    """

    kind: RecordKind | None
    national_code: str
    store_code: str
    name: str
    upload_lot: str
    lot_no: str
    code: str
    quantity: Quantity | None
    price: Price | None
    change_kind: str
    document_no: str
    record_no: str
    happened_at: datetime | None
    accepted_at: datetime | None
    returned: bool | None


@dataclass(frozen=True, slots=True)
class RecordPage:
    rows: tuple[RecordRow, ...]
    place: PagePlace
