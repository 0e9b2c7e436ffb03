"""Pinyin initials of drug names, as people at a counter type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.initials import initials


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("阿莫西林胶囊", "amxljn"),
        ("苯磺酸氨氯地平片", "bhsaldpp"),
        ("头孢克肟分散片", "tbkwfsp"),
        ("阿胶", "ej"),
        ("复方阿胶浆", "ffejj"),
        ("白术", "bz"),
        ("人参", "rs"),
        ("黄芪颗粒", "hqkl"),
        ("荨麻疹丸", "xmzw"),
        ("999感冒灵", "999gml"),
        ("维生素C片", "wsscp"),
        ("（复方）", "ff"),
        ("", ""),
    ],
)
def test_names_as_they_are_typed(name: str, typed: str) -> None:
    assert initials()(name) == typed


@given(st.text(max_size=30))
def test_only_plain_letters_and_digits_come_out(name: str) -> None:
    found = initials()(name)
    assert found == found.lower()
    assert found.isascii()
    assert found == "" or found.isalnum()


def test_every_common_character_has_a_reading() -> None:
    common = [chr(code) for code in range(0x4E00, 0x9FA6)]
    assert sum(initials()(char) != "" for char in common) > 20_000
