"""Undoing: revoking a settlement that is known, reversing a message whose fate is not."""

import json
from decimal import Decimal
from typing import Any

import msgspec

from app.profile.operations import Operation
from app.sandbox.core.frame.amounts import yuan
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.core.money.settlement import Booked, move
from app.sandbox.state import Row

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_KEPT_SIGN = frozenset({"balc", "pool_prop_selfpay", "age"})


def revoke_settlement(call: Call) -> Output:
    """The same amounts negated under a new ``setl_id``, the balance restored (invariant 9)."""
    asked = call.node("data")
    row = _settlement(call, "setl_id", str(asked["setl_id"]))
    if row is None or (row["psn_no"], row["mdtrt_id"]) != (asked["psn_no"], asked["mdtrt_id"]):
        raise Refusal("settlement_unknown")
    if row["state"] != "active":
        raise Refusal("settlement_closed")
    balance = move(call, row["psn_no"], row["insutype"], _booked(row), -1)
    refund_id = str(400_000_000 + call.site.state.next_number("setl_id"))
    output = _negated(call, row, refund_id, balance)
    _set_state(call, row["setl_id"], "revoked")
    _book_refund(call, row, refund_id, output)
    _free(call, row["setl_id"])
    return Output(output)


def reverse(call: Call) -> Output:
    """Takes back what a message did, found by its msgid (core-platform 5.7).

    An original that never came is answered with success: there is nothing left to take back. So
    is one already reversed. Neither answer proves anything, which is the point of practising.
    """
    asked = call.node("data")
    kind = call.site.profile
    reversible = {kind.address(operation): operation for operation in kind.settle.reversible}
    operation = reversible.get(str(asked["oinfno"]))
    if operation is None:
        raise Refusal("reverse_kind", what=str(asked["oinfno"]))
    row = _settlement(call, "msgid", str(asked["omsgid"]))
    if row is None or row["state"] == "reversed":
        return Output({})
    if row["psn_no"] != asked["psn_no"]:
        raise Refusal("reverse_person")
    if (row["refunds"] is not None) != (operation is Operation.REVOKE_SETTLEMENT):
        raise Refusal("reverse_other")
    if operation is Operation.REVOKE_SETTLEMENT:
        _reinstate(call, row)
    else:
        _take_back(call, row)
    return Output({})


def _take_back(call: Call, row: Row) -> None:
    if row["state"] != "active":
        raise Refusal("reverse_followed")
    move(call, row["psn_no"], row["insutype"], _booked(row), -1)
    _set_state(call, row["setl_id"], "reversed")
    _free(call, row["setl_id"])


def _reinstate(call: Call, refund: Row) -> None:
    """Reversing a revocation makes the settlement valid again (core-platform 10.2)."""
    original = _settlement(call, "setl_id", str(refund["refunds"]))
    if original is None:
        raise Refusal("reverse_missing")
    if _settled_again(call, original):
        raise Refusal("settlement_closed")
    balance = move(call, original["psn_no"], original["insutype"], _booked(original), 1)
    if balance < 0:
        raise Refusal("balance_short")
    _set_state(call, refund["setl_id"], "reversed")
    _set_state(call, original["setl_id"], "active")
    for number in _prescriptions(call, original["setl_id"]):
        call.site.prescriptions.settled(number, original["setl_id"])


def _settled_again(call: Call, original: Row) -> bool:
    """The purchase or one of its prescriptions was settled anew after the revocation."""
    again = call.db.execute(
        "SELECT 1 FROM settlement WHERE mdtrt_id=? AND state='active' UNION"
        " SELECT 1 FROM settled_line l JOIN settlement s USING (setl_id) WHERE s.state='active'"
        " AND l.rxno<>'' AND l.rxno IN (SELECT rxno FROM settled_line WHERE setl_id=?)",
        (original["mdtrt_id"], original["setl_id"]),
    ).fetchone()
    return again is not None


def _settlement(call: Call, column: str, value: str) -> Row | None:
    """One settlement of this institution by ``setl_id`` or ``msgid``."""
    found: Row | None = call.db.execute(
        f"SELECT * FROM settlement WHERE {column}=? AND institution=?",  # noqa: S608 fixed columns
        (value, call.institution),
    ).fetchone()
    return found


def _booked(row: Row) -> Booked:
    return Booked(
        account=int(row["account_fen"]),
        fund=int(row["fund_fen"]),
        deductible=int(row["deductible_fen"]),
    )


def _set_state(call: Call, setl_id: str, state: str) -> None:
    call.db.execute("UPDATE settlement SET state=? WHERE setl_id=?", (state, setl_id))


def _prescriptions(call: Call, setl_id: str) -> list[str]:
    rows = call.db.execute(
        "SELECT DISTINCT rxno, line FROM settled_line WHERE setl_id=? AND rxno<>''", (setl_id,)
    )
    return list(
        dict.fromkeys(
            str(row["rxno"]) for row in rows if json.loads(row["line"])["rx_circ_flag"] == "1"
        )
    )


def _free(call: Call, setl_id: str) -> None:
    for number in _prescriptions(call, setl_id):
        call.site.prescriptions.unsettled(number, setl_id)


def _negated(call: Call, row: Row, refund_id: str, balance: int) -> dict[str, Any]:
    original = json.loads(row["output"], parse_float=Decimal)
    head = {key: _minus(key, value) for key, value in original["setlinfo"].items()}
    head.update(setl_id=refund_id, balc=yuan(balance), medins_setl_id=call.msgid)
    head["setl_time"] = f"{call.now:%Y-%m-%d %H:%M:%S}"
    details = [
        {key: _minus(key, value) for key, value in detail.items()}
        for detail in original["setldetail"]
    ]
    return {"setlinfo": head, "setldetail": details}


def _minus(key: str, value: object) -> object:
    if isinstance(value, Decimal) and key not in _KEPT_SIGN:
        return -value if value else value
    return value


def _book_refund(call: Call, row: Row, refund_id: str, output: dict[str, Any]) -> None:
    call.db.execute(
        "INSERT INTO settlement VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'refund')",
        (
            refund_id,
            call.msgid,
            call.institution,
            row["mdtrt_id"],
            row["psn_no"],
            row["insutype"],
            row["clr_type"],
            row["clr_optins"],
            f"{call.now:%Y-%m-%d %H:%M:%S}",
            -row["total_fen"],
            -row["fund_fen"],
            -row["account_fen"],
            -row["cash_fen"],
            -row["deductible_fen"],
            _ENCODER.encode(output).decode(),
            row["setl_id"],
        ),
    )
