"""The centre's message inside the core envelope: what is believed and what is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.crypto.sm2 import new_key_pair
from app.gateways.envelopes import epc
from app.gateways.envelopes.hybrid import read_hybrid
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import Forged
from app.gateways.hybrid_channel import HybridChannel
from app.profile.loader import load
from app.profile.model import Profile
from app.profile.operations import Operation
from tests.support import platform_parts as parts


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load("fujian+hybrid", "training").profile


@pytest.fixture(scope="module")
def keys() -> epc.RxKeys:
    access = parts.access("http://x")
    return epc.RxKeys(access.app_id, access.app_secret, access.keys, access.platform_public)


def inside(content: Any, **how: Any) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(parts.centre_answer(content, **how))
    return tree


def test_the_input_is_the_centres_whole_message(profile: Profile) -> None:
    channel = HybridChannel(profile, parts.access("http://x"), parts.SteadyClock())
    wire, kept = channel.wrap(
        Operation.VERIFY, {"hiRxno": "1", "epcToken": "t" * 20}, "", parts.sender(), parts.stamp()
    )
    frame = json.loads(wire)
    assert frame["infno"] == profile.address(Operation.VERIFY)
    assert frame["fixmedins_code"] == parts.sender().institution_code
    assert set(frame["input"]) == {
        "appId",
        "encType",
        "signType",
        "timestamp",
        "version",
        "encData",
        "signData",
    }
    assert "t" * 20 not in kept
    assert '"hiRxno":"1"' in kept
    assert frame["input"]["encData"] not in kept
    assert set(channel.headers()) > {"Content-Type", "x-tif-signature"}


def test_a_signed_inside_is_read(profile: Profile, keys: epc.RxKeys) -> None:
    body = parts.core_answer(inside({"rxSignVerifySn": "V1"}), warn_msg="注意")
    reply = read_hybrid(profile, keys, body)
    assert (reply.yes, reply.output.text("rxSignVerifySn"), reply.notice) == (True, "V1", "注意")
    assert reply.platform_ref.startswith("350200")


def test_the_time_of_the_outer_envelope_is_that_of_the_answer(
    profile: Profile, keys: epc.RxKeys
) -> None:
    """By it a yes to a record that was held back is told from one of now (0065)."""
    for inner in (inside({"rxSignVerifySn": "V1"}), inside({}, code=-2001)):
        reply = read_hybrid(profile, keys, parts.core_answer(inner))
        assert reply.answered_at == datetime(2025, 6, 1, 2, 15, 31, tzinfo=UTC)


def test_an_inner_no_goes_before_the_outer_yes(profile: Profile, keys: epc.RxKeys) -> None:
    body = parts.core_answer(inside({}, code=-2001, message="没有这张处方"))
    reply = read_hybrid(profile, keys, body)
    assert (reply.yes, reply.code, reply.text) == (False, "-2001", "没有这张处方")


def test_without_an_inner_code_the_outer_counts(profile: Profile, keys: epc.RxKeys) -> None:
    whole = inside({"rxSignVerifySn": "V1"}, code="")
    assert read_hybrid(profile, keys, parts.core_answer(whole)).yes


def test_an_outer_no_needs_nothing_inside(profile: Profile, keys: epc.RxKeys) -> None:
    body = parts.core_answer(None, infcode=-1, err_msg="未授权")
    reply = read_hybrid(profile, keys, body)
    assert (reply.yes, reply.text) == (False, "未授权")


def test_a_yes_with_nothing_signed_inside_is_forged(profile: Profile, keys: epc.RxKeys) -> None:
    for output in (None, {}, inside({"a": "1"}, signed=False)):
        with pytest.raises(Forged):
            read_hybrid(profile, keys, parts.core_answer(output))


def test_anothers_signature_is_forged(profile: Profile, keys: epc.RxKeys) -> None:
    with pytest.raises(Forged):
        read_hybrid(profile, keys, parts.core_answer(inside({"a": "1"}, pair=new_key_pair())))


def test_what_is_sealed_for_nobody_cannot_be_read(profile: Profile, keys: epc.RxKeys) -> None:
    body = parts.core_answer({**inside({"a": "1"}), "encData": "00" * 16})
    with pytest.raises(Unreadable):
        read_hybrid(profile, keys, body)
