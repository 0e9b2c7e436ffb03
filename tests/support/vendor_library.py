"""A vendor's library out of our own C source: real ``dlopen``, real crashes, real silence."""

import shutil
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.profile.model import Profile
from app.profile.operations import Operation
from tests.support.compiled import shared_object


@dataclass
class VendorLibrary:
    """The vendor's folder as it lies on a till: library, its settings, its noise."""

    folder: Path
    profile: Profile

    @classmethod
    def installed(cls, folder: Path, profile: Profile, url: str) -> "VendorLibrary":
        """Under the name the region has for it, in front of the platform at ``url``."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(shared_object("library"), folder / profile.library.file)
        vendor = cls(folder, profile)
        vendor.point_at(url)
        return vendor

    def point_at(self, url: str) -> None:
        there = urllib.parse.urlsplit(url)
        line = f"{there.hostname} {there.port} {self.profile.core.path} {self.profile.voucher.path}"
        (self.folder / "address.txt").write_text(line, "ascii")

    def fault(self, fault: str, operation: Operation | None = None) -> None:
        """Misbehave once: at the next call, or the next call of ``operation``."""
        needle = f'"infno":"{self.profile.address(operation)}"' if operation else "infno"
        (self.folder / "fault.txt").write_text(f"{needle}\t{fault}", "ascii")

    def fault_anywhere(self, fault: str) -> None:
        """Misbehave once, whatever the next call is."""
        (self.folder / "fault.txt").write_text(f"{{\t{fault}", "ascii")

    def fault_at_start(self, fault: str) -> None:
        (self.folder / "fault.txt").write_text(f"start\t{fault}", "ascii")

    def trace(self) -> list[str]:
        """What the library did, one word each: opened, entered, sent, answered."""
        kept = self.folder / "trace.txt"
        return kept.read_text("utf-8").splitlines() if kept.exists() else []

    def ready(self, ready: Mapping[str, Any], **known: object) -> dict[str, Any]:
        """A ready line with what the store knows of its library."""
        return {**ready, "library": {"folder": str(self.folder), **known}}
