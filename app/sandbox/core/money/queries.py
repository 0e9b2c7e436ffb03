"""Asking for a settlement that is already known by its number (core-platform 5.9)."""

import json
from decimal import Decimal
from typing import Any

from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.state import Row


def query_settlement(call: Call) -> Output:
    """The stored answer of a settlement or refund, with whether it was revoked since."""
    asked = call.node("data")
    row = _found(call, str(asked["setl_id"]), str(asked["psn_no"]))
    stored: dict[str, Any] = json.loads(row["output"], parse_float=Decimal)
    head = {
        **stored["setlinfo"],
        "refd_setl_flag": str(int(row["state"] == "revoked" or row["refunds"] is not None)),
        "fixmedins_code": call.institution,
    }
    return Output({"setlinfo": head, "setldetail": stored["setldetail"]})


def query_fees(call: Call) -> Output:
    """The cut of every line of one settlement."""
    asked = call.node("data")
    row = _found(call, str(asked.get("setl_id") or ""), str(asked["psn_no"]))
    stored: dict[str, Any] = json.loads(row["output"], parse_float=Decimal)
    return Output({"data": stored.get("detlcutinfo", [])})


def _found(call: Call, setl_id: str, psn_no: str) -> Row:
    """Raises ``Refusal`` for what is absent or was reversed: the platform no longer shows it."""
    row: Row | None = call.db.execute(
        "SELECT * FROM settlement WHERE setl_id=? AND psn_no=? AND institution=?"
        " AND state<>'reversed'",
        (setl_id, psn_no, call.institution),
    ).fetchone()
    if row is None:
        raise Refusal("settlement_unknown")
    return row
