"""What the gateways ask of whatever carries their bytes: facts back, never a verdict."""

from collections.abc import Mapping
from typing import Protocol

from app.gateways.transport.http import Exchanged, Limits


class Carrier(Protocol):
    """One way of carrying bytes (architecture 9, transports)."""

    @property
    def waited_ms(self) -> int:
        """Milliseconds spent between asking and answer, over all exchanges."""
        ...

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        """Send ``body`` once. Never raises for anything the other side does."""
        ...

    def close(self) -> None: ...
