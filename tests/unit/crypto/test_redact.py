import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.redact import redact

SECRET = "Zx9Kq"


@pytest.mark.parametrize(
    "text",
    [
        '{"ecToken":"%s"}',
        '{"ec_token" : "%s", "next": 1}',
        '{"appSecret":"a\\"%s"}',
        '"{\\"token\\":\\"%s\\"}"',
        "appSecret=%s&x=1",
        "key=%s",
        "password: %s",
        "{'private_key': '%s'}",
        "{'private_key': b'%s'}",
        '{"token":"%s',
        "{'token':'%s",
        '\\"token\\":\\"%s',
        "Authorization: Bearer %s",
        "sent bearer %s to",
        "psn_name: %s",
        '{"pin": %s}',
        '{"card-sn":"%s"}',
    ],
)
def test_fields_are_masked(text: str) -> None:
    masked = redact(text % SECRET)
    assert SECRET not in masked
    assert redact(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "trace 81234567890123456789",
        "prescription 310120021567976351808000000369",
        "at 20260302093000 took 12 ms",
        "timestamp=1757326792488",
        '{"drugName":"阿莫西林胶囊","opinion":"同意"}',
        "code 3202 total 12.30",
        "",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("id 11010119900307451X.", "id 1101****451X."),
        ("id 110101 19900307 4514", "id 1101****4514"),
        ("id 110101900307451", "id 1101****7451"),
        ("call 13800001234", "call 138****1234"),
        ("call +86 138-0000-1234", "call +86****1234"),
        ("code 4241234567890123456789010000", "code 424…00"),
        ("0123456789abcdef" * 4, "…64…"),
        ("ZZ" * 16, "…32…"),
        ("IR/ujDxf7i+tPckm/JQDNm0t7wLN0Ltb1oPKAV2Z238=", "…44…"),
    ],
    ids=["id", "spaced", "old-id", "phone", "country", "voucher", "hex", "letters", "base64"],
)
def test_values_are_masked_by_their_form(text: str, masked: str) -> None:
    assert redact(text) == masked


def test_nested_objects_are_searched() -> None:
    text = json.dumps({"token": {"ecToken": SECRET}, "rows": [{"phone": SECRET}]})
    masked = redact(text)
    assert SECRET not in masked
    assert list(json.loads(masked)) == ["token", "rows"]


JSON = st.recursive(
    st.text(max_size=12) | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(JSON, st.text(st.characters(codec="utf-8", categories=["L", "P"]), max_size=10))
@settings(deadline=None)
def test_a_planted_secret_never_shows(rest: object, noise: str) -> None:
    planted = f"{noise}{SECRET}{noise}"
    for spaces in (None, 1):
        for ascii_only in (True, False):
            text = json.dumps(
                {"a": rest, "appSecret": planted, "b": rest}, indent=spaces, ensure_ascii=ascii_only
            )
            assert SECRET not in redact(text)


@given(st.text(max_size=200))
@settings(deadline=None)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once) == once
