"""How a prescription looks on the wire: list item, header, lines, visit, and names beside codes."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from app.sandbox.rx.books.records import HELD, Rx, written
from app.sandbox.rx.wire.canonical import Object

_OUTWARD_VISIT = frozenset(
    {
        # who prescribed for whom, so that the counter can compare and settle
        "drCode",
        "psnCertType",
        "certno",
        "medType",
        "iptOtpNo",
        "otpIptFlag",
        "patnName",
        "patnAge",
        "patnHgt",
        "patnWt",
        "gend",
        "algsHis",
        "prscDeptName",
        "prscDrName",
        "mdtrtTime",
        "spDiseFlag",
        "maindiagCode",
        "maindiagName",
        "fstdiagFlag",
    }
)
_HEADER = (
    "prscTime",
    "rxDrugCnt",
    "rxUsedWayName",
    "rxFrquName",
    "rxDrordDscr",
    "valiDays",
    "valiEndTime",
)


@cache
def names() -> Mapping[str, Mapping[str, str]]:
    """``resources/tables/wire/rx_names.toml``."""
    text = (resources.files("resources") / "tables" / "wire" / "rx_names.toml").read_text("utf-8")
    found: Mapping[str, Mapping[str, str]] = tomllib.loads(text)["names"]
    return found


def named(table: str, code: str) -> str:
    """The name beside a code; the code itself where the table has none."""
    return names()[table].get(code, code)


def states(rx: Rx, institution: str, now: datetime) -> Object:
    """Both states of a prescription, with names."""
    state, used = rx.state(now), rx.used_state(institution, now)
    return {
        "rxStasCodg": state,
        "rxStasName": named("rx_stas_codg", state),
        "rxUsedStasCodg": used,
        "rxUsedStasName": named("rx_used_stas_codg", used),
    }


def _kinds(body: Mapping[str, Any]) -> Object:
    return {
        "rxTypeCode": body["rxTypeCode"],
        "rxTypeName": named("rxTypeCode", body["rxTypeCode"]),
        "rxExraAttrCode": body["rxExraAttrCode"],
        "rxExraAttrName": named("rxExraAttrCode", body["rxExraAttrCode"]),
        "bizTypeCode": body["bizTypeCode"],
        "bizTypeName": named("bizTypeCode", body["bizTypeCode"]),
        "longRxFlag": body.get("longRxFlag", "0"),
    }


def list_item(rx: Rx, institution: str, now: datetime) -> Object:
    """One row of the authorised list. Who holds it and since when is said of any live hold."""
    visit = rx.body["mdtrtinfo"]
    row = {
        "hiRxno": rx.hi_rxno,
        "fixmedinsCode": rx.hospital,
        "fixmedinsName": visit["fixmedinsName"],
        "prscDeptName": visit["prscDeptName"],
        "prscDrName": visit["prscDrName"],
        "maindiagName": visit["maindiagName"],
        "prscTime": rx.body["prscTime"],
        "valiEndTime": rx.body["valiEndTime"],
        "rxDrugCnt": rx.body["rxDrugCnt"],
        "drugNames": "、".join(line["drugGenname"] for line in rx.body["rxdrugdetail"]),
        **_kinds(rx.body),
        **states(rx, institution, now),
    }
    if row["rxUsedStasCodg"] == HELD or (rx.held_by == institution and not rx.settlement):
        row["holdFixmedinsCode"] = rx.held_by
        row["holdTime"] = written(rx.held_at) if rx.held_at else ""
    return row


def detail(rx: Rx, institution: str, now: datetime, insurance: str, pharmacist: str) -> Object:
    """Header, lines, visit and diagnoses of one prescription (prescription-centre 9.5)."""
    visit = rx.body["mdtrtinfo"]
    taken = "1" if rx.settlement else "0"
    return {
        "hiRxno": rx.hi_rxno,
        "fixmedinsCode": rx.hospital,
        "fixmedinsName": visit["fixmedinsName"],
        **{name: rx.body[name] for name in _HEADER if name in rx.body},
        **_kinds(rx.body),
        **states(rx, institution, now),
        "rxDetlList": [{**line, "takeDrugFlag": taken} for line in rx.body["rxdrugdetail"]],
        "rxOtpinfo": {
            **{name: value for name, value in visit.items() if name in _OUTWARD_VISIT},
            "insutype": insurance,
            "pharName": pharmacist,
            "pharChkTime": rx.signed_at,
        },
        "rxDiseList": rx.body["diseinfo"],
    }
