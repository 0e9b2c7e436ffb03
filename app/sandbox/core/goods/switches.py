"""Switches that spoil the booking of what was accepted: lost, double, late, in another order.

The sender hears a yes all the same; nothing in any answer tells. What is held back is booked when
its time comes, or behind the next record of its lot.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.sandbox.site import Site
from app.sandbox.state import Connection, Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS stock_switch (
    id INTEGER PRIMARY KEY, spoils TEXT NOT NULL, kind TEXT NOT NULL, lot TEXT NOT NULL,
    times INTEGER NOT NULL, hours REAL NOT NULL);
CREATE TABLE IF NOT EXISTS stock_held (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, msgid TEXT NOT NULL, institution TEXT NOT NULL,
    lot TEXT NOT NULL, node TEXT NOT NULL, due_at TEXT, behind INTEGER NOT NULL);
"""


class Spoils(StrEnum):
    """What becomes of the next accepted record of a kind."""

    LOSE = "lose"
    DOUBLE = "double"
    DELAY = "delay"
    REORDER = "reorder"


class SwitchWrong(ValueError):
    """No such switch."""


Book = Callable[[str, str, str, Mapping[str, Any]], None]
"""Operation, message id, institution and node of one record, booked as accepted now."""


def turn_on(site: Site, asked: Mapping[str, object]) -> dict[str, object]:
    """Set one switch: ``spoils``, ``kind`` of record, ``lot`` (empty: any), ``times``, ``hours``.

    Raises ``SwitchWrong``.
    """
    try:
        spoils = Spoils(str(asked.get("spoils")))
        times, hours = int(str(asked.get("times", 1))), float(str(asked.get("hours", 1)))
    except ValueError as wrong:
        raise SwitchWrong(str(wrong)) from wrong
    kind, lot = str(asked.get("kind") or ""), str(asked.get("lot") or "")
    if times < 1 or hours < 0 or not kind:
        raise SwitchWrong("kind, times and hours must be said")
    with site.state.writing() as db:
        db.execute(
            "INSERT INTO stock_switch (spoils, kind, lot, times, hours) VALUES (?,?,?,?,?)",
            (spoils.value, kind, lot, times, hours),
        )
    return {"spoils": spoils.value, "kind": kind, "lot": lot, "times": times}


def spoiled(db: Connection, kind: str, lot: str) -> tuple[Spoils, float] | None:
    """The switch that meets this record, used up by asking; None where it is booked as it is."""
    row: Row | None = db.execute(
        "SELECT * FROM stock_switch WHERE kind=? AND lot IN ('', ?) ORDER BY id LIMIT 1",
        (kind, lot),
    ).fetchone()
    if row is None:
        return None
    db.execute("UPDATE stock_switch SET times=times-1 WHERE id=?", (row["id"],))
    db.execute("DELETE FROM stock_switch WHERE times<1")
    return Spoils(row["spoils"]), float(row["hours"])


def hold(
    db: Connection,
    record: tuple[str, str, str],
    lot: str,
    node: Mapping[str, Any],
    due_at: datetime | None,
) -> None:
    """Keep a record back: until ``due_at``, else until the next one of its lot is booked."""
    db.execute(
        "INSERT INTO stock_held (operation, msgid, institution, lot, node, due_at, behind)"
        " VALUES (?,?,?,?,?,?,?)",
        (
            *record,
            lot,
            json.dumps(node, default=str),
            due_at.isoformat(" ") if due_at else None,
            int(due_at is None),
        ),
    )


def due_in(hours: float, now: datetime) -> datetime:
    return now + timedelta(hours=hours)


def let_go(db: Connection, now: datetime, book: Book, after_lot: str = "") -> None:
    """Book what is due, and what waited for a record of ``after_lot``."""
    rows = db.execute(
        "SELECT * FROM stock_held WHERE (due_at IS NOT NULL AND due_at<=?)"
        " OR (behind=1 AND lot=?) ORDER BY id",
        (now.isoformat(" "), after_lot),
    ).fetchall()
    for row in rows:
        db.execute("DELETE FROM stock_held WHERE id=?", (row["id"],))
        book(row["operation"], row["msgid"], row["institution"], json.loads(row["node"]))
