"""Signing in and out, and asking on every message whether its sign-in still holds."""

from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.tables import refusals


def open_day(call: Call) -> Output:
    """A new sign-in number; earlier ones of other workstations stay good (core-platform 4.1)."""
    number = str(100_000 + call.site.state.next_number("sign_no"))
    call.db.execute(
        "INSERT INTO sign_in (sign_no, institution, operator, day) VALUES (?,?,?,?)",
        (number, call.institution, call.operator, call.now.date().isoformat()),
    )
    return Output({"signinoutb": {"sign_time": _time(call), "sign_no": number}})


def close_day(call: Call) -> Output:
    """Ends one sign-in; messages that carry its number are refused from here on."""
    call.db.execute(
        "UPDATE sign_in SET closed=1 WHERE sign_no=? AND institution=?",
        (str(call.node("signOut")["sign_no"]), call.institution),
    )
    return Output({"signoutoutb": {"sign_time": _time(call)}})


def check_signed_in(call: Call, sign_no: str) -> None:
    """Same institution, operator and day, not closed. Raises ``Refusal`` where the region wants."""
    wanted = call.site.profile.core.require_sign_no
    if wanted == "off":
        return
    row = call.db.execute(
        "SELECT 1 FROM sign_in WHERE sign_no=? AND institution=? AND operator=? AND day=?"
        " AND NOT closed",
        (sign_no, call.institution, call.operator, call.now.date().isoformat()),
    ).fetchone()
    if row is not None:
        return
    if wanted == "reject":
        raise Refusal("not_signed_in")
    call.warnings.append(refusals().sentences["not_signed_in"])


def _time(call: Call) -> str:
    return f"{call.now:%Y-%m-%d %H:%M:%S}"
