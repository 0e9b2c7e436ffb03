"""药品销售出库明细 told to the centre: one book of goods behind both platforms.

What the centre hears about a sale moves the same stock and burns the same trace codes as the core
platform's own 商品销售 (prescription-centre 8.6).
"""

from collections.abc import Mapping
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame import envelope as core
from app.sandbox.core.frame.amounts import COUNT_SCALE, count_of
from app.sandbox.core.goods.stock import movement
from app.sandbox.fields import Content
from app.sandbox.rx.books.records import APPROVED
from app.sandbox.rx.gate import Call
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.state import Connection
from app.sandbox.tables import refusals

SCHEMA = """
CREATE TABLE IF NOT EXISTS rx_sold (
    institution TEXT NOT NULL, serial TEXT NOT NULL, item TEXT NOT NULL, lot TEXT NOT NULL,
    hi_rxno TEXT NOT NULL, PRIMARY KEY (institution, serial, item, lot));
"""
_INSURED = "1"
_OF_THE_LINE = {
    "med_list_codg": "medListCodg",
    "fixmedins_hilist_id": "fixmedinsHilistId",
    "fixmedins_hilist_name": "fixmedinsHilistName",
    "fixmedins_bchno": "fixmedinsBchno",
    "manu_lotnum": "manuLotnum",
    "expy_end": "expyEnd",
    "rx_flag": "rxFlag",
    "trdn_flag": "trdnFlag",
    "finl_trns_pric": "finlTrnsPric",
}


def upload(call: Call) -> Object:
    """A sale of an approved prescription. Told twice it is refused: its boxes are on record."""
    rx = call.rx()
    audit = rx.audit
    if audit is None or audit.verdict != APPROVED or audit.institution != call.app.institution:
        raise Refused("not_audited")
    if call.text("rxChkBizSn") not in ("", audit.serial):
        raise Refused("audit_serial")
    if _told_to_both(call):
        return _noted(call)
    return _moved(call, Operation.UPLOAD_SALE, "CK")


def undo(call: Call) -> Object:
    """The boxes come back. What was never told, or is back already, cannot."""
    call.rx()
    if _told_to_both(call):
        return _struck(call)
    return _moved(call, Operation.RETURN_SALE, "CX")


def _told_to_both(call: Call) -> bool:
    """Whether the core platform moves the goods and the centre keeps a book of its own."""
    return call.centre.site.profile.rules.sale_channel == "both"


def _key(call: Call) -> tuple[str, str, str, str]:
    line = _as_core(call)
    lot, item = str(line["fixmedins_bchno"]), str(line["fixmedins_hilist_id"])
    return call.app.institution, call.text("stooutNo"), item, lot


def _noted(call: Call) -> Object:
    """One row of the centre's own book; told twice it is refused."""
    cursor = call.db.execute(
        "INSERT OR IGNORE INTO rx_sold VALUES (?,?,?,?,?)", (*_key(call), call.text("hiRxno"))
    )
    if not cursor.rowcount:
        raise Refused("goods", text=refusals().sentences["trace_sold"].format(what=""))
    return _serial(call, "CK")


def _struck(call: Call) -> Object:
    cursor = call.db.execute(
        "DELETE FROM rx_sold WHERE institution=? AND serial=? AND item=? AND lot=?", _key(call)
    )
    if not cursor.rowcount:
        raise Refused("goods", text=refusals().sentences["trace_not_sold"].format(what=""))
    return _serial(call, "CX")


def _serial(call: Call, mark: str) -> Object:
    number = call.centre.site.state.next_number("rx_sale_serial")
    serial = f"{mark}{call.now:%Y%m%d%H%M%S}{number:012d}"
    return {"selStooutSn": serial, "hiRxno": call.text("hiRxno")}


def sold(db: Connection) -> list[dict[str, str]]:
    """The centre's own book, for the state page."""
    return [dict(row) for row in db.execute("SELECT * FROM rx_sold ORDER BY serial, item, lot")]


def _moved(call: Call, operation: Operation, mark: str) -> Object:
    answer = _serial(call, mark)
    told = core.Call(
        site=call.centre.site,
        db=call.db,
        now=call.now,
        operation=operation,
        msgid=str(answer["selStooutSn"]),
        infno="",
        institution=call.app.institution,
        operator="",
        insured_area="",
        content={"selinfo": _as_core(call)},
    )
    try:
        movement(operation)(told)
    except core.Refusal as no:
        raise Refused("goods", text=no.sentence) from no
    return answer


def _as_core(call: Call) -> dict[str, Any]:
    """The rows of one line in one lot, gathered. Raises ``Refused`` for rows of several."""
    rows = [row for row in _rows(call.content) if isinstance(row, Mapping)]
    lines = {tuple(str(row.get(name, "")) for name in _OF_THE_LINE.values()) for row in rows}
    if len(lines) != 1:
        raise Refused("field", text="selinfo")
    count = sum(count_of(row["selRetnCnt"]) for row in rows)
    return {
        **{name: rows[0].get(wire, "") for name, wire in _OF_THE_LINE.items()},
        "sel_retn_cnt": count / COUNT_SCALE,
        "sel_retn_time": call.text("selRetnTime"),
        "rtal_docno": call.text("rtalDocno"),
        "medins_prod_sel_no": call.text("rtalDocno"),
        "mdtrt_setl_type": _INSURED,
        "drugtracinfo": [
            {"drug_trac_codg": row["drugTracCodg"]} for row in rows if row.get("drugTracCodg")
        ],
    }


def _rows(content: Content) -> list[Any]:
    found = content.get("selinfo")
    return found if isinstance(found, list) else []
