"""What is sent to a card and how answers are put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card import apdu
from devices.card.apdu import exchange, historical_bytes


class Script:
    """A card that expects exactly these commands."""

    def __init__(self, *turns: tuple[str, str, int]) -> None:
        self._turns = list(turns)

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        expected, body, status = self._turns.pop(0)
        assert command.hex().upper() == expected
        return bytes.fromhex(body), status

    @property
    def done(self) -> bool:
        return not self._turns


def test_the_right_length_is_asked_for_again() -> None:
    card = Script(("00B2070000", "", 0x6C0B), ("00B207000B", "0709413030303030303131", 0x9000))
    answer = exchange(card, apdu.read_record(0x07))
    assert (answer.body.hex(), answer.ok) == ("0709413030303030303131", True)
    assert card.done


def test_waiting_bytes_are_fetched_in_pieces() -> None:
    card = Script(
        ("00A4020002EF05", "", 0x6102), ("00C0000002", "0102", 0x6101), ("00C0000001", "03", 0x9000)
    )
    assert exchange(card, apdu.select_file(0xEF05)).body == b"\x01\x02\x03"
    assert card.done


def test_a_card_that_always_has_more_is_not_believed_for_ever() -> None:
    class Endless:
        count = 0

        def transmit(self, command: bytes) -> tuple[bytes, int]:
            self.count += 1
            return b"x", 0x6101

    card = Endless()
    assert not exchange(card, apdu.read_record(1)).ok
    assert card.count < 20


def test_an_answer_does_not_show_its_body() -> None:
    assert repr(apdu.Answer("测试员甲".encode(), 0x9000)) == "Answer(12 bytes, 9000)"


@pytest.mark.parametrize(
    ("reset", "historical"),
    [
        ("3B6D000000814A444686605301000001AC", "00814A444686605301000001AC"),
        ("3B8880014D5934303030303182", "4D59343030303031"),
        ("3B00", ""),
        ("", ""),
        ("3B6D0000", ""),
        ("3BFF", ""),
    ],
)
def test_historical_bytes_of_a_reset_answer(reset: str, historical: str) -> None:
    assert historical_bytes(bytes.fromhex(reset)).hex().upper() == historical


@given(st.binary(max_size=40))
def test_no_reset_answer_breaks_the_reader(reset: bytes) -> None:
    found = historical_bytes(reset)
    assert found == b"" or found in reset
