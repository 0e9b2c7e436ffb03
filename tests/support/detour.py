"""A hand on the wire: passes everything on until told to spoil an answer, or to be gone."""

import http.client
import json
import threading
import urllib.parse
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.crypto.derive import rx_content_key
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb

Spoil = Callable[[bytes], bytes]


class Detour:
    """Stands between the counter and one host. Every exchange has its own connection."""

    def __init__(self) -> None:
        self._host = ""
        self._port = 0
        self._spoils: dict[str, deque[Spoil]] = {}
        self._server: ThreadingHTTPServer | None = None
        self._serving = threading.Thread()

    def road(self, ready: Mapping[str, Any]) -> dict[str, Any]:
        """The ready line with this in front of every address."""
        self._host = urllib.parse.urlsplit(str(ready["url"])).netloc
        ours = {name: self._through(str(url)) for name, url in ready["endpoints"].items()}
        return {**ready, "endpoints": ours}

    def _through(self, url: str) -> str:
        parts = urllib.parse.urlsplit(url)
        return urllib.parse.urlunsplit(parts._replace(netloc=f"127.0.0.1:{self._port}"))

    def spoil(self, url: str, how: Spoil) -> None:
        """Change the next answer of one address of the ready line."""
        self._spoils.setdefault(urllib.parse.urlsplit(url).path, deque()).append(how)

    def appear(self) -> None:
        """Listen; again on the same port after ``vanish``."""
        server = ThreadingHTTPServer(("127.0.0.1", self._port), self._answering())
        server.daemon_threads = False
        self._server, self._port = server, server.server_address[1]
        self._serving = threading.Thread(target=server.serve_forever, args=(0.02,), name="detour")
        self._serving.start()

    def vanish(self) -> None:
        """Nobody listens any more."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            self._serving.join()
            server.server_close()

    def _answering(self) -> type[BaseHTTPRequestHandler]:
        detour = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                detour.pass_on(self, self.rfile.read(length))

            def do_GET(self) -> None:
                detour.pass_on(self, b"")

            def log_message(self, format: str, *args: object) -> None:
                del format, args

        return Answering

    def pass_on(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        """Ask the host in the same words; an answer that breaks off breaks off here too."""
        behind = http.client.HTTPConnection(self._host, timeout=30)
        headers = {
            k: v for k, v in asked.headers.items() if k.lower() not in ("host", "connection")
        }
        try:
            behind.request(asked.command, asked.path, body, headers)
            answer = behind.getresponse()
            content = answer.read()
        except (http.client.HTTPException, OSError):
            return
        finally:
            behind.close()
        waiting = self._spoils.get(asked.path)
        if waiting:
            content = waiting.popleft()(content)
        asked.send_response(answer.status)
        asked.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
        asked.send_header("Content-Length", str(len(content)))
        asked.end_headers()
        asked.wfile.write(content)


@contextmanager
def a_detour() -> Iterator[Detour]:
    """Listening, and gone in the end."""
    detour = Detour()
    detour.appear()
    try:
        yield detour
    finally:
        detour.vanish()


def envelope_with(change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Change the outside of an answer of the centre; what is signed inside stays."""

    def spoil(body: bytes) -> bytes:
        envelope = json.loads(body)
        change(envelope)
        return json.dumps(envelope, ensure_ascii=False).encode()

    return spoil


def resealed(ready: Mapping[str, Any], change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Open an answer, change what is in it, encrypt it again. The signature cannot be renewed."""
    keys = ready["pharmacy"]["keys"]
    key = rx_content_key(keys["appId"], keys["appSecret"])

    def swap(envelope: dict[str, Any]) -> None:
        content = json.loads(decrypt_ecb(key, bytes.fromhex(envelope["encData"])))
        change(content)
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        envelope["encData"] = encrypt_ecb(key, plain.encode()).hex().upper()

    return envelope_with(swap)
