"""Three generations of cards, padding, cut names, and what is no card of ours."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.credential import CardFacts
from app.domain.errors import Code, DeviceTrouble
from devices.card.social_card import (
    card_no_checks,
    holder_name,
    packed_date,
    read_social_card,
)
from devices.card.virtual import CardContents, CardFaults, VirtualCard, bank_card, social_card


def _read(contents: CardContents, faults: CardFaults | None = None) -> CardFacts:
    card = VirtualCard(contents, faults or CardFaults())
    return read_social_card(card, card.reset_answer)


def _revealed(facts: CardFacts) -> tuple[str, str, str | None, str | None]:
    return (
        facts.card_no.reveal(),
        facts.card_serial.reveal(),
        facts.name.reveal() if facts.name else None,
        facts.id_number.reveal() if facts.id_number else None,
    )


def test_the_card_of_the_reference() -> None:
    # identity-and-devices 3.8, byte for byte
    card = VirtualCard(social_card())
    issuer = b"".join(bytes([t, len(v)]) + v for t, v in card.contents.files[0xEF05])
    holder = b"".join(bytes([t, len(v)]) + v for t, v in card.contents.files[0xEF06])
    assert (len(issuer), len(holder)) == (0x40, 0x5B)
    assert issuer.hex().upper() == (
        "0110530100D156000005000001ACA1B2C3D4"
        "020133"
        "0304332E3030"
        "040C915600000253010053010001"
        "050420240101"
        "060420340101"
        "0709413030303030303131"
    )
    assert holder[:42].hex().upper() == (
        "0812353330313030313939303033303730303133091EB2E2CAD4D4B1BCD7" + "00" * 12
    )
    facts = read_social_card(card, card.reset_answer)
    assert _revealed(facts) == (
        "A00000011",
        "530100D156000005000001ACA1B2C3D4",
        "测试员甲",
        "530100199003070013",
    )
    assert facts.reset_form == "00814A444686605301000001AC"
    assert (facts.spec_version, facts.issuing_area) == ("3.00", "530100")
    assert facts.valid_until == date(2034, 1, 1)


def test_the_profile_may_want_the_whole_reset_answer() -> None:
    card = VirtualCard(social_card())
    facts = read_social_card(card, card.reset_answer, reset_form="atr")
    assert facts.reset_form == "3B6D000000814A444686605301000001AC"


def test_the_third_generation_hides_the_holder() -> None:
    facts = _read(social_card(protected=True))
    assert (facts.name, facts.id_number) == (None, None)
    assert facts.card_no.reveal() == "A00000011"


def test_the_first_generation_has_no_second_name_and_no_version() -> None:
    facts = _read(social_card(version=""))
    assert facts.spec_version == "1.00"
    assert facts.name is not None
    assert facts.name.reveal() == "测试员甲"


def test_a_card_that_answers_late_bytes_reads_the_same() -> None:
    assert _read(social_card(), CardFaults(t0=True)) == _read(social_card())


@pytest.mark.parametrize(
    "name", ["买买提·" * 4, "测" * 15 + "试", "㐀𠀀测试", "A" + "测" * 20, "李"]
)
def test_long_and_rare_names_come_back_whole(name: str) -> None:
    facts = _read(social_card(name=name))
    assert facts.name is not None
    assert facts.name.reveal() == name


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=25))
@settings(max_examples=60)
def test_every_name_that_fits_a_card_comes_back(name: str) -> None:
    facts = _read(social_card(name=name))
    assert facts.name is not None
    assert facts.name.reveal() == name


def test_a_name_that_is_no_text_is_no_name() -> None:
    assert holder_name(b"\xff\xfe\x80", b"") == ""
    facts = _read(social_card(name_bytes=b"\xb2\xe2\x81"))
    assert facts.name is None


def test_dates_that_are_filled_up_are_no_dates() -> None:
    assert _read(social_card(valid_until="")).valid_until is None
    assert packed_date(bytes.fromhex("20240230")) is None
    assert packed_date(b"") is None


def test_an_overlong_card_number_is_cut_to_nine() -> None:
    assert _read(social_card(card_no="A0000001199")).card_no.reveal() == "A00000011"


def test_a_bank_card_is_another_card() -> None:
    with pytest.raises(DeviceTrouble) as trouble:
        _read(bank_card())
    assert trouble.value.code is Code.CARD_UNKNOWN


class Spoiled:
    """A card that cuts one answer or refuses one command."""

    def __init__(self, at: int, status: int | None) -> None:
        self._card = VirtualCard(social_card())
        self._at, self._status, self._count = at, status, 0

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        body, status = self._card.transmit(command)
        self._count += 1
        if self._count != self._at:
            return body, status
        return (body[:-1], status) if self._status is None else (b"", self._status)


@pytest.mark.parametrize("at", range(1, 25))
@pytest.mark.parametrize("status", [None, 0x6581, 0x6F00, 0x6985])
def test_no_fault_of_a_card_gives_a_wrong_identity(at: int, status: int | None) -> None:
    right = _revealed(_read(social_card()))
    try:
        got = _revealed(read_social_card(Spoiled(at, status), b""))
    except DeviceTrouble as unreadable:
        code: Code | None = unreadable.code
        got = right
    else:
        code = None
    assert code in (None, Code.CARD_UNREADABLE)
    assert all(told in (truth, None) for told, truth in zip(got, right, strict=True))


@pytest.mark.parametrize(
    ("card_no", "holds"),
    [("A00000011", True), ("A00000012", False), ("A0000001", False), ("A0000001一", False)],
)
def test_the_check_character_of_a_card_number(card_no: str, holds: bool) -> None:
    assert card_no_checks(card_no) is holds
