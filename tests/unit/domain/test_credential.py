import logging
import pickle
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.credential import (
    CardNumber,
    CardSerial,
    EVoucherToken,
    IdNumber,
    Insurance,
    Masked,
    Person,
    PersonName,
    PersonNumber,
    PhoneNumber,
    RxToken,
    Secret,
    VoucherCode,
    birth_date_of,
    id_number_valid,
    same_person,
)
from app.domain.money import Fen

ID = "11010119900307002X"
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (PersonName("欧阳某某"), "欧**"),
        (PersonName(""), ""),
        (IdNumber(ID), "1101****002X"),
        (IdNumber("short"), "****"),
        (PhoneNumber("13800001234"), "138****1234"),
        (PhoneNumber("123"), "****"),
        (PersonNumber("31000000001234"), "…1234"),
        (CardNumber("A12345678"), "A…78"),
        (CardSerial("0123456789ABCDEF"), "…CDEF"),
        (VoucherCode("4241234567890123456789010000"), "424…00 (28)"),
        (EVoucherToken("abcdefgh"), "••••••"),
        (RxToken("abc"), "•••"),
        (Secret("ab"), "••••••"),
    ],
)
def test_every_way_of_showing_is_masked(
    value: Masked, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("t").info("%s", value)
    assert str(value) == f"{value}" == caplog.messages[0] == shown
    assert repr(value) == f"{type(value).__name__}({shown})"
    assert f"{value:>20}".strip() == shown


@given(st.text(min_size=8, max_size=40))
def test_the_text_itself_is_only_revealed(text: str) -> None:
    token = EVoucherToken(text)
    assert token.reveal() == text
    assert text not in repr([token, {"t": token}])
    assert pickle.loads(pickle.dumps(token)) == token  # noqa: S301 - our own bytes


def test_kinds_of_secret_are_not_equal() -> None:
    assert EVoucherToken("x") != RxToken("x")
    assert EVoucherToken("x") == EVoucherToken("x")
    assert hash(EVoucherToken("x")) != hash(RxToken("x"))
    assert not EVoucherToken("")
    assert EVoucherToken("x") != "x"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "11010119900307002",
        "110101199003070021",
        "11010119900307002x",
        "010101199003070028",
        "110101199002300025",
        "１10101199003070028",
    ],
)
def test_wrong_id_numbers_are_told(text: str) -> None:
    assert not id_number_valid(text)


@given(st.dates(date(1900, 1, 1), date(2030, 1, 1)), st.integers(0, 999))
def test_one_check_character_fits(born: date, serial: int) -> None:
    body = f"110101{born:%Y%m%d}{serial:03d}"
    fitting = [c for c in "0123456789X" if id_number_valid(body + c)]
    assert len(fitting) == 1
    assert birth_date_of(IdNumber(body + fitting[0])) == born


def test_no_birth_date_in_other_numbers() -> None:
    assert birth_date_of(IdNumber("P1234567")) is None


def _row(kind: str, status: str) -> Insurance:
    return Insurance(kind, "11", status, "310100", Fen(0), "")


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        ([("310", "1"), ("390", "1")], 1),
        ([("310", "1"), ("390", "2")], 0),
        ([("340", "2"), ("350", "1")], 1),
        ([("310", "2")], None),
        ([], None),
    ],
)
def test_the_insurance_to_settle_with(rows: list[tuple[str, str]], index: int | None) -> None:
    person = Person(
        PersonNumber("1"),
        PersonName("a"),
        "01",
        IdNumber(ID),
        "1",
        None,
        "35",
        tuple(_row(*row) for row in rows),
    )
    assert person.preferred_insurance(("390", "310")) == index


A, B = PersonName("甲"), PersonName("乙")
LOW, OTHER = IdNumber(ID.lower()), IdNumber("110101199003070011")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((A, IdNumber(ID)), (B, LOW), True),
        ((A, IdNumber(ID)), (A, OTHER), False),
        ((A, None), (A, OTHER), True),
        ((A, IdNumber(ID)), (B, None), False),
        ((None, IdNumber(ID)), (A, None), None),
        ((None, None), (None, None), None),
    ],
)
def test_two_persons_are_compared_by_what_both_know(
    first: tuple[PersonName | None, IdNumber | None],
    second: tuple[PersonName | None, IdNumber | None],
    expected: bool | None,
) -> None:
    assert same_person(*first, *second) is expected
