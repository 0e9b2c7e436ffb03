import ctypes
import re
from datetime import datetime, timedelta

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import raw

from app.crypto import ca
from app.crypto.errors import CryptoRefused
from app.crypto.signed_pdf import inspect, seal

shared = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _gap(document: bytes) -> tuple[int, int]:
    found = re.search(rb"/Contents (<[0-9a-f]+>)", document)
    assert found is not None
    return found.span(1)


def test_the_holder_of_a_seal_is_named(sealed: bytes, authority, now: datetime) -> None:
    holder = inspect(sealed, authority.roots)
    assert holder.signer_name == "测试医院"
    assert holder.certificate_serial == authority.hospital.certificate.serial
    assert holder.signed_at == now


def test_the_sealed_bytes_begin_with_the_document(document: bytes, sealed: bytes) -> None:
    assert sealed.startswith(document)


def test_a_renderer_opens_it_and_sees_the_seal(sealed: bytes) -> None:
    with pypdfium2.PdfDocument(sealed) as pdf:
        assert len(pdf) == 2
        assert pdf[0].get_textpage().get_text_range() == "first"
        assert raw.FPDF_GetSignatureCount(pdf) == 1
        found = raw.FPDF_GetSignatureObject(pdf, 0)
        ranges = (ctypes.c_int * 4)()
        assert raw.FPDFSignatureObj_GetByteRange(found, ranges, 4) == 4
        start, end = _gap(sealed)
        assert list(ranges) == [0, start, end, len(sealed) - end]
        size = raw.FPDFSignatureObj_GetReason(found, None, 0)
        reason = ctypes.create_string_buffer(size)
        raw.FPDFSignatureObj_GetReason(found, reason, size)
        assert reason.raw.decode("utf-16-le").rstrip("\0") == "电子处方"


def test_a_document_without_a_last_line_end_is_sealed(
    document: bytes, authority, now: datetime
) -> None:
    again = seal(document.rstrip(), authority.hospital, now, "r")
    assert inspect(again, authority.roots).signed_at == now


def test_an_updated_document_is_sealed(document: bytes, authority, now: datetime) -> None:
    """The catalogue may lie in an earlier update."""
    at = document.index(b"startxref") + len("startxref")
    previous = int(document[at:].split()[0])
    root = re.search(rb"/Root (\d+ 0 R)", document)
    assert root is not None
    added = b"90 0 obj\n<< /Kind /Note >>\nendobj\n"
    table = b"xref\n90 1\n%010d 00000 n\r\n" % len(document)
    trailer = b"trailer\n<< /Size 91 /Root %b /Prev %d >>\n" % (root[1], previous)
    start = len(document) + len(added)
    updated = document + added + table + trailer + b"startxref\n%d\n%%%%EOF\n" % start
    again = seal(updated, authority.hospital, now, "r")
    assert inspect(again, authority.roots).signed_at == now
    with pypdfium2.PdfDocument(again) as pdf:
        assert len(pdf) == 2
        assert raw.FPDF_GetSignatureCount(pdf) == 1


@given(data=st.data())
@settings(parent=shared, max_examples=200)
def test_a_flipped_bit_is_refused(data: st.DataObject, sealed: bytes, authority) -> None:
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CryptoRefused):
        inspect(bytes(changed), authority.roots)


@given(data=st.data())
@settings(parent=shared, max_examples=100)
def test_a_flipped_bit_of_the_seal_is_refused(
    data: st.DataObject, sealed: bytes, authority
) -> None:
    start, end = _gap(sealed)
    bit = data.draw(st.integers(8 * start, 8 * end - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CryptoRefused):
        inspect(bytes(changed), authority.roots)


@pytest.mark.deep
@pytest.mark.timeout(900)
def test_every_flipped_bit_is_refused(sealed: bytes, authority) -> None:
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CryptoRefused):
            inspect(bytes(changed), authority.roots)


@given(data=st.data(), extra=st.binary(min_size=1, max_size=40))
@settings(parent=shared, max_examples=60)
def test_inserted_bytes_are_refused(
    data: st.DataObject, extra: bytes, sealed: bytes, authority
) -> None:
    at = data.draw(st.integers(0, len(sealed)))
    with pytest.raises(CryptoRefused):
        inspect(sealed[:at] + extra + sealed[at:], authority.roots)


@given(data=st.data())
@settings(parent=shared, max_examples=60)
def test_removed_bytes_are_refused(data: st.DataObject, sealed: bytes, authority) -> None:
    start = data.draw(st.integers(0, len(sealed) - 1))
    end = data.draw(st.integers(start + 1, len(sealed)))
    with pytest.raises(CryptoRefused):
        inspect(sealed[:start] + sealed[end:], authority.roots)


def test_an_update_after_the_seal_is_refused(document: bytes, sealed: bytes, authority) -> None:
    update = b"4 0 obj\n<< /Kind /Forged >>\nendobj\nstartxref\n0\n%%EOF\n"
    with pytest.raises(CryptoRefused, match="byte_range"):
        inspect(sealed + update, authority.roots)


def test_a_second_range_is_refused(sealed: bytes, authority) -> None:
    forged = sealed + b"5 0 obj << /ByteRange [0 1 2 3] /Contents <00> >> endobj\n%%EOF\n"
    with pytest.raises(CryptoRefused, match="byte_range"):
        inspect(forged, authority.roots)


def _with_range(sealed: bytes, text: bytes) -> bytes:
    found = re.search(rb"/ByteRange \[[^\]]*\]", sealed)
    assert found is not None
    return sealed[: found.start()] + text.ljust(len(found[0])) + sealed[found.end() :]


def test_ranges_that_leave_more_out_are_refused(sealed: bytes, authority) -> None:
    start, end = _gap(sealed)
    rest = len(sealed) - end
    for text in (
        b"/ByteRange [1 %d %d %d]" % (start - 1, end, rest),
        b"/ByteRange [0 %d %d %d]" % (start, end, rest - 1),
        b"/ByteRange [0 %d %d %d]" % (start - 1, end, rest),
        b"/ByteRange [0 %d %d %d]" % (start + 1, end, rest),
        b"/ByteRange [0 %d %d %d]" % (start, end + 1, rest - 1),
        b"/ByteRange [0 %d %d %d]" % (end, start, len(sealed) - start),
        b"/ByteRange [0 0 0 %d]" % len(sealed),
        b"/ByteRange [0 %d %d]" % (start, end),
        b"/ByteRange [0 -1 %d %d]" % (end, rest),
    ):
        with pytest.raises(CryptoRefused, match="byte_range"):
            inspect(_with_range(sealed, text), authority.roots)


def test_a_range_round_another_object_is_refused(sealed: bytes, authority) -> None:
    """The hex string that is left out must belong to the dictionary that names the range."""
    moved = sealed.replace(b"/Contents <", b">> endobj 9 0 obj << /Contents <")
    start, end = _gap(moved)
    forged = _with_range(moved, b"/ByteRange [0 %d %d %d]" % (start, end, len(moved) - end))
    with pytest.raises(CryptoRefused, match="byte_range"):
        inspect(forged, authority.roots)


def test_the_hole_must_be_the_contents(sealed: bytes, authority) -> None:
    forged = sealed.replace(b"/Contents <", b"/Comments <")
    with pytest.raises(CryptoRefused, match="byte_range"):
        inspect(forged, authority.roots)


def _with_contents(sealed: bytes, digits: bytes) -> bytes:
    start, end = _gap(sealed)
    return sealed[: start + 1] + digits.ljust(end - start - 2, b"0") + sealed[end - 1 :]


@pytest.mark.parametrize(
    "digits", [b"", b"30", b"308f", b"3084ffffffff", b"30820100" + b"11" * 300]
)
def test_contents_that_are_no_seal_are_refused(digits: bytes, sealed: bytes, authority) -> None:
    with pytest.raises(CryptoRefused):
        inspect(_with_contents(sealed, digits), authority.roots)


def test_upper_case_digits_are_read(document: bytes, sealed: bytes, authority, now) -> None:
    start, end = _gap(sealed)
    shouted = sealed[:start] + sealed[start:end].upper() + sealed[end:]
    assert inspect(shouted, authority.roots).signed_at == now


def test_a_tiny_hole_is_refused(authority) -> None:
    head = b"%PDF-1.4\n1 0 obj << /Contents "
    for hole in (b"<>", b"<0>", b"<30>"):
        tail = b" /ByteRange [0 %d %d %d] >> endobj\n%%%%EOF\n"
        start = len(head)
        end = start + len(hole)
        size = len(tail % (start, end, 50))
        forged = head + hole + tail % (start, end, size)
        assert len(forged) == end + size
        with pytest.raises(CryptoRefused):
            inspect(forged, authority.roots)


def test_an_unknown_root_is_refused(sealed: bytes, now: datetime) -> None:
    stranger = ca.new_root("Training Root", now).certificate.der
    with pytest.raises(CryptoRefused, match="untrusted"):
        inspect(sealed, [stranger])


def test_a_plain_document_is_unsealed(document: bytes, authority) -> None:
    with pytest.raises(CryptoRefused, match="unsealed"):
        inspect(document, authority.roots)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4\n", b"<html>%%EOF"])
def test_what_is_no_pdf_is_refused(content: bytes, authority, now: datetime) -> None:
    with pytest.raises(CryptoRefused, match="not_pdf"):
        inspect(content, authority.roots)
    with pytest.raises(CryptoRefused, match=r"not_pdf|pdf_form"):
        seal(content, authority.hospital, now, "r")


def test_a_sealed_document_is_not_sealed_again(sealed: bytes, authority, now: datetime) -> None:
    with pytest.raises(CryptoRefused, match="sealed"):
        seal(sealed, authority.hospital, now, "r")


def test_a_document_with_a_form_is_not_sealed(document: bytes, authority, now: datetime) -> None:
    # the title entry has the same length, so no offset moves
    assert document.count(b"/PageMode /UseNone") == 1
    formed = document.replace(b"/PageMode /UseNone", b"/AcroForm << >>   ")
    with pytest.raises(CryptoRefused, match="pdf_form"):
        seal(formed, authority.hospital, now, "r")


def test_a_chain_beyond_the_room_is_refused(document: bytes, authority, now: datetime) -> None:
    chain = tuple(
        ca.issue(authority.root, f"other {i}", authority.root.pair, now) for i in range(9)
    )
    long = ca.Signer(authority.hospital.pair, authority.hospital.certificate, chain)
    with pytest.raises(CryptoRefused, match="seal_size"):
        seal(document, long, now, "r")


def test_an_expired_signer_is_refused(document: bytes, authority, now: datetime) -> None:
    late = seal(document, authority.hospital, now + timedelta(days=3000), "r")
    with pytest.raises(CryptoRefused, match="out_of_validity"):
        inspect(late, authority.roots)
