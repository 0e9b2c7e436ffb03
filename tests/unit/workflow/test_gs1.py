"""GS1 texts: what is certain, what is refused, and that nothing breaks the reader."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.goods.gs1 import GS, Gs1Fault, Gs1Form, Gs1Pack, Gs1Unsure
from app.workflow.scans.gs1 import read

GTIN = "06901234567892"
WHOLE = f"01{GTIN}1727063010LOT7{GS}21SER9"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"]d2{WHOLE}",
        f"]C1{WHOLE}",
        f"{GS}{WHOLE}",
        f"{WHOLE}{GS}",
        f"01{GTIN}{GS}17270630{GS}10LOT7{GS}21SER9",
        f"(01){GTIN}(17)270630(10)LOT7(21)SER9",
    ],
)
def test_one_pack_however_it_is_transmitted(text: str) -> None:
    found = read(text)
    assert isinstance(found, Gs1Pack)
    assert found.identity == f"(01){GTIN}(21)SER9"
    assert (found.lot, found.expires_on) == ("LOT7", date(2027, 6, 30))
    assert found.told_as(Gs1Form.RAW) == WHOLE
    assert found.told_as(Gs1Form.NO_SEPARATOR) == WHOLE.replace(GS, "")
    assert found.told_as(Gs1Form.BRACKETED) == f"(01){GTIN}(17)270630(10)LOT7(21)SER9"
    assert found.told_as(Gs1Form.SERIAL) == "SER9"


def test_day_zero_is_the_last_day_of_the_month() -> None:
    found = read(f"01{GTIN}1728020021A")
    assert isinstance(found, Gs1Pack)
    assert found.expires_on == date(2028, 2, 29)


def test_a_last_open_field_needs_no_separator() -> None:
    found = read(f"01{GTIN}1127063021SER9")
    assert isinstance(found, Gs1Pack)
    assert (found.serial, found.made_on) == ("SER9", date(2027, 6, 30))


def test_a_lost_separator_is_never_guessed() -> None:
    found = read(WHOLE.replace(GS, ""))
    assert isinstance(found, Gs1Unsure)
    assert found.fault is Gs1Fault.SEPARATOR_LOST
    assert [(pack.lot, pack.serial) for pack in found.guesses] == [("LOT7", "SER9")]


def test_every_way_to_read_it_is_listed() -> None:
    found = read(f"01{GTIN}10A21B21C")
    assert isinstance(found, Gs1Unsure)
    assert {(pack.lot, pack.serial) for pack in found.guesses} == {("A", "B21C"), ("A21B", "C")}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("010690123456789321A", Gs1Fault.NO_PRODUCT),
        (f"01{GTIN}10LOT7", Gs1Fault.NO_SERIAL),
        (f"01{GTIN}17279930{GS}21A", Gs1Fault.UNREADABLE),
        (f"01{GTIN}10{'A' * 20}21B{GS}", Gs1Fault.SEPARATOR_LOST),
        (f"01{GTIN}21A{GS}21B", Gs1Fault.SEPARATOR_LOST),
        ("", Gs1Fault.UNREADABLE),
        ("(01)", Gs1Fault.UNREADABLE),
    ],
)
def test_what_names_no_pack_says_why(text: str, fault: Gs1Fault) -> None:
    found = read(text)
    assert isinstance(found, Gs1Unsure)
    assert found.fault is fault


VALUES = st.text("ABCXYZ0123456789", min_size=1, max_size=20)
DAYS = st.dates(date(2024, 1, 1), date(2045, 12, 31))


@given(VALUES, VALUES, DAYS)
def test_with_separators_the_parts_come_back_as_printed(lot: str, serial: str, day: date) -> None:
    found = read(f"01{GTIN}17{day:%y%m%d}10{lot}{GS}21{serial}")
    assert isinstance(found, Gs1Pack)
    assert (found.lot, found.serial, found.expires_on) == (lot, serial, day)


@given(VALUES, VALUES, DAYS)
def test_without_separators_the_truth_is_among_the_guesses(
    lot: str, serial: str, day: date
) -> None:
    found = read(f"01{GTIN}17{day:%y%m%d}10{lot}21{serial}")
    guesses = (found,) if isinstance(found, Gs1Pack) else found.guesses
    assert (lot, serial) in {(pack.lot, pack.serial) for pack in guesses}


@given(
    st.one_of(
        st.text(max_size=120),
        st.text(f"()0127{GS}]dCA9", max_size=80),
        st.text(f"0127{GS}", max_size=60).map(lambda tail: f"01{GTIN}{tail}"),
    )
)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert isinstance(read(text), Gs1Pack | Gs1Unsure)
