from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core, x509
from hypothesis import given, settings
from hypothesis import strategies as st

from app.crypto import asn1, ca, sm2
from app.crypto.certificate import Certificate, Usage, read_certificate, require_trust
from app.crypto.errors import CryptoRefused

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROOT = ca.new_root("Training Root", NOW)
ROOTS = [ROOT.certificate.der]
LEAF_PAIR = sm2.new_key_pair()
LEAF = ca.issue(ROOT, "测试医院", LEAF_PAIR, NOW)


def _resigned(
    source: Certificate, change: Callable[[Any], None], pair: sm2.KeyPair = ROOT.pair
) -> bytes:
    """``source`` with a changed inside, signed again."""
    tbs = asn1.Tbs.load(source.signed_part)
    change(tbs)
    content = tbs.dump(force=True)
    form = asn1.CertificateForm(
        {
            "tbs": asn1.Tbs.load(content),
            "algorithm": asn1.Tbs.load(content)["algorithm"],
            "signature": core.OctetBitString(asn1.signature_der(sm2.sign(pair, content))),
        }
    )
    encoded: bytes = form.dump()
    return encoded


def _authority(name: str, issuer: ca.Signer, change: Callable[[Any], None]) -> ca.Signer:
    pair = sm2.new_key_pair()
    plain = ca.issue(issuer, name, pair, NOW, Usage.AUTHORITY)
    return ca.Signer(pair, read_certificate(_resigned(plain, change, issuer.pair)))


def _constraints(**values: object) -> Callable[[Any], None]:
    def change(tbs: Any) -> None:
        tbs["extensions"][0]["extn_value"] = x509.BasicConstraints(values)

    return change


def test_what_was_issued_is_read() -> None:
    assert (LEAF.subject, LEAF.issuer) == ("测试医院", "Training Root")
    assert LEAF.public == LEAF_PAIR.public
    assert LEAF.usages == {Usage.SEAL, Usage.COMMITMENT}
    assert not LEAF.authority
    assert LEAF.not_before == NOW
    assert LEAF.not_after - NOW == timedelta(days=1825)
    assert len(LEAF.serial) == 32
    assert ROOT.certificate.authority
    assert ROOT.certificate.usages == {Usage.AUTHORITY}


def test_dates_beyond_2049_are_read() -> None:
    late = ca.new_root("Late Root", datetime(2045, 1, 1, tzinfo=UTC)).certificate
    assert late.not_after.year == 2064


def test_serials_differ() -> None:
    assert ca.issue(ROOT, "A", LEAF_PAIR, NOW).serial != ca.issue(ROOT, "A", LEAF_PAIR, NOW).serial


def test_only_an_authority_issues() -> None:
    with pytest.raises(CryptoRefused, match="key_usage"):
        ca.issue(ca.Signer(LEAF_PAIR, LEAF), "B", LEAF_PAIR, NOW)


@pytest.mark.parametrize("name", ["", "  "])
def test_a_holder_has_a_name(name: str) -> None:
    with pytest.raises(CryptoRefused, match="certificate_name"):
        ca.new_root(name, NOW)


def test_an_unknown_usage_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="code_signing"):
        ca.issue(ROOT, "B", LEAF_PAIR, NOW, "code_signing")


def test_a_direct_path_is_trusted() -> None:
    require_trust(LEAF, [LEAF], ROOTS, NOW)


def test_a_path_over_several_authorities_is_trusted() -> None:
    first = _authority("first", ROOT, _constraints(ca=True, path_len_constraint=1))
    second = _authority("second", first, _constraints(ca=True, path_len_constraint=0))
    leaf = ca.issue(second, "leaf", LEAF_PAIR, NOW)
    require_trust(leaf, [leaf, second.certificate, first.certificate], ROOTS, NOW)
    require_trust(leaf, [leaf, second.certificate], [first.certificate.der], NOW)


def test_an_authority_may_limit_what_is_below() -> None:
    first = _authority("first", ROOT, _constraints(ca=True, path_len_constraint=0))
    second = _authority("second", first, _constraints(ca=True))
    leaf = ca.issue(second, "leaf", LEAF_PAIR, NOW)
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(leaf, [leaf, second.certificate, first.certificate], ROOTS, NOW)


def test_a_path_has_a_longest_size() -> None:
    chain, above = [], ROOT
    for step in range(6):
        above = _authority(f"step {step}", above, _constraints(ca=True))
        chain.append(above.certificate)
    leaf = ca.issue(above, "leaf", LEAF_PAIR, NOW)
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(leaf, [leaf, *chain], ROOTS, NOW)


def test_a_pinned_leaf_needs_no_issuer() -> None:
    require_trust(LEAF, [LEAF], [LEAF.der], NOW)


def test_an_unknown_root_is_refused() -> None:
    other = ca.new_root("Training Root", NOW)
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(LEAF, [LEAF], [other.certificate.der], NOW)
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(LEAF, [LEAF, ROOT.certificate], [], NOW)


def test_a_leaf_does_not_issue() -> None:
    pair = sm2.new_key_pair()
    forged = ca.issue(ROOT, "forged", pair, NOW)

    def renamed(tbs: Any) -> None:
        tbs["issuer"] = x509.Name.load(LEAF.subject_der)

    below = read_certificate(_resigned(forged, renamed, LEAF_PAIR))
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(below, [below, LEAF], ROOTS, NOW)


def test_an_authority_without_the_usage_does_not_issue() -> None:
    def other_usage(tbs: Any) -> None:
        tbs["extensions"][1]["extn_value"] = x509.KeyUsage({"digital_signature"})

    weak = _authority("weak", ROOT, other_usage)
    leaf = ca.issue(weak, "leaf", LEAF_PAIR, NOW)
    with pytest.raises(CryptoRefused, match="untrusted"):
        require_trust(leaf, [leaf, weak.certificate], ROOTS, NOW)


@pytest.mark.parametrize("usage", [Usage.EXCHANGE, Usage.AUTHORITY])
def test_a_seal_needs_a_signing_certificate(usage: Usage) -> None:
    leaf = ca.issue(ROOT, "leaf", LEAF_PAIR, NOW, usage)
    with pytest.raises(CryptoRefused, match="key_usage"):
        require_trust(leaf, [leaf], ROOTS, NOW)


@pytest.mark.parametrize(
    ("at", "valid"),
    [
        (NOW - timedelta(seconds=1), False),
        (NOW, True),
        (NOW + timedelta(days=1825), True),
        (NOW + timedelta(days=1825, seconds=1), False),
    ],
)
def test_certificates_hold_from_and_until(at: datetime, valid: bool) -> None:
    if valid:
        require_trust(LEAF, [LEAF], ROOTS, at)
    else:
        with pytest.raises(CryptoRefused, match="out_of_validity"):
            require_trust(LEAF, [LEAF], ROOTS, at)


def test_a_certificate_off_the_path_is_refused() -> None:
    other = ca.issue(ROOT, "other", LEAF_PAIR, NOW)
    with pytest.raises(CryptoRefused, match="certificate_unused"):
        require_trust(LEAF, [LEAF, other], ROOTS, NOW)


def _set_algorithm(tbs: Any) -> None:
    tbs["algorithm"] = {"algorithm": asn1.SM2_SIGN}


def _set_key_kind(tbs: Any) -> None:
    tbs["public_key"]["algorithm"]["algorithm"] = asn1.SM2_CURVE


def _set_curve(tbs: Any) -> None:
    tbs["public_key"]["algorithm"]["parameters"] = core.ObjectIdentifier("1.2.840.10045.3.1.7")


def _set_point(point: bytes) -> Callable[[Any], None]:
    def change(tbs: Any) -> None:
        tbs["public_key"]["point"] = core.OctetBitString(point)

    return change


def _set_nameless(tbs: Any) -> None:
    tbs["subject"] = x509.Name.build({"country_name": "CN"})


def _set_extension(name: str, value: Any) -> Callable[[Any], None]:
    def change(tbs: Any) -> None:
        added = x509.Extension({"extn_id": name, "critical": True, "extn_value": value})
        tbs["extensions"].append(added)

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_set_algorithm, "certificate_algorithm"),
        (_set_key_kind, "certificate_algorithm"),
        (_set_curve, "certificate_algorithm"),
        (_set_point(b"\x04" + bytes(64)), "public_key"),
        (_set_point(b"\x06" + LEAF.public), "public_key"),
        (_set_point(b"\x02" + LEAF.public[:32]), "public_key"),
        (_set_nameless, "certificate_name"),
        (_set_extension("key_usage", x509.KeyUsage({"crl_sign"})), "certificate_extension"),
        (
            _set_extension(
                "extended_key_usage", x509.ExtKeyUsageSyntax(["any_extended_key_usage"])
            ),
            "certificate_extension",
        ),
    ],
    ids=[
        "algorithm",
        "key-kind",
        "curve",
        "off-curve",
        "prefix",
        "compressed",
        "nameless",
        "twice",
        "critical",
    ],
)
def test_strange_certificates_are_refused(change: Callable[[Any], None], reason: str) -> None:
    with pytest.raises(CryptoRefused, match=reason):
        read_certificate(_resigned(LEAF, change))


def test_inner_and_outer_algorithm_agree() -> None:
    form = asn1.CertificateForm.load(LEAF.der)
    form["algorithm"]["parameters"] = core.Null()
    with pytest.raises(CryptoRefused, match="certificate_algorithm"):
        read_certificate(form.dump(force=True))


def test_a_certificate_without_constraints_is_a_leaf() -> None:
    def only_usage(tbs: Any) -> None:
        tbs["extensions"] = x509.Extensions([tbs["extensions"][1]])

    plain = read_certificate(_resigned(LEAF, only_usage))
    assert not plain.authority
    assert plain.path_length is None


def test_several_common_names_read_as_the_last() -> None:
    def named_twice(tbs: Any) -> None:
        parts = [x509.Name.build({"common_name": name}).chosen[0] for name in ("C", "机构")]
        tbs["subject"] = x509.Name("", x509.RDNSequence(parts))

    assert read_certificate(_resigned(LEAF, named_twice)).subject == "机构"


@given(st.integers(0, 8 * len(LEAF.der) - 1))
@settings(max_examples=60, deadline=None)
def test_a_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(LEAF.der)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CryptoRefused):
        _judge(bytes(changed))


@pytest.mark.parametrize("unused", [1, 7])
def test_unused_bits_are_refused(unused: int) -> None:
    changed = bytearray(LEAF.der)
    changed[changed.rindex(asn1.signature_der(LEAF.signature)) - 1] = unused
    with pytest.raises(CryptoRefused, match="der_form"):
        read_certificate(bytes(changed))


def _judge(der: bytes) -> None:
    forged = read_certificate(der)
    require_trust(forged, [forged], ROOTS, NOW)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_garbage_is_refused(der: bytes) -> None:
    with pytest.raises(CryptoRefused):
        read_certificate(der)
