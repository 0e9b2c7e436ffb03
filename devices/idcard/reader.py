"""A resident-ID reader on a serial line: find, select, read, once per placement."""

import threading
from collections.abc import Callable
from typing import Protocol

import serial

from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, IdCardFacts
from devices.idcard import sdt

BAUD = 115200
_ANSWER_SECONDS = 3.0


class Line(Protocol):
    """An open line. ``read`` gives fewer bytes than asked when time runs out."""

    def write(self, content: bytes, /) -> object: ...

    def read(self, count: int, /) -> bytes: ...

    def reset_input_buffer(self) -> None: ...

    def close(self) -> None: ...


def open_serial(port: str) -> Line:
    """Raises ``OSError`` when the port is absent or taken."""
    line: Line = serial.Serial(port, BAUD, timeout=_ANSWER_SECONDS, write_timeout=_ANSWER_SECONDS)
    return line


class SdtIdCardReader:
    """An ``IdCardReader``; the line is opened for each read, so a reader may be swapped."""

    def __init__(
        self,
        port: str,
        *,
        open_line: Callable[[str], Line] = open_serial,
        fine: DeviceStatus = DeviceStatus.READY,
    ) -> None:
        self._port = port
        self._open_line = open_line
        self._fine = fine
        self._state: DeviceState | None = None
        self._lock = threading.Lock()

    def read(self) -> IdCardFacts:
        """Read the card on the reader. Raises ``DeviceTrouble``; takes about a second."""
        with self._lock:
            line = self._opened()
            try:
                return self._read(line)
            except OSError as lost:
                self._state = self._missing()
                raise DeviceTrouble(Code.ID_READER_MISSING, name=self._port) from lost
            finally:
                line.close()

    def stop(self) -> None:
        """Nothing runs between two reads; waits for one that runs."""
        with self._lock:
            self._state = DeviceState(DeviceStatus.OFF, self._port)

    def state(self) -> DeviceState:
        """As the last read left it; before the first read, by opening the line once."""
        with self._lock:
            known = self._state
            if known is None or known.status is DeviceStatus.MISSING:
                try:
                    self._opened().close()
                except DeviceTrouble:
                    return self._missing()
            return self._state or self._missing()

    def _missing(self) -> DeviceState:
        return DeviceState(DeviceStatus.MISSING, self._port, Code.ID_READER_MISSING)

    def _opened(self) -> Line:
        try:
            line = self._open_line(self._port)
        except OSError as absent:
            self._state = self._missing()
            raise DeviceTrouble(Code.ID_READER_MISSING, name=self._port) from absent
        self._state = DeviceState(self._fine, self._port)
        return line

    def _read(self, line: Line) -> IdCardFacts:
        line.reset_input_buffer()
        if self._ask(line, sdt.FIND).status != sdt.FOUND:
            raise DeviceTrouble(Code.CARD_ABSENT)
        if self._ask(line, sdt.SELECT).status != sdt.DONE:
            raise DeviceTrouble(Code.CARD_PULLED)
        reply = self._ask(line, sdt.READ)
        if reply.status != sdt.DONE:
            raise DeviceTrouble(Code.CARD_PULLED)
        return sdt.facts_of(reply.content)

    def _ask(self, line: Line, command: bytes) -> sdt.Reply:
        line.write(sdt.frame(command))
        head = line.read(7)
        length = sdt.body_length(head)
        if length is None:
            raise DeviceTrouble(Code.READER_SILENT, name=self._port)
        reply = sdt.reply_of(head + line.read(length))
        if reply is None:
            raise DeviceTrouble(Code.CARD_UNREADABLE)
        return reply
