"""Stock as the platform sees it: counts, changes, purchases, sales, undo (core-platform 6)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame.amounts import COUNT_SCALE, count_of, price_of
from app.sandbox.core.frame.envelope import Call, Output
from app.sandbox.core.frame.gate import Act, InnerRefusal, inner_result
from app.sandbox.core.goods import parts, switches
from app.sandbox.core.goods.homes import home, home_of
from app.sandbox.site import Site
from app.sandbox.tables import refusals
from resources.scenarios import trace_codes

COUNT, CHANGE, RECEIPT, SUPPLIER_RETURN = "count", "change", "receipt", "supplier_return"
SALE, SALE_RETURN = "sale", "sale_return"
_INCOMING = frozenset({"101", "103", "106", "108", "110"})
_INSURED = "1"


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a stock message keeps its figures: node, quantity, time, price, sign."""

    kind: str
    data_type: str
    node: str
    quantity: str
    time: str
    price: str
    sign: int


_SHAPES: Mapping[Operation, Shape] = {
    Operation.COUNT_STOCK: Shape(COUNT, "1", "invinfo", "inv_cnt", "invdate", "", 1),
    Operation.CHANGE_STOCK: Shape(CHANGE, "2", "invinfo", "cnt", "inv_chg_time", "pric", 1),
    Operation.RECEIVE: Shape(
        RECEIPT, "3", "purcinfo", "purc_retn_cnt", "purc_retn_stoin_time", "finl_trns_pric", 1
    ),
    Operation.RETURN_TO_SUPPLIER: Shape(
        SUPPLIER_RETURN,
        "3",
        "purcinfo",
        "purc_retn_cnt",
        "purc_retn_stoin_time",
        "finl_trns_pric",
        -1,
    ),
    Operation.UPLOAD_SALE: Shape(
        SALE, "4", "selinfo", "sel_retn_cnt", "sel_retn_time", "finl_trns_pric", -1
    ),
    Operation.RETURN_SALE: Shape(
        SALE_RETURN, "4", "selinfo", "sel_retn_cnt", "sel_retn_time", "finl_trns_pric", 1
    ),
}


def movement(operation: Operation) -> Act:
    """The act of one stock operation: its own rules, the event, an answer on two levels."""
    shape = _SHAPES[operation]

    def act(call: Call) -> Output:
        move(call, operation, call.node(shape.node))
        return Output(inner_result(call, "1", refusals().sentences["done"]))

    return act


def move(call: Call, operation: Operation, node: Mapping[str, Any]) -> None:
    """Book one row. Raises ``InnerRefusal``."""
    shape = _SHAPES[operation]
    codes = _codes(node)
    split = str(node.get("trdn_flag") or "0") == "1"
    if shape.kind == SALE:
        _check_sale(call, node, codes, split)
    elif shape.kind == SALE_RETURN:
        _check_return(call, node, codes)
    let_go_due(call)
    met = switches.spoiled(call.db, shape.kind, _lot(node))
    spoils, hours = met if met is not None else (None, 0.0)
    if spoils in (switches.Spoils.DELAY, switches.Spoils.REORDER):
        due = switches.due_in(hours, call.now) if spoils is switches.Spoils.DELAY else None
        record = (operation.value, call.msgid, call.institution)
        switches.hold(call.db, record, _lot(node), node, due)
        return
    times = {switches.Spoils.LOSE: 0, switches.Spoils.DOUBLE: 2}.get(spoils, 1) if spoils else 1
    for _ in range(times):
        _book(call, operation, node)
    switches.let_go(call.db, call.now, partial(_later, call), _lot(node))


def let_go_due(call: Call) -> None:
    """What was held back is booked as soon as anybody looks after its time."""
    switches.let_go(call.db, call.now, partial(_later, call))


def _later(
    call: Call, operation: str, msgid: str, institution: str, node: Mapping[str, Any]
) -> None:
    _book(replace(call, msgid=msgid, institution=institution), Operation(operation), node)


def _book(call: Call, operation: Operation, node: Mapping[str, Any]) -> None:
    shape = _SHAPES[operation]
    codes = _codes(node)
    part = _part(call, node, codes) if shape.kind in (SALE, SALE_RETURN) else None
    back = _sold_as(call, shape, node, codes, part)
    event = _write(call, shape, node, _moved(call, operation, node, codes))
    _write_codes(call, shape, event, codes, back, split=part is not None)
    if part is not None:
        row = (event, part.code, part.pieces)
        call.db.execute("INSERT INTO stock_part VALUES (?,?,?)", row)
    told = {name: str(value) for name, value in node.items() if not isinstance(value, list)}
    call.db.execute("INSERT INTO stock_told VALUES (?,?)", (event, json.dumps(told)))


def _codes(node: Mapping[str, Any]) -> list[str]:
    codes = [str(row["drug_trac_codg"]) for row in node.get("drugtracinfo") or ()]
    for code in codes:
        if codes.count(code) > 1:
            raise InnerRefusal("trace_repeated", what=code)
    return codes


def _check_sale(call: Call, node: Mapping[str, Any], codes: Sequence[str], split: bool) -> None:
    setl_id = str(node.get("setl_id") or "")
    after = call.site.profile.rules.sale_upload_order in ("after_settlement", "both")
    if str(node.get("mdtrt_setl_type")) == _INSURED and (setl_id or after):
        known = call.db.execute(
            "SELECT 1 FROM settlement WHERE setl_id=? AND institution=? AND state='active'",
            (setl_id, call.institution),
        ).fetchone()
        if known is None:
            raise InnerRefusal("setl_id_needed")
    for code in codes:
        sold = call.db.execute(
            "SELECT c.split, e.document FROM stock_code c JOIN stock_event e ON e.id=c.event"
            " WHERE c.code=? AND c.sold=1",
            (code,),
        ).fetchall()
        # a receipt names a box once: the same part of it told again is no second part
        again = any(row["document"] == _document(node) for row in sold)
        if sold and (again or not (split and all(row["split"] for row in sold))):
            raise InnerRefusal("trace_sold", what=code)
    quantity = count_of(node["sel_retn_cnt"])
    part = _part(call, node, codes)
    told = {"medins_prod_sel_no": node.get("rtal_docno") or node.get("medins_prod_sel_no")}
    if part is not None and parts.sale_of(call.db, part.code, told, part.pieces) is not None:
        # a repeat under the same sale is harmless here, as the region declares (on_unknown)
        raise InnerRefusal("trace_sold", what=part.code)
    if part is not None and parts.told_sold(call.db, part.code) + part.pieces > part.factor:
        raise InnerRefusal("split_over", what=part.code)
    if codes and not split and len(codes) * COUNT_SCALE != quantity:
        call.warnings.append(refusals().sentences["trace_count"])
    taken = quantity if part is None else parts.stock_of(call, part, quantity)
    item = str(node["fixmedins_hilist_id"])
    if taken > figure(call, call.institution, item, home(call, node)):
        call.warnings.append(refusals().sentences["stock_short"])


def _document(node: Mapping[str, Any]) -> str:
    return str(node.get("rtal_docno") or node.get("medins_prod_sel_no") or "")


def _part(call: Call, node: Mapping[str, Any], codes: Sequence[str]) -> parts.Part | None:
    """What a sale or its return tells of one box. Raises ``InnerRefusal``."""
    split = str(node.get("trdn_flag") or "0") == "1"
    drug = parts.drug_of(call, str(node["fixmedins_hilist_id"]))
    try:
        return parts.judged(call, drug, codes, count_of(node["sel_retn_cnt"]), split=split)
    except parts.Unsplittable as no:
        raise InnerRefusal(no.name, what=no.what) from no


def _check_return(call: Call, node: Mapping[str, Any], codes: Sequence[str]) -> None:
    item, lot = str(node["fixmedins_hilist_id"]), _lot(node)
    part = _part(call, node, codes)
    if part is not None and parts.sale_of(call.db, part.code, node, part.pieces) is None:
        raise InnerRefusal("trace_not_sold", what=part.code)
    for code in codes:
        sold = call.db.execute(
            "SELECT c.event FROM stock_code c JOIN stock_event e ON e.id=c.event"
            " WHERE c.code=? AND c.sold=1 AND e.institution=? AND e.item=? AND e.lot=?",
            (code, call.institution, item, lot),
        ).fetchone()
        if sold is None:
            raise InnerRefusal("trace_not_sold", what=code)
    net = call.db.execute(
        "SELECT COALESCE(-SUM(quantity), 0) FROM stock_event WHERE institution=? AND item=?"
        " AND lot=? AND kind IN (?, ?) AND NOT erased",
        (call.institution, item, lot, SALE, SALE_RETURN),
    ).fetchone()[0]
    if _moved(call, Operation.RETURN_SALE, node, codes) > int(net):
        raise InnerRefusal("return_more")


def _moved(call: Call, operation: Operation, node: Mapping[str, Any], codes: Sequence[str]) -> int:
    """What a row does to the figure, in packs at scale 4, without its sign."""
    shape = _SHAPES[operation]
    quantity = count_of(node[shape.quantity])
    if shape.kind == CHANGE and str(node.get("trdn_flag") or "0") == "1":
        return parts.changed(call, str(node["fixmedins_hilist_id"]), quantity)
    if shape.kind not in (SALE, SALE_RETURN):
        return quantity
    part = _part(call, node, codes)
    if part is None:
        return quantity
    if shape.kind == SALE:
        return parts.stock_of(call, part, quantity)
    known = parts.sale_of(call.db, part.code, node, part.pieces)
    return quantity if known is None else known[1]


def _lot(node: Mapping[str, Any]) -> str:
    return str(node["fixmedins_bchno"])


def _sold_as(
    call: Call,
    shape: Shape,
    node: Mapping[str, Any],
    codes: Sequence[str],
    part: parts.Part | None,
) -> list[tuple[int, str]]:
    """The standing rows of codes that a return takes back: of a part its own sale alone."""
    if shape.kind != SALE_RETURN:
        return []
    if part is not None:
        known = parts.sale_of(call.db, part.code, node, part.pieces)
        return [] if known is None else [(known[0], part.code)]
    return [
        (int(row["event"]), code)
        for code in codes
        for row in call.db.execute(
            "SELECT event FROM stock_code WHERE code=? AND sold=1", (code,)
        ).fetchall()
    ]


def _write(call: Call, shape: Shape, node: Mapping[str, Any], quantity: int) -> int:
    sign = shape.sign
    if shape.kind == CHANGE:
        sign = 1 if str(node["inv_chg_type"]) in _INCOMING else -1
    if quantity < 0 or (quantity == 0 and shape.kind != COUNT):
        raise InnerRefusal("amount_positive", what=_lot(node))
    paid = node.get(shape.price) if shape.price else None
    cursor = call.db.execute(
        "INSERT INTO stock_event (msgid, institution, kind, data_type, item, national_code, name,"
        " lot, lot_no, expires_on, rx_flag, quantity, price, document, happened_at, accepted_at)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            call.msgid,
            call.institution,
            shape.kind,
            shape.data_type,
            str(node["fixmedins_hilist_id"]),
            str(node["med_list_codg"] if node.get("med_list_codg") else ""),
            str(node["fixmedins_hilist_name"]),
            _lot(node),
            str(node.get("manu_lotnum") or ""),
            str(node.get("expy_end") or ""),
            str(node["rx_flag"]),
            sign * quantity,
            price_of(paid) if paid not in (None, "") else None,
            _document(node),
            str(node[shape.time]),
            call.now.isoformat(" "),
        ),
    )
    return int(cursor.lastrowid or 0)


def _write_codes(
    call: Call,
    shape: Shape,
    event: int,
    codes: Sequence[str],
    back: Sequence[tuple[int, str]],
    *,
    split: bool,
) -> None:
    call.db.executemany("UPDATE stock_code SET sold=0 WHERE event=? AND code=?", back)
    call.db.executemany(
        "INSERT INTO stock_code VALUES (?,?,?,?)",
        [(event, code, int(split), int(shape.kind == SALE)) for code in codes],
    )


def erase_upload(call: Call) -> Output:
    """Removes every row of one kind and lot serial; the figure follows (core-platform 6.8)."""
    erase(call, call.node("data"))
    return Output(inner_result(call, "1", refusals().sentences["done"]))


def erase(call: Call, asked: Mapping[str, Any]) -> None:
    """Raises ``InnerRefusal`` where nothing of that kind and serial is on file."""
    key = (call.institution, str(asked["fixmedins_bchno"]), str(asked["inv_data_type"]))
    where = "institution=? AND lot=? AND data_type=? AND NOT erased"
    rows = call.db.execute(f"SELECT id FROM stock_event WHERE {where}", key).fetchall()  # noqa: S608 fixed text
    if not rows:
        raise InnerRefusal("nothing_to_erase")
    events = [(int(row["id"]),) for row in rows]
    call.db.executemany("UPDATE stock_event SET erased=1 WHERE id=?", events)
    call.db.executemany("UPDATE stock_code SET sold=0 WHERE event=?", events)


def figure(call: Call, institution: str, item: str, lot: str) -> int:
    """Stock of one lot at scale 4: the last count and everything accepted after it.

    The order is that of acceptance; the field's documents leave it open (trace-and-stock T43).
    """
    row = call.db.execute(
        "WITH mine AS (SELECT id, kind, quantity FROM stock_event e WHERE institution=? AND item=?"  # noqa: S608 fixed text
        f" AND {home_of(call.site.profile)}=? AND NOT erased), base AS"
        " (SELECT COALESCE(MAX(id), 0) AS id FROM mine"
        " WHERE kind='count') SELECT COALESCE(SUM(quantity), 0) FROM mine, base"
        " WHERE mine.id >= base.id",
        (institution, item, lot),
    ).fetchone()
    return int(row[0])


def seed_stock(site: Site) -> None:
    """The demo store's lots as its first count, once per memory."""
    store, now = site.demo.store.code, site.clock.now()
    with site.state.writing() as db:
        if db.execute("SELECT 1 FROM stock_event LIMIT 1").fetchone():
            return
        for item in site.demo.items:
            for lot in item.lots:
                db.execute(
                    "INSERT INTO stock_event (msgid, institution, kind, data_type, item,"
                    " national_code, name, lot, lot_no, expires_on, rx_flag, quantity, price,"
                    " document, happened_at, accepted_at)"
                    " VALUES ('',?,?,'1',?,?,?,?,?,?,?,?,?,'',?,?)",
                    (
                        store,
                        COUNT,
                        item.code,
                        item.national_code,
                        item.name,
                        lot.upload_lot,
                        lot.lot_no,
                        lot.expires_on.isoformat(),
                        str(int(item.prescription_only)),
                        lot.quantity * COUNT_SCALE,
                        price_of(item.price),
                        now.date().isoformat(),
                        now.isoformat(" "),
                    ),
                )


def stock_shown(site: Site) -> list[dict[str, object]]:
    """The ``stock`` of the ready line: what stands on the demo store's shelves."""
    return [
        {
            "fixmedins_hilist_id": item.code,
            "med_list_codg": item.national_code,
            "name": item.name,
            "manu_lotnum": lot.lot_no,
            "fixmedins_bchno": lot.upload_lot,
            "expy_end": lot.expires_on.isoformat(),
            "quantity": lot.quantity,
            "price": item.price,
            "trace_codes": list(trace_codes(lot)),
        }
        for item in site.demo.items
        for lot in item.lots
    ]
