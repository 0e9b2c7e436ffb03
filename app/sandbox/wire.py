"""One connection of the stand-in: read a request whole, play its fault, write the answer whole."""

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.sandbox.faults import Planned, Switchboard
from app.sandbox.router import PROTOCOL_FAULTS, Entry, Fault, Registry, Reply, Request

BODY_LIMIT = 32 * 1024 * 1024
_IDLE_S = 120.0
_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_HTML = "text/html;charset=utf-8"


class Exchange(BaseHTTPRequestHandler):
    """HTTP/1.1, connections kept, Nagle off, answers in one write."""

    protocol_version = "HTTP/1.1"
    server_version = "gateway"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = _IDLE_S
    server: "WireServer"

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Requests carry personal data: nothing of them is printed."""

    def _answer(self) -> None:
        body = self._read_body()
        if body is None:
            return
        entry = self.server.registry.find(self.path, body)
        if entry is None:
            self._write(Reply(b'{"message":"no such address"}', 404))
            return
        plan = self.server.switchboard.take(entry.name) if entry.faultable else None
        self._play(entry, body, plan)

    def _read_body(self) -> bytes | None:
        """The whole body; None when the request was refused already."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self._refuse(411)
            return None
        stated = self.headers.get("Content-Length", "0")
        if not (stated.isascii() and stated.isdigit()):
            self._refuse(400)
            return None
        if int(stated) > BODY_LIMIT:
            self._refuse(413)
            return None
        body = self.rfile.read(int(stated))
        if len(body) != int(stated):
            self.close_connection = True
            return None
        return body

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._write(Reply(b"", status, _HTML))

    def _play(self, entry: Entry, body: bytes, plan: Planned | None) -> None:
        fault = plan.fault if plan else None
        if fault is Fault.DROP_BEFORE:
            self._cut()
            return
        if fault is Fault.HTTP_500:
            self._write(Reply(_PAGE.replace(b"502 Bad Gateway", b"500"), 500, _HTML))
            return
        earlier = self.server.last_reply(entry.name)
        reply = self._serve(entry, body, fault if fault in PROTOCOL_FAULTS else None)
        if plan is None or fault in PROTOCOL_FAULTS:
            self._write(reply)
        else:
            self._spoil(reply, plan, earlier)

    def _serve(self, entry: Entry, body: bytes, fault: Fault | None) -> Reply:
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = entry.handler(Request(self.command or "", self.path, headers, body, fault))
        self.server.remember_reply(entry.name, reply)
        return reply

    def _spoil(self, reply: Reply, plan: Planned, earlier: Reply | None) -> None:
        match plan.fault:
            case Fault.DELAY:
                if not self.server.stopping.wait(plan.seconds):
                    self._write(reply)
            case Fault.DUPLICATE_ANSWER if earlier is not None:
                self._write(earlier)
            case Fault.HALF_ANSWER:
                self._write(reply, cut_at=len(reply.body) // 2)
            case Fault.GARBAGE:
                self._write(Reply(reply.body[::-1] + b"\xff\x00", reply.status))
            case Fault.HTTP_502_AFTER:
                self._write(Reply(_PAGE, 502, _HTML))
            case _:
                self._cut()

    def _write(self, reply: Reply, cut_at: int | None = None) -> None:
        """Head and body in one flush; ``cut_at`` promises the whole and stops there."""
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body if cut_at is None else reply.body[:cut_at])
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
            return
        if cut_at is not None:
            self._cut()

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            # the other end was faster: it is cut all the same
            return


class WireServer(ThreadingHTTPServer):
    """A thread per connection; closing cuts idle connections and waits for every thread."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128
    # on Windows this option would let two programs share one port
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, registry: Registry, switchboard: Switchboard) -> None:
        self.registry = registry
        self.switchboard = switchboard
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), Exchange)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def last_reply(self, name: str) -> Reply | None:
        with self._lock:
            return self._replies.get(name)

    def remember_reply(self, name: str, reply: Reply) -> None:
        """The latest answer of an operation, for ``duplicate_answer``."""
        with self._lock:
            self._replies[name] = reply

    def process_request(self, request: object, client_address: object) -> None:
        """Remember the connection before its thread starts."""
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type] # as stdlib gives

    def shutdown_request(self, request: object) -> None:
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type] # as stdlib gives it

    def finish_request(self, request: object, client_address: object) -> None:
        """A counter that hangs up in the middle is everyday; anything else must be seen."""
        try:
            super().finish_request(request, client_address)  # type: ignore[arg-type] # as stdlib
        except (ConnectionError, TimeoutError):
            return

    def close(self) -> None:
        """Stop accepting, cut what is open, wait for all threads."""
        self.stopping.set()
        self.shutdown()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                # already closed by its own thread
                continue
        self.server_close()


def read_object(body: bytes) -> dict[str, object]:
    """A JSON object out of a control request. Raises ``ValueError`` for anything else."""
    found = json.loads(body or b"{}")
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
