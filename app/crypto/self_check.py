"""Published and derived vectors, run at start, by the doctor and in tests.

Source of the vectors: ``resources/tables/vectors.json``, described in prescription-centre 6. A
failed vector refuses to start in live mode (security-and-libraries 4).
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.digests import sha256_hex, sm3
from app.crypto.errors import CryptoRefused
from app.crypto.keys import read_private, read_public
from app.crypto.sm4 import BLOCK, decrypt_ecb, encrypt_ecb

Vectors = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One vector group; ``detail`` names the failed part and never shows plain text."""

    name: str
    ok: bool
    detail: str = ""


class _Mismatch(Exception):
    """A vector did not come out."""


def self_check(vectors: Vectors | None = None) -> tuple[CheckResult, ...]:
    """Run every vector; ``vectors`` replaces the shipped table in tests. About 0.1 s."""
    table = shipped_vectors() if vectors is None else vectors
    return tuple(_result(name, check) for name, check in _checks(table))


def shipped_vectors() -> Vectors:
    """The table as it lies in resources."""
    text = (resources.files("resources") / "tables" / "vectors.json").read_text("utf-8")
    table: Vectors = json.loads(text)
    return table


def _result(name: str, check: Callable[[], None]) -> CheckResult:
    try:
        check()
    except (_Mismatch, CryptoRefused) as failure:
        return CheckResult(name, ok=False, detail=str(failure))
    except Exception as failure:  # noqa: BLE001 - a broken table or library is a failed check
        return CheckResult(name, ok=False, detail=type(failure).__name__)
    return CheckResult(name, ok=True)


def _checks(table: Vectors) -> Iterator[tuple[str, Callable[[], None]]]:
    independent, derived = table["independent"], table["derived"]
    standards = {entry["id"]: entry for entry in independent["gb_standards"]}
    yield "sm3-standard", lambda: _sm3(standards["GBT-32905-SM3-abc"])
    yield "sm4-standard", lambda: _sm4(standards["GBT-32907-SM4"])
    yield "sm2-standard", lambda: _sm2(standards["GMT-0003.5-SM2-sign"])
    yield "sm2-cross", lambda: _sm2_cross(independent["sm2_openssl_cross"])
    yield "key-33-bytes", lambda: _long_key(independent["key_format_33_bytes"])
    yield "envelope-sample", lambda: _sample(independent["spec_sample_43AF"])
    yield "envelope-edge", lambda: _edge(independent["fsi_edge_cases"])
    for message in derived["messages"]:
        yield message["id"], partial(_derived, derived, message)
    yield "fresh-key", _fresh_key


def _hold(part: str, held: bool) -> None:
    if not held:
        raise _Mismatch(part)


def _sm3(vector: Vectors) -> None:
    _hold("digest", sm3(vector["message"].encode()).hex() == vector["sm3"])


def _sm4(vector: Vectors) -> None:
    key, plain = bytes.fromhex(vector["keyHex"]), bytes.fromhex(vector["plainHex"])
    sealed = encrypt_ecb(key, plain)
    _hold("encrypt", sealed[:BLOCK].hex() == vector["cipherHex"])
    _hold("decrypt", decrypt_ecb(key, sealed) == plain)


def _sm2(vector: Vectors) -> None:
    pair = sm2.key_pair(bytes.fromhex(vector["dHex"]))
    user_id, content = vector["userId"].encode(), vector["message"].encode()
    _hold("public", pair.public.hex().upper() == vector["pubXHex"] + vector["pubYHex"])
    digest = sm2.message_digest(pair.public, content, user_id)
    signature = sm2.sign_digest(pair, digest, lambda: int(vector["kHex"], 16))
    _hold("sign", signature.hex().upper() == vector["rHex"] + vector["sHex"])
    _hold("verify", sm2.verify(pair.public, content, signature, user_id))


def _sm2_cross(vector: Vectors) -> None:
    pair = read_private(vector["privateKeyHex"])
    _hold("private", pair == read_private(vector["privateKeyBase64_32bytes"]))
    _hold("public-hex", read_public(vector["publicKeyHex130"]) == pair.public)
    _hold("public-base64", read_public(vector["publicKeyBase64_65bytes"]) == pair.public)
    signature = bytes.fromhex(vector["signatureRsHex"])
    content, user_id = vector["message"].encode(), vector["userId"].encode()
    _hold("verify", sm2.verify(pair.public, content, signature, user_id))
    _hold("tampered", not sm2.verify(pair.public, content + b".", signature, user_id))


def _long_key(vector: Vectors) -> None:
    pair = read_private(vector["privateKeyBase64"])
    _hold("public", read_public(vector["publicKeyBase64"]) == pair.public)


def _sample(vector: Vectors) -> None:
    app_id, secret = vector["appId"], vector["appSecret"]
    key = rx_content_key(app_id, secret)
    _hold("key", key.decode() == vector["derivedSm4KeyAscii"])
    full = encrypt_ecb(app_id[:BLOCK].encode(), secret.encode()).hex().upper()
    _hold("derivation", full == vector["fullDerivationHexUpper"])
    plain = decrypt_ecb(key, bytes.fromhex(vector["encDataHexUpper"])).decode()
    _hold("plain", sha256_hex(plain) == vector["dataCanonicalSha256"])
    _hold("size", len(plain.encode()) == vector["dataCanonicalBytes"])
    _hold("encrypt", encrypt_ecb(key, plain.encode()).hex().upper() == vector["encDataHexUpper"])
    for form in ("no_transType", "with_transType"):
        name = f"signString_version_1.0.0_{form}"
        text = _unmasked(vector[f"{name}Masked"], plain)
        _hold(form, sha256_hex(text) == vector[f"{name}Sha256"])
        _hold(f"{form}-size", len(text.encode()) == vector[f"{name}Bytes"])


def _unmasked(text: str, plain: str) -> str:
    """Put the decrypted object in the place of the masked one of a printed sign string."""
    return text[: text.index("{")] + plain + text[text.rindex("}") + 1 :]


def _edge(vector: Vectors) -> None:
    key = rx_content_key(vector["appId"], vector["appSecret"])
    plain = vector["canonicalData"].encode()
    sealed = bytes.fromhex(vector["encDataHexUpper"])
    _hold("decrypt", decrypt_ecb(key, sealed) == plain)
    _hold("encrypt", encrypt_ecb(key, plain) == sealed)


def _derived(group: Vectors, vector: Vectors) -> None:
    pair = read_private(group["key"]["privateKeyBase64"])
    _hold("public", read_public(group["key"]["publicKeyBase64"]) == pair.public)
    key = rx_content_key(group["appId"], group["appSecret"])
    sealed = encrypt_ecb(key, vector["canonicalData"].encode()).hex().upper()
    _hold("encrypt", sealed == vector["encDataHexUpper"])
    content = vector["signString"].encode()
    signature = base64.b64decode(vector["signDataBase64"], validate=True)
    _hold("verify", sm2.verify(pair.public, content, signature))
    digest = sm2.message_digest(pair.public, content)
    _hold("sign", sm2.sign_digest(pair, digest, lambda: int(group["kHex"], 16)) == signature)


def _fresh_key() -> None:
    pair = sm2.new_key_pair()
    signature = sm2.sign(pair, b"counter")
    _hold("verify", sm2.verify(pair.public, b"counter", signature))
    _hold("tampered", not sm2.verify(pair.public, b"Counter", signature))
