"""A small honest HTTP peer on a real socket: it answers whole, cut, late or not at all."""

import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came."""

    head: str
    body: bytes
    connection: int

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n")[1:]:
            found, _, value = line.partition(": ")
            if found.lower() == name.lower():
                return value
        return ""


_TLS_HANDSHAKE = 0x16

Act = Callable[[socket.socket, threading.Event], bool]
"""Plays one answer; True where the connection stays open afterwards."""


def response(body: bytes, status: int = 200, extra: str = "", length: int | None = None) -> bytes:
    stated = len(body) if length is None else length
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {stated}\r\n"
    return f"{head}{extra}\r\n".encode() + body


def whole(body: bytes, status: int = 200, extra: str = "") -> Act:
    def play(conn: socket.socket, _: threading.Event) -> bool:
        conn.sendall(response(body, status, extra))
        return True

    return play


def cut(body: bytes, after: int) -> Act:
    """Promise the whole body, send ``after`` bytes of the answer, hang up."""

    def play(conn: socket.socket, _: threading.Event) -> bool:
        conn.sendall(response(body)[:after])
        return False

    return play


def raw(content: bytes) -> Act:
    def play(conn: socket.socket, _: threading.Event) -> bool:
        conn.sendall(content)
        return False

    return play


def hang_up(conn: socket.socket, _: threading.Event) -> bool:
    """Read the request and close without a word."""
    del conn
    return False


def reset(conn: socket.socket, _: threading.Event) -> bool:
    """Close with RST."""
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def silence(_: socket.socket, stopping: threading.Event) -> bool:
    """Say nothing until the server is closed."""
    stopping.wait()
    return False


def drip(body: bytes, gap: float) -> Act:
    """One byte after the other, each ``gap`` seconds apart, until told to stop."""

    def play(conn: socket.socket, stopping: threading.Event) -> bool:
        for byte in response(body):
            if stopping.wait(gap):
                return False
            conn.sendall(bytes([byte]))
        return False

    return play


@dataclass
class ScriptedServer:
    """Use as a context manager. ``then`` queues what happens to the next request."""

    tls: ssl.SSLContext | None = None
    heard: list[Heard] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._acts: deque[Act] = deque()
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._workers: list[threading.Thread] = []
        self._count = 0
        self._accepting = threading.Thread(target=self._accept)

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/x"

    def then(self, *acts: Act) -> None:
        self._acts.extend(acts)

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listener.close()
        for conn in self._connections:
            try:
                conn.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for worker in self._workers:
            worker.join()

    def _accept(self) -> None:
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            self._count += 1
            self._connections.append(conn)
            worker = threading.Thread(target=self._serve, args=(conn, self._count))
            self._workers.append(worker)
            worker.start()

    def _serve(self, conn: socket.socket, number: int) -> None:
        with conn:
            try:
                shown = self.tls.wrap_socket(conn, server_side=True) if self.tls else conn
                with shown:
                    while self._answer_one(shown, number):
                        continue
            except OSError:
                return

    def wait_until_all_hung_up(self) -> None:
        """Every peer closed its connection. Fails after five seconds."""
        for worker in self._workers:
            worker.join(5)
            assert not worker.is_alive(), "a peer keeps its connection open"

    def _answer_one(self, conn: socket.socket, number: int) -> bool:
        request = _read_request(conn)
        if request is None:
            return False
        self.heard.append(Heard(*request, number))
        act = self._acts.popleft() if self._acts else hang_up
        return act(conn, self._stopping)


def _read_request(conn: socket.socket) -> tuple[str, bytes] | None:
    received = b""
    while b"\r\n\r\n" not in received:
        part = conn.recv(65536)
        received += part
        if not received or received[0] == _TLS_HANDSHAKE or not part:
            return None
    head, _, body = received.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    length = next(
        int(line.split(":")[1])
        for line in text.split("\r\n")
        if line.lower().startswith("content-l")
    )
    while len(body) < length:
        part = conn.recv(65536)
        if not part:
            return None
        body += part
    return text, body


def refused_url() -> str:
    """An address on loopback where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"http://127.0.0.1:{port}/x"
