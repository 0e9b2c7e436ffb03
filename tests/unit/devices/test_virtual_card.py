"""The virtual card keeps the rules of identity-and-devices 3.2 and 5.4."""

import pytest

from devices.card.virtual import VirtualCard, social_card

SELECT = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"


def _ask(card: VirtualCard, *commands: str) -> tuple[str, str]:
    body, status = b"", 0
    for command in commands:
        body, status = card.transmit(bytes.fromhex(command))
    return body.hex().upper(), f"{status:04X}"


@pytest.fixture
def card() -> VirtualCard:
    return VirtualCard(social_card())


@pytest.mark.parametrize(
    ("commands", "body", "status"),
    [
        ((SELECT,), "6F1C840F7378312E73682EC9E7BBE1B1A3D5CFA50988011E9F0C03860103", "9000"),
        (("00A4040005A000000333",), "", "6A82"),
        (("00A4020002EF05",), "", "6A82"),
        ((SELECT, "00B2070000"), "", "6986"),
        ((SELECT, "00A4020002EF05", "00B2070000"), "", "6C0B"),
        ((SELECT, "00A4020002EF05", "00B207000B"), "0709413030303030303131", "9000"),
        ((SELECT, "00A4020002EF05", "00B2070406"), "", "6C0B"),
        ((SELECT, "00B205280000"[:10]), "", "6C06"),
        ((SELECT, "00A4020002EF05", "00B2990000"), "", "6A83"),
        (
            (SELECT, "00A4020002EF06", "00B2010414"),
            "0812353330313030313939303033303730303133",
            "9000",
        ),
        ((SELECT, "00B2010540"), "", "6986"),
        ((SELECT, "00FF000000"), "", "6D00"),
        (("A0A4000002",), "", "6E00"),
        (("00A4",), "", "6700"),
        ((SELECT, "00C0000000"), "", "6985"),
    ],
)
def test_answers(card: VirtualCard, commands: tuple[str, ...], body: str, status: str) -> None:
    assert _ask(card, *commands) == (body, status)


def test_all_records_from_the_first_in_one_answer(card: VirtualCard) -> None:
    body, status = _ask(card, SELECT, "00A4020002EF05", "00B2010540")
    assert (len(body) // 2, status) == (0x40, "9000")


def test_power_forgets_what_was_selected(card: VirtualCard) -> None:
    _ask(card, SELECT, "00A4020002EF05")
    card.power()
    assert _ask(card, "00B207000B") == ("", "6986")


def test_a_protected_file_refuses() -> None:
    card = VirtualCard(social_card(protected=True))
    assert _ask(card, SELECT, "00A4020002EF06", "00B2090000") == ("", "6982")
