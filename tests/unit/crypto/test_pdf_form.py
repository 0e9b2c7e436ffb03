import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto.errors import CryptoRefused
from app.crypto.pdf_form import Reference, read_entries, read_object, read_trailer


def test_entries_keep_their_raw_values() -> None:
    text = (
        b"<< /Type /Catalog /Pages 2 0 R % a >> remark\n"
        b"/Kids [3 0 R << /In /Ner >>] /Text (a \\) (nested >>) b) /Hex <0a FF> /Number -1.5"
        b" /Inner << /Root 9 0 R >> >>"
    )
    assert read_entries(text) == {
        b"/Type": b"/Catalog",
        b"/Pages": b"2 0 R",
        b"/Kids": b"[ 3 0 R << /In /Ner >> ]",
        b"/Text": b"(a \\) (nested >>) b)",
        b"/Hex": b"<0a FF>",
        b"/Number": b"-1.5",
        b"/Inner": b"<< /Root 9 0 R >>",
    }


@pytest.mark.parametrize(
    "text", [b"<< /Name >>", b"<< 5 6 >>", b"<< /Open [ >>", b"<< /S (open >>"]
)
def test_broken_dictionaries_are_refused(text: bytes) -> None:
    with pytest.raises(CryptoRefused, match="pdf_form"):
        read_entries(text)


def test_a_trailer_is_read(document: bytes) -> None:
    trailer = read_trailer(document)
    catalogue = read_entries(read_object(document, trailer.offset_of(trailer.root)))
    assert catalogue[b"/Type"] == b"/Catalog"
    assert set(trailer.carried) == {b"/Info", b"/ID"}
    assert trailer.size == 1 + max(reference.number for reference in trailer.offsets)


def test_an_object_that_is_not_there_is_refused(document: bytes) -> None:
    with pytest.raises(CryptoRefused, match="pdf_form"):
        read_trailer(document).offset_of(Reference(999, 0))
    with pytest.raises(CryptoRefused, match="pdf_form"):
        read_object(document, 0)
    with pytest.raises(CryptoRefused, match="pdf_form"):
        read_object(b"1 0 obj << /Open", 0)


def _changed(document: bytes, old: bytes, new: bytes) -> bytes:
    changed, count = re.subn(old, new, document, count=1)
    assert count == 1
    return changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"startxref", b"startxxxx"),
        (rb"\nxref", b"\nfrex"),
        (rb"\ntrailer", b"\nreliart"),
        (rb" 65535 f", b" 65535 x"),
        (rb"/Size \d+", b"/Size (x)"),
        (rb"/Size \d+", b""),
        (rb"/Root \d+ 0 R", b"/Root 7"),
        (rb"/Root \d+ 0 R", b""),
        (rb"/Size", b"/Encrypt 3 0 R /Size"),
        (rb"/Size", b"/XRefStm 3 /Size"),
        (rb"/Size", b"/Prev /None /Size"),
    ],
)
def test_other_tables_and_trailers_are_refused(document: bytes, old: bytes, new: bytes) -> None:
    with pytest.raises(CryptoRefused, match="pdf_form"):
        read_trailer(_changed(document, old, new))


def test_updates_that_point_at_each_other_end(document: bytes) -> None:
    found = re.search(rb"startxref\s+(\d+)", document)
    assert found is not None
    looped = _changed(document, rb"/Size", b"/Prev " + found[1] + b" /Size")
    assert read_trailer(looped).root == read_trailer(document).root


@given(st.binary(max_size=80), st.binary(max_size=80))
@settings(deadline=None)
def test_garbage_is_refused(before: bytes, after: bytes) -> None:
    at = len(before) + 6
    text = b"%PDF-\n" + before + b"xref\n" + after + b"\nstartxref\n%d\n%%%%EOF" % at
    with pytest.raises(CryptoRefused):
        read_trailer(text)
