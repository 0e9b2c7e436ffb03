"""Whole visits of the demonstration, headless: own time, and how the window kept up.

Run with ``python -m tests.bench.visit [rounds]``. Every visit is a process of its own. Beside the
wall figures of the issue stand the same in processor time: on a machine with other work to do they
tell what is ours.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench.ratio import Figure

ROUNDS = 3
OWN_MS = 300.0
STALL_MS = 50.0
PATIENCE_S = 180.0


def play() -> Mapping[str, Any]:
    """The report of one visit. Raises ``RuntimeError`` where it did not end well."""
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(
            [sys.executable, "-m", "app", "demo", "--json", "--out", out],
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_S,
            check=False,
        )
    report: Mapping[str, Any] = json.loads(done.stdout) if done.stdout else {}
    if not report.get("ok"):
        raise RuntimeError(f"the visit ended with {done.returncode}, code {report.get('code')}")
    return report


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Medians over ``rounds`` visits, against the times the issue allows."""
    played = [play() for _ in range(rounds)]

    def figure(name: str, values: list[float], bound: float) -> Figure:
        return Figure(name, statistics.median(values), bound, 1.0)

    yield figure("visit: own time", [v["own_ms"] for v in played], OWN_MS)
    yield figure("visit: own processor time", [v["worked_ms"] for v in played], OWN_MS)
    yield figure("visit: longest stall", [v["gui_stall_ms"]["max"] for v in played], STALL_MS)
    yield figure("visit: 99 of 100 beats", [v["gui_stall_ms"]["p99"] for v in played], STALL_MS)
    busiest = [v["gui_busy_ms"]["max"] for v in played]
    yield figure("visit: window's thread between two beats", busiest, STALL_MS)


if __name__ == "__main__":
    for found in figures(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS):
        print(found.line())
