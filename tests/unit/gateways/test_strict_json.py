"""Numbers keep their digits, and doubtful JSON is refused."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.gateways.envelopes.strict_json import (
    Unreadable,
    WireNumber,
    read_json,
    read_object,
    write_json,
)

_LEAVES = st.none() | st.booleans() | st.text() | st.integers().map(lambda n: WireNumber(str(n)))
_TREES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(_TREES)
def test_what_is_written_is_read_back(tree):
    assert read_json(write_json(tree)) == tree


@given(_TREES)
def test_the_standard_library_reads_it_alike(tree):
    written = write_json(tree)
    compact = json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":"))
    assert compact == written


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2).map(lambda d: f"{d:f}"))
def test_amounts_keep_every_digit(text):
    (found,) = read_json(f"[{text}]")
    assert isinstance(found, WireNumber)
    assert found == text
    assert Decimal(found) == Decimal(text)


def test_a_character_written_in_two_halves_is_whole():
    assert read_json('["\\ud83d\\ude00"]') == ["😀"]


@pytest.mark.parametrize("row", [{"a": [], "b": {}}, [[], {}]])
def test_many_shallow_nodes_are_not_deep(row):
    """What opens more nodes than the deepest text may have levels is walked, and passes."""
    tree = {"rows": [row] * 40, "more": {}}
    assert read_json(write_json(tree)) == tree


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    with suppress(Unreadable):
        assert isinstance(read_object(content), dict)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not_json"),
        ("{", "not_json"),
        ('{"a":1}x', "not_json"),
        ('{"a":1,"a":1}', "duplicate_name"),
        ('{"b":{"a":1,"a":2}}', "duplicate_name"),
        ('["\\ud800"]', "half_a_character"),
        ('{"\\uDC00":1}', "half_a_character"),
        ('{"a":["\\uDC00\\uD800"]}', "half_a_character"),
        ("[NaN]", "not_a_number"),
        ("[-Infinity]", "not_a_number"),
        ("[" * 40 + "]" * 40, "too_deep"),
        ("[" * 100_000, "too_deep"),
        ("'a'", "not_json"),
        ("[1_0]", "not_json"),
        ("[１]", "not_json"),
    ],
)
def test_doubtful_text_is_refused(text, reason):
    with pytest.raises(Unreadable) as raised:
        read_json(text)
    assert raised.value.reason == reason


def test_bytes_in_another_encoding_are_refused():
    with pytest.raises(Unreadable) as raised:
        read_object('{"a":"成功"}'.encode("gb18030"))
    assert raised.value.reason == "gbk_not_utf8"
    assert read_object('{"a":"成功"}'.encode("gb18030"), "gb18030") == {"a": "成功"}


@pytest.mark.parametrize(
    ("content", "encoding", "reason"),
    [
        ('{"a":"办理成功"}'.encode(), "gb18030", "utf8_not_gbk"),
        ('{"a":"办理"}'.encode(), "gb18030", "utf8_not_gbk"),
        (b'{"a":"\xff\xff"}', "gb18030", "bad_encoding"),
        (b'{"a":"\xff\xff"}', "utf-8", "bad_encoding"),
        ("没有括号".encode("gb18030"), "utf-8", "bad_encoding"),
    ],
)
def test_which_characters_an_answer_has_is_told(content, encoding, reason):
    with pytest.raises(Unreadable) as raised:
        read_object(content, encoding)
    assert raised.value.reason == reason


def test_plain_ascii_is_good_everywhere():
    assert read_object(b'{"a":"1"}', "gb18030") == read_object(b'{"a":"1"}') == {"a": "1"}


@pytest.mark.parametrize("value", [1.5, 1, b"a", object()])
def test_nothing_that_could_change_an_amount_is_written(value):
    with pytest.raises(TypeError):
        write_json({"a": value})
