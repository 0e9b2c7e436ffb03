"""The real PC/SC service, started for the tests that want it when none runs already.

Debian's virtual reader listens on fixed ports (35963 and 35964): one such service per machine.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import DeviceTrouble
from devices.card.pcsc import reader_names
from tests.support.waiting import DEADLINE, until

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_DRIVER = Path("/etc/reader.conf.d/vpcd")
_RUN = Path("/run/pcscd")
_LOCK = Path(tempfile.gettempdir()) / "yaotai-card-service.lock"


def _ready() -> bool:
    try:
        return any("Virtual PCD" in name for name in reader_names())
    except DeviceTrouble:
        return False


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


_STARTS, _READER_WAIT_S = 12, 7.0


class CardService:
    """The service, as far as this run owns it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def ours(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start it, unless it runs.

        The virtual reader's fixed ports lie among those the system lends to anybody: while a
        connection of another test holds one, the service comes up without its reader. It is then
        stopped and started again; such a loan ends within a minute.
        """
        if self._process is not None and self._process.poll() is None:
            return
        _RUN.mkdir(parents=True, exist_ok=True)
        for left in reversed(range(_STARTS)):
            self._process = subprocess.Popen(
                ["pcscd", "--foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                until(_ready, _READER_WAIT_S)
            except AssertionError:
                self.stop()
                if not left:
                    raise
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(DEADLINE)


@pytest.fixture(scope="session")
def card_service() -> Iterator[CardService]:
    """A PC/SC service with a virtual reader; cards go in through ``devices.card.vpcd``."""
    missing = _missing()
    if missing and not _ready():
        pytest.skip(missing)
    import fcntl

    service = CardService()
    with _LOCK.open("w") as lock:
        # two test runs on one machine share one reader: one after the other
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _ready():
            service.start()
        try:
            yield service
        finally:
            service.stop()
