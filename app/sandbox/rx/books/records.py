"""What the prescription centre remembers of every prescription, and what state that makes."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from app.sandbox.rx.wire.canonical import Object
from app.sandbox.state import Connection, Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS rx (
    hi_rxno TEXT PRIMARY KEY, trace_code TEXT NOT NULL UNIQUE, hospital TEXT NOT NULL,
    hosp_rxno TEXT NOT NULL, id_no TEXT NOT NULL, mdtrt_id TEXT NOT NULL, body TEXT NOT NULL,
    issued_at TEXT NOT NULL, valid_until TEXT NOT NULL, stage TEXT NOT NULL,
    original BLOB, document BLOB, digest TEXT NOT NULL DEFAULT '',
    sign_digest TEXT NOT NULL DEFAULT '', cert_sn TEXT NOT NULL DEFAULT '',
    cert_dn TEXT NOT NULL DEFAULT '', signed_at TEXT NOT NULL DEFAULT '',
    held_by TEXT NOT NULL DEFAULT '', held_at TEXT NOT NULL DEFAULT '',
    audit TEXT NOT NULL DEFAULT '', settlement TEXT NOT NULL DEFAULT '',
    settled_at TEXT NOT NULL DEFAULT '', UNIQUE (hospital, hosp_rxno));
CREATE INDEX IF NOT EXISTS rx_of_person ON rx (id_no, issued_at);
CREATE TABLE IF NOT EXISTS rx_token (
    token TEXT PRIMARY KEY, id_no TEXT NOT NULL, institution TEXT NOT NULL,
    expires_at TEXT NOT NULL, voucher TEXT NOT NULL, hi_rxno TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS rx_verification (
    serial TEXT PRIMARY KEY, hi_rxno TEXT NOT NULL, token TEXT NOT NULL,
    institution TEXT NOT NULL, verified_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS rx_setting (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS rx_call (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, institution TEXT NOT NULL,
    hi_rxno TEXT NOT NULL, code INTEGER NOT NULL, variant TEXT NOT NULL, at TEXT NOT NULL);
"""
PLATFORM_ZONE = timezone(timedelta(hours=8))
HOLD = timedelta(hours=24)
"""How long a download keeps others away while no audit follows. Ours: no source has a rule."""


class Stage(StrEnum):
    """How far the hospital has come with a prescription."""

    PRECHECKED = "prechecked"
    SIGNED = "signed"
    UPLOADED = "uploaded"
    UNDONE = "undone"


APPROVED, REFUSED = "1", "2"
VALID, EXPIRED, WITHDRAWN = "1", "2", "3"
UNUSED, USED, REFUSED_HERE, HELD = "1", "2", "8", "9"


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """What a pharmacist decided, as uploaded."""

    serial: str
    verdict: str
    institution: str
    name: str
    code: str
    opinion: str
    at: str
    verify_serial: str


@dataclass(frozen=True, slots=True, repr=False)
class Rx:
    """One prescription. ``body`` is the pre-checked business object, texts only."""

    hi_rxno: str
    trace_code: str
    hospital: str
    hosp_rxno: str
    id_no: str
    mdtrt_id: str
    body: Object
    issued_at: datetime
    valid_until: datetime
    stage: Stage
    digest: str
    sign_digest: str
    cert_sn: str
    cert_dn: str
    signed_at: str
    held_by: str
    held_at: datetime | None
    audit: Audit | None
    settlement: str
    settled_at: str

    def held_from(self, institution: str, now: datetime) -> bool:
        """Whether another pharmacy has it in hand, so that ``institution`` may not take it."""
        if not self.held_by or self.held_by == institution or self.held_at is None:
            return False
        approved = self.audit is not None and self.audit.verdict == APPROVED
        return approved or now < self.held_at + HOLD

    def state(self, now: datetime) -> str:
        """``rxStasCodg``."""
        if self.stage is Stage.UNDONE:
            return WITHDRAWN
        return EXPIRED if now >= self.valid_until and not self.settlement else VALID

    def used_state(self, institution: str, now: datetime) -> str:
        """``rxUsedStasCodg`` as one institution sees it.

        Its own hold does not lock it out; its own pharmacist's refusal does.
        """
        if self.settlement:
            return USED
        audit = self.audit
        if audit is not None and (audit.verdict, audit.institution) == (REFUSED, institution):
            return REFUSED_HERE
        return HELD if self.held_from(institution, now) else UNUSED


def written(moment: datetime) -> str:
    """``yyyy-MM-dd HH:mm:ss``."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def moment_of(text: str) -> datetime:
    """The moment such a text names (naive platform time)."""
    return datetime.fromisoformat(text)


_COLUMNS = (
    "hi_rxno, trace_code, hospital, hosp_rxno, id_no, mdtrt_id, body, issued_at, valid_until,"
    " stage, digest, sign_digest, cert_sn, cert_dn, signed_at, held_by, held_at, audit,"
    " settlement, settled_at"
)


def _rx(row: Row) -> Rx:
    return Rx(
        hi_rxno=row["hi_rxno"],
        trace_code=row["trace_code"],
        hospital=row["hospital"],
        hosp_rxno=row["hosp_rxno"],
        id_no=row["id_no"],
        mdtrt_id=row["mdtrt_id"],
        body=json.loads(row["body"]),
        issued_at=moment_of(row["issued_at"]),
        valid_until=moment_of(row["valid_until"]),
        stage=Stage(row["stage"]),
        digest=row["digest"],
        sign_digest=row["sign_digest"],
        cert_sn=row["cert_sn"],
        cert_dn=row["cert_dn"],
        signed_at=row["signed_at"],
        held_by=row["held_by"],
        held_at=moment_of(row["held_at"]) if row["held_at"] else None,
        audit=Audit(**json.loads(row["audit"])) if row["audit"] else None,
        settlement=row["settlement"],
        settled_at=row["settled_at"],
    )


def find(db: Connection, hi_rxno: str) -> Rx | None:
    """A prescription by its number, uploaded or not."""
    row = db.execute(f"SELECT {_COLUMNS} FROM rx WHERE hi_rxno=?", (hi_rxno,)).fetchone()  # noqa: S608 constant
    return None if row is None else _rx(row)


def find_own(db: Connection, hospital: str, hosp_rxno: str) -> Rx | None:
    """A prescription by the hospital's own number."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM rx WHERE hospital=? AND hosp_rxno=?",  # noqa: S608 constant
        (hospital, hosp_rxno),
    ).fetchone()
    return None if row is None else _rx(row)


def of_person(db: Connection, id_no: str) -> list[Rx]:
    """Everything ever uploaded for a person, newest first."""
    rows: Iterable[Row] = db.execute(
        f"SELECT {_COLUMNS} FROM rx WHERE id_no=? AND stage IN (?,?) ORDER BY issued_at DESC",  # noqa: S608 constant
        (id_no, Stage.UPLOADED, Stage.UNDONE),
    )
    return [_rx(row) for row in rows]


def document(db: Connection, hi_rxno: str) -> bytes:
    """The sealed file; empty before the signature."""
    row = db.execute("SELECT document FROM rx WHERE hi_rxno=?", (hi_rxno,)).fetchone()
    return bytes(row["document"]) if row and row["document"] is not None else b""


def original(db: Connection, hi_rxno: str) -> bytes:
    """The exact bytes the hospital had signed."""
    row = db.execute("SELECT original FROM rx WHERE hi_rxno=?", (hi_rxno,)).fetchone()
    return bytes(row["original"]) if row and row["original"] is not None else b""


def insert(db: Connection, rx: Rx) -> None:
    """A freshly pre-checked prescription."""
    db.execute(
        "INSERT INTO rx (hi_rxno, trace_code, hospital, hosp_rxno, id_no, mdtrt_id, body,"
        " issued_at, valid_until, stage) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            rx.hi_rxno,
            rx.trace_code,
            rx.hospital,
            rx.hosp_rxno,
            rx.id_no,
            rx.mdtrt_id,
            json.dumps(rx.body, ensure_ascii=False),
            written(rx.issued_at),
            written(rx.valid_until),
            rx.stage,
        ),
    )
