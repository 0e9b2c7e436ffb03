"""Our connections: they know when a first byte leaves, whom to believe, and how to be cut.

Connect first, then set the mark, then write: so an unset mark proves that nothing left
(architecture 13). Nothing is caught here but the closing of a socket already gone.
"""

import hashlib
import ssl
import threading
from contextlib import suppress
from contextvars import ContextVar
from socket import SHUT_RDWR, socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.gateways.transport.trust import NotPinned


class Mark:
    """One exchange: whether a first byte left, and the socket to cut at the deadline."""

    def __init__(self, pins: tuple[str, ...]) -> None:
        self.pins = pins
        self.left = False
        self.sent = 0
        self.received = 0
        self.expired = False
        self._sock: socket | None = None
        self._lock = threading.Lock()

    def watch(self, sock: socket) -> None:
        with self._lock:
            self._sock = sock
            if self.expired:
                self._shut()

    def cut(self) -> None:
        """Wake whoever waits on this exchange: its time is over."""
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._sock is not None:
            # Already closed or not yet connected: the connect timeout covers that part.
            with suppress(OSError):
                socket.shutdown(self._sock, SHUT_RDWR)


MARK: ContextVar[Mark] = ContextVar("first_byte_mark")


class MarkedConnection(HTTPConnection):
    def _new_conn(self) -> socket:
        sock = super()._new_conn()
        MARK.get().watch(sock)
        return sock

    def send(self, data: Any) -> None:
        mark = MARK.get()
        if self.sock is None:
            self.connect()
        mark.watch(self.sock)
        mark.left = True
        super().send(data)
        mark.sent += len(data)


class MarkedTlsConnection(MarkedConnection, HTTPSConnection):
    def connect(self) -> None:
        HTTPSConnection.connect(self)
        pins = MARK.get().pins
        if not pins:
            return
        shown = self.sock.getpeercert(True) if isinstance(self.sock, ssl.SSLSocket) else None
        if hashlib.sha256(shown or b"").hexdigest() not in pins:
            raise NotPinned


class _Pool(HTTPConnectionPool):
    ConnectionCls = MarkedConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = MarkedTlsConnection


class MarkedAdapter(HTTPAdapter):
    """One connection, no retries, our connections, our trust."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host, {"ssl_context": self._context} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the context alone decides, and the bundle of requests is not added to it."""

    def close(self) -> None:
        """Close now. The pool manager alone would wait until nobody remembers the pools, and a
        remembered exception remembers them."""
        pools = self.poolmanager.pools
        for key in pools.keys():  # noqa: SIM118 iterating the container itself is forbidden
            pools[key].close()
        super().close()
