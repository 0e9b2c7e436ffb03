"""Which handler answers which address. Every room of the stand-in registers here and nowhere else.

A handler gets one whole request and gives one whole reply; faults of the wire (delay, cut, garbage)
are played around it by the server. Faults that need the protocol's own words (``reject``,
``wrong_signature``, ``day_not_open``) are handed in as ``Request.fault`` for the handler to play.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.profile.operations import Operation


class Fault(StrEnum):
    """What the switchboard can play on one operation (reliability 6, core-platform 14)."""

    REJECT = "reject"
    DELAY = "delay"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    WRONG_SIGNATURE = "wrong_signature"
    DUPLICATE_ANSWER = "duplicate_answer"
    HALF_ANSWER = "half_answer"
    GARBAGE = "garbage"
    HTTP_500 = "http_500"
    HTTP_502_AFTER = "http_502_after"
    DAY_NOT_OPEN = "day_not_open"
    NO_EFFECT = "no_effect"
    STRING_NUMBERS = "string_numbers"


PROTOCOL_FAULTS = frozenset(
    {
        Fault.REJECT,
        Fault.WRONG_SIGNATURE,
        Fault.DAY_NOT_OPEN,
        Fault.NO_EFFECT,
        Fault.STRING_NUMBERS,
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came: header names in lower case, the body's raw bytes.

    ``fault`` is one of ``PROTOCOL_FAULTS`` or None. ``reject`` refuses in the protocol's words and
    has no effect; ``wrong_signature`` has its full effect and spoils only the answer's signature;
    ``no_effect`` says yes and does nothing; ``string_numbers`` writes the answer's numbers as text.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: body bytes, HTTP status and content type."""

    body: bytes
    status: int = 200
    content_type: str = "application/json;charset=utf-8"


def json_reply(content: object, status: int = 200) -> Reply:
    """A JSON body in UTF-8, Chinese unescaped."""
    return Reply(json.dumps(content, ensure_ascii=False).encode(), status)


Handler = Callable[[Request], Reply]


@dataclass(frozen=True, slots=True)
class Entry:
    """One registered address. ``name`` is the endpoint's key in the ready line and for faults.

    Only operations of the profile are ``faultable``: the controls must always work.
    """

    name: str
    path: str
    handler: Handler
    faultable: bool


class Registry:
    """Addresses and their handlers. Filled before the server starts, only read afterwards."""

    def __init__(self) -> None:
        self._by_path: dict[str, Entry] = {}
        self._advertised: dict[str, str] = {}
        self._switches: dict[str, Callable[[bytes], str | None]] = {}

    def add(self, operation: Operation | str, path: str, handler: Handler, *aliases: str) -> None:
        """Answer ``path`` (absolute, no host) and ``aliases`` by ``handler``.

        ``operation`` is an operation of the profile or, for the stand-in's own controls, a plain
        word such as ``issue_evoucher``; it is the key under which ``endpoints`` of the ready line
        shows ``path``. Raises ``ValueError`` when an address is taken.
        """
        name = str(operation)
        for address in (path, *aliases):
            if address in self._by_path:
                raise ValueError(f"{address} is answered by {self._by_path[address].name}")
            self._by_path[address] = Entry(name, address, handler, isinstance(operation, Operation))
        self._advertised.setdefault(name, path)

    def add_switch(self, path: str, choose: Callable[[bytes], str | None]) -> None:
        """One address for many operations: ``choose`` reads the body and names the path meant."""
        self._switches[path] = choose

    def find(self, path: str, body: bytes = b"") -> Entry | None:
        """The entry behind a request, query and trailing slash of its path removed."""
        bare = path.partition("?")[0].rstrip("/")
        choose = self._switches.get(bare)
        if choose is not None:
            bare = choose(body) or ""
        return self._by_path.get(bare)

    def names(self) -> frozenset[str]:
        """Every name a fault may be set on."""
        return frozenset(entry.name for entry in self._by_path.values() if entry.faultable)

    def endpoints(self, base: str) -> dict[str, str]:
        """Operation name to full address, for the ready line."""
        return {name: base + path for name, path in sorted(self._advertised.items())}
