"""商品信息删除 and the questions about stock on the wire (core-platform 6.8, 6.9)."""

from collections.abc import Mapping
from datetime import date, datetime

from app.domain.money import Price, Quantity, quantity
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields, wire_day
from app.gateways.wording.sale import Content
from app.ports import stock as g
from app.profile.model import Profile

_LAST = ("true", "1")


def erase(profile: Profile, request: g.EraseUpload) -> Content:
    kinds = profile.tables["record_kind"]
    return {"fixmedins_bchno": request.upload_lot, "inv_data_type": kinds[request.kind.value]}


def query_stock(request: g.QueryStock, institution: str) -> Content:
    """Both names of the store's own code: the shape is a union of neighbours (6.9)."""
    asked = {
        "fixmedins_code": institution,
        "med_list_codg": request.national_code,
        "fixmedins_hilist_id": request.store_code,
        "medins_list_codg": request.store_code,
        "page_num": str(request.page),
        "page_size": str(request.page_size),
    }
    return {"data": {name: value for name, value in asked.items() if value}}


def query_records(request: g.QueryRecords, institution: str) -> Content:
    asked = {
        "fixmedins_code": institution,
        "med_list_codg": request.national_code,
        "medins_list_codg": request.store_code,
        "fixmedins_bchno": request.upload_lot,
        "drug_trac_codg": request.code,
        "begndate": wire_day(request.first_day),
        "enddate": wire_day(request.last_day),
        "page_num": str(request.page),
        "page_size": str(request.page_size),
    }
    return {"data": {name: value for name, value in asked.items() if value}}


def place(output: Fields, page: int, rows: int) -> g.PagePlace:
    """Where the answered page stands. One without page fields is the only one there is.

    Raises ``Unreadable`` for another page than the one asked for.
    """
    number = _count(output, "pageNum", page)
    if number != page:
        raise Unreadable("page_num")
    last = output.text("lastPage").lower()
    pages = _count(output, "pages", page)
    ended = last in _LAST if last else number >= pages
    return g.PagePlace(number, pages, _count(output, "recordCounts", rows), ended)


def _count(output: Fields, name: str, missing: int) -> int:
    text = output.text(name)
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Unreadable(f"count_{name}")
    return int(text) if text else missing


def stock_page(output: Fields, request: g.QueryStock) -> g.StockPage:
    """One row that cannot be read costs that row; without its item it costs the page."""
    rows: list[g.StockFigure] = []
    unread: list[g.UnreadRow] = []
    for row in output.rows("data"):
        code = row.need("medins_list_codg", "fixmedins_hilist_id")
        try:
            rows.append(_figure(row))
        except Unreadable as wrong:
            unread.append(g.UnreadRow(code, row.text("fixmedins_bchno"), str(wrong)))
    count = len(rows) + len(unread)
    return g.StockPage(tuple(rows), place(output, request.page, count), tuple(unread))


def _figure(row: Fields) -> g.StockFigure:
    return g.StockFigure(
        national_code=row.text("med_list_codg"),
        store_code=row.need("medins_list_codg", "fixmedins_hilist_id"),
        name=row.text("medins_list_name", "fixmedins_hilist_name"),
        quantity=row.quantity("inv_cnt"),
        # records must carry a price and say nought where nobody knows one: that is no price
        price=row.price("pric") or None,
        upload_lot=row.text("fixmedins_bchno"),
        lot_no=row.text("manu_lotnum"),
        expires_on=_day(row, "expy_end"),
    )


def _day(row: Fields, name: str) -> date | None:
    text = row.text(name)[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Unreadable(f"date_{name}") from wrong


def record_page(output: Fields, request: g.QueryRecords, kinds: Mapping[str, str]) -> g.RecordPage:
    """Several rows, or one object where a region answers with a single record (6.9)."""
    own = g.RECORD_QUERIES[request.asked]
    known = {code: g.RecordKind(kind) for kind, code in kinds.items()}
    found = output.rows("data", "output")
    if not found and output.has("fixmedins_bchno"):
        found = [output]
    rows = tuple(_record(row, own, known) for row in found)
    return g.RecordPage(rows, place(output, request.page, len(rows)))


def _record(
    row: Fields, own: g.RecordKind | None, known: Mapping[str, g.RecordKind]
) -> g.RecordRow:
    counted, told = _amount(row), known.get(row.text("inv_data_type"))
    return g.RecordRow(
        kind=told or own,
        national_code=row.text("med_list_codg"),
        store_code=row.text("medins_list_codg"),
        name=row.text("medins_list_name"),
        upload_lot=row.text("fixmedins_bchno"),
        lot_no=row.text("manu_lotnum"),
        code=row.text("drug_trac_codg"),
        quantity=counted,
        price=_price(row),
        change_kind=row.text("inv_chg_type"),
        document_no=row.text("rtal_docno", "purc_invo_no", "dynt_no", "bkkp_sn"),
        record_no=row.text(
            "medins_prod_sel_no",
            "medins_prod_purc_no",
            "medins_prod_inv_chg_no",
            "medins_prod_inv_no",
            "rid",
        ),
        happened_at=_at(
            row, "sel_retn_time", "purc_retn_stoin_time", "inv_chg_time", "invdate", "opt_time"
        ),
        accepted_at=_at(row, "crte_time", "updt_time"),
        returned=_returned(row, told, counted),
    )


def _amount(row: Fields) -> Quantity | None:
    text = row.text("cnt", "inv_cnt", "purc_retn_cnt", "sel_retn_cnt")
    try:
        return quantity(text) if text else None
    except ValueError as wrong:
        raise Unreadable("amount_cnt") from wrong


def _price(row: Fields) -> Price | None:
    return row.price("pric", "finl_trns_pric")


def _at(row: Fields, *names: str) -> datetime | None:
    for name in names:
        text = row.text(name)
        if text:
            return row.moment(name) if len(text) > len("2000-01-01") else _midnight(row, name)
    return None


def _midnight(row: Fields, name: str) -> datetime:
    return Fields({name: f"{row.text(name)} 00:00:00"}).need_moment(name)


def _returned(row: Fields, told: g.RecordKind | None, counted: Quantity | None) -> bool | None:
    """Goods that came back: a flag says so, or the sign of a sale in a trail of all kinds."""
    flagged = row.text("prod_retn_flag", "retn_flag")
    if flagged:
        return flagged == "1"
    return counted > 0 if told is g.RecordKind.SALE and counted is not None else None
