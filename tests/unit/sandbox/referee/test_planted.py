"""Whoever plants one wrong way hears exactly that one named; who plants none hears "valid"."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.profile.loader import load
from app.sandbox.referee.explain.deviations import _FRAMES, _STYLES
from app.sandbox.referee.room import Referee
from app.sandbox.referee.wording import sentences
from tests.support import integrator as one
from tests.support.wrongs import TELLING, WRONGS

JUDGE = Referee(load("national").profile)
KEYS = one.keys_file()

names = st.text(st.characters(codec="utf-8", exclude_characters="@"), min_size=1, max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.decimals(-(10**6), 10**6, allow_nan=False, places=3),
    st.text(st.characters(codec="utf-8", exclude_characters="@"), max_size=20),
)
trees = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(names, below, max_size=4),
    max_leaves=12,
)
contents = st.dictionaries(names, trees, max_size=5)


def judged(message: dict[str, Any]) -> dict[str, Any]:
    return dict(JUDGE.verify(KEYS, json.dumps(message, ensure_ascii=False).encode()).document)


def named(message: dict[str, Any]) -> list[str]:
    return [turn["deviation"] for turn in judged(message)["deviations"]]


@given(contents)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_right_message_is_valid(content: dict[str, Any]) -> None:
    found = judged(one.message(content))
    assert (found["signature"], found["variant"], found["deviations"]) == ("valid", "A", [])


@given(contents)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_numbers_left_bare_are_variant_b(content: dict[str, Any]) -> None:
    laid = content | TELLING
    found = judged(one.message(laid, text=one.dump(one.ordered(one.dropped(laid)))))
    assert (found["signature"], found["variant"]) == ("valid", "B")
    assert [said["deviation"] for said in found["remarks"]] == ["variant_b"]


@pytest.mark.parametrize("wrong", WRONGS)
def test_the_planted_wrong_is_named(wrong: str) -> None:
    assert named(WRONGS[wrong](TELLING)) == [wrong]


@given(content=contents, wrong=st.sampled_from(sorted(WRONGS)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_planted_wrong_is_named_in_any_company(content: dict[str, Any], wrong: str) -> None:
    assert named(WRONGS[wrong](content | TELLING)) == [wrong]


def test_the_place_of_unsorted_keys_is_told() -> None:
    clean = one.ordered(one.dropped(one.texts(TELLING)))
    clean["diseinfo"][0] = dict(reversed(clean["diseinfo"][0].items()))
    found = judged(one.message(TELLING, text=one.dump(clean)))
    assert found["deviations"][0]["deviation"] == "unsorted_at"
    assert found["deviations"][0]["path"] == "data.diseinfo[0]"
    assert "data.diseinfo[0]" in found["sentence"]


def test_two_wrongs_at_once_are_both_named() -> None:
    text = one.framed(one.head(), one.right_text(TELLING).replace("/", "\\/"))
    sent = one.message(TELLING) | {"signData": one.signature(text, one.SECRET.encode())}
    assert set(named(sent)) == {"user_id_secret", "slash_escaped"}


def test_a_changed_message_fits_no_way() -> None:
    sent = one.message(TELLING) | {"timestamp": "1757326792489"}
    assert named(sent) == ["no_way_fits"]


def test_an_answer_is_the_platforms() -> None:
    fields = one.head() | {"code": "0", "message": "成功"}
    text = one.framed(fields, one.right_text({"a": 1}))
    answer: dict[str, Any] = fields | {"code": 0, "encData": one.sealed('{"a":1}')}
    signed = answer | {"signData": one.signature(text, pair=one.PLATFORM)}
    assert judged(signed)["signature"] == "valid"
    assert named(answer | {"signData": one.signature(text)}) == ["signed_by_application"]


def test_every_wrong_way_has_a_sentence() -> None:
    assert set(_STYLES) | set(_FRAMES) | set(WRONGS) <= set(sentences())


def test_plain_text_in_another_order_is_no_fault() -> None:
    content = {"b": Decimal("1.0"), "a": "x"}
    assert judged(one.message(content))["signature"] == "valid"
    assert base64.b64decode(one.message(content)["signData"])
