"""Bytes of a serial gun become scans, however they are cut on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.code.serial_gun import LONGEST, LineReader, text_of

SCANS = st.lists(st.text("0123456789ABC.\x1d", min_size=1, max_size=40), max_size=6)


@given(SCANS, st.sampled_from([b"\r", b"\n", b"\r\n"]), st.lists(st.integers(1, 20), max_size=30))
def test_cuts_do_not_matter(scans: list[str], end: bytes, cuts: list[int]) -> None:
    stream = b"".join(scan.encode() + end for scan in scans)
    reader, got, at = LineReader(), [], 0
    for cut in cuts:
        got += reader.feed(stream[at : at + cut])
        at += cut
    got += reader.feed(stream[at:])
    assert got == scans


def test_silence_ends_the_scan_of_a_gun_without_suffix() -> None:
    reader = LineReader()
    assert reader.feed(b"83412900512873640915") == []
    assert reader.silence() == ["83412900512873640915"]
    assert reader.silence() == []


def test_half_a_code_of_a_gun_with_suffix_is_no_code() -> None:
    reader = LineReader()
    assert reader.feed(b"6901234567892\r") == ["6901234567892"]
    assert reader.feed(b"42401234567890123456") == []
    assert reader.silence() == []
    assert reader.feed(b"6901234567892\r") == ["6901234567892"]


def test_noise_on_the_line_is_thrown_away_up_to_its_end() -> None:
    reader = LineReader()
    assert reader.feed(b"9" * (LONGEST + 1) + b"\r\n6901234567892\r\n") == ["6901234567892"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"4240", "4240"),
        ("药".encode(), "药"),
        ("瑞格列奈".encode("gb18030"), "瑞格列奈"),
        (b"\xff", "\xff"),
    ],
)
def test_whatever_a_gun_writes_becomes_text(content: bytes, text: str) -> None:
    assert text_of(content) == text
