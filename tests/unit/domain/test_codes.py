import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.goods.codes import (
    GS,
    MAX_SCAN,
    DrugTraceCode,
    Mend,
    ScanGrammar,
    ScanKind,
    classify,
    ean_valid,
    guess,
    has_control,
)

GRAMMAR = ScanGrammar(
    voucher=re.compile(r"424[0-9]{21}0000", re.ASCII),
    voucher_lenient=re.compile(r"[0-9]{28}", re.ASCII),
    trace=re.compile(r"[0-9]{20}", re.ASCII),
)
VOUCHER = "424" + "1" * 21 + "0000"
TRACE = "81234567890123456789"
EAN = "6901234567892"
ID = "11010119900307002X"
K = ScanKind


@pytest.mark.parametrize(
    ("raw", "kind", "unusual"),
    [
        (VOUCHER, K.VOUCHER, False),
        ("9" * 28, K.VOUCHER, True),
        (TRACE, K.DRUG_TRACE, False),
        ("7" + TRACE[1:], K.DRUG_TRACE, True),
        (EAN, K.PRODUCT_BARCODE, False),
        ("6901234567893", K.UNKNOWN, False),
        ("96385074", K.PRODUCT_BARCODE, False),
        (ID, K.ID_NUMBER, False),
        (ID.lower(), K.ID_NUMBER, False),
        ("134567890123456789", K.PAYMENT, False),
        ("2812345678901234", K.PAYMENT, False),
        ("2026-000123", K.RECEIPT, False),
        ("(01)06901234567892(21)ABC", K.GS1, False),
        (f"0106901234567892{GS}21X", K.GS1, False),
        ("010690123456789221ABC", K.GS1, False),
        ("MA.156.M0.100.ABC", K.UDI, False),
        ("https://example.invalid/x", K.WEB_ADDRESS, False),
        ("opc" + "1" * 25, K.OPEN_PLATFORM, False),
        ("", K.UNKNOWN, False),
        ("hello", K.UNKNOWN, False),
        ("\x1b[31m", K.CONTROL, True),
        ("1\u200b2", K.CONTROL, True),
        ("a" * (MAX_SCAN + 1), K.UNKNOWN, True),
    ],
)
def test_every_scan_has_one_kind(raw: str, kind: ScanKind, unusual: bool) -> None:
    scan = classify(raw, GRAMMAR)
    assert (scan.kind, scan.unusual) == (kind, unusual)


@pytest.mark.parametrize(
    ("raw", "mends"),
    [
        (TRACE, ()),
        (f" {TRACE}\r\n", ()),
        (f"{TRACE[:7]} {TRACE[7:]}", (Mend.SPACES,)),
        (f"{TRACE[:7]}-{TRACE[7:]}", (Mend.HYPHENS,)),
        ("".join(chr(ord(c) + 0xFEE0) for c in TRACE), (Mend.FULL_WIDTH,)),
        (f"\u3000{TRACE[:7]} -{TRACE[7:]}", (Mend.FULL_WIDTH, Mend.SPACES, Mend.HYPHENS)),
    ],
)
def test_what_was_mended_is_said(raw: str, mends: tuple[Mend, ...]) -> None:
    scan = classify(raw, GRAMMAR)
    assert (scan.text, scan.kind, scan.mends) == (TRACE, K.DRUG_TRACE, mends)


@given(st.text(max_size=600))
def test_no_text_breaks_the_grammar(raw: str) -> None:
    scan = classify(raw, GRAMMAR)
    assert scan.kind in ScanKind
    assert len(scan.text) <= MAX_SCAN
    assert guess(raw, GRAMMAR) in ScanKind
    if scan.kind is not K.CONTROL and not scan.unusual:
        assert not has_control(scan.text)


def test_a_scan_never_shows_its_text() -> None:
    assert repr(classify(VOUCHER, GRAMMAR)) == "Scan(voucher, 28 characters)"


def test_a_trace_code_is_spoken_in_two_parts() -> None:
    assert DrugTraceCode(TRACE).prefix == "8123456"
    assert DrugTraceCode(TRACE).spoken() == "8123456 7890123456789"
    assert DrugTraceCode("ABC").spoken() == "ABC"


@given(st.integers(0, 10**12 - 1))
def test_exactly_one_check_digit_is_right(number: int) -> None:
    assert [ean_valid(f"{number:012d}{digit}") for digit in range(10)].count(True) == 1


@pytest.mark.parametrize("text", ["", "690123456789", "69012345678921", "69012345678９2"])
def test_other_lengths_and_digits_are_no_barcode(text: str) -> None:
    assert not ean_valid(text)


@pytest.mark.parametrize(
    ("partial", "kind"),
    [
        ("424", K.VOUCHER),
        ("6901", K.PRODUCT_BARCODE),
        ("8123", K.DRUG_TRACE),
        ("https://a", K.WEB_ADDRESS),
        ("ab", K.UNKNOWN),
    ],
)
def test_a_scan_that_still_arrives_is_guessed(partial: str, kind: ScanKind) -> None:
    assert guess(partial, GRAMMAR) is kind
