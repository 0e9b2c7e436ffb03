"""Serial lines without hardware: the other end of a pseudo terminal."""

import os
import select
import threading
from collections.abc import Callable
from pathlib import Path


class PluggedLine:
    """A pseudo terminal under a stable name; pulling it takes the name away."""

    def __init__(self, name: Path) -> None:
        self.name = name
        self._master, self._slave = -1, -1
        self.plug()

    def plug(self) -> None:
        """Put the device back, as another terminal under the same name."""
        import tty  # only where there are pseudo terminals

        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.name.symlink_to(os.ttyname(self._slave))

    def pull(self) -> None:
        """Pull the device out: the line hangs up."""
        if self._master < 0:
            return
        self.name.unlink()
        os.close(self._master)
        os.close(self._slave)
        self._master = self._slave = -1

    def write(self, content: bytes) -> None:
        """What the device sends."""
        os.write(self._master, content)

    def read(self, seconds: float) -> bytes:
        """What the device receives, empty when nothing came."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        return os.read(self._master, 4096) if ready else b""


class Answering:
    """A device thread that answers each request on a line."""

    def __init__(self, line: PluggedLine, answer: Callable[[bytes], bytes]) -> None:
        self._line = line
        self._answer = answer
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="answering-device")
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(5.0)

    def _serve(self) -> None:
        while not self._ending.is_set():
            request = self._line.read(0.05)
            if request:
                self._line.write(self._answer(request))
