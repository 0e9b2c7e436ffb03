import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.credential import id_number_valid
from app.domain.goods.codes import (
    GS,
    MAX_SCAN,
    DrugTraceCode,
    ListedForms,
    Mend,
    ScanGrammar,
    ScanKind,
    ScanReason,
    classify,
    ean_valid,
    guess,
    has_control,
)
from app.domain.goods.gs1 import Gs1Fault, Gs1Reading, Gs1Unsure, is_case, unit_barcode

GRAMMAR = ScanGrammar(
    voucher=re.compile(r"424[0-9]{21}0000", re.ASCII),
    voucher_lenient=re.compile(r"[0-9]{28}", re.ASCII),
    trace=re.compile(r"[0-9]{20}", re.ASCII),
)
VOUCHER = "424" + "1" * 21 + "0000"
TRACE = "81234567890123456789"
EAN = "6901234567892"
ID = "11010119900307002X"
K, R = ScanKind, ScanReason


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
        ("(01)06901234567892(21)ABC", K.GS1, True),
        (f"0106901234567892{GS}21X", K.GS1, True),
        ("010690123456789221ABC", K.GS1, True),
        ("]d2010690123456789221ABC", K.GS1, True),
        ("MA.156.M0.100.ABC", K.UDI, False),
        ("MA.156.M0.100.L123.C1", K.UDI, False),
        ("MA.156.M0.100221.05AA0001.M200102.L123.S0001.E250101.C1", K.DRUG_TRACE, False),
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


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (VOUCHER, R.VOUCHER_FORM),
        ("9" * 28, R.TWENTY_EIGHT_DIGITS),
        (TRACE, R.TWENTY_DIGITS),
        ("7" + TRACE[1:], R.TWENTY_DIGITS_NOT_8),
        (EAN, R.CHECK_DIGIT_RIGHT),
        ("6901234567893", R.CHECK_DIGIT_WRONG),
        (TRACE[:19], R.NEARLY_TWENTY_DIGITS),
        (TRACE + "12", R.NEARLY_TWENTY_DIGITS),
        ("MA.156.M0.100.ABC", R.DEVICE_CODE),
        ("MA.156.M0.100.S1", R.MA_PACK),
        ("https://example.invalid/x", R.ADDRESS_UNKNOWN),
        ("0106901234567892" + "21A", R.GS1_UNREADABLE),
        ("", R.NOTHING_READ),
        ("hello", R.NO_FORM_FITS),
        ("a" * (MAX_SCAN + 1), R.TOO_LONG),
    ],
)
def test_every_scan_says_why(raw: str, reason: ScanReason) -> None:
    assert classify(raw, GRAMMAR).reason is reason


LISTED = replace(
    GRAMMAR,
    listed=ListedForms(
        addresses=(re.compile(r"https?://box\.example\.invalid/(?P<code>[0-9]+)"),),
        producers=(re.compile(r"ZS[0-9]{4}-[0-9A-Z]{12}"), re.compile(r"[0-9]{13,28}")),
        separators=("{GS}",),
    ),
)


def test_a_listed_address_gives_its_code_and_says_so() -> None:
    scan = classify(f"https://box.example.invalid/{TRACE}", LISTED)
    assert (scan.text, scan.kind, scan.reason) == (TRACE, K.DRUG_TRACE, R.ADDRESS_RULE)
    assert scan.mends == (Mend.ADDRESS,)


@pytest.mark.parametrize(
    "raw",
    [
        f"https://other.example.invalid/{TRACE}",
        f"https://box.example.invalid/{TRACE}1",
        f"https://box.example.invalid/{TRACE}?x=1",
    ],
)
def test_any_other_address_is_an_unknown_address(raw: str) -> None:
    assert classify(raw, LISTED).kind is K.WEB_ADDRESS


def test_a_producers_own_code_is_a_trace_code_by_its_rule() -> None:
    scan = classify("ZS0001-ABCDEF012345", LISTED)
    assert (scan.kind, scan.reason) == (K.DRUG_TRACE, R.PRODUCER_RULE)


def test_a_written_separator_is_put_back_before_gs1_is_read() -> None:
    heard: list[str] = []

    def read(text: str) -> Gs1Reading:
        heard.append(text)
        return Gs1Unsure(Gs1Fault.NO_SERIAL)

    scan = classify("010690123456789210A{GS}21B", replace(LISTED, read_gs1=read))
    assert heard == [f"010690123456789210A{GS}21B"]
    assert (scan.kind, scan.reason) == (K.GS1, R.GS1_NO_SERIAL)
    assert scan.mends == (Mend.SEPARATOR,)


DIGITS = "0123456789"


def _with_check_digit(body: str) -> str:
    return next(f"{body}{d}" for d in DIGITS if ean_valid(f"{body}{d}"))


KINDS = st.one_of(
    st.tuples(st.just(K.VOUCHER), st.text(DIGITS, min_size=28, max_size=28)),
    st.tuples(st.just(K.DRUG_TRACE), st.text(DIGITS, min_size=20, max_size=20)),
    st.tuples(
        st.just(K.PRODUCT_BARCODE), st.text(DIGITS, min_size=12, max_size=12).map(_with_check_digit)
    ),
    st.tuples(
        st.just(K.PAYMENT), st.text(DIGITS, min_size=16, max_size=16).map(lambda t: f"13{t}")
    ).filter(lambda case: not id_number_valid(case[1])),
    st.tuples(st.just(K.RECEIPT), st.from_regex(r"[0-9]{4}-[0-9]{6}", fullmatch=True)),
    st.tuples(
        st.just(K.GS1),
        st.text("ABC123", min_size=1, max_size=9).map("(01)06901234567892(21){}".format),
    ),
    st.tuples(st.just(K.UDI), st.text("ABC.1", min_size=1, max_size=30).map("MA.156.{}".format)),
    st.tuples(
        st.just(K.WEB_ADDRESS), st.text("abc/?=", max_size=30).map("https://x.invalid/{}".format)
    ),
    st.tuples(st.just(K.OPEN_PLATFORM), st.from_regex(r"opc[0-9]{25}", fullmatch=True)),
).filter(lambda case: case[1].isascii())


@given(KINDS, st.sampled_from(["", " ", "\r\n", "\t", "\u3000"]), st.sampled_from(["", "\r", " "]))
def test_edges_and_listed_forms_never_turn_one_kind_into_another(
    case: tuple[ScanKind, str], before: str, after: str
) -> None:
    kind, text = case
    assert classify(before + text + after, GRAMMAR).kind is kind
    assert classify(before + text + after, LISTED).kind is kind


@given(KINDS)
def test_full_width_digits_are_the_same_code(case: tuple[ScanKind, str]) -> None:
    kind, text = case
    wide = "".join(chr(ord(c) + 0xFEE0) if c in DIGITS else c for c in text)
    scan = classify(wide, LISTED)
    if kind is K.RECEIPT:
        assert scan.kind is K.UNKNOWN
    else:
        assert (scan.kind, scan.text) == (kind, classify(text, LISTED).text)
        assert (Mend.FULL_WIDTH in scan.mends) == (wide != text)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_what_is_no_code_becomes_none_by_mending(raw: str) -> None:
    """Letters are never dropped: only digits with spaces and hyphens are joined."""
    scan = classify(raw, LISTED)
    if scan.kind in (K.DRUG_TRACE, K.VOUCHER) and scan.reason is not R.PRODUCER_RULE:
        assert all(unicodedata.normalize("NFKC", c) in f"{DIGITS} -\r\n\t" for c in raw)


def test_a_gs1_pack_is_named_by_product_and_spoken_with_its_serial() -> None:
    code = DrugTraceCode("(01)06901234567892(21)SER9")
    assert (code.prefix, code.spoken()) == ("06901234567892", "06901234567892 SER9")


@pytest.mark.parametrize(("gtin", "case"), [("06901234567892", False), ("16901234567899", True)])
def test_a_case_is_told_from_the_pack_inside_it(gtin: str, case: bool) -> None:
    assert is_case(gtin) is case
    assert unit_barcode(gtin) == EAN
