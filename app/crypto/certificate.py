"""SM2 certificates: reading, and the path from a signer to a root that is already trusted.

RFC 5280 with SM2-with-SM3. There is no revocation query: the insurance network has no way out
(security-and-libraries 7), so trust ends with the roots that were provisioned.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from app.crypto import asn1, sm2
from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import PUBLIC_SIZE, on_curve

_LONGEST_PATH = 5
_UNCOMPRESSED = b"\x04"
_UNDERSTOOD = frozenset({"basic_constraints", "key_usage"})


class Usage(StrEnum):
    """What a certificate's key may do (RFC 5280 4.2.1.3)."""

    SEAL = "digital_signature"
    COMMITMENT = "non_repudiation"
    EXCHANGE = "key_encipherment"
    AUTHORITY = "key_cert_sign"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. ``serial`` is upper-case hex; times are aware; ``public`` is X‖Y."""

    der: bytes
    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    public: bytes
    usages: frozenset[str]
    authority: bool
    path_length: int | None
    subject_der: bytes = field(repr=False)
    issuer_der: bytes = field(repr=False)
    signed_part: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@lru_cache(maxsize=128)
def read_certificate(der: bytes) -> Certificate:
    """Read one DER certificate. Those of an institution come again with each of its documents.

    Raises ``CryptoRefused`` for another algorithm than SM2-with-SM3, a point off the curve, an
    unknown critical extension, or bytes that are no certificate.
    """
    with asn1.refusing("certificate"):
        form = asn1.load_exact(asn1.CertificateForm, der)
        return _from_form(der, form)


def _from_form(der: bytes, form: Any) -> Certificate:
    tbs = form["tbs"]
    same = form["algorithm"].dump() == tbs["algorithm"].dump()
    if not same or not asn1.is_algorithm(form["algorithm"], asn1.SM2_WITH_SM3):
        raise CryptoRefused("certificate_algorithm")
    constraints, usages = _extensions(tbs["extensions"])
    return Certificate(
        der=der,
        subject=_common_name(tbs["subject"]),
        issuer=_common_name(tbs["issuer"]),
        serial=f"{tbs['serial'].native:X}",
        not_before=tbs["validity"]["not_before"].native,
        not_after=tbs["validity"]["not_after"].native,
        public=_point(tbs["public_key"]),
        usages=usages,
        authority=bool(constraints and constraints["ca"]),
        path_length=constraints["path_len_constraint"] if constraints else None,
        subject_der=tbs["subject"].dump(),
        issuer_der=tbs["issuer"].dump(),
        signed_part=tbs.dump(),
        signature=asn1.signature_raw(form["signature"].native),
    )


def _point(key: Any) -> bytes:
    kind, curve = key["algorithm"]["algorithm"].dotted, key["algorithm"]["parameters"]
    if kind != asn1.EC_PUBLIC_KEY or curve.native != asn1.SM2_CURVE:
        raise CryptoRefused("certificate_algorithm")
    point: bytes = key["point"].native
    if point[:1] != _UNCOMPRESSED or len(point) != PUBLIC_SIZE + 1 or not on_curve(point[1:]):
        raise CryptoRefused("public_key")
    return point[1:]


def _common_name(name: Any) -> str:
    """The last common name; names of the platform carry several parts of one kind."""
    found = [
        part["value"].native
        for step in name.chosen
        for part in step
        if part["type"].native == "common_name"
    ]
    if not found:
        raise CryptoRefused("certificate_name")
    return str(found[-1])


def _extensions(extensions: Any) -> tuple[dict[str, Any] | None, frozenset[str]]:
    found: dict[str, Any] = {}
    for extension in extensions:
        name = extension["extn_id"].native
        if name in found or (extension["critical"].native and name not in _UNDERSTOOD):
            raise CryptoRefused("certificate_extension")
        if name in _UNDERSTOOD:
            found[name] = extension["extn_value"].parsed.native
    return found.get("basic_constraints"), frozenset(found.get("key_usage", ()))


def require_trust(
    leaf: Certificate, embedded: Sequence[Certificate], roots: Sequence[bytes], at: datetime
) -> None:
    """Demand a path from ``leaf`` over ``embedded`` to one of ``roots`` (DER), valid at ``at``.

    The leaf must be a signing certificate and no authority; every step must be signed, in time
    and allowed to issue; embedded certificates off the path are refused, since nothing would
    vouch for their bytes. Raises ``CryptoRefused`` with the word of the first failed demand.
    """
    if leaf.authority or not leaf.usages & {Usage.SEAL, Usage.COMMITMENT}:
        raise CryptoRefused("key_usage")
    trusted = [read_certificate(root) for root in roots]
    path = [leaf]
    while path[-1].der not in roots:
        if len(path) > _LONGEST_PATH:
            raise CryptoRefused("untrusted")
        path.append(_issuer_of(path[-1], (*trusted, *embedded), below=len(path) - 1))
    if not all(step.not_before <= at <= step.not_after for step in path):
        raise CryptoRefused("out_of_validity")
    if not {certificate.der for certificate in embedded} <= {step.der for step in path}:
        raise CryptoRefused("certificate_unused")


def _issuer_of(child: Certificate, candidates: Sequence[Certificate], *, below: int) -> Certificate:
    for found in candidates:
        may_issue = found.authority and Usage.AUTHORITY in found.usages
        deep_enough = found.path_length is None or below <= found.path_length
        named = found.subject_der == child.issuer_der
        if named and may_issue and deep_enough and _issued(found, child):
            return found
    raise CryptoRefused("untrusted")


def _issued(authority: Certificate, child: Certificate) -> bool:
    return _signed(authority.public, child.signed_part, child.signature)


@lru_cache(maxsize=128)
def _signed(public: bytes, content: bytes, signature: bytes) -> bool:
    """Certificates repeat with every document of an institution; a check costs 3 ms."""
    return sm2.verify(public, content, signature)
