"""``yaotai profile check``: a region, served whole visits with, each by a program of its own.

What a province's file must survive before anybody speaks to the province: every way to show who one
is, and an answer that never comes at each call that leaves something standing outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from app.cli.output import Status, emit, tell
from app.cli.wording import said
from app.profile.loader import load
from app.profile.operations import Operation
from app.profile.routes import settles_elsewhere

if TYPE_CHECKING:
    import argparse

    from app.cli.doors import Doors
    from app.profile.loader import Loaded

_UNSURE = ("assumed", "proposed")


class Visit(NamedTuple):
    """One visit of the check: its name and the options of ``yaotai demo``."""

    name: str
    options: tuple[str, ...]


def visits_of(loaded: Loaded) -> Iterator[Visit]:
    """Who one is by three media; then an answer lost, where something stands outside."""
    region = loaded.profile
    yield Visit("voucher", ())
    yield Visit("card", ("--identity", "card"))
    yield Visit("id_card", ("--identity", "idcard"))
    centre = region.rules.sale_channel == "centre"
    told = [Operation.AUDIT, Operation.UPLOAD_RX_SALE if centre else Operation.UPLOAD_SALE]
    if not settles_elsewhere(region):
        told.append(Operation.SETTLE)
    for operation in told:
        yield Visit(f"{operation.value}_unanswered", ("--fault", f"{operation.value}:drop_after"))


def check(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where a visit did not come to its end. Raises ``LocalTrouble`` for a file that is wrong."""
    from app.profile.compare import rows_of

    loaded = load(args.name)
    unsure = [row.key for row in rows_of(loaded) if row.confidence.value in _UNSURE]
    with TemporaryDirectory() as aside:
        out = args.out or Path(aside)
        played = [_played(args.name, visit, out, doors) for visit in visits_of(loaded)]
    good = all(one["ok"] for one in played)
    if args.json:
        emit({"profile": args.name, "ok": good, "visits": played, "unsure": unsure})
    else:
        tell(said("region_unsure", count=len(unsure)))
        for key in unsure:
            tell(f"  {key}")
        tell(said("region_holds" if good else "region_fails", name=args.name))
    return Status.HOLDS if good else Status.FAILS


def _played(name: str, visit: Visit, out: Path, doors: Doors) -> Mapping[str, object]:
    tell(said("visit_begins", visit=visit.name))
    folder = out / visit.name
    options = ("--profile", name, *visit.options, "--out", str(folder))
    report = doors.play_apart(options)
    told = {"visit": visit.name, "ok": bool(report.get("ok")), "code": report.get("code")}
    steps = report.get("steps")
    tell(said("visit_held" if told["ok"] else "visit_failed", visit=visit.name, code=told["code"]))
    return {**told, "steps": steps if isinstance(steps, list) else []}
