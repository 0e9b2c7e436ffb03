"""The platform's own books, read for whoever compares them with a store's (reliability 3)."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.sandbox.site import Site

ACTIVE, REVOKED, REVERSED, REFUND = "active", "revoked", "reversed", "refund"


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One settlement or refund; amounts in fen, ``codes`` of the boxes on its bill, ``parts`` those
    of which it has a part."""

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
    """Settlements by message id, and the trace codes on record as sold, with how often: all parts
    of a box are one sale of it. ``records`` says on which receipt.

    ``audited`` are prescriptions on which a decision of this institution's pharmacist is on file.
    """

    settlements: Mapping[str, SettlementLine]
    sold: Mapping[str, int]
    audited: frozenset[str]
    records: frozenset[tuple[str, str]] = frozenset()

    @property
    def booked(self) -> int:
        """How many settlements were booked, also those that were taken back since."""
        return sum(line.refunds is None for line in self.settlements.values())

    def told(self, receipt_no: str, codes: Iterable[str]) -> bool:
        """Whether any of these boxes, or a part of it, is on record as sold with that receipt."""
        return any((receipt_no, code) in self.records for code in codes)


def read_ledger(site: Site, institution: str) -> PlatformLedger:
    """What stands here for one institution, committed."""
    with site.state.reading() as db:
        prescriptions: defaultdict[str, set[str]] = defaultdict(set)
        for setl_id, number in db.execute("SELECT setl_id, rxno FROM settled_line WHERE rxno<>''"):
            prescriptions[setl_id].add(number)
        codes: defaultdict[str, set[str]] = defaultdict(set)
        parts: defaultdict[str, set[str]] = defaultdict(set)
        for setl_id, code, split in db.execute("SELECT setl_id, code, split FROM settled_code"):
            codes[setl_id].add(code)
            if split:
                parts[setl_id].add(code)
        rows = db.execute("SELECT * FROM settlement WHERE institution=?", (institution,)).fetchall()
        sold = db.execute(
            "SELECT c.code, e.document, c.split FROM stock_code c"
            " JOIN stock_event e ON e.id=c.event WHERE c.sold=1 AND e.institution=?",
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
        Counter(code for code, _, split in sold if not split)
        + Counter({code for code, _, split in sold if split}),
        frozenset(row["hi_rxno"] for row in audits if _decided_by(row["audit"]) == institution),
        frozenset((document, code) for code, document, _ in sold),
    )


@lru_cache(maxsize=256)
def _decided_by(audit: str) -> str:
    return str(json.loads(audit)["institution"])
