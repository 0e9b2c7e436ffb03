"""The books of goods behind their port, in memory: what was told, and a figure that follows it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain.money import Quantity
from app.ports import requests as q
from app.ports import stock as g
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Sender, Stamp
from app.ports.replies import SaleAccepted

_PAGE = g.PagePlace(1, 1, 0, last=True)


class Wire(Protocol):
    """Whatever composes messages and plays the turns a test scripted."""

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]: ...

    def exchange(self, message: Committed[Any], honest: Callable[[Any], Any]) -> Answer[Any]: ...


@dataclass
class FakeGoods:
    """``figures`` and ``records`` are what the platform holds; tests write them as they like.

    ``refused`` names upload lots whose rows are refused one by one.
    """

    wire: Wire
    figures: list[g.StockFigure] = field(default_factory=list)
    records: list[g.RecordRow] = field(default_factory=list)
    told: list[g.StockRow] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def compose(self, request: Any, sender: Sender, stamp: Stamp) -> Draft[Any]:
        return self.wire.compose(request, sender, stamp)

    def tell_rows(self, message: Committed[g.StockRows]) -> Answer[g.RowsTold]:
        return self.wire.exchange(message, self._tell)

    def _tell(self, message: Committed[g.StockRows]) -> g.RowsTold:
        rows = message.draft.request.rows
        taken = [_lot(row) not in self.refused for row in rows]
        self.told += [row for row, yes in zip(rows, taken, strict=True) if yes]
        return g.RowsTold(tuple(g.RowOutcome(yes, "" if yes else "refused") for yes in taken))

    def erase_upload(self, message: Committed[g.EraseUpload]) -> Answer[SaleAccepted]:
        return self.wire.exchange(message, self._erase)

    def _erase(self, message: Committed[g.EraseUpload]) -> SaleAccepted:
        self.told.append(message.draft.request)
        return SaleAccepted("")

    def query_stock(self, message: Committed[g.QueryStock]) -> Answer[g.StockPage]:
        return self.wire.exchange(message, self._stock)

    def _stock(self, message: Committed[g.QueryStock]) -> g.StockPage:
        asked = message.draft.request
        found = [row for row in self.figures if asked.store_code in ("", row.store_code)]
        start = (asked.page - 1) * asked.page_size
        pages = -(-len(found) // asked.page_size)
        place = g.PagePlace(asked.page, pages, len(found), asked.page >= pages)
        return g.StockPage(tuple(found[start : start + asked.page_size]), place)

    def query_records(self, message: Committed[g.QueryRecords]) -> Answer[g.RecordPage]:
        return self.wire.exchange(message, self._records)

    def _records(self, message: Committed[g.QueryRecords]) -> g.RecordPage:
        asked = message.draft.request
        kind = g.RECORD_QUERIES[asked.asked]
        found = [
            row
            for row in self.records
            if kind in (None, row.kind)
            and asked.store_code in ("", row.store_code)
            and asked.upload_lot in ("", row.upload_lot)
            and asked.code in ("", row.code)
        ]
        return g.RecordPage(tuple(found), _PAGE)


def _lot(row: g.StockRow) -> str:
    if isinstance(row, g.EraseUpload):
        return row.upload_lot
    return (
        row.line.upload_lot if isinstance(row, q.UploadSale | q.ReturnSale) else row.lot.upload_lot
    )


def figure(store_code: str, upload_lot: str, packs: int) -> g.StockFigure:
    """Whole packs of one lot as the platform holds them."""
    return g.StockFigure("", store_code, "", Quantity(packs * 10_000), None, upload_lot, "", None)
