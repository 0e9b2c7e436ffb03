"""Brings every spelling and placement seen in the field into one shape, and notes what it changed.

The notes say what a strict region would refuse (core-platform 2.3, 5.4, 6.1, 14.8).
"""

from collections.abc import Iterator, MutableMapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.profile.operations import Operation
from app.sandbox.tables import NodeTable, nodes

Node = MutableMapping[str, Any]

_STOCK_NODE = {
    Operation.COUNT_STOCK: "invinfo",
    Operation.CHANGE_STOCK: "invinfo",
    Operation.RECEIVE: "purcinfo",
    Operation.RETURN_TO_SUPPLIER: "purcinfo",
    Operation.UPLOAD_SALE: "selinfo",
    Operation.RETURN_SALE: "selinfo",
}
_STOCK_ROWS = {
    Operation.COUNT_STOCK_ROWS: ("invinfoDetail", "inv_cnt"),
    Operation.CHANGE_STOCK_ROWS: ("invinfoDetail", "cnt"),
    Operation.RECEIVE_ROWS: ("purcinfoDetail", "purc_retn_cnt"),
    Operation.RETURN_TO_SUPPLIER_ROWS: ("purcinfoDetail", "purc_retn_cnt"),
    Operation.UPLOAD_SALE_ROWS: ("selinfoDetail", "sel_retn_cnt"),
    Operation.RETURN_SALE_ROWS: ("selinfoDetail", "sel_retn_cnt"),
}
_MISSPELT = {
    "fixmedins_hist_id": "fixmedins_hilist_id",
    "fixmedins_hist_name": "fixmedins_hilist_name",
    "drug_trac_code": "drug_trac_codg",
}


def normalise(operation: Operation, content: Node) -> list[str]:
    """Change ``content`` in place; one note per change."""
    notes = list(_respell(content, ""))
    if operation is Operation.REVERSE and "data" not in content:
        content["data"] = dict(content)
        notes.append("node data added")
    if operation is Operation.OPEN_DAY and "signIn" not in content and "data" in content:
        content["signIn"] = content.pop("data")
        notes.append("node data read as signIn")
    for table in nodes(str(operation), "request"):
        notes.extend(_aliases(content, table))
    if operation in _STOCK_NODE:
        notes.extend(_gather_stock_codes(content, _STOCK_NODE[operation]))
    if operation in _STOCK_ROWS:
        notes.extend(_gather_row_codes(content, *_STOCK_ROWS[operation]))
    if operation in (Operation.PRESETTLE, Operation.SETTLE):
        notes.extend(_gather_settlement_codes(content))
    return notes


def _respell(value: object, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for wrong, right in _MISSPELT.items():
            if wrong in value and right not in value:
                value[right] = value.pop(wrong)
                yield f"{where}{wrong} read as {right}"
        for key, below in value.items():
            yield from _respell(below, f"{where}{key}.")
    elif isinstance(value, list):
        for below in value:
            yield from _respell(below, where)


def _aliases(content: Node, table: NodeTable) -> Iterator[str]:
    found = content.get(table.path.removesuffix("[]"))
    for node in found if isinstance(found, list) else [found]:
        if not isinstance(node, dict):
            continue
        for row in table.fields:
            for alias in row.aliases:
                if alias in node and row.name not in node:
                    node[row.name] = node.pop(alias)
                    yield f"{table.path}.{alias} read as {row.name}"


def _gather_stock_codes(content: Node, name: str) -> Iterator[str]:
    node = content.get(name)
    if not isinstance(node, dict):
        return
    if "drugtracinfo" in content and not node.get("drugtracinfo"):
        node["drugtracinfo"] = content.pop("drugtracinfo")
        yield "drugtracinfo stood beside the line"
    if isinstance(node.get("drugtracinfo"), dict):
        node["drugtracinfo"] = [node["drugtracinfo"]]
        yield "drugtracinfo was a single object"
    flat = node.get("drug_trac_codg")
    if flat and not node.get("drugtracinfo"):
        node["drugtracinfo"] = [{"drug_trac_codg": flat}]
        yield "drug_trac_codg stood in the line"


def _gather_row_codes(content: Node, name: str, quantity: str) -> Iterator[str]:
    rows = content.get(name)
    if not isinstance(rows, list):
        return
    beside = content.pop("drugtracinfo", None)
    left = beside if isinstance(beside, list) else [beside] if beside else []
    if left:
        yield "drugtracinfo stood beside the rows and was dealt out by quantity"
    for row in rows:
        if isinstance(row, dict):
            if left and not row.get("drugtracinfo"):
                packs = _whole(row.get(quantity))
                row["drugtracinfo"], left = left[:packs], left[packs:]
            yield from _gather_stock_codes({name: row}, name)


def _whole(value: object) -> int:
    try:
        return max(0, int(Decimal(str(value))))
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def _gather_settlement_codes(content: Node) -> Iterator[str]:
    lines = content.get("drugdetail")
    if not isinstance(lines, list):
        return
    by_serial = {line.get("feedetl_sn"): line for line in lines if isinstance(line, dict)}
    beside = content.get("drug_trac_info")
    for row in beside if isinstance(beside, list) else []:
        line = by_serial.get(row.get("feedetl_sn")) if isinstance(row, dict) else None
        if line is not None:
            code = {"drug_trac_codg": row.get("drug_trac_codg")}
            line.setdefault("drugtracinfo", []).append(code)
            line.setdefault("trdn_flag", row.get("trdn_flag"))
    if beside:
        yield "drug_trac_info stood beside the lines"
    for line in by_serial.values():
        flat = line.pop("drug_trac_codg", None)
        if flat and not line.get("drugtracinfo"):
            line["drugtracinfo"] = [{"drug_trac_codg": code} for code in str(flat).split(",")]
            yield "drug_trac_codg stood in the line"
