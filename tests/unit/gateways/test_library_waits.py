"""When a message left that waited until the library had another lane's behind it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from app.gateways.transport import library
from app.gateways.transport.cage import Called
from app.gateways.transport.cage_words import CageWord
from app.gateways.transport.http import Limits
from app.gateways.transport.library import LIBRARY, LibraryTransport, Rooms
from tests.support import platform_parts as parts


class Busy:
    """A library behind whose door a message stood for a minute, and that then kept it for half."""

    def call(self, *_: Any, **__: Any) -> Called:
        return Called(True, CageWord.HUNG, inside_s=30.0)


def test_a_message_left_when_the_library_took_it(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((0.0, 90.0))
    monkeypatch.setattr(library, "time", SimpleNamespace(monotonic=lambda: next(times)))
    road = LibraryTransport(Busy(), Rooms(100), "utf-8", parts.SteadyClock())  # type: ignore[arg-type] # only its call
    seen = road.post(LIBRARY, b"x", {}, Limits(1.0, 60.0, 1000), fresh=True).facts
    assert seen.started_at == parts.NOW + timedelta(minutes=1)
    assert (seen.took_ms, road.waited_ms) == (30_000, 90_000)
