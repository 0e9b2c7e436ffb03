"""A scan gun on a serial line: bytes until CR, LF or silence (identity-and-devices 7.5)."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

import serial

from app.domain.errors import Code
from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    ScannedText,
    ScanSource,
    StateListener,
    TextListener,
)
from devices.gate import Backoff, Gate, Watch

LONGEST = 512
_IDLE = 0.05
_ENDS = b"\r\n"


def text_of(content: bytes) -> str:
    """What a gun wrote: UTF-8, else the national set; never fails, the grammar judges."""
    for charset in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return content.decode(charset)
    return content.decode("latin-1")


class LineReader:
    """Cuts a stream of bytes into scans. Pure; times are not its business.

    A gun that has ended one scan with CR or LF ends all of them so: after that, silence in
    mid-code throws the half code away instead of taking it for a whole one.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._ends_lines = False
        self._too_long = False

    def feed(self, content: bytes) -> list[str]:
        """Bytes as they came; the scans they complete."""
        scans = []
        for byte in content:
            if byte in _ENDS:
                self._ends_lines = True
                scans += self._take()
            elif len(self._held) < LONGEST:
                self._held.append(byte)
            else:
                self._too_long = True
        return scans

    def silence(self) -> list[str]:
        """No byte came for the idle time."""
        if self._ends_lines:
            self._held.clear()
            self._too_long = False
            return []
        return self._take()

    def _take(self) -> list[str]:
        content, too_long = bytes(self._held), self._too_long
        self._held.clear()
        self._too_long = False
        return [text_of(content)] if content and not too_long else []


class SerialGun:
    """A ``CodeSource`` on a serial port; looks for the port again after it was pulled."""

    def __init__(
        self,
        port: str,
        *,
        baud: int = 9600,
        monotonic: Callable[[], float] = time.monotonic,
        backoff: tuple[float, float] = (0.5, 5.0),
    ) -> None:
        self._port = port
        self._baud = baud
        self._monotonic = monotonic
        self._backoff = backoff
        off = DeviceState(DeviceStatus.OFF, port)
        self._gate = Gate(off)
        self._watch = Watch("serial-gun", self._gate, off)

    def start(self, deliver: TextListener, state: StateListener) -> None:
        """Begin listening; callbacks come from the gun's own thread."""
        self._watch.start(self._listen, deliver, state)

    def stop(self) -> None:
        """No callback comes once this has returned."""
        self._watch.stop()

    def state(self) -> DeviceState:
        """What the port is like now."""
        return self._gate.state

    def _listen(self, ending: threading.Event) -> None:
        backoff = Backoff(*self._backoff)
        while not ending.is_set():
            try:
                with serial.Serial(self._port, self._baud, timeout=_IDLE) as line:
                    backoff.reset()
                    self._gate.tell(DeviceState(DeviceStatus.READY, self._port))
                    self._read(line, ending)
            except (serial.SerialException, OSError) as lost:
                self._gate.tell(
                    DeviceState(
                        DeviceStatus.MISSING,
                        self._port,
                        Code.SCANNER_MISSING,
                        type(lost).__name__,
                    )
                )
                ending.wait(backoff.next())

    def _read(self, line: serial.Serial, ending: threading.Event) -> None:
        reader = LineReader()
        while not ending.is_set():
            content = line.read(max(1, line.in_waiting))
            scans = reader.feed(content) if content else reader.silence()
            for text in scans:
                self._gate.deliver(ScannedText(text, ScanSource.SERIAL, self._monotonic()))
