"""Both books side by side, in one statement each: what differs, what is equal, how much there is.

Lots of one serial count as one; where the region sums up lots, lots of one item do. Figures are in
ten-thousandths of a pack: whole packs of the ledger, and the shares of opened boxes beside them.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.money import QUANTITY_SCALE, Price, Quantity
from app.ports.stock_days import BothBooks, ComparedLine, EqualLine, PriceApart
from localdb.schema.columns import Moment

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
_EQUAL = (
    "SELECT a.store_code, a.upload_lot, i.generic_name, a.lot_no, a.quantity, i.retail_price,"
    " a.price FROM stock_answer a JOIN item i ON i.store_code = a.store_code"
    " WHERE (a.store_code, a.upload_lot) > (?, ?) AND a.quantity ="
    " {scale} * (SELECT SUM(l.on_hand) FROM lot l WHERE l.item_id = i.item_id{which})"
    " + (SELECT COALESCE(SUM(p.share), 0) FROM lot l JOIN part_event p ON p.lot_id = l.lot_id"
    " WHERE l.item_id = i.item_id{which})"
    " ORDER BY a.store_code, a.upload_lot LIMIT ?"
)
_APART = (
    "SELECT i.store_code, MIN(a.upload_lot), a.price FROM stock_answer a"
    " JOIN item i ON i.store_code = a.store_code"
    " WHERE a.price <> i.retail_price AND a.quantity <> 0"
    " AND NOT EXISTS (SELECT 1 FROM lot l JOIN stock_event e ON e.lot_id = l.lot_id"
    " WHERE l.item_id = i.item_id AND e.price = a.price)"
    " GROUP BY i.store_code, a.price ORDER BY 1, 3 LIMIT ?"
)
_MOVED = (
    "WITH loose AS ({loose}), moved AS"
    " (SELECT l.item_id, {lot} AS upload_lot, MAX(e.event_id) AS last"
    " FROM stock_event e JOIN lot l ON l.lot_id = e.lot_id"
    " WHERE e.at > ? AND e.kind <> 'opening'"
    " GROUP BY l.item_id, {lot})"
    " SELECT i.store_code, m.upload_lot, SUM(l.on_hand) AS packs,"
    " SUM(l.on_hand) * {scale} + SUM(COALESCE(p.share, 0)) AS ours, a.quantity, SUM(l.on_hand)"
    " FROM moved m JOIN item i ON i.item_id = m.item_id"
    " JOIN lot l ON l.item_id = m.item_id AND m.upload_lot IN ('', l.upload_lot)"
    " LEFT JOIN loose p ON p.lot_id = l.lot_id"
    " JOIN stock_answer a ON a.store_code = i.store_code AND a.upload_lot = m.upload_lot"
    " GROUP BY m.item_id, m.upload_lot HAVING ours = a.quantity"
    " ORDER BY m.last DESC LIMIT ?"
)


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


def equal_lines(
    connection: sa.Connection, after: tuple[str, str], limit: int
) -> tuple[EqualLine, ...]:
    """A part of them, by store code and lot serial; what is kept is taken at its word."""
    which = "" if _summed(connection) else " AND l.upload_lot = a.upload_lot"
    rows = connection.exec_driver_sql(
        _EQUAL.format(scale=QUANTITY_SCALE, which=which), (*after, limit)
    )
    return tuple(
        EqualLine(code, lot, name, lot_no, Quantity(there), Price(ours), _price(theirs))
        for code, lot, name, lot_no, there, ours, theirs in rows
    )


def _price(shown: int | None) -> Price | None:
    return None if shown is None else Price(shown)


def prices_apart(connection: sa.Connection, limit: int) -> tuple[PriceApart, ...]:
    """By store code and price."""
    rows = connection.exec_driver_sql(_APART, (limit,))
    return tuple(PriceApart(code, lot, Price(price)) for code, lot, price in rows)


def equal_moved(
    connection: sa.Connection, since: datetime | None, limit: int
) -> tuple[ComparedLine, ...]:
    """What is kept is taken at its word: whoever asks looks at the ledger again."""
    lot = "''" if _summed(connection) else "l.upload_lot"
    after = 0 if since is None else Moment().process_bind_param(since, connection.dialect)
    asked = _MOVED.format(lot=lot, scale=QUANTITY_SCALE, loose=_LOOSE)
    rows = connection.exec_driver_sql(asked, (after, limit))
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
