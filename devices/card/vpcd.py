"""Puts a virtual card into the virtual reader of a running PC/SC service (vsmartcard).

Protocol and traps: identity-and-devices 5.2. Development and tests only: the reader's driver
listens on fixed ports of this machine.
"""

import socket
import threading
from contextlib import suppress

from devices.card.virtual import VirtualCard

PORT = 35963
_OFF, _ON, _RESET, _GIVE_RESET_ANSWER = 0x00, 0x01, 0x02, 0x04


class InsertedCard:
    """A card in the reader from ``insert`` until ``remove`` or until its script draws it."""

    def __init__(self, card: VirtualCard, *, host: str = "127.0.0.1", port: int = PORT) -> None:
        self._card = card
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self, timeout: float = 5.0) -> None:
        """Raises ``OSError`` when no virtual reader listens."""
        wire = socket.create_connection(self._address, timeout)
        wire.settimeout(None)
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = wire
        self._thread = threading.Thread(
            target=self._serve, args=(wire,), name="virtual-card", daemon=True
        )
        self._thread.start()

    def remove(self) -> None:
        """Draw the card; harmless when it is out already."""
        wire, self._socket = self._socket, None
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)
            self._thread = None

    def _serve(self, wire: socket.socket) -> None:
        with suppress(OSError), wire:
            while True:
                message = self._receive(wire)
                if message is None:
                    return
                reply = self._reply(message)
                if self._card.pulled:
                    return
                if reply is not None:
                    wire.sendall(len(reply).to_bytes(2, "big") + reply)

    def _reply(self, message: bytes) -> bytes | None:
        if len(message) == 1:
            if message[0] == _GIVE_RESET_ANSWER:
                return b"" if self._card.faults.mute else self._card.reset_answer
            if message[0] in (_OFF, _ON, _RESET):
                self._card.power()
            return None
        if self._card.pulled:
            return None
        if self._card.faults.delay:
            threading.Event().wait(self._card.faults.delay)
        body, status = self._card.transmit(message)
        return body + status.to_bytes(2, "big")

    def _receive(self, wire: socket.socket) -> bytes | None:
        head = self._exactly(wire, 2)
        return None if head is None else self._exactly(wire, int.from_bytes(head, "big"))

    def _exactly(self, wire: socket.socket, count: int) -> bytes | None:
        content = bytearray()
        while len(content) < count:
            if hasattr(socket, "TCP_QUICKACK"):
                # Linux forgets it after every read; without it each APDU costs 44 ms
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = wire.recv(count - len(content))
            if not part:
                return None
            content += part
        return bytes(content)
