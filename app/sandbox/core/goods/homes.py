"""The lot a reported row counts for: its serial, or, where every row has one of its own, the newest
lot of the maker's number that a sale names (trace-and-stock T41; ours, no text says it)."""

from collections.abc import Mapping
from typing import Any

from app.profile.model import Profile
from app.sandbox.core.frame.envelope import Call

_SOLD = "('sale','sale_return')"
_BY_LOT = "e.lot"
_BY_ROW = (
    f"CASE WHEN e.kind IN {_SOLD} THEN COALESCE((SELECT o.lot FROM stock_event o"  # noqa: S608 fixed text
    " WHERE o.institution=e.institution AND o.item=e.item AND o.lot_no=e.lot_no"
    f" AND o.kind NOT IN {_SOLD} ORDER BY o.id DESC LIMIT 1), e.lot) ELSE e.lot END"
)


def home_of(profile: Profile) -> str:
    """The lot of a row ``e``, as SQL."""
    return _BY_LOT if profile.rules.bchno_mode == "batch" else _BY_ROW


def home(call: Call, node: Mapping[str, Any]) -> str:
    """The lot a sale goes off, as ``home_of`` says once it is booked."""
    told = str(node["fixmedins_bchno"])
    if call.site.profile.rules.bchno_mode == "batch":
        return told
    row = call.db.execute(
        "SELECT lot FROM stock_event WHERE institution=? AND item=? AND lot_no=?"  # noqa: S608 fixed text
        f" AND kind NOT IN {_SOLD} ORDER BY id DESC LIMIT 1",
        (call.institution, str(node["fixmedins_hilist_id"]), str(node.get("manu_lotnum") or "")),
    ).fetchone()
    return told if row is None else str(row["lot"])
