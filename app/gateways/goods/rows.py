"""Many rows of one kind in one message, and what became of each (core-platform 3.4, 6.3, 6.10)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial

from app.domain.errors import Bug, Code
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import InnerNo
from app.gateways.fields import Fields
from app.gateways.goods.wording import erase
from app.gateways.wording import sale, stock
from app.ports import requests as q
from app.ports import stock as g
from app.profile.model import Profile
from app.profile.operations import Operation

_OPERATIONS: Mapping[type, tuple[Operation, str]] = {
    g.CountStock: (Operation.COUNT_STOCK_ROWS, "invinfoDetail"),
    g.ChangeStock: (Operation.CHANGE_STOCK_ROWS, "invinfoDetail"),
    g.Receive: (Operation.RECEIVE_ROWS, "purcinfoDetail"),
    g.ReturnToSupplier: (Operation.RETURN_TO_SUPPLIER_ROWS, "purcinfoDetail"),
    q.UploadSale: (Operation.UPLOAD_SALE_ROWS, "selinfoDetail"),
    q.ReturnSale: (Operation.RETURN_SALE_ROWS, "selinfoDetail"),
    g.EraseUpload: (Operation.ERASE_UPLOAD_ROWS, "goodDetail"),
}
_ALONE: Mapping[type, Operation] = {
    g.CountStock: Operation.COUNT_STOCK,
    g.ChangeStock: Operation.CHANGE_STOCK,
    g.Receive: Operation.RECEIVE,
    g.ReturnToSupplier: Operation.RETURN_TO_SUPPLIER,
    q.UploadSale: Operation.UPLOAD_SALE,
    q.ReturnSale: Operation.RETURN_SALE,
    g.EraseUpload: Operation.ERASE_UPLOAD,
}
_TRACES = "drugtracinfo"
_KEY = ("fixmedins_hilist_id", "fixmedins_bchno", "inv_chg_type", "inv_data_type")
Key = tuple[str, ...]
Meaning = Callable[[Operation, str, str], Code]
"""Of a no to one row: its operation alone, the code of the envelope, and the row's own words."""


def _kind(request: g.StockRows) -> tuple[Operation, str]:
    kinds = {type(row) for row in request.rows}
    if len(kinds) != 1:
        raise Bug(what=f"rows of {len(kinds)} kinds in one message")
    return _OPERATIONS[kinds.pop()]


def operation_of(request: g.StockRows) -> Operation:
    """Raises ``Bug`` for no row at all or rows of several kinds."""
    return _kind(request)[0]


def content(profile: Profile, request: g.StockRows) -> sale.Content:
    """The list of rows, each with its codes inside or the codes of all beside the list."""
    most = profile.rules.max_rows_A
    if len(request.rows) > most:
        raise Bug(what=f"{len(request.rows)} rows, this region takes {most}")
    found: list[sale.Content] = []
    beside: list[object] = []
    for row in request.rows:
        node, traces = _row(profile, row)
        found.append(node)
        beside.extend(traces)
    told: sale.Content = {_kind(request)[1]: found}
    return told | {_TRACES: beside} if beside else told


def _row(profile: Profile, row: g.StockRow) -> tuple[sale.Content, list[object]]:
    match row:
        case g.EraseUpload():
            return erase(profile, row), []
        case q.UploadSale():
            single = sale.upload_sale(profile, row)
        case q.ReturnSale():
            single = sale.return_sale(profile, row)
        case _:
            single = stock.content(profile, row)
    beside = single.pop(_TRACES, [])
    (node,) = single.values()
    if not isinstance(node, dict) or not isinstance(beside, list):
        raise Bug(what="a row is one node")
    return node, beside


def told(profile: Profile, request: g.StockRows, reply: Reply, meaning: Meaning) -> g.RowsTold:
    """What became of each row; rows the answer does not name were taken (6.10).

    Raises ``InnerNo`` where the whole message is refused and ``Unreadable`` where a named row
    cannot be told from another, or a no to the whole names only some: a list that is only half
    understood proves nothing.
    """
    named = [
        row
        for name in reply.output.names()
        if name.endswith("errdetail")
        for row in reply.output.rows(name)
    ]
    refused = sale.outer_refusal(reply.output)
    if not named:
        if refused is not None:
            raise InnerNo(reply.code, refused)
        return g.RowsTold(tuple(g.RowOutcome(True, "") for _ in request.rows))
    if refused is not None and len(named) < len(request.rows):
        # all or nothing, or all but these: the answer does not say which
        raise Unreadable("row_unnamed")
    keys = [_sent_key(_row(profile, row)[0]) for row in request.rows]
    answered: dict[Key, list[g.RowOutcome]] = defaultdict(list)
    alone = _ALONE[type(request.rows[0])]
    for row in named:
        answered[_key(row)].append(_outcome(row, partial(meaning, alone, reply.code)))
    for key, outcomes in answered.items():
        if len(outcomes) != keys.count(key):
            raise Unreadable("row_unknown")
    taken = g.RowOutcome(True, "")
    return g.RowsTold(tuple(answered[key].pop(0) if answered[key] else taken for key in keys))


def _sent_key(node: sale.Content) -> Key:
    return tuple(str(node.get(name) or "") for name in _KEY)


def _key(row: Fields) -> Key:
    return tuple(row.text(name) for name in _KEY)


def _outcome(row: Fields, meaning: Callable[[str], Code]) -> g.RowOutcome:
    text = row.text("msgRslt")
    if row.text("retRslt") in ("", "1"):
        return g.RowOutcome(True, text)
    return g.RowOutcome(False, text, meaning(text))
