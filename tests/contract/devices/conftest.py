"""The real PC/SC service, started for the tests that want it when none runs already.

Debian's virtual reader listens on fixed ports (35963 and 35964): one such service per machine.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.card_service import CardService, alone, end_leftovers, ready

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_DRIVER = Path("/etc/reader.conf.d/vpcd")
_RUN = Path("/run/pcscd")
_LOCK = Path(tempfile.gettempdir()) / "yaotai-card-service.lock"

_TURN_WAIT_S = 100.0
"""Shorter than the deadline of a test, so that the one who has the reader is named."""


def _missing() -> str:
    if sys.platform == "win32":
        return "no virtual reader on this system: the real PC/SC stack is not run"
    if shutil.which("pcscd") is None:
        return "pcscd is not installed: the real PC/SC stack is not run"
    if not _DRIVER.exists():
        return "vsmartcard-vpcd is not installed: the real PC/SC stack is not run"
    if not _RUN.exists() and not os.access(_RUN.parent, os.W_OK):
        return "/run/pcscd cannot be made by this user: the real PC/SC stack is not run"
    return ""


@pytest.fixture(scope="module")
def card_service() -> Iterator[CardService]:
    """A PC/SC service with a virtual reader; cards go in through ``devices.card.vpcd``."""
    missing = _missing()
    if missing and not ready():
        pytest.skip(missing)
    service = CardService()
    # two test runs on one machine share one reader: one after the other
    with alone(_LOCK, _TURN_WAIT_S):
        end_leftovers()
        if not ready():
            service.start()
        try:
            yield service
        finally:
            service.stop()
