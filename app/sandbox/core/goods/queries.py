"""Asking the platform what it holds: figures by lot, and the trail of one drug or trace code."""

from collections.abc import Mapping
from typing import Any

from app.sandbox.core.frame.amounts import count, price
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.core.goods.homes import home_of
from app.sandbox.core.goods.stock import figure, let_go_due

PAGE_MAX = 100
_ITEM_KEYS = ("fixmedins_hilist_id", "medins_list_codg")


def query_stock(call: Call) -> Output:
    """Stock and price by lot, one page (core-platform 6.9; names assumed)."""
    asked = call.node("data")
    let_go_due(call)
    where, values = filtered(call, asked)
    home = home_of(call.site.profile)
    rows = call.db.execute(
        f"SELECT item, {home} AS home, national_code, MAX(name) AS name, MAX(lot_no) AS lot_no,"  # noqa: S608 fixed text
        " MAX(expires_on) AS expires_on, MAX(rx_flag) AS rx_flag, MAX(accepted_at) AS at,"
        f" (SELECT p.price FROM stock_event p WHERE p.institution=e.institution AND p.item=e.item"
        f" AND p.price IS NOT NULL AND NOT p.erased ORDER BY p.id DESC LIMIT 1) AS price"
        f" FROM stock_event e WHERE {where} GROUP BY item, home"
        " ORDER BY item, home",
        values,
    ).fetchall()
    found: list[dict[str, object]] = [
        {
            "medListCodg": row["national_code"],
            "medinsListCodg": row["item"],
            "medinsListName": row["name"],
            "invCnt": count(figure(call, str(asked["fixmedins_code"]), row["item"], row["home"])),
            "pric": None if row["price"] is None else price(int(row["price"])),
            "fixmedinsBchno": row["home"],
            "manuLotnum": row["lot_no"],
            "expyEnd": row["expires_on"] or None,
            "rxFlag": row["rx_flag"],
            "trdnFlag": "0",
            "updtTime": str(row["at"])[:19],
        }
        for row in rows
    ]
    return Output(paged(found, asked))


def query_stock_trail(call: Call) -> Output:
    """Every accepted movement of one drug, lot or trace code (core-platform 6.9; names assumed)."""
    asked = call.node("data")
    keys = ("med_list_codg", "fixmedins_bchno", "drug_trac_codg", *_ITEM_KEYS)
    if not any(asked.get(key) for key in keys):
        raise Refusal("key_needed")
    where, values = filtered(call, asked)
    rows = call.db.execute(
        "SELECT e.*, c.code, c.split FROM stock_event e LEFT JOIN stock_code c ON c.event=e.id"  # noqa: S608 fixed text
        f" WHERE {where} ORDER BY e.id, c.code",
        values,
    ).fetchall()
    found: list[dict[str, object]] = [
        {
            "fixmedinsCode": row["institution"],
            "medListCodg": row["national_code"],
            "medinsListCodg": row["item"],
            "medinsListName": row["name"],
            "fixmedinsBchno": row["lot"],
            "manuLotnum": row["lot_no"],
            "drugTracCodg": row["code"],
            "trdnFlag": str(row["split"] or 0),
            "invDataType": row["data_type"],
            "cnt": count(int(row["quantity"])),
            "rtalDocno": row["document"],
            "medinsMsgid": row["msgid"],
            "rid": f"{row['id']:020d}",
            "optTime": row["happened_at"],
            "crteTime": str(row["accepted_at"])[:19],
            "valiFlag": "1",
        }
        for row in rows
    ]
    return Output(paged(found, asked))


def filtered(call: Call, asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    """A pharmacy sees its own rows; a hospital sees any store's (S4 4.1)."""
    institution = str(asked["fixmedins_code"])
    if institution != call.institution and call.institution != call.site.demo.hospital.code:
        raise Refusal("other_institution")
    where, values = ["e.institution=?", "NOT e.erased"], [institution]
    for column, key in (
        ("e.national_code", "med_list_codg"),
        ("e.item", _ITEM_KEYS[0]),
        ("e.item", _ITEM_KEYS[1]),
        ("e.lot", "fixmedins_bchno"),
    ):
        if asked.get(key):
            where.append(f"{column}=?")
            values.append(str(asked[key]))
    if asked.get("drug_trac_codg"):
        where.append("e.id IN (SELECT event FROM stock_code WHERE code=?)")
        values.append(str(asked["drug_trac_codg"]))
    for column, key in (
        ("substr(e.happened_at,1,10)>=?", "begndate"),
        ("substr(e.happened_at,1,10)<=?", "enddate"),
    ):
        if asked.get(key):
            where.append(column)
            values.append(str(asked[key]))
    return " AND ".join(where), values


def paged(
    rows: list[dict[str, object]], asked: Mapping[str, Any], most: int = PAGE_MAX
) -> dict[str, object]:
    """One page with its place among all (core-platform 7.5)."""
    size = min(max(1, int(str(asked.get("page_size") or most))), most)
    number = max(1, int(str(asked.get("page_num") or 1)))
    pages = -(-len(rows) // size)
    part = rows[(number - 1) * size : number * size]
    return {
        "data": part,
        "recordCounts": len(rows),
        "pages": pages,
        "pageNum": number,
        "pageSize": size,
        "size": len(part),
        "firstPage": number == 1,
        "lastPage": number >= pages,
    }
