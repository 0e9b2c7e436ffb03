"""``yaotai reconcile money``: the daily comparison, for a shell or a nightly task."""

import argparse
from collections.abc import Mapping
from typing import Any

from app.cli.doors import Doors, MoneyWish
from app.cli.inputs import require_folder
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
