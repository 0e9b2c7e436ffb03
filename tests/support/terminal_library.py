"""A terminal's library out of our own C source: real ``dlopen``, a phone held out, real silence."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.profile.model import Profile
from tests.support.compiled import shared_object


@dataclass
class TerminalLibrary:
    """The terminal's folder as it lies on a till, and what customers hold out to its scanner."""

    folder: Path

    @classmethod
    def installed(cls, folder: Path, profile: Profile) -> "TerminalLibrary":
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared_object("terminal"), folder / profile.terminal.file)
        return cls(folder)

    def hold_out(self, code: str) -> None:
        """Somebody holds out a phone with this code; it is read once."""
        waiting = self.folder / "phone.new"
        waiting.write_text(code, "ascii")
        waiting.rename(self.folder / "phone.txt")

    def fault(self, name: str) -> None:
        """Misbehave once, at the next question."""
        (self.folder / "fault.txt").write_text(name, "ascii")

    def trace(self) -> list[str]:
        """What the library did, one word each."""
        kept = self.folder / "trace.txt"
        return kept.read_text("utf-8").splitlines() if kept.exists() else []

    def ready(self, ready: Mapping[str, Any]) -> dict[str, Any]:
        """A ready line with what the store knows of its terminal."""
        return {**ready, "terminal": {"folder": str(self.folder)}}
