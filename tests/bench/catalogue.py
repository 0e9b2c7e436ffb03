"""A catalogue of 300,000 items: read in page by page, searched while somebody types.

The whole is taken in with the platform beside it in memory, pages of a hundred rows, in a process
of its own: what that process held at most is the figure of memory. Times are of one processor.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from app.ports.catalogue import Listing, ListMark
from localdb.catalogue.store import SqlCatalogue
from tests.bench.ratio import Figure
from tests.support.initials import initials
from tests.support.many_drugs import many_drugs

ITEMS, PAGE, CARRIED = 300_000, 100, 3_000
KEYSTROKE_MS, MOST_MB, PAGE_MS = 50.0, 200.0, 25.0
TYPED = ("amxl", "xa01", "6900", "阿莫西林", "头孢 颗粒", "片", "z")
"""Initials, a national code, a barcode, words; and two that fit half of all."""


def _words() -> Iterator[str]:
    """Every prefix of every word: one search for each key pressed."""
    for word in TYPED:
        for keys in range(1, len(word) + 1):
            yield word[:keys]


def measure(folder: Path) -> dict[str, float]:
    """Milliseconds of a page, of the slowest key, of the median key; megabytes held at most."""
    catalogue = SqlCatalogue.open(folder, "bench", bytes(32), initials())
    try:
        rows, page, done = many_drugs(ITEMS), 0, 0
        started = time.process_time()
        while batch := list(islice(rows, PAGE)):
            page, done = page + 1, done + len(batch)
            mark = ListMark(
                Listing.INSURED, date(2000, 1, 1), "", page, done, ITEMS, date(2026, 1, 1), None
            )
            catalogue.take(mark, batch)
        page_ms = (time.process_time() - started) * 1000 / page
        carried = [(f"69{number:011d}", row.code) for number, row in enumerate(many_drugs(CARRIED))]
        catalogue.learn_barcodes(carried)
        keys = sorted(_pressed(catalogue, typed) for typed in _words())
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return {"page": page_ms, "slowest": keys[-1], "median": keys[len(keys) // 2], "held": held}
    finally:
        catalogue.close()


def _pressed(catalogue: SqlCatalogue, typed: str) -> float:
    started = time.process_time()
    catalogue.search(typed)
    return (time.process_time() - started) * 1000


def figures() -> Iterator[Figure]:
    """Taken by a child, so that nothing else of this run is counted as held."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.bench.catalogue", "--child"],
        capture_output=True,
        text=True,
        check=True,
    )
    taken = json.loads(child.stdout)
    yield Figure(f"a page of {PAGE} rows kept, of {ITEMS:,}", taken["page"], PAGE_MS, 1.0)
    yield Figure("a key pressed, the slowest of all", taken["slowest"], KEYSTROKE_MS, 1.0)
    yield Figure("a key pressed, the median", taken["median"], KEYSTROKE_MS, 1.0)
    yield Figure("megabytes held at most (in place of ms)", taken["held"], MOST_MB, 1.0)


if __name__ == "__main__":
    if "--child" in sys.argv:
        with tempfile.TemporaryDirectory() as place:
            print(json.dumps(measure(Path(place))))
    else:
        for figure in figures():
            print(figure.line())
