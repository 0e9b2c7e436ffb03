"""The nightly proof: everything the store keeps follows from its ledger (product bar 40)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from app.ports.stock_books import Proof
from app.workflow.calendar import CHINA
from app.workflow.till import Till

_log = logging.getLogger(__name__)
_KEPT = "stock.proof"
_NIGHT = timedelta(hours=1)
"""From an hour before midnight the night belongs to the next day."""


@dataclass(frozen=True, slots=True)
class KeptProof:
    """The proof made last. ``night`` is the day it was made for, ISO text."""

    night: str
    at: datetime
    proof: Proof


def last_proof(till: Till) -> KeptProof | None:
    """What the last proof found; None where none was made yet."""
    with till.store.reading() as unit:
        kept = unit.settings.get(_KEPT)
    return None if kept is None else msgspec.json.decode(kept, type=KeptProof)


def prove_ledger(till: Till) -> Proof:
    """Recompute everything from the ledger, compare, and keep what was found.

    The reading holds up nobody. What does not follow is said in the journal of the store.
    """
    with till.store.reading() as unit:
        proof = unit.stock.prove()
    now = till.clock.now()
    kept = KeptProof(_night_of(now), now, proof)
    with till.store.unit() as unit:
        unit.settings.put(_KEPT, msgspec.json.encode(kept).decode())
        if not proof.holds and till.signed_in is not None:
            found = ", ".join(f"{flaw.doubt.value} {flaw.subject}" for flaw in proof.flaws[:10])
            unit.journal.write(now, till.signed_in.staff_id, "ledger_differs", "stock", found)
    if not proof.holds:
        _log.error("the stock ledger does not prove: %d flaws", len(proof.flaws))
    return proof


def prove_nightly(till: Till) -> Proof | None:
    """Once a night, in the round of the delivery lane; None where it is not due.

    A shop that is switched off at night has the proof of its night in the first round of the day.
    """
    last = last_proof(till)
    if last is not None and last.night == _night_of(till.clock.now()):
        return None
    return prove_ledger(till)


def _night_of(now: datetime) -> str:
    return (now.astimezone(CHINA) + _NIGHT).date().isoformat()
