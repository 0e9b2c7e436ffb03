"""Frames of the resident-ID reader, against the bytes of identity-and-devices 4."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import IdCardFacts
from devices.idcard import sdt
from devices.idcard.virtual import VirtualSdt, text_block

FACTS = IdCardFacts(
    PersonName("测试员甲"), IdNumber("530100199003070013"), "1", date(1990, 3, 7), date(2040, 1, 1)
)


def _content(block: bytes) -> bytes:
    return bytes.fromhex("01000400") + block + bytes(1024)


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (sdt.FIND, "AAAAAA96690003200122"),
        (sdt.SELECT, "AAAAAA96690003200221"),
        (sdt.READ, "AAAAAA96690003300132"),
    ],
)
def test_commands_as_they_are_written_down(command: bytes, raw: str) -> None:
    assert sdt.frame(command).hex().upper() == raw


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("AAAAAA9669000800009F0000000097", 0x9F),
        ("AAAAAA9669000400008084", 0x80),
        ("AAAAAA9669000400004145", 0x41),
    ],
)
def test_replies_as_they_are_written_down(raw: str, status: int) -> None:
    reply = sdt.reply_of(bytes.fromhex(raw))
    assert reply is not None
    assert reply.status == status


@given(st.binary(max_size=60))
def test_noise_is_no_reply(raw: bytes) -> None:
    reply = sdt.reply_of(raw)
    assert reply is None or raw.startswith(sdt.PREAMBLE)


@given(st.binary(min_size=3, max_size=200), st.integers(0, 1000))
def test_one_flipped_bit_is_noticed(content: bytes, where: int) -> None:
    raw = bytearray(sdt.frame(content))
    assert sdt.reply_of(bytes(raw)) is not None
    raw[where % len(raw)] ^= 1 << where % 8
    assert sdt.reply_of(bytes(raw)) is None


def test_the_virtual_reader_writes_whole_frames() -> None:
    reader = VirtualSdt()
    reader.place(FACTS)
    assert reader.answer(sdt.frame(sdt.FIND)).hex().upper() == "AAAAAA9669000800009F0000000097"
    assert len(reader.answer(sdt.frame(sdt.SELECT))) == 19
    assert len(reader.answer(sdt.frame(sdt.READ))) == 1295
    assert reader.answer(sdt.frame(sdt.FIND)).hex().upper() == "AAAAAA9669000400008084"


def test_facts_of_a_card() -> None:
    assert sdt.facts_of(_content(text_block(FACTS))) == FACTS


def test_an_unlimited_card_has_no_end() -> None:
    from dataclasses import replace

    unlimited = replace(FACTS, valid_until=None)
    assert "长期".encode("utf-16-le") in text_block(unlimited)
    assert sdt.facts_of(_content(text_block(unlimited))).valid_until is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.CARD_UNREADABLE),
        (bytes.fromhex("01000400") + bytes(10), Code.CARD_UNREADABLE),
        (_content(bytes(256)), Code.CARD_UNREADABLE),
        (_content(text_block(FACTS)[:248] + b"I" + bytes(7)), Code.CARD_UNKNOWN),
    ],
)
def test_what_is_no_card_text_is_refused(content: bytes, code: Code) -> None:
    with pytest.raises(DeviceTrouble) as trouble:
        sdt.facts_of(content)
    assert trouble.value.code is code
    assert "测试" not in repr(trouble.value)
