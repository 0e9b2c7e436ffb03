"""The built program, started as on a machine that has nothing of ours."""

import json
import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT_S = 300.0


def lean_environment(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """What a freshly installed program may rely on: no Python, no screen, an empty home."""
    kept = ("SYSTEMROOT", "COMSPEC", "TEMP", "TMP", "LANG")
    lean = {name: environment[name] for name in kept if name in environment}
    system = environment.get("SYSTEMROOT")
    lean["PATH"] = str(Path(system) / "System32") if system else str(home)
    places = {name: str(home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    return lean | places | {"QT_QPA_PLATFORM": "offscreen"}


@dataclass(frozen=True)
class Played:
    """One run: exit status, the JSON it printed (empty where it printed none), seconds."""

    status: int
    report: Mapping[str, Any]
    said: str
    seconds: float


@dataclass(frozen=True)
class FrozenProgram:
    """``yaotai`` in its folder."""

    path: Path

    def run(self, empty: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run in ``empty``, which is its home too. Raises ``TimeoutExpired`` after minutes."""
        return subprocess.run(
            [str(self.path), *arguments],
            cwd=empty,
            env=lean_environment(os.environ, empty),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )

    def play(self, empty: Path, *arguments: str) -> Played:
        """One visit of the demonstration."""
        started = time.monotonic()
        done = self.run(empty, "demo", "--json", *arguments)
        seconds = time.monotonic() - started
        try:
            report = json.loads(done.stdout)
        except ValueError:
            report = {}
        return Played(done.returncode, report, done.stderr.decode("utf-8", "replace"), seconds)

    def megabytes(self) -> int:
        """Size of the folder; what a link points to is counted where it is."""
        entries = (path.lstat() for path in self.path.parent.rglob("*"))
        return round(sum(entry.st_size for entry in entries) / 1_000_000)
