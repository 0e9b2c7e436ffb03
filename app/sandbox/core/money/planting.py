"""Faults in the platform's own books, planted on purpose, so that a comparison can be practised.

Each changes what is committed and nothing else: no message says so, as in real life. What was
planted is told to whoever planted it, with the numbers a counter would have to find.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from app.sandbox.site import Site
from app.sandbox.state import Connection, Row

_COLUMNS = (
    "setl_id", "msgid", "institution", "mdtrt_id", "psn_no", "insutype", "clr_type", "clr_optins",
    "settled_at", "total_fen", "fund_fen", "account_fen", "cash_fen", "deductible_fen", "output",
    "refunds", "state",
)  # fmt: skip


class Plant(StrEnum):
    """What can be wrong between two books."""

    GHOST = "ghost"
    NEIGHBOUR = "neighbour"
    TWICE = "twice"
    MISSING = "missing"
    AMOUNT = "amount"
    REFUND = "refund"
    REFUND_MISSING = "refund_missing"
    REVIVED = "revived"


class NothingToPlantOn(ValueError):
    """There is no settlement of the kind this fault needs, or no such fault."""


def plant(site: Site, asked: Mapping[str, object]) -> dict[str, object]:
    """Plant ``asked["plant"]`` on ``asked["setl_id"]``, else on the newest fitting settlement;
    cleared as ``asked["clr_type"]`` where that is said.

    Raises ``NothingToPlantOn``.
    """
    try:
        kind = Plant(str(asked.get("plant")))
    except ValueError as wrong:
        raise NothingToPlantOn(str(wrong)) from wrong
    with site.state.writing() as db:
        row = _target(db, kind, str(asked.get("setl_id") or ""))
        setl_id, msgid = _PLANTS[kind](site, db, row)
        if asked.get("clr_type"):
            values = (str(asked["clr_type"]), setl_id)
            db.execute("UPDATE settlement SET clr_type=? WHERE setl_id=?", values)
    return {
        "plant": kind.value,
        "setl_id": setl_id,
        "msgid": msgid,
        "on": str(row["setl_id"]),
        "psn_no": str(row["psn_no"]),
    }


_WANTED = {Plant.REFUND_MISSING: "refund", Plant.REVIVED: "reversed"}


def _target(db: Connection, kind: Plant, setl_id: str) -> Row:
    state = _WANTED.get(kind, "active")
    row: Row | None = db.execute(
        "SELECT * FROM settlement WHERE state=? AND (?='' OR setl_id=?)"
        " ORDER BY CAST(setl_id AS INTEGER) DESC",
        (state, setl_id, setl_id),
    ).fetchone()
    if row is None:
        raise NothingToPlantOn(f"no settlement is {state}")
    return row


def _ghost(site: Site, db: Connection, row: Row) -> tuple[str, str]:
    """A settlement no counter ever asked for, of another visit of the same person."""
    visit = str(300_000_000 + site.state.next_number("mdtrt_id"))
    return _copy(site, db, row, mdtrt_id=visit)


def _neighbour(site: Site, db: Connection, row: Row) -> tuple[str, str]:
    """A settlement of another counter of the same shop, with books of its own."""
    visit = str(300_000_000 + site.state.next_number("mdtrt_id"))
    other = "02" if str(row["msgid"])[26:28] != "02" else "03"
    return _copy(site, db, row, mdtrt_id=visit, counter=other)


def _twice(site: Site, db: Connection, row: Row) -> tuple[str, str]:
    """The same visit settled once more under another message."""
    return _copy(site, db, row)


def _missing(site: Site, db: Connection, row: Row) -> tuple[str, str]:  # noqa: ARG001
    """Gone from the platform's books although it was answered."""
    db.execute("UPDATE settlement SET state='reversed' WHERE setl_id=?", (row["setl_id"],))
    _move(db, row, -1)
    return str(row["setl_id"]), str(row["msgid"])


def _amount(site: Site, db: Connection, row: Row) -> tuple[str, str]:  # noqa: ARG001
    """One yuan more than was answered, taken from the fund."""
    db.execute(
        "UPDATE settlement SET total_fen=total_fen+100, fund_fen=fund_fen+100 WHERE setl_id=?",
        (row["setl_id"],),
    )
    return str(row["setl_id"]), str(row["msgid"])


def _refund(site: Site, db: Connection, row: Row) -> tuple[str, str]:
    """Refunded at the platform, told to nobody."""
    minus = {
        name: -row[name]
        for name in ("total_fen", "fund_fen", "account_fen", "cash_fen", "deductible_fen")
    }
    planted = _insert(site, db, row, **minus, refunds=row["setl_id"], state="refund")
    db.execute("UPDATE settlement SET state='revoked' WHERE setl_id=?", (row["setl_id"],))
    _move(db, row, -1)
    return planted


def _refund_missing(site: Site, db: Connection, row: Row) -> tuple[str, str]:  # noqa: ARG001
    """A refund that was answered is gone, and its settlement stands again."""
    db.execute("UPDATE settlement SET state='reversed' WHERE setl_id=?", (row["setl_id"],))
    db.execute("UPDATE settlement SET state='active' WHERE setl_id=?", (row["refunds"],))
    _move(db, row, -1)
    return str(row["setl_id"]), str(row["msgid"])


def _revived(site: Site, db: Connection, row: Row) -> tuple[str, str]:  # noqa: ARG001
    """A settlement that was reversed stands again: the reversal was lost after its answer."""
    db.execute("UPDATE settlement SET state='active' WHERE setl_id=?", (row["setl_id"],))
    _move(db, row, 1)
    return str(row["setl_id"]), str(row["msgid"])


def _copy(site: Site, db: Connection, row: Row, **changes: object) -> tuple[str, str]:
    planted = _insert(site, db, row, **changes)
    _move(db, row, 1)
    return planted


def _insert(site: Site, db: Connection, row: Row, **changes: object) -> tuple[str, str]:
    now = site.clock.now()
    setl_id = str(400_000_000 + site.state.next_number("setl_id"))
    msgid = _message_id(site, str(row["msgid"]), now, str(changes.pop("counter", "")))
    values = {name: row[name] for name in _COLUMNS}
    values |= {"setl_id": setl_id, "msgid": msgid, "settled_at": f"{now:%Y-%m-%d %H:%M:%S}"}
    values |= changes
    marks = ",".join("?" * len(_COLUMNS))
    db.execute(
        f"INSERT INTO settlement VALUES ({marks})",  # noqa: S608 fixed text
        [values[name] for name in _COLUMNS],
    )
    return setl_id, msgid


def _message_id(site: Site, like: str, now: datetime, counter: str) -> str:
    """An id as the counter of ``like`` would have made it, or another ``counter`` of the shop.

    The form of core-platform 2.1 with a block of the tail for each till (10.1).
    """
    sequence = 90 + site.state.next_number("planted") % 10
    return f"{like[:12]}{now:%Y%m%d%H%M%S}{counter or like[26:28]}{sequence:02d}"


def _move(db: Connection, row: Row, sign: int) -> None:
    db.execute(
        "UPDATE account SET balance_fen=balance_fen-?, fund_fen=fund_fen+?,"
        " deductible_fen=deductible_fen+? WHERE psn_no=? AND insutype=?",
        (
            sign * row["account_fen"],
            sign * row["fund_fen"],
            sign * row["deductible_fen"],
            row["psn_no"],
            row["insutype"],
        ),
    )


_PLANTS: Mapping[Plant, Callable[[Site, Connection, Row], tuple[str, str]]] = {
    Plant.GHOST: _ghost,
    Plant.NEIGHBOUR: _neighbour,
    Plant.TWICE: _twice,
    Plant.MISSING: _missing,
    Plant.AMOUNT: _amount,
    Plant.REFUND: _refund,
    Plant.REFUND_MISSING: _refund_missing,
    Plant.REVIVED: _revived,
}
