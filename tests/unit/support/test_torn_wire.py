"""The torn network passes on unchanged, plays every fault once, and tells nothing untrue."""

import http.client
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from tests.support.scripted_server import ScriptedServer, whole
from tests.support.torn_wire import TornWire, a_torn_wire
from tests.support.waiting import until
from tests.support.wire_faults import KINDS, Known

BODY = b'{"infcode": 0, "output": null}'
ASKED = b'{"infno": "x", "input": {"much": "' + b"x" * 200 + b'"}}'
GIVE_UP_S = 0.2


@pytest.fixture
def behind() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        server.then(*[whole(BODY)] * 4)
        yield server


@pytest.fixture
def wire() -> Iterator[TornWire]:
    with a_torn_wire() as standing:
        yield standing


def asked(url: str, patience_s: float = 5.0) -> tuple[int, bytes] | None:
    """Status and body as an impatient client sees them; None where it got no whole answer."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=patience_s)
    try:
        connection.request("POST", parts.path, ASKED)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def road(wire: TornWire, behind: ScriptedServer) -> str:
    ready = {"endpoints": {"settle": behind.url, "other": behind.url}}
    shown = wire.road(ready, "settle")["endpoints"]
    assert shown["other"] == behind.url
    assert shown["settle"] != behind.url
    return str(shown["settle"])


def test_what_no_fault_is_planned_for_passes_unchanged(
    wire: TornWire, behind: ScriptedServer
) -> None:
    url = road(wire, behind)
    assert asked(url) == (200, BODY)
    assert [heard.body for heard in behind.heard] == [ASKED]
    assert wire.played == []


ARRIVES = {
    **dict.fromkeys(("refused", "reset_at_once", "closed_at_once", "silent"), 0),
    **dict.fromkeys(("reset_in_head", "reset_in_body", "half_forwarded"), 0),
    **dict.fromkeys(("lost", "lost_with_reset"), 0),
    **{name: 0 for name in KINDS if name.endswith("without_effect")},
    **{name: 2 for name in KINDS if name.startswith("delivered_twice")},
}
"""How often the platform gets the request; once where nothing is said."""


@pytest.mark.parametrize("name", KINDS)
def test_each_fault_does_what_its_name_says_and_only_once(
    wire: TornWire, behind: ScriptedServer, name: str
) -> None:
    url, kind = road(wire, behind), KINDS[name]
    patience_s = GIVE_UP_S if kind.waits else 5.0
    began = time.monotonic()
    if kind.act is None:
        with wire.nobody_at("settle"):
            seen = asked(url)
    else:
        wire.plan("settle", kind.act)
        seen = asked(url, patience_s)
        assert wire.played == ["settle"]
    wire.quiet()
    assert not wire.waiting()
    until(lambda: len(behind.heard) >= ARRIVES.get(name, 1))
    assert [heard.body for heard in behind.heard] == [ASKED] * ARRIVES.get(name, 1)
    if Known.ANSWERED in kind.known or name == "delivered_twice_seen_last":
        assert seen == (200, BODY)
    else:
        assert seen != (200, BODY)
    if kind.waits:
        assert time.monotonic() - began >= GIVE_UP_S
    assert asked(url) == (200, BODY)


def test_a_slow_answer_comes_byte_by_byte(wire: TornWire, behind: ScriptedServer) -> None:
    url, slow = road(wire, behind), KINDS["slow"]
    assert slow.act is not None
    wire.plan("settle", slow.act)
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
    connection.request("POST", parts.path, ASKED)
    assert connection.sock.recv(4096) == b"H"
    connection.close()
    wire.quiet()


def test_a_wire_that_breaks_itself_says_so(wire: TornWire, behind: ScriptedServer) -> None:
    async def wrong(_: object) -> None:
        raise ValueError("planted")

    url = road(wire, behind)
    wire.plan("settle", wrong)
    assert asked(url) is None
    with pytest.raises(AssertionError, match="planted"):
        wire.quiet()
    wire.broken.clear()


def test_a_wire_that_is_closed_leaves_no_exchange_hanging(behind: ScriptedServer) -> None:
    silent = KINDS["silent"].act
    assert silent is not None
    with a_torn_wire() as wire:
        parts = urllib.parse.urlsplit(road(wire, behind))
        wire.plan("settle", silent)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=5)
        connection.request("POST", parts.path, ASKED)
        until(lambda: wire.played == ["settle"])
    assert connection.sock.recv(10) == b""
    connection.close()
