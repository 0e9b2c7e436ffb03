"""The whole program, killed while it shows a page; the next start finishes and serves on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
PATIENCE_S = 150
PAGES = (
    "sign_in",
    "identify",
    "select",
    "audit",
    "scan_empty",
    "scan",
    "settle",
    "hand_over",
    "end",
)
"""Pictures the demonstration takes, in order; each is written right before the page is left."""


class Program:
    """``yaotai demo`` on one folder, without a display."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self._command = [
            *(sys.executable, "-m", "app", "demo", "--json"),
            *("--data-dir", str(folder / "base"), "--out", str(self.out)),
        ]
        self._around = os.environ | {"QT_QPA_PLATFORM": "offscreen"}

    def killed_at(self, page: str) -> None:
        """Start, and end with SIGKILL as soon as the picture of ``page`` exists."""
        running = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._around,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(lambda: self._pictured(page) or running.poll() is not None, PATIENCE_S)
        finally:
            running.kill()
            running.wait(PATIENCE_S)
        assert self._pictured(page), "the program ended before the page came"

    def resumed(self) -> dict[str, object]:
        """The report of a second start with ``--resume``."""
        ended = subprocess.run(
            [*self._command, "--resume"],
            cwd=ROOT,
            env=self._around,
            timeout=PATIENCE_S,
            capture_output=True,
            check=False,
        )
        lines = ended.stdout.decode().splitlines()
        assert lines, ended.stderr.decode()[-2000:]
        report: dict[str, object] = json.loads(lines[-1])
        return report

    def _pictured(self, page: str) -> bool:
        return any(self.out.glob(f"[0-9][0-9]-{page}.png"))


@pytest.mark.deep
@pytest.mark.timeout(400)
@pytest.mark.parametrize("page", PAGES)
def test_a_killed_demonstration_is_resumed(tmp_path: Path, page: str) -> None:
    program = Program(tmp_path)
    program.killed_at(page)
    report = program.resumed()
    assert report["ok"] is True, report
    assert report["settlement"]["state"] == "settled"
    assert report["documents"]
