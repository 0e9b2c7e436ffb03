"""ASN.1 forms of certificates and of GB/T 35275 messages, and the object identifiers in use.

asn1crypto knows neither SM2 nor the GB/T message types, so the forms are spelled here: the
certificate of RFC 5280, and SignedData as PKCS #7 1.5 and GB/T 35275-2017 have it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from asn1crypto import core, x509

from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import SIGNATURE_SIZE

# prescription-centre 13
DATA = "1.2.156.10197.6.1.4.2.1"
SIGNED_DATA = "1.2.156.10197.6.1.4.2.2"
SM3 = "1.2.156.10197.1.401"
SM2_CURVE = "1.2.156.10197.1.301"
SM2_SIGN = "1.2.156.10197.1.301.1"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
# RFC 5480, RFC 5652
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"


class Algorithm(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [
        ("algorithm", core.ObjectIdentifier),
        ("parameters", core.Any, {"optional": True}),
    ]


class PublicKey(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [("algorithm", Algorithm), ("point", core.OctetBitString)]


class Tbs(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    """What a certificate's signature covers."""

    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer, {"explicit": 0, "default": 0}),
        ("serial", core.Integer),
        ("algorithm", Algorithm),
        ("issuer", x509.Name),
        ("validity", x509.Validity),
        ("subject", x509.Name),
        ("public_key", PublicKey),
        ("issuer_unique_id", core.OctetBitString, {"implicit": 1, "optional": True}),
        ("subject_unique_id", core.OctetBitString, {"implicit": 2, "optional": True}),
        ("extensions", x509.Extensions, {"explicit": 3, "optional": True}),
    ]


class CertificateForm(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [
        ("tbs", Tbs),
        ("algorithm", Algorithm),
        ("signature", core.OctetBitString),
    ]


class Certificates(core.SetOf):  # type: ignore[misc]  # asn1crypto carries no types
    _child_spec = CertificateForm


class Algorithms(core.SetOf):  # type: ignore[misc]  # asn1crypto carries no types
    _child_spec = Algorithm


class Values(core.SetOf):  # type: ignore[misc]  # asn1crypto carries no types
    _child_spec = core.Any


class Attribute(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [("type", core.ObjectIdentifier), ("values", Values)]


class Attributes(core.SetOf):  # type: ignore[misc]  # asn1crypto carries no types
    _child_spec = Attribute


class IssuerAndSerial(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [("issuer", x509.Name), ("serial", core.Integer)]


class SignerInfo(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("signer", IssuerAndSerial),
        ("digest_algorithm", Algorithm),
        ("attributes", Attributes, {"implicit": 0}),
        ("signature_algorithm", Algorithm),
        ("signature", core.OctetString),
    ]


class SignerInfos(core.SetOf):  # type: ignore[misc]  # asn1crypto carries no types
    _child_spec = SignerInfo


class Detached(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    """The encapsulated content, of which only the type is there."""

    _fields: ClassVar[list[Any]] = [("type", core.ObjectIdentifier)]


class SignedData(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [
        ("version", core.Integer),
        ("digest_algorithms", Algorithms),
        ("content", Detached),
        ("certificates", Certificates, {"implicit": 0}),
        ("signers", SignerInfos),
    ]


class Message(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    """ContentInfo around SignedData."""

    _fields: ClassVar[list[Any]] = [
        ("type", core.ObjectIdentifier),
        ("signed", SignedData, {"explicit": 0}),
    ]


class _SignatureForm(core.Sequence):  # type: ignore[misc]  # asn1crypto carries no types
    _fields: ClassVar[list[Any]] = [("r", core.Integer), ("s", core.Integer)]


@contextmanager
def refusing(reason: str) -> Iterator[None]:
    """Turn whatever asn1crypto raises on forged bytes into ``CryptoRefused``."""
    try:
        yield
    except CryptoRefused:
        raise
    except Exception as cause:
        raise CryptoRefused(reason) from cause


def load_exact(form: type[core.Sequence], der: bytes) -> Any:
    """Parse ``der`` as ``form`` and nothing else.

    asn1crypto keeps unknown trailing members silently and takes loose lengths; both are refused
    here, as bytes that nothing vouches for. Raises ``CryptoRefused``.
    """
    value = form.load(der, strict=True)
    if not _known_members(value) or value.dump(force=True) != der:
        raise CryptoRefused("der_form")
    return value


def _known_members(value: Any) -> bool:
    if isinstance(value, core.SequenceOf):
        return all(_known_members(member) for member in value)
    if isinstance(value, core.Sequence):
        members = [value[name] for name, *_ in value._fields]
        return len(value.children) == len(members) and all(map(_known_members, members))
    return True


def signature_der(raw: bytes) -> bytes:
    """Raw r‖s as SEQUENCE {r, s}."""
    half = SIGNATURE_SIZE // 2
    form = _SignatureForm(
        {"r": int.from_bytes(raw[:half]), "s": int.from_bytes(raw[half:])},
    )
    encoded: bytes = form.dump()
    return encoded


def signature_raw(der: bytes) -> bytes:
    """SEQUENCE {r, s} in its one DER form as raw r‖s; raises ``CryptoRefused`` otherwise."""
    with refusing("signature_form"):
        form = load_exact(_SignatureForm, der)
        half = SIGNATURE_SIZE // 2
        raw: bytes = form["r"].native.to_bytes(half) + form["s"].native.to_bytes(half)
    return raw


def is_algorithm(found: Algorithm, *allowed: str) -> bool:
    """Whether ``found`` is one of ``allowed``, with parameters absent or NULL."""
    return found["algorithm"].dotted in allowed and found["parameters"].dump() in (b"", b"\x05\0")
