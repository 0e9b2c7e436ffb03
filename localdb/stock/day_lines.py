"""Both books side by side, in one statement each: what differs, what is equal, how much there is.

Lots of one serial count as one; where the region sums up lots, lots of one item do. Figures are in
ten-thousandths of a pack: whole packs of the ledger, and the shares of opened boxes beside them.
"""

from typing import Any

import sqlalchemy as sa

from app.domain.money import QUANTITY_SCALE, Quantity
from app.ports.stock_days import BothBooks, ComparedLine

_LEDGER = "SELECT lot_id, SUM(packs) AS packs FROM stock_event GROUP BY lot_id"
_LOOSE = "SELECT lot_id, SUM(share) AS share FROM part_event GROUP BY lot_id"
_OURS = (
    "SELECT i.store_code, {lot} AS upload_lot, SUM(COALESCE(g.packs, 0)) AS packs,"
    " SUM(COALESCE(g.packs, 0)) * {scale} + SUM(COALESCE(p.share, 0)) AS quantity,"
    " SUM(l.on_hand) AS kept FROM lot l JOIN item i ON i.item_id = l.item_id"
    " LEFT JOIN ledger g ON g.lot_id = l.lot_id LEFT JOIN loose p ON p.lot_id = l.lot_id"
    " GROUP BY {group}"
)
_SCALE = QUANTITY_SCALE
_BY_LOT = _OURS.format(lot="l.upload_lot", scale=_SCALE, group="l.item_id, l.upload_lot")
_BY_ITEM = _OURS.format(lot="''", scale=_SCALE, group="l.item_id")
_BOTH = (
    "SELECT o.store_code, o.upload_lot, o.packs, o.quantity, a.quantity, o.kept FROM ours o"
    " LEFT JOIN stock_answer a ON a.store_code = o.store_code AND a.upload_lot = o.upload_lot"
)
_THERE_ALONE = (
    " UNION ALL SELECT a.store_code, a.upload_lot, NULL, NULL, a.quantity, NULL FROM stock_answer a"
    " WHERE NOT EXISTS (SELECT 1 FROM {known} AND i.store_code = a.store_code)"
)
_ALONE_BY_LOT = _THERE_ALONE.format(
    # the serial first: an item may have hundreds of lots
    known="lot l CROSS JOIN item i ON i.item_id = l.item_id WHERE l.upload_lot = a.upload_lot"
)
_ALONE_BY_ITEM = _THERE_ALONE.format(known="item i WHERE TRUE")
_DIFFERS = " WHERE o.quantity <> COALESCE(a.quantity, 0) OR o.kept <> o.packs"
_EQUAL = " WHERE o.quantity = COALESCE(a.quantity, 0) AND o.kept = o.packs"
_HELD = " AND a.quantity IS NOT NULL"


def compared(connection: sa.Connection) -> BothBooks:
    """What differs, by store code and lot serial, and how much is plainly equal."""
    alone = _ALONE_BY_ITEM if _summed(connection) else _ALONE_BY_LOT
    rows = connection.exec_driver_sql(
        f"{_books(connection)} {_BOTH}{_DIFFERS}{alone} ORDER BY 1, 2"
    )
    found = [_line(row) for row in rows]
    shown = int(connection.exec_driver_sql("SELECT COUNT(*) FROM stock_answer").scalar_one())
    # every line of ours that they do not show is empty, or it differs
    equal = shown - sum(line.theirs is not None for line in found)
    lines = (line for line in found if line.ours is not None or line.theirs)
    return BothBooks(tuple(lines), equal)


def equal_lines(connection: sa.Connection, offset: int, limit: int) -> tuple[ComparedLine, ...]:
    """A part of them, by store code and lot serial."""
    rows = connection.exec_driver_sql(
        f"{_books(connection)} {_BOTH}{_EQUAL}{_HELD} ORDER BY 1, 2 LIMIT ? OFFSET ?",
        (limit, offset),
    )
    return tuple(_line(row) for row in rows)


def _summed(connection: sa.Connection) -> bool:
    """Whether the region sums up lots."""
    return bool(
        connection.exec_driver_sql(
            "SELECT EXISTS (SELECT 1 FROM stock_answer) AND NOT EXISTS"
            " (SELECT 1 FROM stock_answer WHERE upload_lot <> '')"
        ).scalar_one()
    )


def _books(connection: sa.Connection) -> str:
    ours = _BY_ITEM if _summed(connection) else _BY_LOT
    return f"WITH ledger AS ({_LEDGER}), loose AS ({_LOOSE}), ours AS ({ours})"


def _line(row: "sa.Row[Any]") -> ComparedLine:
    store_code, upload_lot, packs, ours, there, kept = tuple(row)
    return ComparedLine(
        store_code,
        upload_lot,
        None if ours is None else Quantity(ours),
        None if there is None else Quantity(there),
        holds=packs == kept,
    )
