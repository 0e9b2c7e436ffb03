"""``yaotai reconcile``: the daily comparisons, for a shell or a nightly task."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from app.cli.doors import Doors, MoneyWish, RehearsalWish, RehearsedDay, StockDayWish
from app.cli.inputs import require_folder, require_region
from app.cli.output import Status, emit, tell
from app.cli.wording import said
from app.domain.money import Fen, fen_text


def reconcile_money(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where something differs or could not be compared."""
    require_folder(args.out)
    report = doors.reconcile_money(MoneyWish(args.data_dir, args.profile, args.date, args.out))
    if args.json:
        emit(report)
    else:
        _tell(report)
    return Status.HOLDS if report["complete"] and not _open(report) else Status.FAILS


def _open(report: Mapping[str, Any]) -> int:
    return int(report["totals"]["open"])


def _tell(report: Mapping[str, Any]) -> None:
    tell(str(report["title"]))
    for line in report["lines"]:
        shown = fen_text(Fen(line["difference"]))
        tell(said("difference", item=line["item"], amount=shown, cause=line["says"]))
    for file in report["files"]:
        tell(str(file))


def reconcile_stock(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where something needs action, cannot be compared, or a page did not come."""
    require_folder(args.out)
    report = doors.reconcile_stock(StockDayWish(args.data_dir, args.profile, args.date, args.out))
    if args.json:
        emit(report)
    else:
        _tell_stock(report)
    totals = report["totals"]
    fine = report["complete"] and not (totals["needs_action"] or totals["cannot_compare"])
    return Status.HOLDS if fine else Status.FAILS


def _tell_stock(report: Mapping[str, Any]) -> None:
    tell(str(report["title"]))
    for line in report["lines"]:
        item = f"{line['item']} {line['lot']}"
        tell(said("difference", item=item, amount=line["difference"], cause=line["says"]))
    for file in report["files"]:
        tell(str(file))


_SINGLE, _PAIR = 0.95, 0.85
"""How many of the planted causes have to be named: of one a day, and of several."""


def rehearse(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where too few planted causes were named, or anything was named without a reason."""
    require_region(args.profile)

    def told(day: RehearsedDay) -> None:
        if day.said:
            tell(f"day {day.number}: {day.said}")

    wish = RehearsalWish(args.seed, args.days, args.causes, args.profile)
    report = doors.rehearse_stock(wish, told)
    if args.json:
        emit(report)
    else:
        tell(" ".join(f"{name}={report[name]}" for name in ("days", "planted", "named")))
        tell(f"false_alarms={report['false_alarms']}")
        for cause, score in report["by_cause"].items():
            tell(f"{cause:<24} {score['named']:>5} / {score['planted']}")
    enough = report["planted"] * (_SINGLE if args.causes < 2 else _PAIR)
    good = report["named"] >= enough and not report["false_alarms"]
    return Status.HOLDS if good else Status.FAILS


ACTIONS: Mapping[str, Callable[[argparse.Namespace, Doors], Status]] = {
    "money": reconcile_money,
    "stock": reconcile_stock,
    "rehearse": rehearse,
}
