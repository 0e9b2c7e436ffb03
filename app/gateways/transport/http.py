"""Bytes over HTTP. The only place that knows requests and urllib3 and their exceptions.

A first-byte mark is set by our own connections after connecting and before writing, so that
"nothing left" is a proof and not a guess (architecture 13, mapping of requests and urllib3).
"""

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from app.domain.errors import Bug
from app.gateways.transport.cage_words import NOTHING_LEFT
from app.gateways.transport.marked import MARK, Mark, MarkedAdapter
from app.gateways.transport.trust import CERTIFICATE_WORDS, certificate_word, tls_context
from app.ports.clock import Clock
from app.ports.messages import WireFacts

# Its warnings quote parts of answers, and answers may hold personal data.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
_CHUNK = 65536
_WHOLE = 200
PROVES_NOTHING_LEFT = NOTHING_LEFT | {
    *("refused", "connect_timeout", "handshake", "proxy"),
    *CERTIFICATE_WORDS,
    *("token_refused", "token_missing"),
}
"""Failures that prove nothing left, if and only if the mark is unset."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, seconds for the whole exchange, bytes of an answer."""

    connect: float
    total: float
    reply_bytes: int


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom to believe over https: PEM roots, and SHA-256 of acceptable certificates (hex).

    The trust store of the machine is never used (security-and-libraries 7).
    """

    roots: str = ""
    pins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What the transport saw. ``body`` is None unless a whole answer came."""

    facts: WireFacts
    body: bytes | None

    @property
    def nothing_left(self) -> bool:
        """Proof that no byte left this machine."""
        return not self.facts.first_byte_left and self.facts.failure in PROVES_NOTHING_LEFT


class _TooLong(Exception):
    """The answer passed its cap."""


class _Encoded(Exception):
    """The answer is compressed although none was asked for."""


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: even unfollowed, requests would read a redirect's whole body without a cap."""


class HttpTransport:
    """POST and nothing else. Safe for several lanes: each thread keeps its own session."""

    def __init__(self, clock: Clock, tls: Tls | None = None) -> None:
        self._clock = clock
        self._tls = tls or Tls()
        self._context = tls_context(self._tls.roots)
        self._kept: dict[int, requests.Session] = {}
        self._lock = threading.Lock()
        self.waited_ms = 0
        """Milliseconds spent between asking and answer, over all exchanges."""

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        """Send ``body`` once and read one whole answer.

        ``fresh`` opens a connection of its own: a pooled dead one would make "was it sent?"
        undecidable. Never raises for anything the network or the other side does; ``Bug`` where
        the request itself cannot be built.
        """
        mark = Mark(self._tls.pins)
        token = MARK.set(mark)
        watchdog = threading.Timer(limits.total, mark.cut)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._post(url, body, headers, limits, fresh, mark)
        finally:
            watchdog.cancel()
            watchdog.join()
            MARK.reset(token)

    def _post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        limits: Limits,
        fresh: bool,
        mark: Mark,
    ) -> Exchanged:
        at, began = self._clock.now(), time.monotonic()
        session = self._open() if fresh else self._session()
        status: int | None = None
        answer: bytes | None = None
        failure = ""
        try:
            with session.post(
                url,
                data=body,
                headers=dict(headers),
                timeout=(limits.connect, limits.total),
                allow_redirects=False,
                stream=True,
            ) as response:
                status = response.status_code
                answer = _drain(response, mark, limits.reply_bytes)
                if mark.expired:
                    # cut at the deadline, the end of the stream looks like the end of the answer
                    answer, failure = None, "deadline"
        # Whatever went wrong, also what no table foresees, is a fact to be judged, not a crash:
        # after the first byte every exception means "outcome unknown".
        except Exception as trouble:  # noqa: BLE001
            failure = _name(trouble, mark)
        finally:
            if fresh or failure or status != _WHOLE:
                # An interim status (1xx) looks like an answer here, and its real one would be read
                # as that of the next message: nothing goes out behind an exchange that was odd.
                session.close()
        took = int((time.monotonic() - began) * 1000)
        with self._lock:
            self.waited_ms += took
        return Exchanged(
            WireFacts(at, mark.left, mark.sent, mark.received, status, took, failure=failure),
            answer,
        )

    def _open(self) -> requests.Session:
        session = _Session()
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        session.headers = requests.structures.CaseInsensitiveDict(
            {"User-Agent": "yaotai", "Accept": "*/*", "Accept-Encoding": "identity"}
        )
        adapter = MarkedAdapter(self._context)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def _session(self) -> requests.Session:
        with self._lock:
            kept = self._kept.get(threading.get_ident())
            if kept is None:
                kept = self._kept[threading.get_ident()] = self._open()
            return kept

    def close(self) -> None:
        """Close every kept connection."""
        with self._lock:
            kept, self._kept = list(self._kept.values()), {}
        for session in kept:
            session.close()


def _drain(response: requests.Response, mark: Mark, cap: int) -> bytes:
    raw = response.raw
    if raw.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise _Encoded
    parts: list[bytes] = []
    # read1 returns after one read of the socket, so the cap is checked while bytes arrive.
    while part := raw.read1(_CHUNK, decode_content=False):
        mark.received += len(part)
        if mark.received > cap:
            raise _TooLong
        parts.append(part)
    return b"".join(parts)


_UNBUILT = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
    requests.exceptions.UnrewindableBodyError,
)


def _name(trouble: Exception, mark: Mark) -> str:
    """One word for one observation; the table of architecture 13."""
    if isinstance(trouble, _UNBUILT) and not mark.left:
        raise Bug(what=f"request cannot be built: {type(trouble).__name__}") from trouble
    if isinstance(trouble, _TooLong):
        return "too_long"
    if isinstance(trouble, _Encoded):
        return "encoded"
    if mark.expired:
        return "deadline" if mark.left else "connect_timeout"
    if isinstance(trouble, requests.exceptions.ConnectTimeout):
        return "connect_timeout"
    if isinstance(trouble, requests.exceptions.ProxyError):
        return "proxy"
    if isinstance(trouble, requests.exceptions.ReadTimeout):
        return "read_timeout" if mark.left else "handshake"
    if isinstance(trouble, requests.exceptions.SSLError):
        return "tls" if mark.left else certificate_word(trouble) or "handshake"
    if isinstance(trouble, requests.exceptions.ConnectionError) and _refused(trouble):
        return "refused"
    return "cut"


def _refused(trouble: requests.exceptions.ConnectionError) -> bool:
    """Name not found or connection refused, as urllib3 wraps it."""
    wrapped = trouble.args[0] if trouble.args else None
    return isinstance(wrapped, MaxRetryError) and isinstance(wrapped.reason, NewConnectionError)
