"""A small SM2 authority: the training platform's own, so that seals can be made and judged."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import core, x509

from app.crypto import asn1, sm2
from app.crypto.certificate import Certificate, Usage, read_certificate
from app.crypto.digests import sm3
from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import KeyPair, new_key_pair

__all__ = ["Certificate", "Signer", "Usage", "issue", "new_root", "read_certificate", "utc_time"]

_ROOT_DAYS = 7300
_ISSUED_DAYS = 1825
_SERIAL_BITS = 127
_LAST_SHORT_YEAR = 2049


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: a key pair, its certificate, and the certificates between it and the root."""

    pair: KeyPair
    certificate: Certificate
    chain: tuple[Certificate, ...] = ()


def new_root(name: str, at: datetime) -> Signer:
    """A fresh self-signed authority, valid 20 years from ``at`` (aware)."""
    pair = new_key_pair()
    subject = _name(name)
    tbs = _tbs(subject, subject, pair.public, at, _ROOT_DAYS)
    tbs["extensions"] = _extensions(Usage.AUTHORITY, pair.public, pair.public)
    return Signer(pair, _signed(tbs, pair))


def issue(
    root: Signer, name: str, pair: KeyPair, at: datetime, usage: Usage | str = Usage.SEAL
) -> Certificate:
    """A certificate for ``pair.public``, valid 5 years from ``at`` (aware).

    ``name`` is the holder as it will be read from a seal. Raises ``CryptoRefused`` where ``root``
    may not issue, and ``ValueError`` for a usage that is none of :class:`Usage`.
    """
    if not root.certificate.authority:
        raise CryptoRefused("key_usage")
    issuer = x509.Name.load(root.certificate.subject_der)
    tbs = _tbs(issuer, _name(name), pair.public, at, _ISSUED_DAYS)
    tbs["extensions"] = _extensions(Usage(usage), pair.public, root.pair.public)
    return _signed(tbs, root.pair)


def utc_time(at: datetime) -> Any:
    """An ASN.1 time in whole seconds; UTCTime ends with 2049 (RFC 5280 4.1.2.5)."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    if moment.year <= _LAST_SHORT_YEAR:
        return core.UTCTime(moment)
    return core.GeneralizedTime(moment)


def _choice(at: datetime) -> Any:
    moment = utc_time(at)
    short = isinstance(moment, core.UTCTime)
    return x509.Time({"utc_time" if short else "general_time": moment})


def _name(common_name: str) -> Any:
    if not common_name.strip():
        raise CryptoRefused("certificate_name")
    return x509.Name.build({"country_name": "CN", "common_name": common_name})


def _tbs(issuer: Any, subject: Any, public: bytes, at: datetime, days: int) -> Any:
    return asn1.Tbs(
        {
            "version": 2,
            "serial": secrets.randbits(_SERIAL_BITS) | 1 << (_SERIAL_BITS - 1),
            "algorithm": {"algorithm": asn1.SM2_WITH_SM3},
            "issuer": issuer,
            "validity": {
                "not_before": _choice(at),
                "not_after": _choice(at + timedelta(days=days)),
            },
            "subject": subject,
            "public_key": {
                "algorithm": {
                    "algorithm": asn1.EC_PUBLIC_KEY,
                    "parameters": core.ObjectIdentifier(asn1.SM2_CURVE),
                },
                "point": core.OctetBitString(b"\x04" + public),
            },
        }
    )


def _extensions(usage: Usage, holder: bytes, authority: bytes) -> Any:
    allowed = {usage.value}
    if usage is Usage.SEAL:
        allowed.add(Usage.COMMITMENT.value)
    constraints = x509.BasicConstraints({"ca": usage is Usage.AUTHORITY})
    issuer_key = x509.AuthorityKeyIdentifier({"key_identifier": _key_identifier(authority)})
    return x509.Extensions(
        [
            _extension("basic_constraints", constraints, critical=True),
            _extension("key_usage", x509.KeyUsage(allowed), critical=True),
            _extension("key_identifier", core.OctetString(_key_identifier(holder))),
            _extension("authority_key_identifier", issuer_key),
        ]
    )


def _extension(name: str, value: Any, *, critical: bool = False) -> dict[str, Any]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _key_identifier(public: bytes) -> bytes:
    return sm3(public)[:20]


def _signed(tbs: Any, pair: KeyPair) -> Certificate:
    content: bytes = tbs.dump()
    form = asn1.CertificateForm(
        {
            "tbs": asn1.Tbs.load(content),
            "algorithm": {"algorithm": asn1.SM2_WITH_SM3},
            "signature": core.OctetBitString(asn1.signature_der(sm2.sign(pair, content))),
        }
    )
    return read_certificate(form.dump())
