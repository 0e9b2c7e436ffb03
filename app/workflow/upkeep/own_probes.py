"""What the doctor asks of the program itself: ciphers, region, where papers go."""

import os
from pathlib import Path

from app.crypto.self_check import self_check
from app.profile.loader import load
from app.workflow.upkeep.doctor import Finding, Health, Probe


def probes(profile: str, overlays: tuple[str, ...], papers: Path) -> tuple[tuple[str, Probe], ...]:
    """``papers`` is where virtual printers leave their PDFs; made at the first start."""

    def ciphers() -> Finding:
        failed = [result.name for result in self_check() if not result.ok]
        return Finding(Health.FAIL if failed else Health.OK, ", ".join(failed) or "SM2 SM3 SM4")

    def region() -> Finding:
        return Finding(Health.OK, load(profile, *overlays).profile.name)

    def folder() -> Finding:
        shut = papers.exists() and not os.access(papers, os.W_OK)
        return Finding(Health.WARN if shut else Health.OK, str(papers))

    return ("ciphers", ciphers), ("profile", region), ("papers", folder)
