"""One durable step of the store against write + fdatasync (reliability 6.1)."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.commits import measure
from tests.bench.ratio import Figure

SLOWEST = 2.0
"""At least half of the bound's rate."""


def figures() -> Iterator[Figure]:
    """A commit through ``Store.unit`` on the encrypted base."""
    with tempfile.TemporaryDirectory() as folder:
        taken = measure(Path(folder))
    yield Figure("one committed unit of the store", taken.unit_ms, taken.sync_ms, SLOWEST)
