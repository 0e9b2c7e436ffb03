"""A token: asked for once, kept until it ends, never the reason for a doubt."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from app.domain.credential import Secret
from app.gateways.transport.http import Exchanged, Limits
from app.gateways.transport.oauth import OauthAccess, TokenCarrier
from app.ports.messages import WireFacts
from app.profile.loader import load
from tests.support import platform_parts as parts

TOKEN_URL, BUSINESS, ELSEWHERE = "http://x/token", "http://x/core", "http://x/voucher"
LIMITS = Limits(1.0, 2.0, 1000)


def facts(status: int | None = 200, *, left: bool = True, failure: str = "") -> WireFacts:
    return WireFacts(parts.NOW, left, 10 if left else 0, 20, status, 1, failure=failure)


@dataclass
class Gateway:
    """Answers in memory, and remembers what was asked."""

    tokens: list[Exchanged] = field(default_factory=list)
    business: list[Exchanged] = field(default_factory=list)
    asked: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    waited_ms: int = 7
    closed: bool = False

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], limits: Limits, *, fresh: bool
    ) -> Exchanged:
        self.asked.append((url, body, dict(headers)))
        answers = self.tokens if url == TOKEN_URL else self.business
        return answers.pop(0) if answers else Exchanged(facts(), b"{}")

    def close(self) -> None:
        self.closed = True

    def urls(self) -> list[str]:
        return [url for url, _, _ in self.asked]


def token(text: str = "T1", **more: Any) -> Exchanged:
    return Exchanged(facts(), json.dumps({"access_token": text, **more}).encode())


def carrier(gateway: Gateway, clock: parts.SteadyClock | None = None, **rules: Any) -> TokenCarrier:
    part = msgspec.structs.replace(load("training").profile.oauth, **rules)
    access = OauthAccess(TOKEN_URL, "client", Secret("hidden"), "user", Secret("word"))
    covered = frozenset({BUSINESS})
    return TokenCarrier(gateway, part, access, covered, clock or parts.SteadyClock())


def send(carried: TokenCarrier, url: str = BUSINESS) -> Exchanged:
    return carried.post(url, b"body", {"a": "b"}, LIMITS, fresh=True)


def test_a_token_is_asked_for_with_client_and_form() -> None:
    gateway = Gateway([token()])
    send(carrier(gateway))
    _, body, headers = gateway.asked[0]
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"client:hidden").decode()
    assert parse_qs(body.decode()) == {
        "grant_type": ["password"],
        "scope": ["server"],
        "username": ["user"],
        "password": ["word"],
    }
    url, sent, shown = gateway.asked[1]
    assert (url, sent) == (BUSINESS, b"body")
    assert shown == {"a": "b", "Authorization": "Bearer T1"}


def test_a_client_without_a_person_sends_none() -> None:
    gateway = Gateway([token()])
    send(carrier(gateway, grant_type="client_credentials"))
    assert set(parse_qs(gateway.asked[0][1].decode())) == {"grant_type", "scope"}


def test_what_is_not_covered_needs_no_token() -> None:
    gateway = Gateway()
    send(carrier(gateway), ELSEWHERE)
    assert gateway.asked == [(ELSEWHERE, b"body", {"a": "b"})]


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    gateway, clock = Gateway([token("T1", expires_in=100), token("T2", expires_in=100)]), None
    clock = parts.SteadyClock()
    carried = carrier(gateway, clock, early_s=30)
    send(carried)
    clock.at += timedelta(seconds=69)
    send(carried)
    assert gateway.urls().count(TOKEN_URL) == 1
    clock.at += timedelta(seconds=1)
    send(carried)
    assert gateway.urls().count(TOKEN_URL) == 2
    assert gateway.asked[-1][2]["Authorization"] == "Bearer T2"


def test_without_an_end_the_regions_life_counts() -> None:
    gateway, clock = Gateway([token("T1"), token("T2")]), parts.SteadyClock()
    carried = carrier(gateway, clock, life_s=40, early_s=10)
    send(carried)
    clock.at += timedelta(seconds=31)
    send(carried)
    assert gateway.urls().count(TOKEN_URL) == 2


def test_a_refused_token_is_forgotten_and_the_message_is_not_repeated() -> None:
    gateway = Gateway([token("T1"), token("T2")], [Exchanged(facts(401), b"")])
    carried = carrier(gateway)
    assert send(carried).facts.status == 401
    assert gateway.urls() == [TOKEN_URL, BUSINESS]
    assert send(carried).facts.status == 200
    assert gateway.asked[-1][2]["Authorization"] == "Bearer T2"


@pytest.mark.parametrize(
    ("answer", "word", "text"),
    [
        (Exchanged(facts(400), b'{"error":"invalid_grant"}'), "token_refused", "invalid_grant"),
        (Exchanged(facts(401), b"<html>"), "token_refused", ""),
        (Exchanged(facts(403), b'{"error_description":"no"}'), "token_refused", "no"),
        (Exchanged(facts(500), b"{}"), "token_missing", ""),
        (Exchanged(facts(200), b"{}"), "token_missing", ""),
        (Exchanged(facts(200), b'{"access_token":""}'), "token_missing", ""),
        (Exchanged(facts(200), b'{"access_token":{}}'), "token_missing", ""),
        (Exchanged(facts(200), b"\xff"), "token_missing", ""),
        (Exchanged(facts(None, failure="cut"), None), "token_missing", ""),
        (Exchanged(facts(None, failure="deadline"), None), "token_missing", ""),
    ],
)
def test_whatever_goes_wrong_with_a_token_nothing_left(
    answer: Exchanged, word: str, text: str
) -> None:
    gateway = Gateway([answer])
    seen = send(carrier(gateway))
    assert gateway.urls() == [TOKEN_URL]
    assert seen.nothing_left
    assert (seen.facts.failure, seen.facts.platform_text, seen.body) == (word, text, None)


def test_no_line_to_the_desk_is_no_line() -> None:
    gateway = Gateway([Exchanged(facts(None, left=False, failure="refused"), None)])
    seen = send(carrier(gateway))
    assert (seen.nothing_left, seen.facts.failure) == (True, "refused")


def test_lanes_share_one_token() -> None:
    gateway = Gateway([token()])
    carried = carrier(gateway)
    lanes = [threading.Thread(target=send, args=(carried,)) for _ in range(8)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join(10)
    assert gateway.urls().count(TOKEN_URL) == 1
    assert gateway.urls().count(BUSINESS) == 8


def test_it_waits_and_closes_with_what_it_stands_on() -> None:
    gateway = Gateway()
    carried = carrier(gateway)
    assert carried.waited_ms == 7
    carried.close()
    assert gateway.closed


@pytest.mark.parametrize(
    "life", ["9223372036854775807", 10**12, "9" * 5000, "²", "３６００", 3600.5, -1, None]
)
def test_an_odd_life_of_a_token_keeps_no_message_back(life: Any) -> None:
    """What it raised was neither of the three ends a message may have, and left it on its way."""
    gateway = Gateway([token(expires_in=life)])
    carried = carrier(gateway)
    assert send(carried).body == b"{}"
    assert send(carried).body == b"{}"
    assert gateway.urls() == [TOKEN_URL, BUSINESS, BUSINESS]


@pytest.mark.parametrize("text", ["T\r\n1", "T1\n", " T1", "令牌", "T\u0000"])
def test_a_token_that_fits_no_header_is_none_and_nothing_left(text: str) -> None:
    gateway = Gateway([token(text)])
    exchanged = send(carrier(gateway))
    assert exchanged.nothing_left
    assert exchanged.facts.failure == "token_missing"
    assert gateway.urls() == [TOKEN_URL]
