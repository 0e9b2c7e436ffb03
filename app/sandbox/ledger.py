"""The platform's own books, read for whoever compares them with a store's (reliability 3)."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from app.sandbox.site import Site

ACTIVE, REVOKED, REVERSED, REFUND = "active", "revoked", "reversed", "refund"


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One settlement or refund; amounts in fen, ``codes`` of the whole boxes on its bill, ``parts``
    of those of which it sold a part."""

    message_id: str
    settlement_id: str
    state: str
    total: int
    fund: int
    account: int
    cash: int
    refunds: str | None
    prescriptions: frozenset[str]
    codes: frozenset[str]
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlatformLedger:
    """Settlements by message id, and the trace codes on record as sold whole, with how often;
    ``parts`` are codes of which a part is on record.

    ``audited`` are prescriptions on which a decision of this institution's pharmacist is on file.
    """

    settlements: Mapping[str, SettlementLine]
    sold: Mapping[str, int]
    audited: frozenset[str]
    parts: frozenset[str] = frozenset()

    def has(self, code: str) -> bool:
        """Whether this box, or a part of it, is on record as sold."""
        return code in self.sold or code in self.parts


def read_ledger(site: Site, institution: str) -> PlatformLedger:
    """What stands here for one institution, committed."""
    with site.state.reading() as db:
        prescriptions: defaultdict[str, set[str]] = defaultdict(set)
        for setl_id, number in db.execute("SELECT setl_id, rxno FROM settled_line WHERE rxno<>''"):
            prescriptions[setl_id].add(number)
        codes: defaultdict[str, set[str]] = defaultdict(set)
        parts: defaultdict[str, set[str]] = defaultdict(set)
        for setl_id, code, split in db.execute("SELECT setl_id, code, split FROM settled_code"):
            (parts if split else codes)[setl_id].add(code)
        rows = db.execute("SELECT * FROM settlement WHERE institution=?", (institution,)).fetchall()
        sold = db.execute(
            "SELECT c.code, COUNT(*) FILTER (WHERE c.split=0) FROM stock_code c"
            " JOIN stock_event e ON e.id=c.event"
            " WHERE c.sold=1 AND e.institution=? GROUP BY c.code",
            (institution,),
        ).fetchall()
        audits = db.execute("SELECT hi_rxno, audit FROM rx WHERE audit<>''").fetchall()
    return PlatformLedger(
        {
            row["msgid"]: SettlementLine(
                message_id=row["msgid"],
                settlement_id=row["setl_id"],
                state=row["state"],
                total=int(row["total_fen"]),
                fund=int(row["fund_fen"]),
                account=int(row["account_fen"]),
                cash=int(row["cash_fen"]),
                refunds=row["refunds"],
                prescriptions=frozenset(prescriptions[row["setl_id"]]),
                codes=frozenset(codes[row["setl_id"]]),
                parts=frozenset(parts[row["setl_id"]]),
            )
            for row in rows
        },
        {row[0]: int(row[1]) for row in sold if row[1]},
        frozenset(
            row["hi_rxno"]
            for row in audits
            if json.loads(row["audit"])["institution"] == institution
        ),
        frozenset(row[0] for row in sold if not row[1]),
    )
