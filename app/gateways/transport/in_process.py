"""Bytes handed over inside one process: no socket, no thread, no clock but the one given.

For simulated days: whoever hands over decides what happens on the way and says what was seen of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.gateways.transport.http import Exchanged, Limits
from app.ports.clock import Clock
from app.ports.messages import WireFacts


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way out. ``patience_s`` is how long its sender waits for an answer."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    patience_s: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back. ``left`` is the first-byte mark; ``failure`` a word of the HTTP transport.

    ``body`` is None unless a whole answer came.
    """

    body: bytes | None
    status: int | None = 200
    left: bool = True
    failure: str = ""


Carry = Callable[[Letter], Seen]


class InProcessTransport:
    """Implements ``Carrier`` over one function."""

    def __init__(self, carry: Carry, clock: Clock) -> None:
        self._carry = carry
        self._clock = clock
        self.waited_ms = 0

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        """Hand ``body`` over. Whatever the carrying raises passes through: it is not the wire's."""
        del fresh
        at = self._clock.now()
        seen = self._carry(Letter(url, body, headers, limits.total))
        took = int((self._clock.now() - at).total_seconds() * 1000)
        self.waited_ms += took
        facts = WireFacts(
            started_at=at,
            first_byte_left=seen.left,
            bytes_sent=len(body) if seen.left else 0,
            bytes_received=len(seen.body or b""),
            status=seen.status,
            took_ms=took,
            failure=seen.failure,
        )
        return Exchanged(facts, seen.body)

    def close(self) -> None:
        """Nothing is open."""
