"""MA codes: what names the product, what the pack, and nothing that was not written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.idcode import IdCode, read

SEGMENT = st.text("0123456789ABCXYZ-", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "MA.156.M0.100221.05AA0001.M200102.L123.S0001.E250131.C1",
            IdCode("MA.156.M0.100221.05AA0001", "123", "0001", date(2020, 1, 2), date(2025, 1, 31)),
        ),
        (
            "MA.156.1.2.S7.E20281131",
            IdCode("MA.156.1.2", serial="7"),
        ),
        ("MA.156.1.2", IdCode("MA.156.1.2")),
        ("MA.156.1.2.L9.L8", IdCode("MA.156.1.2", lot="9")),
    ],
)
def test_segments_are_read_by_their_letter(text: str, said: IdCode) -> None:
    assert read(text) == said
    assert DrugTraceCode(text).prefix == said.product


@pytest.mark.parametrize(
    "text", ["", "MA.156", "MA.156.", "MA.157.1.S2", "ma.156.1.S2", "MA.156.1 .S2"]
)
def test_another_form_says_nothing(text: str) -> None:
    assert read(text) is None


@given(st.lists(SEGMENT, min_size=1, max_size=8))
def test_nothing_is_invented(segments: list[str]) -> None:
    text = ".".join(("MA.156", *segments))
    said = read(text)
    assert said is not None
    assert text.startswith(said.product)
    for letter, value in (("L", said.lot), ("S", said.serial)):
        assert not value or f"{letter}{value}" in segments


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    said = read(text)
    assert said is None or said.product.startswith("MA.156.")
