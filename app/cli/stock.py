"""``yaotai stock``: the back room from a shell or a nightly task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.cli.doors import DeliveryWish
from app.cli.inputs import require_file, require_folder
from app.cli.output import Status, emit, tell
from app.cli.wording import said

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from app.cli.doors import Doors


_SAID = ("file", "rows", "good_rows", "bad_rows", "note_no")


def stock(args: argparse.Namespace, doors: Doors) -> Status:
    """One errand of the back room."""
    acts = {"receive": receive, "prove": prove, "trail": trail}
    return acts[args.action](args, doors)


def trail(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where the platform has nothing on file of this box."""
    report = doors.box_on_file(args.data_dir, args.profile, args.code)
    if args.json:
        emit(report)
        return Status.HOLDS if report["on_file"] else Status.FAILS
    for step in report["ours"]:
        tell(said("box_step", **step))
    tell(said("box_on_file" if report["on_file"] else "box_absent", **_counted(report)))
    return Status.HOLDS if report["on_file"] else Status.FAILS


def _counted(report: Mapping[str, Any]) -> dict[str, object]:
    return {"code": report["code"], "rows": len(report["there"])}


def receive(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where rows were left out; nothing is booked where they may not be."""
    require_file(args.file)
    require_folder(args.out)
    wish = DeliveryWish(
        args.data_dir, args.profile, args.file, args.out, args.good_rows, args.check
    )
    report = doors.receive_delivery(wish)
    if args.json:
        emit(report)
    else:
        tell(said("delivery", **_shown(report)))
        for file in report["files"]:
            tell(str(file))
    return Status.FAILS if report["bad_rows"] else Status.HOLDS


def _shown(report: Mapping[str, Any]) -> dict[str, object]:
    absent = said("absent")
    return {key: absent if report[key] is None else report[key] for key in _SAID}


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
