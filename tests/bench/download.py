"""300,000 items over HTTP: page by page, stopped in the middle, gone on with by another start.

Three processes: the training platform with a list of that length in place of its own, and the
counter twice, with its real envelope, both encrypted files and no window. Times are processor time
of the counter; memory is what a counter held at most.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

from app.jobs.lane import CancelToken
from app.jobs.progress import Progress
from app.ports.catalogue import Listing
from app.profile.operations import Operation
from app.sandbox.core import install
from app.sandbox.core.frame.envelope import Call, Output
from app.sandbox.core.goods.queries import paged
from app.sandbox.server import running_sandbox
from app.workflow.catalogue.errand import bring_lists
from localdb.opening import StoreLocation
from localdb.store import open_catalogue
from tests.bench.ratio import Figure
from tests.support.counter import KeptPapers, a_counter_at
from tests.support.initials import initials
from tests.support.many_drugs import many_drugs

ITEMS = 300_000
PAGE_MS, MOST_MB = 40.0, 200.0
_TOLD = "insured"


class Many(Sequence[dict[str, object]]):
    """Rows of the insurance list by their number; a page is made when it is asked for."""

    def __init__(self, count: int) -> None:
        self._names = [drug.name for drug in islice(many_drugs(1000), 1000)]
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._row(number) for number in range(*at.indices(self._count))]
        return self._row(at)

    def _row(self, number: int) -> dict[str, object]:
        return {
            "rid": f"{number:020d}",
            "hilist_code": f"XA01AA{number:015d}",
            "hilist_name": self._names[number % len(self._names)],
            "insu_admdvs": "350100",
            "begndate": "2024-01-01 00:00:00",
            "enddate": None,
            "vali_flag": "1",
            "updt_time": "2026-01-01 08:00:00",
            "list_type": "101",
        }


def serve(count: int) -> None:
    """The platform, until standard input ends."""
    rows = Many(count)

    def act(call: Call) -> Output:
        asked: Mapping[str, Any] = call.node("data")
        return Output(paged(cast("list[dict[str, object]]", rows), asked, 100))

    cast("dict[Operation, object]", install.ACTS)[Operation.QUERY_INSURED_ITEMS] = act
    with running_sandbox() as sandbox:
        print(json.dumps(sandbox.ready), flush=True)
        sys.stdin.read()


def fetch(ready: Mapping[str, Any], folder: Path, until: int) -> dict[str, float]:
    """Go on with the list until ``until`` rows lie here."""
    token = CancelToken()

    def enough(step: Progress) -> None:
        if step.done >= until:
            token.cancel()

    with a_counter_at(ready, folder, KeptPapers()) as bench:
        location = StoreLocation(folder, bench.till.profile.id, training=True)
        bench.till.catalogue = catalogue = open_catalogue(bench.store, location, initials())
        before = catalogue.count(Listing.INSURED)
        started, wall = time.process_time(), time.monotonic()
        report = bring_lists(bench.till, [_TOLD], enough, token)
        spent, passed = time.process_time() - started, time.monotonic() - wall
        rows = catalogue.count(Listing.INSURED)
        asked = bench.platform_state()["messages"]["query_insured_items"]["all"]
        catalogue.close()
    return {
        "rows": rows - before,
        "all_rows": rows,
        "pages": asked,
        "spent_s": spent,
        "passed_s": passed,
        "complete": bool(report["complete"]),
        "held_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _child(*words: str) -> list[str]:
    return [sys.executable, "-m", "tests.bench.download", *words]


def measure(count: int = ITEMS) -> list[dict[str, float]]:
    """Both halves of one download, each by a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        platform = subprocess.Popen(
            _child("--platform", str(count)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert platform.stdout is not None
            ready = Path(place) / "ready.json"
            ready.write_text(platform.stdout.readline(), encoding="utf-8")
            halves = []
            for until in (count // 2, count + 1):
                words = ("--client", str(ready), str(Path(place) / "base"), str(until))
                done = subprocess.run(_child(*words), capture_output=True, text=True, check=True)
                halves.append(json.loads(done.stdout))
            return halves
        finally:
            platform.communicate(timeout=60)


def figures() -> Iterator[Figure]:
    """A page of each half, what was held, and pages that were fetched twice."""
    halves = measure()
    last = halves[-1]
    whole = last["complete"] and last["all_rows"] == ITEMS
    pages = [half["rows"] / 100 for half in halves]
    for name, half, count in zip(("first", "second"), halves, pages, strict=True):
        spent = 1000 * half["spent_s"] / max(count, 1)
        yield Figure(f"a page over HTTP, {name} half of {ITEMS:,}", spent, PAGE_MS, 1.0)
    passed = sum(half["passed_s"] for half in halves)
    told = f"seconds on the clock for all, {'whole' if whole else 'NOT WHOLE'} (in place of ms)"
    yield Figure(told, passed, 600.0, 1.0)
    again = last["pages"] - ITEMS / 100
    yield Figure("pages fetched twice because of the stop (in place of ms)", again, 1.0, 1.0)
    held = max(half["held_mb"] for half in halves)
    yield Figure("megabytes held at most (in place of ms)", held, MOST_MB, 1.0)


def main(words: list[str]) -> None:
    """A part of the measurement, or all of it; a number alone is how many items."""
    match words:
        case ["--platform", count]:
            serve(int(count))
        case ["--client", ready, folder, until]:
            told = json.loads(Path(ready).read_text("utf-8"))
            Path(folder).mkdir(exist_ok=True)
            print(json.dumps(fetch(told, Path(folder), int(until))))
        case [count]:
            print(json.dumps(measure(int(count))))
        case _:
            for figure in figures():
                print(figure.line(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
