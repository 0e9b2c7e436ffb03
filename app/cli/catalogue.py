"""``yaotai catalogue``: lists brought here from a shell or a nightly task, and searched."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.doors import CatalogueWish
from app.cli.output import Status, emit, tell
from app.cli.wording import said
from app.jobs.lane import CancelToken

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping

    from app.cli.doors import Doors
    from app.jobs.progress import Progress

_BAR = 30


def catalogue(args: argparse.Namespace, doors: Doors) -> Status:
    """One errand about the lists."""
    return {"download": download, "search": search, "words": words}[args.action](args, doors)


class Bar:
    """How far a list has come, on standard error: in place on a terminal, else by full percents."""

    def __init__(self) -> None:
        self._alive = sys.stderr.isatty()
        self._shown = ("", -1)

    def __call__(self, progress: Progress) -> None:
        name = progress.stage.rpartition(".")[2]
        total = max(progress.total or 0, progress.done, 1)
        percent = 100 * progress.done // total
        if (name, percent) == self._shown:
            return
        changed = name != self._shown[0]
        self._shown = (name, percent)
        line = said("list_progress", list=name, done=f"{progress.done:,}", total=f"{total:,}")
        if self._alive:
            full = "█" * (_BAR * percent // 100)
            sys.stderr.write(f"\r{full:░<{_BAR}} {percent:3}% {line}" + "\n" * (percent == 100))
            sys.stderr.flush()
        elif changed or percent % 10 == 0:
            tell(f"{percent:3}% {line}")


def download(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where it was stopped: what has come stays, and the same command goes on from there."""
    wish = CatalogueWish(args.data_dir, args.profile, tuple(args.list))
    with _stoppable() as token:
        report = doors.bring_catalogue(wish, Bar(), token)
    if args.json:
        emit(report)
    else:
        for row in _rows(report, "lists"):
            tell(said("list_row", **row))
        tell(said("lists_complete" if report["complete"] else "lists_stopped"))
    return Status.HOLDS if report["complete"] else Status.FAILS


@contextmanager
def _stoppable() -> Iterator[CancelToken]:
    """Ctrl-C and a polite end stop behind the page that is under way."""
    token = CancelToken()
    before = {
        number: signal.signal(number, lambda *_told: token.cancel())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield token
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def search(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where nothing is found."""
    typed = " ".join(args.typed)
    hits = doors.search_catalogue(args.data_dir, args.profile, typed)
    rows = [
        {
            "list": hit.listing.value,
            "code": hit.entry.code,
            "name": hit.entry.name,
            "specification": hit.entry.specification,
            "maker": hit.entry.maker,
            "approval_no": hit.entry.approval_no,
            "valid": hit.entry.valid,
            "carried": hit.carried,
        }
        for hit in hits
    ]
    if args.json:
        emit({"typed": typed, "hits": rows})
    else:
        for row in rows:
            tell(said("hit", **row))
        if not rows:
            tell(said("no_hit", typed=typed))
    return Status.HOLDS if rows else Status.FAILS


def words(args: argparse.Namespace, doors: Doors) -> Status:
    """1 where a dictionary of the platform and the region's file do not agree."""
    report = doors.platform_words(args.data_dir, args.profile, args.table)
    if args.json:
        emit(report)
        return Status.HOLDS if report["agrees"] else Status.FAILS
    for found in _rows(report, "tables"):
        heard = "words_agree" if found["agrees"] else "words_differ"
        tell(said(heard, table=found["table"], kind=found["kind"], count=len(found["words"])))
        for row in found["words"]:
            if row["valid"] and not row["known"]:
                tell(said("word_new", **row))
        for code in found["missing"]:
            tell(said("word_gone", code=code))
    return Status.HOLDS if report["agrees"] else Status.FAILS


def _rows(report: Mapping[str, Any], name: str) -> list[Any]:
    return list(report[name])
