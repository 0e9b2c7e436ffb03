"""Stored text: whole values come back, masked ones are sealed, tokens have no form at all."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.counter_case import CaseFacts, Refusal
from app.domain.credential import (
    EVoucherToken,
    IdNumber,
    Masked,
    PersonName,
    RxToken,
    Secret,
    VoucherCode,
)
from app.domain.errors import Bug, Code, LocalTrouble
from app.domain.settlement import SettledFacts
from app.ports import requests as q
from localdb.mapping.codec import (
    NEVER_STORED,
    REQUESTS,
    SEALED,
    Codec,
    request_of,
    request_text,
)
from tests.support import store_builders as a

CODEC = Codec(bytes(range(32)), bytes(32))
MOMENTS = st.datetimes(timezones=st.just(UTC))


def test_full_facts_come_back() -> None:
    text = CODEC.write(a.full_facts())
    assert CODEC.read(text, CaseFacts) == a.full_facts()
    for marker in a.MARKERS:
        assert marker not in text


def test_empty_facts_come_back() -> None:
    assert CODEC.read(CODEC.write(CaseFacts()), CaseFacts) == CaseFacts()


@given(
    code=st.integers(1000, 9999),
    text=st.text(),
    at=MOMENTS,
    params=st.lists(st.tuples(st.text(), st.one_of(st.text(), st.integers(-(2**53), 2**53)))),
)
def test_any_refusal_comes_back(
    code: int, text: str, at: datetime, params: list[tuple[str, str | int]]
) -> None:
    refusal = Refusal(code, text, at, tuple(params))
    assert CODEC.read(CODEC.write(refusal), Refusal) == refusal


@given(text=st.text())
def test_any_masked_text_comes_back_and_equal_ones_look_different(text: str) -> None:
    """Two visits of one person cannot be told from those of two."""
    facts, others = CaseFacts(rx_token=RxToken(text)), CaseFacts(rx_token=RxToken(text))
    first, second = CODEC.write(facts), CODEC.write(others)
    assert CODEC.read(first, CaseFacts) == CODEC.read(second, CaseFacts) == facts
    assert first != second


def test_a_field_that_stays_keeps_its_form() -> None:
    """Also when it was read; a changed one beside it has another."""
    facts = CaseFacts(rx_token=RxToken("token"), identity=a.an_identity())
    text = CODEC.write(facts)
    assert CODEC.write(facts) == text
    other = Codec(bytes(range(32)), bytes(32))
    back = other.read(text, CaseFacts)
    assert other.write(back) == text
    changed = other.write(replace(back, rx_token=RxToken("token")))
    assert changed != text
    assert other.read(changed, CaseFacts) == back


def test_forms_that_are_kept_have_an_end() -> None:
    codec = Codec(bytes(range(32)), bytes(32))
    several = [CaseFacts(rx_token=RxToken(str(number))) for number in range(SEALED + 5)]
    texts = [codec.write(facts) for facts in several]
    assert len(codec._sealed) <= SEALED
    assert [codec.read(text, CaseFacts) for text in texts] == several


@pytest.mark.parametrize("kind", NEVER_STORED)
def test_what_is_never_stored_is_refused(kind: type[Masked]) -> None:
    value = {"k": kind("secret-text")}
    for work in (CODEC.write, CODEC.mark):
        with pytest.raises(Bug) as bug:
            work(value)
        assert "secret-text" not in str(bug.value.params)


def test_never_stored_kinds_are_the_volatile_ones() -> None:
    assert set(NEVER_STORED) == {EVoucherToken, VoucherCode, Secret}


def test_a_planted_token_is_not_read_either() -> None:
    planted = (
        '{"code":"x","for_prescription":true,"operator_no":"","operator_name":"","office_no":""}'
    )
    with pytest.raises(Bug):
        CODEC.read(planted, q.DecodeVoucher)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"settlement_id": 4}',
        '{"settlement_id":"4","visit_id":"V","amounts":{"total":1.5},"settled_at":"",'
        '"balance_after":0,"clearing_office":"","clearing_kind":""}',
    ],
)
def test_text_that_does_not_fit_is_corrupt(text: str) -> None:
    with pytest.raises(LocalTrouble) as trouble:
        CODEC.read(text, SettledFacts)
    assert trouble.value.code is Code.STORE_CORRUPT


def test_sealed_field_opens_only_as_its_own_kind() -> None:
    name = CODEC.write(PersonName("钱测试"))
    with pytest.raises(LocalTrouble) as trouble:
        CODEC.read(name, IdNumber)
    assert trouble.value.code is Code.STORE_CORRUPT
    with pytest.raises(LocalTrouble):
        CODEC.read('"not base64!"', IdNumber)
    assert CODEC.read(name, PersonName) == PersonName("钱测试")


def test_sealed_column_opens_only_in_its_own_place() -> None:
    sealed = CODEC.seal_text("v", "setting:a")
    assert CODEC.open_text(sealed, "setting:a") == "v"
    with pytest.raises(LocalTrouble):
        CODEC.open_text(sealed, "setting:b")
    with pytest.raises(LocalTrouble):
        Codec(bytes(32), bytes(32)).open_text(sealed, "setting:a")


@pytest.mark.parametrize("request_", [a.a_sale(), a.a_return()])
def test_requests_come_back_with_their_kind(request_: object) -> None:
    assert request_of(CODEC, request_text(CODEC, request_)) == request_


def test_every_request_has_a_reader_and_foreign_ones_are_refused() -> None:
    assert REQUESTS["UploadSale"] is q.UploadSale
    assert "datetime" not in REQUESTS
    assert "Person" not in REQUESTS
    with pytest.raises(Bug):
        request_text(CODEC, a.full_facts())
    with pytest.raises(LocalTrouble):
        request_of(CODEC, "Nothing\n{}")


def test_mark_tells_equal_from_different_and_nothing_more() -> None:
    first, same, other = a.a_return("S1"), a.a_return("S1"), a.a_return("S1", index=2)
    assert CODEC.mark(first) == CODEC.mark(same)
    assert CODEC.mark(first) != CODEC.mark(other)
    assert CODEC.mark(first) != Codec(bytes(32), bytes([1] * 32)).mark(first)
