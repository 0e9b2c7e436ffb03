"""One function per command: arguments in, one document out, an exit status back."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.inputs import (
    require_file,
    require_folder,
    require_ready_line,
    require_region,
    require_shipped,
)
from app.cli.output import Status, emit, tell
from app.cli.wording import said
from app.domain.errors import Code, OperatorInput
from app.ports.devices import RealParts

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from app.cli.doors import Doors
    from app.domain.credential import Masked
    from app.domain.goods.codes import Scan, ScanGrammar, ScanKind
    from app.ports.store import OutboxItem


TRACE_SHOWN = 40
"""Lines of the way to a broken invariant that people are shown; ``--json`` has them all."""


def window(args: argparse.Namespace, doors: Doors) -> int:
    """Open the counter; the status is the window's."""
    if not args.live:
        require_shipped(args.profile)
        require_folder(args.data_dir)
    real = RealParts(
        cameras=tuple(args.camera),
        reader=args.reader,
        serial_gun=args.gun,
        id_reader=args.id_reader,
        receipts=args.receipt_printer,
        pages=args.page_printer,
    )
    return doors.open_window(args.data_dir, args.profile, real)


def demo(args: argparse.Namespace, doors: Doors) -> Status:
    """Play one visit. Everything that was named is looked at before a window opens."""
    from app.cli.doors import DemoWish

    require_region(args.profile)
    for folder in (args.out, args.data_dir):
        require_folder(folder)
    require_file(args.qr)
    require_ready_line(args.platform)
    doors.require_faults((args.fault,) if args.fault else (), args.profile)
    wish = DemoWish(
        identity=args.identity,
        picture=args.qr,
        reader=args.reader,
        platform=args.platform,
        resume=args.resume,
        fault=args.fault,
        seed=args.seed,
        out=args.out,
        data_dir=args.data_dir,
        profile=args.profile,
        theme=args.theme,
        size=args.size,
    )
    report = doors.play(wish)
    if args.json:
        emit(report)
    else:
        _tell_report(report)
    if not report["ok"]:
        tell(str(report["sentence"]))
    return Status.HOLDS if report["ok"] else Status.FAILS


def _tell_report(report: object) -> None:
    if isinstance(report, dict):
        for step in report["steps"]:
            tell(said("step", **step))
        tell(said("demo_ok" if report["ok"] else "demo_not_ok"))


def sandbox(args: argparse.Namespace, doors: Doors) -> Status:
    """Serve until told to stop."""
    import signal

    from app.cli.doors import SandboxWish

    if args.db is not None:
        require_folder(args.db.parent)
    doors.require_faults(tuple(args.fault), args.profile)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    if args.with_parent:
        threading.Thread(target=_follow_parent, args=(stop,), daemon=True).start()
    wish = SandboxWish(args.port, args.db, args.seed, tuple(args.fault), args.profile)
    doors.serve(wish, emit, stop)
    return Status.HOLDS


def _follow_parent(stop: threading.Event) -> None:
    # Unbuffered: a thread that holds the lock of a buffered stream breaks the interpreter's end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    stop.set()


def scan(args: argparse.Namespace, doors: Doors) -> Status:
    """Say what each code in each file is."""
    from app.profile.loader import load
    from app.workflow.cases.rules import grammar_of

    grammar = grammar_of(load(args.profile).profile)
    status = Status.HOLDS
    for named in args.files:
        for path in doors.pictures_in(named):
            if not _scanned(args, doors, path, grammar, within=named.is_dir()):
                status = Status.FAILS
    return status


def _scanned(
    args: argparse.Namespace, doors: Doors, path: Path, grammar: ScanGrammar, *, within: bool
) -> bool:
    """One line for one file. A file of a folder that cannot be read is said, and the next one is
    looked at; one that was named raises ``OperatorInput``."""
    from app.cli.output import sentence
    from app.domain.goods.codes import classify

    started = time.perf_counter()
    rows: list[dict[str, object]] = []
    unread: OperatorInput | None = None
    try:
        for seen in doors.codes_in(path):
            judged = classify(seen.text, grammar)
            rows.append(
                {
                    "text": _shown(judged.kind, seen.text, args.reveal or args.json),
                    "symbology": seen.symbology,
                    "kind": judged.kind.value,
                    "reason": judged.reason.value,
                    "parts": _parts(judged),
                }
            )
    except OperatorInput as refused:
        if not within:
            raise
        unread = refused
    took = round((time.perf_counter() - started) * 1000)
    if args.json:
        emit({"file": str(path), "codes": rows, "ms": took})
    else:
        tell(said("file", file=path, count=len(rows), ms=took))
        for row in rows:
            tell(said("code", **row))
    if unread is not None:
        tell(sentence(unread))
    return unread is None


def _parts(judged: Scan) -> dict[str, str]:
    """What a GS1 code says, by application identifier."""
    from app.domain.goods.gs1 import Gs1Pack

    pack = judged.gs1
    return {part.ai: part.value for part in pack.elements} if isinstance(pack, Gs1Pack) else {}


def _shown(kind: ScanKind, text: str, reveal: bool) -> str:
    """A code of a thing in full; a number or code of a person only where that is asked for."""
    from app.domain.credential import IdNumber, VoucherCode
    from app.domain.goods.codes import ScanKind

    if reveal:
        return text
    if kind is ScanKind.ID_NUMBER:
        return IdNumber(text).masked()
    personal = kind in (ScanKind.VOUCHER, ScanKind.PAYMENT)
    return VoucherCode(text).masked() if personal else text


def card(args: argparse.Namespace, doors: Doors) -> Status:
    """Read the card in the reader; personal values masked unless asked for."""
    started = time.perf_counter()
    facts = doors.read_card(args.reader)

    def show(value: Masked) -> str:
        return value.reveal() if args.reveal or args.json else value.masked()

    read: dict[str, object] = {
        "medium": "social_card",
        "card_no": show(facts.card_no),
        "card_serial": show(facts.card_serial),
        "name": show(facts.name) if facts.name else None,
        "id_no": show(facts.id_number) if facts.id_number else None,
        "ms": round((time.perf_counter() - started) * 1000),
    }
    if args.json:
        emit(read)
    else:
        tell(said("card", **{key: value or said("absent") for key, value in read.items()}))
    return Status.HOLDS


def doctor(args: argparse.Namespace, doors: Doors) -> Status:
    """Is this PC fit for work?"""
    rows = doors.checks(args.data_dir, args.profile)
    if args.json:
        checks = [
            {"id": r.id, "status": r.status, "detail": r.detail, "remedy": r.remedy} for r in rows
        ]
        emit({"checks": checks})
    else:
        for row in rows:
            tell(said("check", status=row.status, id=row.id, detail=row.detail, remedy=row.remedy))
    return Status.FAILS if any(row.status == "fail" for row in rows) else Status.HOLDS


def queue(args: argparse.Namespace, doors: Doors) -> Status:
    """What still has to reach the platform; ``retry`` and ``drain`` tell it now.

    1 where the record, or anything at all, is still open afterwards.
    """
    items = doors.waiting(args.data_dir, args.profile)
    if args.action == "list":
        _tell_queue(args, items)
        return Status.HOLDS
    wanted: int | None = args.item if args.action == "retry" else None
    if wanted is not None and all(item.item_id != wanted for item in items):
        raise OperatorInput(Code.USAGE_WRONG, what=str(wanted))
    left = doors.work_queue(args.data_dir, args.profile, wanted)
    _tell_queue(args, left)
    return Status.FAILS if any(wanted in (None, item.item_id) for item in left) else Status.HOLDS


def _tell_queue(args: argparse.Namespace, items: Sequence[OutboxItem]) -> None:
    rows = _queue_rows(items)
    if args.json:
        emit({"items": rows})
        return
    for row in rows:
        facts = {**row, "age": row["age_s"], "tries": row["attempts"], "code": row["error"]}
        tell(said("row", **{key: said("absent") if v is None else v for key, v in facts.items()}))
    if not rows:
        tell(said("nothing_waits"))


def _queue_rows(items: Sequence[OutboxItem]) -> list[dict[str, object]]:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    return [
        {
            "id": item.item_id,
            "operation": item.operation.value,
            "state": item.state.value,
            "age_s": int((now - item.born_at).total_seconds()),
            "attempts": item.tries,
            "next_at": item.next_at.isoformat(),
            "error": item.code,
        }
        for item in items
    ]


def journal(args: argparse.Namespace, doors: Doors) -> Status:
    """Check the hash chain."""
    state = doors.journal_state(args.data_dir, args.profile)
    if args.json:
        emit(state)
    else:
        verdict = "chain_whole" if state["ok"] else "chain_broken"
        tell(said(verdict, rows=state["rows"], at=state["broken_at"]))
    return Status.HOLDS if state["ok"] else Status.FAILS


def referee(args: argparse.Namespace, doors: Doors) -> Status:
    """One question to the referee."""
    from app.cli.referee import ask

    return ask(args, doors)


def simulate(args: argparse.Namespace, doors: Doors) -> Status:
    """Play whole shop days, one for each seed; a broken invariant is told at once."""
    from app.cli.doors import SimulatedSeed, SimulationWish

    require_region(args.profile)

    settled = 0

    def told(day: SimulatedSeed) -> None:
        nonlocal settled
        settled += day.settled
        if day.broken:
            tell(f"seed {day.seed}: {day.broken}")

    days = (args.seeds, args.first, args.visits, args.fault_rate, args.profile)
    wish = SimulationWish(*days, unsealed=args.unsealed)
    report = doors.simulate(wish, told)
    if args.json:
        emit(report)
    else:
        _tell_days({**report, "settled": settled})
    return Status.FAILS if report["violations"] else Status.HOLDS


def _tell_days(report: Mapping[str, object]) -> None:
    """The figures; of a day that broke, also its last lines."""
    tell(" ".join(f"{name}={report[name]}" for name in ("seeds", "visits", "settled", "crashes")))
    tell(f"faults={report['faults']}")
    violations = report["violations"]
    for found in violations if isinstance(violations, list) else ():
        tell(f"seed {found['seed']} {found['invariant']}")
        for line in found["trace"][-TRACE_SHOWN:]:
            tell(f"  {line}")


def reconcile(args: argparse.Namespace, doors: Doors) -> Status:
    """Our books beside the platform's."""
    from app.cli.reconcile import ACTIONS

    return ACTIONS[args.action](args, doors)


def stock(args: argparse.Namespace, doors: Doors) -> Status:
    """The back room's errands."""
    from app.cli import stock as back_room

    return back_room.stock(args, doors)


def backup(args: argparse.Namespace, doors: Doors) -> Status:
    """A copy of the base that counts."""
    from app.cli import backups

    return backups.backup(args, doors)


def restore(args: argparse.Namespace, doors: Doors) -> Status:
    """The way back from one."""
    from app.cli import backups

    return backups.restore(args, doors)


def provision(args: argparse.Namespace, doors: Doors) -> Status:
    """What IT hands over."""
    from app.cli import provisioning

    return provisioning.provision(args, doors)


def catalogue(args: argparse.Namespace, doors: Doors) -> Status:
    """Lists of the platform."""
    from app.cli import catalogue as lists

    return lists.catalogue(args, doors)


def migrate_store(args: argparse.Namespace, doors: Doors) -> Status:
    """Move the base to the store's server."""
    from app.cli import moving

    return moving.migrate_store(args, doors)
