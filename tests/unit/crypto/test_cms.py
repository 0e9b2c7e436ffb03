from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from asn1crypto import core
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import asn1, ca, cms, sm2
from app.crypto.cms import sign_detached, verify_detached
from app.crypto.errors import CryptoRefused

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROOT = ca.new_root("Training Root", NOW)
ROOTS = [ROOT.certificate.der]
PAIR = sm2.new_key_pair()
HOSPITAL = ca.Signer(PAIR, ca.issue(ROOT, "测试医院", PAIR, NOW))
CONTENT = "处方".encode()
SEAL = sign_detached(CONTENT, HOSPITAL, NOW)


def _changed(change: Callable[[Any], None], *, sign_again: bool = True) -> bytes:
    """The seal with a changed inside, its attributes signed again."""
    message = asn1.Message.load(SEAL)
    change(message["signed"])
    signer = message["signed"]["signers"][0]
    if sign_again:
        covered = b"\x31" + signer["attributes"].dump(force=True)[1:]
        signer["signature"] = asn1.signature_der(sm2.sign(PAIR, covered))
    encoded: bytes = message.dump(force=True)
    return encoded


def _refused(seal: bytes, reason: str, content: bytes = CONTENT) -> None:
    with pytest.raises(CryptoRefused, match=f"^{reason}$"):
        verify_detached(content, seal, ROOTS)


def test_the_holder_of_a_seal_is_named() -> None:
    holder = verify_detached(CONTENT, SEAL, ROOTS)
    assert holder == cms.SealHolder("测试医院", HOSPITAL.certificate.serial, NOW)


def test_times_of_other_zones_are_read_as_utc() -> None:
    china = timezone(timedelta(hours=8))
    seal = sign_detached(CONTENT, HOSPITAL, NOW.astimezone(china).replace(microsecond=5))
    assert verify_detached(CONTENT, seal, ROOTS).signed_at == NOW


def test_a_root_shown_along_is_taken() -> None:
    shown = ca.Signer(PAIR, HOSPITAL.certificate, (ROOT.certificate,))
    assert verify_detached(CONTENT, sign_detached(CONTENT, shown, NOW), ROOTS).signed_at == NOW


def test_the_message_names_the_national_standard() -> None:
    message = asn1.Message.load(SEAL, strict=True)
    signer = message["signed"]["signers"][0]
    assert message["type"].dotted == "1.2.156.10197.6.1.4.2.2"
    assert message["signed"]["content"]["type"].dotted == "1.2.156.10197.6.1.4.2.1"
    assert signer["digest_algorithm"]["algorithm"].dotted == "1.2.156.10197.1.401"
    assert signer["signature_algorithm"]["algorithm"].dotted == "1.2.156.10197.1.301.1"
    assert {kind["type"].dotted for kind in signer["attributes"]} == {
        "1.2.840.113549.1.9.3",
        "1.2.840.113549.1.9.4",
        "1.2.840.113549.1.9.5",
    }


def test_the_other_name_of_the_signature_is_taken() -> None:
    def change(signed: Any) -> None:
        signed["signers"][0]["signature_algorithm"] = {
            "algorithm": asn1.SM2_WITH_SM3,
            "parameters": core.Null(),
        }

    assert verify_detached(CONTENT, _changed(change), ROOTS).signer_name == "测试医院"


def test_other_content_is_refused() -> None:
    _refused(SEAL, "digest", CONTENT + b"\0")


def test_a_signature_by_another_key_is_refused() -> None:
    stranger = ca.Signer(sm2.new_key_pair(), HOSPITAL.certificate)
    _refused(sign_detached(CONTENT, stranger, NOW), "signature")


def test_an_unknown_root_is_refused() -> None:
    with pytest.raises(CryptoRefused, match="untrusted"):
        verify_detached(CONTENT, SEAL, [ca.new_root("Training Root", NOW).certificate.der])


def test_an_expired_certificate_is_refused() -> None:
    _refused(sign_detached(CONTENT, HOSPITAL, NOW + timedelta(days=3000)), "out_of_validity")


def test_an_exchange_key_does_not_seal() -> None:
    certificate = ca.issue(ROOT, "测试医院", PAIR, NOW, ca.Usage.EXCHANGE)
    _refused(sign_detached(CONTENT, ca.Signer(PAIR, certificate), NOW), "key_usage")


def _set(*path: Any, to: Any) -> Callable[[Any], None]:
    def change(signed: Any) -> None:
        target = signed
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = to

    return change


def _twice(name: str) -> Callable[[Any], None]:
    def change(signed: Any) -> None:
        signed[name].append(signed[name][0].copy())

    return change


def _attribute(index: int, **values: Any) -> Callable[[Any], None]:
    def change(signed: Any) -> None:
        attribute = signed["signers"][0]["attributes"][index]
        for name, value in values.items():
            attribute[name] = value

    return change


def _index_of(kind: str) -> int:
    attributes = asn1.Message.load(SEAL)["signed"]["signers"][0]["attributes"]
    return [attribute["type"].dotted for attribute in attributes].index(kind)


TYPE, DIGEST, TIME = map(_index_of, (asn1.CONTENT_TYPE, asn1.MESSAGE_DIGEST, asn1.SIGNING_TIME))
OTHER = "1.2.840.113549.1.9.16.2.47"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set("version", to=3), "seal_form"),
        (_set("signers", 0, "version", to=3), "seal_form"),
        (_set("content", "type", to=asn1.SIGNED_DATA), "seal_form"),
        (_set("digest_algorithms", 0, to={"algorithm": asn1.SM2_CURVE}), "seal_form"),
        (_set("digest_algorithms", to=[]), "seal_form"),
        (_set("signers", 0, "digest_algorithm", to={"algorithm": asn1.DATA}), "seal_form"),
        (_set("signers", 0, "signature_algorithm", to={"algorithm": asn1.SM3}), "seal_form"),
        (_set("certificates", to=[]), "seal_form"),
        (_twice("signers"), "seal_form"),
        (_attribute(TYPE, type=asn1.MESSAGE_DIGEST), "seal_form"),
        (_attribute(TYPE, type=OTHER), "seal_form"),
        (_attribute(TYPE, values=[core.ObjectIdentifier(asn1.SIGNED_DATA)]), "seal_form"),
        (_attribute(TIME, values=[]), "seal_form"),
        (_attribute(TIME, values=[core.UTF8String("today")]), "seal_form"),
        (_attribute(TIME, type=OTHER), "seal_form"),
        (_attribute(DIGEST, values=[core.OctetString(bytes(32))]), "digest"),
        (_set("signers", 0, "signer", "serial", to=7), "signer_unknown"),
    ],
)
def test_other_forms_are_refused(change: Callable[[Any], None], reason: str) -> None:
    _refused(_changed(change), reason)


def test_another_message_type_is_refused() -> None:
    message = asn1.Message.load(SEAL)
    message["type"] = "1.2.840.113549.1.7.2"
    _refused(message.dump(force=True), "seal_form")


def test_too_many_certificates_are_refused() -> None:
    chain = tuple(ca.issue(ROOT, f"other {i}", PAIR, NOW) for i in range(6))
    seal = sign_detached(CONTENT, ca.Signer(PAIR, HOSPITAL.certificate, chain), NOW)
    _refused(seal, "seal_form")


def test_an_unused_certificate_is_refused() -> None:
    other = ca.issue(ROOT, "other", PAIR, NOW)
    seal = sign_detached(CONTENT, ca.Signer(PAIR, HOSPITAL.certificate, (other,)), NOW)
    _refused(seal, "certificate_unused")


def test_members_that_no_signature_covers_are_refused() -> None:
    """Unsigned attributes of a signer, revocation lists of the message, and plain padding."""
    message = asn1.Message.load(SEAL)
    inner = message["signed"].contents
    for extra in (b"\xa1\x02\x30\x00", b"\x05\x00", b"\x00\x00"):
        body = core.Sequence(contents=inner + extra).dump()
        wrapped = message["type"].dump() + _explicit(body)
        _refused(core.Sequence(contents=wrapped).dump(), "der_form")


def _explicit(body: bytes) -> bytes:
    size = len(body)
    return b"\xa0\x82" + size.to_bytes(2) + body


def test_loose_lengths_are_refused() -> None:
    assert SEAL[:2] == b"\x30\x82"
    loose = b"\x30\x83\x00" + SEAL[2:]
    _refused(loose, "der_form")


def test_trailing_bytes_are_refused() -> None:
    _refused(SEAL + b"\0", "seal_form")


@pytest.mark.parametrize("r", [0, sm2._N, 1 << 300, -1])
def test_signature_numbers_out_of_range_are_refused(r: int) -> None:
    half = asn1._SignatureForm({"r": r, "s": 1}).dump()

    def change(signed: Any) -> None:
        signed["signers"][0]["signature"] = half

    with pytest.raises(CryptoRefused, match=r"^signature"):
        verify_detached(CONTENT, _changed(change, sign_again=False), ROOTS)


@given(st.integers(0, 8 * len(SEAL) - 1))
@settings(max_examples=150, deadline=None)
def test_a_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(SEAL)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CryptoRefused):
        verify_detached(CONTENT, bytes(changed), ROOTS)


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_every_flipped_bit_is_refused() -> None:
    for bit in range(8 * len(SEAL)):
        changed = bytearray(SEAL)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CryptoRefused):
            verify_detached(CONTENT, bytes(changed), ROOTS)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_garbage_is_refused(seal: bytes) -> None:
    with pytest.raises(CryptoRefused):
        verify_detached(CONTENT, seal, ROOTS)
