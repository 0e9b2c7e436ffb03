"""What the counter and the training platform say to each other is valid before the referee."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.crypto.keys import read_private, read_public
from app.domain.credential import Secret
from app.gateways.envelopes.epc import RxKeys, write_message
from app.profile.loader import load
from app.sandbox.referee.room import Referee
from app.sandbox.rx.wire.envelope import Envelopes
from app.sandbox.rx.wire.parties import Side, known_parties
from app.sandbox.rx.wire.refusals import Refused

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PROFILE = load("fujian", "training").profile
PARTIES = known_parties(7, (Side.PHARMACY, "P35010000001", "测试大药房"))
APP = PARTIES.of("P35010000001")
KEYS = PARTIES.keys(APP)
JUDGE = Referee(PROFILE)
CONTENT: dict[str, Any] = {
    "hiRxno": "350100020000000000000000000001",
    "rxList": [{"zulu": "1", "alpha": "乙/丙", "none": None}, ""],
    "flag": True,
}


def judged(message: bytes) -> tuple[object, object]:
    found = JUDGE.verify(json.dumps(KEYS).encode(), message).document
    return found["signature"], found["deviation"]


@pytest.mark.parametrize(
    "content", [CONTENT, {}, {"only": {"empty": ""}}], ids=["full", "none", "empty"]
)
def test_a_request_of_the_counter(content: dict[str, Any]) -> None:
    keys = RxKeys(
        KEYS["appId"],
        Secret(KEYS["appSecret"]),
        read_private(KEYS["privateKey"]),
        read_public(KEYS["platformPublicKey"]),
    )
    body, _ = write_message(PROFILE.rxcentre, keys, content, NOW)
    assert judged(body) == ("valid", None)


@pytest.mark.parametrize("content", [CONTENT, {}], ids=["full", "none"])
def test_an_answer_of_the_training_platform(content: dict[str, Any]) -> None:
    body = Envelopes(PARTIES, "first16").accept(APP, content, NOW)
    assert judged(body) == ("valid", None)


def test_a_signed_refusal_of_the_training_platform() -> None:
    body = Envelopes(PARTIES, "first16").refuse(APP, Refused("stale"), NOW)
    assert judged(body) == ("valid", None)


def test_an_answer_with_another_time_than_was_signed_is_refused() -> None:
    told = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    body = Envelopes(PARTIES, "first16").accept(APP, CONTENT, NOW, told=told)
    assert judged(body) == ("invalid", "no_way_fits")


def test_what_the_referee_signs_opens_the_training_platform() -> None:
    ruling = JUDGE.sign(json.dumps(KEYS).encode(), json.dumps(CONTENT).encode(), NOW)
    message = json.dumps(ruling.document["message"]).encode()
    opened = Envelopes(PARTIES, "first16").open(message, NOW)
    assert (opened.variant, opened.content["flag"]) == ("A", "true")
