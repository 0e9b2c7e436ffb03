"""Everything that is kept, computed again from the ledger alone (product bar 40).

Worded for both kinds of base: a name given to a column is known outside its own question only.
"""

from typing import Any

import sqlalchemy as sa

from app.ports.stock_books import Doubt, Flaw, Proof

_TALLY = (
    "SELECT (SELECT COUNT(*) FROM lot), (SELECT COUNT(*) FROM stock_event),"
    " (SELECT COUNT(DISTINCT code) FROM stock_code)"
)
_QUESTIONS: tuple[tuple[Doubt, str], ...] = (
    (
        Doubt.LOT_COUNT,
        "SELECT l.lot_id, l.on_hand, COALESCE(SUM(e.packs), 0) AS derived FROM lot l"
        " LEFT JOIN stock_event e ON e.lot_id = l.lot_id GROUP BY l.lot_id"
        " HAVING l.on_hand <> COALESCE(SUM(e.packs), 0)",
    ),
    (
        Doubt.BELOW_NOUGHT,
        "SELECT lot_id, on_hand, 0 FROM lot WHERE on_hand < 0",
    ),
    # Packs that left unnamed where all had codes: their boxes could be scanned and sold once more.
    # A count finds packs, and never says which.
    (
        Doubt.MORE_CODES,
        "SELECT lot_id, on_hand, codes FROM (SELECT e.lot_id, l.on_hand, l.on_hand - SUM(e.packs"
        " - (CASE WHEN e.packs > 0 THEN 1 ELSE -1 END) * COALESCE(c.boxes, 0))"
        " FILTER (WHERE e.kind <> 'counted') AS codes,"
        " SUM(e.packs) FILTER (WHERE e.kind = 'counted') AS counted"
        " FROM stock_event e JOIN lot l ON l.lot_id = e.lot_id LEFT JOIN (SELECT event_id,"
        " COUNT(*) AS boxes FROM stock_code GROUP BY event_id) c ON c.event_id = e.event_id"
        " GROUP BY e.lot_id, l.on_hand) q"
        " WHERE codes - on_hand > CASE WHEN counted > 0 THEN counted ELSE 0 END",
    ),
    (
        Doubt.TOO_MANY_BOXES,
        "SELECT e.lot_id, ABS(e.packs), COUNT(*) FROM stock_event e JOIN stock_code c"
        " ON c.event_id = e.event_id GROUP BY e.event_id HAVING COUNT(*) > ABS(e.packs)",
    ),
    (
        Doubt.SALE_WITHOUT_BOXES,
        "SELECT e.lot_id, -e.packs, COUNT(c.code) FROM stock_event e LEFT JOIN stock_code c"
        " ON c.event_id = e.event_id WHERE e.kind = 'sold' GROUP BY e.event_id"
        " HAVING COUNT(c.code) <> -e.packs",
    ),
    (
        Doubt.BOX_WITHOUT_SALE,
        "SELECT c.code, 1, 0 FROM code_claim c WHERE c.state <> 'reserved' AND NOT EXISTS"
        " (SELECT 1 FROM stock_code s JOIN stock_event e ON e.event_id = s.event_id"
        " WHERE s.code = c.code AND e.kind = 'sold' AND e.case_id = c.case_id)",
    ),
    (
        Doubt.BOX_WITHOUT_RETURN,
        "SELECT c.code, 1, 0 FROM code_claim c WHERE c.state = 'returned' AND NOT EXISTS"
        " (SELECT 1 FROM stock_code s JOIN stock_event e ON e.event_id = s.event_id"
        " WHERE s.code = c.code AND e.kind = 'returned' AND e.case_id = c.case_id)",
    ),
    # A box nobody saw at goods receipt is sold from a lot that holds it uncounted: once, not twice.
    (
        Doubt.BOX_TWICE,
        "SELECT code, 1, here FROM (SELECT s.code, SUM(CASE WHEN e.packs > 0 THEN 1 ELSE -1 END)"
        " AS here, SUM(CASE WHEN e.kind IN ('opening', 'received') THEN 1 ELSE 0 END) AS seen"
        " FROM stock_code s JOIN stock_event e ON e.event_id = s.event_id GROUP BY s.code) q"
        " WHERE here NOT IN (0, 1) AND NOT (here = -1 AND seen = 0)",
    ),
    (
        Doubt.BOX_ELSEWHERE,
        "SELECT code, lot_id, newest FROM (SELECT t.code, t.lot_id, (SELECT e.lot_id FROM"
        " stock_code s JOIN stock_event e ON e.event_id = s.event_id WHERE s.code = t.code"
        " AND e.packs > 0 ORDER BY e.event_id DESC LIMIT 1) AS newest FROM trace_code t) q"
        " WHERE newest IS DISTINCT FROM lot_id",
    ),
    (
        Doubt.PART_WITHOUT_SALE,
        "SELECT code, pieces, moved FROM (SELECT c.code, c.pieces, COALESCE(-SUM(p.pieces), 0)"
        " AS moved FROM part_claim c"
        " LEFT JOIN part_event p ON p.code = c.code AND p.case_id = c.case_id AND p.kind = 'sold'"
        " WHERE c.state <> 'reserved' AND c.case_id IS NOT NULL"
        " GROUP BY c.claim_id) q WHERE moved <> pieces",
    ),
    (
        Doubt.TOO_MANY_PIECES,
        "SELECT code, 0, SUM(pieces) FROM part_event GROUP BY lot_id, code HAVING SUM(pieces) < 0",
    ),
    (
        Doubt.PART_WITHOUT_RELEASE,
        "SELECT code, kept, moved FROM (SELECT p.code, COALESCE((SELECT SUM(c.pieces) FROM"
        " part_claim c WHERE c.code = p.code AND c.state = 'released'), 0) AS kept,"
        " SUM(p.pieces) AS moved FROM part_event p"
        " WHERE p.kind = 'released' AND p.pieces > 0 GROUP BY p.code) q WHERE kept <> moved",
    ),
    # A box is opened once, by the row that takes it out of the whole packs.
    (
        Doubt.BOX_NOT_OPENED,
        "SELECT code, 1, opened FROM (SELECT p.code, (SELECT COUNT(*) FROM stock_code s"
        " JOIN stock_event e ON e.event_id = s.event_id WHERE s.code = p.code"
        " AND e.upload_key = p.code AND e.kind = 'sold') AS opened,"
        " SUM(CASE WHEN p.kind = 'opened' THEN 1 ELSE 0 END) AS told"
        " FROM part_event p GROUP BY p.code) q WHERE opened <> 1 OR told <> 1",
    ),
    # Nothing is left of a pack that nothing is left of: shares never round apart.
    (
        Doubt.SHARE_LEFT,
        "SELECT code, 0, SUM(share) FROM part_event GROUP BY code"
        " HAVING (SUM(pieces) = 0) <> (SUM(share) = 0)",
    ),
)


def prove(connection: sa.Connection, limit: int) -> Proof:
    """Each question names where what is kept differs; none may find anything."""
    lots, movements, boxes = connection.exec_driver_sql(_TALLY).one()
    flaws: list[Flaw] = []
    for doubt, question in _QUESTIONS:
        found = connection.exec_driver_sql(f"{question} LIMIT {int(limit)}")
        flaws += [_flaw(doubt, row) for row in found]
    return Proof(lots, movements, boxes, tuple(flaws))


def _flaw(doubt: Doubt, row: sa.Row[Any]) -> Flaw:
    subject, kept, derived = tuple(row)
    return Flaw(doubt, str(subject), int(kept), int(derived or 0))
