"""What is on file, kind by kind, and the trails by trace code (core-platform 6.9)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame.amounts import count, price
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.core.frame.gate import Act
from app.sandbox.core.goods.queries import filtered, paged
from app.sandbox.core.goods.stock import (
    CHANGE,
    COUNT,
    RECEIPT,
    SALE,
    SALE_RETURN,
    SUPPLIER_RETURN,
)
from app.sandbox.state import Row

_BACK = (SUPPLIER_RETURN, SALE_RETURN)
Shown = dict[str, object]


def _base(row: Row) -> Shown:
    """What every record of this family shows."""
    return {
        "fixmedinsCode": row["institution"],
        "medListCodg": row["national_code"],
        "medinsListCodg": row["item"],
        "medinsListName": row["name"],
        "fixmedinsBchno": row["lot"],
        "rid": f"{row['id']:020d}",
        "crteTime": str(row["accepted_at"])[:19],
        "updtTime": str(row["accepted_at"])[:19],
        "optTime": str(row["accepted_at"])[:19],
        "valiFlag": "1",
    }


def _goods(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "manuLotnum": row["lot_no"],
        "manuDate": told.get("manu_date"),
        "expyEnd": row["expires_on"] or None,
        "rxFlag": row["rx_flag"],
        "memo": told.get("memo"),
    }


def _count(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "medinsProdInvNo": str(row["id"]),
        "invdate": row["happened_at"],
        "invCnt": count(int(row["quantity"])),
        **_goods(row, told),
    }


def _change(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "medinsProdInvChgNo": str(row["id"]),
        "invChgType": told.get("inv_chg_type"),
        "invChgTime": row["happened_at"],
        "invChgOpterName": told.get("inv_chg_opter_name"),
        "cnt": count(abs(int(row["quantity"]))),
        "pric": _price(row),
        **_goods(row, told),
    }


def _purchase(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "medinsProdPurcNo": str(row["id"]),
        "prodRetnFlag": str(int(row["kind"] in _BACK)),
        "prodentpName": told.get("prodentp_name"),
        "aprvno": told.get("aprvno"),
        "dyntNo": told.get("dynt_no"),
        "splerName": told.get("spler_name"),
        "splerPmtno": told.get("spler_pmtno"),
        "purcInvoCodg": told.get("purc_invo_codg"),
        "purcInvoNo": told.get("purc_invo_no"),
        "prodGeayFlag": told.get("prod_geay_flag"),
        "purcRetnCnt": count(abs(int(row["quantity"]))),
        "finlTrnsPric": _price(row),
        "purcRetnStoinTime": row["happened_at"],
        "purcRetnOpterName": told.get("purc_retn_opter_name"),
        **_goods(row, told),
    }


def _sale(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "medinsProdSelNo": str(row["id"]),
        "rtalDocno": row["document"],
        "bilgDrName": told.get("prsc_dr_name"),
        "pharName": told.get("phar_name"),
        "pharPracCertNo": told.get("phar_prac_cert_no"),
        "setlId": told.get("setl_id"),
        "hiFeesetlType": told.get("hi_feesetl_type"),
        "psnNo": told.get("psn_no"),
        "selRetnCnt": count(-int(row["quantity"])),
        "selRetnTime": row["happened_at"],
        "selRetnOpterName": told.get("sel_retn_opter_name"),
        "finlTrnsPric": _price(row),
        "trdnFlag": told.get("trdn_flag", "0"),
        **_goods(row, told),
    }


def _code(row: Row, _: Mapping[str, str]) -> Shown:
    return {"drugTracCodg": row["code"]}


def _sold_code(row: Row, told: Mapping[str, str]) -> Shown:
    return {
        "drugTracCodg": row["code"],
        "mdtrtId": told.get("mdtrt_sn"),
        "mdtrtSetlType": told.get("mdtrt_setl_type"),
        "bkkpSn": row["document"],
        "psnNo": told.get("psn_no"),
        "psnCertType": told.get("psn_cert_type"),
        "trdnFlag": str(row["split"] or 0),
    }


def _price(row: Row) -> object:
    return None if row["price"] is None else price(int(row["price"]))


ON_FILE: Mapping[
    Operation, tuple[tuple[str, ...], bool, Callable[[Row, Mapping[str, str]], Shown]]
] = {
    Operation.QUERY_COUNTS: ((COUNT,), False, _count),
    Operation.QUERY_CHANGES: ((CHANGE,), False, _change),
    Operation.QUERY_PURCHASES: ((RECEIPT, SUPPLIER_RETURN), False, _purchase),
    Operation.QUERY_SALES: ((SALE, SALE_RETURN), False, _sale),
    Operation.QUERY_LOT_TRAIL: ((), True, _code),
    Operation.QUERY_SALE_TRAIL: ((SALE,), True, _sold_code),
}
"""Kinds of movement (none: all), whether by trace code, and what a row shows of its own."""


def on_file(operation: Operation) -> Act:
    """The act of one question."""
    kinds, by_code, show = ON_FILE[operation]

    def act(call: Call) -> Output:
        asked: Mapping[str, Any] = call.node("data")
        keys = ("medins_list_codg", "fixmedins_bchno", "med_list_codg", "drug_trac_codg")
        if not any(asked.get(key) for key in keys):
            raise Refusal("key_needed")
        where, values = filtered(call, asked)
        if kinds:
            where += f" AND e.kind IN ({','.join('?' * len(kinds))})"
            values = [*values, *kinds]
        codes = " JOIN stock_code c ON c.event=e.id" if by_code else ""
        columns = ", c.code, c.split" if by_code else ""
        rows = call.db.execute(
            f"SELECT e.*, t.node AS told{columns} FROM stock_event e{codes}"  # noqa: S608 fixed text
            f" LEFT JOIN stock_told t ON t.event=e.id WHERE {where} ORDER BY e.id",
            values,
        ).fetchall()
        shown = [_base(row) | show(row, json.loads(row["told"] or "{}")) for row in rows]
        return Output(paged(shown, asked))

    return act
