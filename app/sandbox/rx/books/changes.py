"""Every way a prescription changes after its pre-check. One statement each, inside the caller's
transaction."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from app.sandbox.rx.books.records import Audit, Stage, written
from app.sandbox.state import Connection


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """What the insurance e-signature added."""

    original: bytes
    document: bytes
    digest: str
    sign_digest: str
    cert_sn: str
    cert_dn: str
    signed_at: datetime


def sign(db: Connection, hi_rxno: str, sealed: Sealed) -> None:
    db.execute(
        "UPDATE rx SET stage=?, original=?, document=?, digest=?, sign_digest=?, cert_sn=?,"
        " cert_dn=?, signed_at=? WHERE hi_rxno=?",
        (
            Stage.SIGNED,
            sealed.original,
            sealed.document,
            sealed.digest,
            sealed.sign_digest,
            sealed.cert_sn,
            sealed.cert_dn,
            written(sealed.signed_at),
            hi_rxno,
        ),
    )


def move(db: Connection, hi_rxno: str, stage: Stage) -> None:
    db.execute("UPDATE rx SET stage=? WHERE hi_rxno=?", (stage, hi_rxno))


def hold(db: Connection, hi_rxno: str, institution: str, now: datetime) -> None:
    """A pharmacy has downloaded it; an audit of an earlier holder no longer counts."""
    db.execute(
        "UPDATE rx SET audit=CASE WHEN held_by=? THEN audit ELSE '' END, held_by=?, held_at=?"
        " WHERE hi_rxno=?",
        (institution, institution, written(now), hi_rxno),
    )


def audit(db: Connection, hi_rxno: str, found: Audit) -> None:
    db.execute(
        "UPDATE rx SET audit=? WHERE hi_rxno=?",
        (json.dumps(asdict(found), ensure_ascii=False), hi_rxno),
    )


def release(db: Connection, hi_rxno: str) -> None:
    """After a pharmacist's refusal another pharmacy may look at it."""
    db.execute("UPDATE rx SET held_by='', held_at='' WHERE hi_rxno=?", (hi_rxno,))


def settle(db: Connection, hi_rxno: str, settlement: str, now: datetime) -> None:
    db.execute(
        "UPDATE rx SET settlement=?, settled_at=? WHERE hi_rxno=?",
        (settlement, written(now), hi_rxno),
    )


def unsettle(db: Connection, hi_rxno: str, settlement: str) -> None:
    db.execute(
        "UPDATE rx SET settlement='', settled_at='' WHERE hi_rxno=? AND settlement=?",
        (hi_rxno, settlement),
    )
