"""Between program and server: a unix socket that passes everything on, until told not to.

What is done to a ``COMMIT`` is said before it comes; everything else is passed as it is.
"""

import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

NAME = ".s.PGSQL.5432"
_CHUNK = 1 << 16


class Fate(Enum):
    """Of the next COMMIT."""

    PASSED = "passed"
    NEVER_ARRIVES = "never arrives"
    """Both ends are cut before the server has it."""
    HELD = "held"
    """The program is cut off; the server waits with an open transaction."""
    ANSWER_LOST = "answer lost"
    """The server commits; the program is cut off before it is told."""


class Detour:
    """``folder`` is the host to connect to instead of ``server``."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self._server = folder, server
        self.fate = Fate.PASSED
        self.met = 0
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / NAME))
        self._listening.listen(50)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._away = False

    def serve(self) -> None:
        """Until it is closed."""
        while True:
            try:
                here, _ = self._listening.accept()
            except OSError:
                return
            if self._away:
                here.close()
                continue
            there = socket.socket(socket.AF_UNIX)
            there.connect(str(self._server / NAME))
            self._open += [here, there]
            thread = threading.Thread(target=self._pass_on, args=(here, there))
            self._threads.append(thread)
            thread.start()

    def go_away(self) -> None:
        """As a server that is switched off: every line is cut, and no new one is taken."""
        self._away = True
        for one in self._open:
            _cut(one)

    def come_back(self) -> None:
        self._away = False

    def close(self) -> None:
        _cut(self._listening)
        self._listening.close()
        self.go_away()
        for thread in self._threads:
            thread.join(30)
        for one in self._open:
            one.close()

    def _pass_on(self, here: socket.socket, there: socket.socket) -> None:
        with selectors.DefaultSelector() as waiting, suppress(OSError):
            waiting.register(here, selectors.EVENT_READ, there)
            waiting.register(there, selectors.EVENT_READ, here)
            held = False
            while True:
                for ready, _ in waiting.select():
                    source: socket.socket = ready.fileobj  # type: ignore[assignment] # sockets
                    read = source.recv(_CHUNK)
                    if not read or (source is there and held):
                        _cut(here)
                        _cut(there)
                        return
                    if source is here and b"COMMIT" in read and self.fate is not Fate.PASSED:
                        fate, self.fate = self.fate, Fate.PASSED
                        self.met += 1
                        if fate is not Fate.ANSWER_LOST:
                            _cut(here)
                            if fate is Fate.NEVER_ARRIVES:
                                _cut(there)
                            return
                        held = True
                    ready.data.sendall(read)


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)


@contextmanager
def detour(folder: Path, server: Path) -> Iterator[Detour]:
    """A way to ``server`` by ``folder``, closed at the end."""
    made = Detour(folder, server)
    thread = threading.Thread(target=made.serve)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join(30)
