"""``yaotai stock``: the back room from a shell or a nightly task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import Status, emit, tell
from app.cli.wording import said

if TYPE_CHECKING:
    import argparse

    from app.cli.doors import Doors


def stock(args: argparse.Namespace, doors: Doors) -> Status:
    """One errand of the back room."""
    return prove(args, doors)


def prove(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where something kept does not follow from the ledger."""
    proof = doors.ledger_proof(args.data_dir, args.profile)
    counts = {"lots": proof.lots, "movements": proof.movements, "boxes": proof.boxes}
    flaws = [
        {
            "doubt": flaw.doubt.value,
            "subject": flaw.subject,
            "kept": flaw.kept,
            "derived": flaw.derived,
        }
        for flaw in proof.flaws
    ]
    if args.json:
        emit({"ok": proof.holds, **counts, "flaws": flaws})
    else:
        tell(said("ledger_holds" if proof.holds else "ledger_differs", **counts))
        for flaw in flaws:
            tell(said("ledger_flaw", **flaw))
    return Status.HOLDS if proof.holds else Status.FAILS
