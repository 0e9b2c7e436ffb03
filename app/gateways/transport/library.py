"""Messages through a vendor's library (core-platform 1.2). What it returns decides what is known.

0 with an answer is an answer, -2 is the library's own clear no; -1, any other value, silence,
a crash, a hang and an answer that broke out of its room mean that the outcome is unknown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from app.domain.credential import Secret
from app.gateways.envelopes.strict_json import Unreadable, read_object, write_json
from app.gateways.transport.cage import Cage, Called, Opening
from app.gateways.transport.cage_words import CageWord
from app.gateways.transport.carrier import Carrier
from app.gateways.transport.http import Exchanged, Limits
from app.ports.clock import Clock
from app.ports.messages import WireFacts
from app.profile.model import LibraryPart, Profile

LIBRARY, LIBRARY_DECODE, TERMINAL = "library:", "library:decode", "terminal:"
"""Stand for an address where a library carries the message: its business function, the one for
e-vouchers, and the library of the terminal that reads e-vouchers by itself."""
_DONE, _NO = 0, -2
_GROWTH = 4
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class LibraryAccess:
    """What this store has of the vendor: where its files lie and how a session is opened.

    ``host`` is the command of another child, for a library of 32 bits (docs/library.md); empty:
    this program. ``settings`` goes over the profile's, for a library opened with settings.
    """

    folder: Path
    host: tuple[str, ...] = ()
    user: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    settings: Mapping[str, str] = field(default_factory=dict)


def opening_of(profile: Profile, access: LibraryAccess, institution: str) -> Opening:
    """How the child opens this region's library for this store."""
    part = profile.library
    return Opening(
        path=(access.folder / part.file).absolute(),
        convention=part.convention,
        signature=part.signature,
        start=part.start,
        call=part.call,
        decode=part.decode,
        arguments=_arguments(profile, access, institution),
        error_bytes=part.error_bytes,
        start_s=part.start_s,
    )


def opening_of_terminal(
    profile: Profile, access: LibraryAccess, institution: str, address: str
) -> Opening:
    """How the child opens the library of this store's terminal; ``address`` is that of the
    decoding service, which the library asks by itself."""
    part = profile.terminal
    given = address
    if part.signature == "configured":
        held = _held(profile, access, institution) | {"$address": address}
        given = _configured({**part.settings, **access.settings}, held)
    return Opening(
        path=(access.folder / part.file).absolute(),
        convention=part.convention,
        signature=part.signature,
        start=part.start,
        call=part.call,
        decode="",
        arguments=(given.encode(part.encoding),),
        error_bytes=part.error_bytes,
        start_s=part.start_s,
    )


def _held(profile: Profile, access: LibraryAccess, institution: str) -> dict[str, str]:
    return {
        "$institution": institution,
        "$area": profile.area,
        "$user": access.user or institution,
        "$password": access.password.reveal(),
    }


def _configured(settings: Mapping[str, str], held: Mapping[str, str]) -> str:
    return write_json({key: held.get(text, text) for key, text in settings.items()})


def _arguments(profile: Profile, access: LibraryAccess, institution: str) -> tuple[bytes, ...]:
    user, password = access.user or institution, access.password.reveal()
    texts: tuple[str, ...]
    match profile.library.signature:
        case "plain":
            return ()
        case "sized":
            texts = (user, password)
        case _:
            held = _held(profile, access, institution)
            texts = (_configured({**profile.library.settings, **access.settings}, held),)
    return tuple(text.encode(profile.core.encoding) for text in texts)


class Rooms(NamedTuple):
    """Room for an answer in bytes; ``too_small`` as in ``LibraryPart``, with the most room then."""

    first: int
    too_small: tuple[int, ...] = ()
    most: int = 0

    @classmethod
    def of(cls, part: LibraryPart) -> Rooms:
        return cls(part.answer_bytes, part.too_small, part.answer_limit_bytes)


class LibraryTransport:
    """Implements ``Carrier`` over one cage; addresses and headers mean nothing here."""

    def __init__(self, cage: Cage, rooms: Rooms, encoding: str, clock: Clock) -> None:
        self._cage = cage
        self._rooms = rooms
        self._encoding = encoding
        self._clock = clock
        self._lock = threading.Lock()
        self.waited_ms = 0

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        """One call within ``limits.total`` seconds, the start of a child not counted."""
        del headers, fresh
        at, began = self._clock.now(), time.monotonic()
        called = self._called(body, limits.total, url == LIBRARY_DECODE)
        waited = time.monotonic() - began
        with self._lock:
            self.waited_ms += int(waited * 1000)
        # the library may have had it long after it was asked: it had another message before
        at += timedelta(seconds=max(waited - called.inside_s, 0.0))
        word = self._word(called, limits.reply_bytes)
        answered = not word
        facts = WireFacts(
            started_at=at,
            first_byte_left=called.entered,
            bytes_sent=len(body) if called.entered else 0,
            bytes_received=len(called.answer),
            status=200 if answered else None,
            took_ms=int(called.inside_s * 1000),
            platform_code="" if answered or called.value is None else str(called.value),
            platform_text="" if answered else self._told(called),
            failure=word,
        )
        return Exchanged(facts, called.answer if answered else None)

    def _called(self, body: bytes, seconds: float, decoding: bool) -> Called:
        """Once; again with more room only where the vendor promises that nothing was sent."""
        room, too_small, most = self._rooms
        while True:
            called = self._cage.call(body, room, seconds, decoding=decoding)
            if called.trouble is not None or called.value not in too_small:
                return called
            if room >= most:
                return Called(False, CageWord.ROOM, called.value)
            room = min(room * _GROWTH, most)

    def _word(self, called: Called, cap: int) -> str:
        if called.trouble is not None:
            return called.trouble.value
        if called.value == _NO:
            return CageWord.NO.value
        if called.value != _DONE:
            return CageWord.ERROR.value
        if not called.answer.strip():
            return CageWord.SILENT.value
        return "too_long" if len(called.answer) > cap else ""

    def _told(self, called: Called) -> str:
        """The library's own text for errors, or the one inside its answer."""
        if called.error.strip():
            return called.error.decode(self._encoding, "replace").strip()[:_SHOWN]
        try:
            told = read_object(called.answer, self._encoding).get("err_msg")
        except Unreadable:
            return ""
        return str(told)[:_SHOWN] if isinstance(told, str) else ""

    def leave(self) -> None:
        """Give up the call that is on its way, if any: nobody hears of its answer."""
        self._cage.leave()

    def close(self) -> None:
        self._cage.close()


class TwoRoads:
    """Implements ``Carrier``: what is addressed to the library goes to it, the rest by ``http``."""

    def __init__(self, library: LibraryTransport, http: Carrier, prefix: str = LIBRARY) -> None:
        self._library = library
        self._http = http
        self._prefix = prefix

    @property
    def waited_ms(self) -> int:
        return self._library.waited_ms + self._http.waited_ms

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        road: Carrier = self._library if url.startswith(self._prefix) else self._http
        return road.post(url, body, headers, limits, fresh=fresh)

    def close(self) -> None:
        self._library.close()
        self._http.close()
