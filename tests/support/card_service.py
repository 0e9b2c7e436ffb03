"""The PC/SC service of the tests: it ends with who started it, and says who is in its way."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import DeviceTrouble
from devices.card.pcsc import reader_names
from tests.support.mortal import ended, started
from tests.support.ports import born, holders
from tests.support.waiting import until

PORTS = (35963, 35964)
"""Debian's virtual reader listens on these, always: one such service per machine."""
MARK = "YAOTAI_CARD_SERVICE_OF"
"""In the environment of the service: which test process started it."""
COMMAND = ("pcscd", "--foreground")
_RUN = Path("/run/pcscd")
_STARTS, _READER_WAIT_S, _END_WAIT_S = 12, 7.0, 5.0


class ReaderTaken(Exception):
    """Another run had the reader all the time; the text names its process."""


class PortHeld(Exception):
    """Somebody else listens where the virtual reader must; the text names port and process."""


def ready() -> bool:
    """Whether the service runs and has its virtual reader."""
    try:
        return any("Virtual PCD" in name for name in reader_names())
    except DeviceTrouble:
        return False


def marked(around: Mapping[str, str]) -> dict[str, str]:
    """The environment of a service that this process starts."""
    return dict(around) | {MARK: born(os.getpid())}


def end_leftovers(ports: Sequence[int] = PORTS) -> None:
    """End what a run of ours that is gone left on ``ports``."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        for pid in _left_on(ports):
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        with suppress(AssertionError):
            until(lambda: not _left_on(ports), _END_WAIT_S)
            return


def clear_way(ports: Sequence[int] = PORTS) -> None:
    """End leftovers of ours on ``ports``. Raises ``PortHeld`` where anybody else listens."""
    end_leftovers(ports)
    for holder in (holder for port in ports for holder in holders(port)):
        raise PortHeld(f"{holder}, and the virtual card reader needs it")


@contextmanager
def alone(lock: Path, patience_s: float) -> Iterator[None]:
    """Have the machine's one reader meanwhile. Raises ``ReaderTaken`` after ``patience_s``."""
    import fcntl

    with lock.open("a+") as turn:

        def ours() -> bool:
            try:
                fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        try:
            until(ours, patience_s)
        except AssertionError as late:
            holder = lock.read_text("utf-8").strip() or "?"
            raise ReaderTaken(f"test process {holder} has the reader: {lock} is locked") from late
        turn.truncate(0)
        turn.write(f"{os.getpid()}\n")
        turn.flush()
        yield


def _left_on(ports: Sequence[int]) -> set[int]:
    found = (holder for port in ports for holder in holders(port))
    return {holder.pid for holder in found if _left_behind(holder.told(MARK))}


def _left_behind(starter: str) -> bool:
    return bool(starter) and starter != born(int(starter.partition("-")[0]))


class CardService:
    """The service, as far as this run owns it."""

    def __init__(self) -> None:
        self._watcher: subprocess.Popen[bytes] | None = None

    @property
    def ours(self) -> bool:
        return self._watcher is not None

    def start(self) -> None:
        """Start it, unless it runs. Raises ``PortHeld`` at once where somebody listens there.

        The virtual reader's fixed ports lie among those the system lends to anybody: while a
        connection of another test holds one, the service comes up without its reader. It is then
        stopped and started again; such a loan ends within a minute.
        """
        if self._watcher is not None and self._watcher.poll() is None:
            return
        _RUN.mkdir(parents=True, exist_ok=True)
        for left in reversed(range(_STARTS)):
            clear_way()
            self._watcher = started(COMMAND, marked(os.environ))
            try:
                until(ready, _READER_WAIT_S)
            except AssertionError:
                self.stop()
                if not left:
                    raise
            else:
                return

    def stop(self) -> None:
        """End it, where it is ours and runs."""
        if self._watcher is not None and self._watcher.poll() is None:
            ended(self._watcher)
