"""Detached seals: SignedData of GB/T 35275-2017 with SM2-with-SM3 (prescription-centre 9.2, 13).

Stricter than the standard where looseness would leave bytes that nothing vouches for: one signer,
signed attributes always, no revocation lists, no unsigned attributes, no unused certificates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asn1crypto import core, x509

from app.crypto import asn1, sm2
from app.crypto.ca import Signer, utc_time
from app.crypto.certificate import Certificate, read_certificate, require_trust
from app.crypto.digests import sm3
from app.crypto.errors import CryptoRefused

_VERSION = 1
_MOST_CERTIFICATES = 6
_SET_TAG = b"\x31"


@dataclass(frozen=True, slots=True)
class SealHolder:
    """Who sealed: the certificate's common name and serial (hex), and the claimed time (UTC)."""

    signer_name: str
    certificate_serial: str
    signed_at: datetime


def sign_detached(content: bytes, signer: Signer, at: datetime) -> bytes:
    """A DER seal over ``content``, which is not inside it. ``at`` is aware, whole seconds count."""
    attributes = asn1.Attributes(
        [
            _attribute(asn1.CONTENT_TYPE, core.ObjectIdentifier(asn1.DATA)),
            _attribute(asn1.MESSAGE_DIGEST, core.OctetString(sm3(content))),
            _attribute(asn1.SIGNING_TIME, utc_time(at)),
        ]
    )
    signature = sm2.sign(signer.pair, attributes.dump())
    certificate = signer.certificate
    signer_info = {
        "version": _VERSION,
        "signer": {
            "issuer": x509.Name.load(certificate.issuer_der),
            "serial": int(certificate.serial, 16),
        },
        "digest_algorithm": {"algorithm": asn1.SM3},
        "attributes": attributes,
        "signature_algorithm": {"algorithm": asn1.SM2_SIGN},
        "signature": asn1.signature_der(signature),
    }
    shown = dict.fromkeys(entry.der for entry in (certificate, *signer.chain))
    message = asn1.Message(
        {
            "type": asn1.SIGNED_DATA,
            "signed": {
                "version": _VERSION,
                "digest_algorithms": [{"algorithm": asn1.SM3}],
                "content": {"type": asn1.DATA},
                "certificates": [asn1.CertificateForm.load(der) for der in shown],
                "signers": [signer_info],
            },
        }
    )
    sealed: bytes = message.dump()
    return sealed


def verify_detached(content: bytes, cms_der: bytes, roots: Sequence[bytes]) -> SealHolder:
    """Judge a seal over ``content`` against trusted ``roots`` (DER certificates).

    Checks form, digest, path to a root, validity at the signed time, key usage and signature.
    The time is the signer's own word; the caller compares it with what it knows. Raises
    ``CryptoRefused`` with the word of the first failed demand.
    """
    with asn1.refusing("seal_form"):
        signed, signer = _opened(cms_der)
        attributes = _attributes(signer["attributes"])
        signed_at = _signed_at(attributes)
        if attributes[asn1.CONTENT_TYPE] != core.ObjectIdentifier(asn1.DATA).dump():
            raise CryptoRefused("seal_form")
        if attributes[asn1.MESSAGE_DIGEST] != core.OctetString(sm3(content)).dump():
            raise CryptoRefused("digest")
        embedded = [read_certificate(form.dump()) for form in signed["certificates"]]
        leaf = _signer_of(signer["signer"], embedded)
        require_trust(leaf, embedded, roots, signed_at)
        covered = _SET_TAG + signer["attributes"].dump()[1:]
        if not sm2.verify(leaf.public, covered, asn1.signature_raw(signer["signature"].native)):
            raise CryptoRefused("signature")
    return SealHolder(leaf.subject, leaf.serial, signed_at)


def _attribute(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "values": [value]}


def _opened(cms_der: bytes) -> tuple[Any, Any]:
    message = asn1.load_exact(asn1.Message, cms_der)
    if message["type"].dotted != asn1.SIGNED_DATA:
        raise CryptoRefused("seal_form")
    signed = message["signed"]
    signers, digests = list(signed["signers"]), list(signed["digest_algorithms"])
    if len(signers) != 1 or len(digests) != 1:
        raise CryptoRefused("seal_form")
    signer = signers[0]
    fits = (
        signed["version"].native == signer["version"].native == _VERSION
        and signed["content"]["type"].dotted == asn1.DATA
        and 1 <= len(signed["certificates"]) <= _MOST_CERTIFICATES
        and asn1.is_algorithm(digests[0], asn1.SM3)
        and asn1.is_algorithm(signer["digest_algorithm"], asn1.SM3)
        and asn1.is_algorithm(signer["signature_algorithm"], asn1.SM2_SIGN, asn1.SM2_WITH_SM3)
    )
    if not fits:
        raise CryptoRefused("seal_form")
    return signed, signer


def _attributes(found: Any) -> dict[str, bytes]:
    """Signed attributes by type, each with exactly one value, none twice."""
    attributes: dict[str, bytes] = {}
    for attribute in found:
        kind, values = attribute["type"].dotted, list(attribute["values"])
        if kind in attributes or len(values) != 1:
            raise CryptoRefused("seal_form")
        attributes[kind] = values[0].dump()
    return attributes


def _signed_at(attributes: dict[str, bytes]) -> datetime:
    moment: datetime = x509.Time.load(attributes[asn1.SIGNING_TIME], strict=True).native
    return moment.astimezone(UTC)


def _signer_of(named: Any, embedded: Sequence[Certificate]) -> Certificate:
    issuer, serial = named["issuer"].dump(), f"{named['serial'].native:X}"
    for certificate in embedded:
        if certificate.issuer_der == issuer and certificate.serial == serial:
            return certificate
    raise CryptoRefused("signer_unknown")
