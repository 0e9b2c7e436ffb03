"""Crypto against the bare library under it (measured 10, reliability 6.1)."""

import base64
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import gmalg
import gmssl.sm2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.crypto import sm2, sm4
from app.crypto.derive import rx_content_key
from app.crypto.digests import sm3
from app.domain.credential import Secret
from app.gateways.envelopes import epc
from app.gateways.envelopes.strict_json import write_json
from app.profile.loader import load
from tests.bench.ratio import Figure, compare, limit

PRESCRIPTION = 2 << 20
BLOCK_TEXT = 4 << 20


def figures() -> Iterator[Figure]:
    """Decrypt and verify 2 MB; SM4 and SM3 alone on 4 MB; SM2 on 1 KB."""
    key, pair = secrets.token_bytes(16), sm2.new_key_pair()
    plain = secrets.token_bytes(PRESCRIPTION)
    sealed, signature = sm4.encrypt_ecb(key, plain), sm2.sign(pair, plain)

    def own() -> None:
        if not sm2.verify(pair.public, sm4.decrypt_ecb(key, sealed), signature):
            raise AssertionError("the signature does not hold")

    yield compare(
        "decrypt and verify 2 MB against bare SM4 and SM3",
        own,
        lambda: _bare_sm3(_bare_sm4(key, sealed)),
        1.3,
    )
    long = secrets.token_bytes(BLOCK_TEXT)
    long_sealed = sm4.encrypt_ecb(key, long)
    yield compare(
        "SM4 decrypt 4 MB against bare SM4",
        lambda: sm4.decrypt_ecb(key, long_sealed),
        lambda: _bare_sm4(key, long_sealed),
        1.15,
    )
    short = secrets.token_bytes(1024)
    yield limit("SM2 sign 1 KB", lambda: sm2.sign(pair, short), 8.0)
    short_signature = sm2.sign(pair, short)
    yield limit("SM2 verify 1 KB", lambda: sm2.verify(pair.public, short, short_signature), 15.0)
    yield from _by_library(pair, short, short_signature)
    yield limit("a message of the centre signed, sealed, opened, verified", _exchange(), 25.0)
    yield compare("SM3 4 MB against bare SM3", lambda: sm3(long), lambda: _bare_sm3(long), 1.1)


def _by_library(pair: sm2.KeyPair, text: bytes, signature: bytes) -> Iterator[Figure]:
    """Ours beside every kept library that could do it: the choice rests on these (0022).

    gmssl by its own points, as it comes, and gmalg; ``cryptography`` does not expose SM2.
    """
    bare = gmssl.sm2.CryptSM2(private_key=pair.private.hex(), public_key="")
    # its constructor cuts leading 04 off any key: the guard of app.crypto.sm2, here by hand
    bare.public_key = pair.public.hex()
    other = gmalg.SM2(pair.private, sm2.DEFAULT_USER_ID, b"\x04" + pair.public)
    digest = sm2.message_digest(pair.public, text)

    def signed() -> object:
        return bare.sign(digest, f"{secrets.randbelow(2**255) + 1:064x}")

    def ours() -> object:
        return sm2.verify(pair.public, text, signature)

    parts = signature[:32], signature[32:]
    for name, work in (("gmssl", signed), ("gmalg", lambda: other.sign(text))):
        yield compare(f"SM2 sign against {name}", lambda: sm2.sign(pair, text), work, 1.0)
    for name, work in (
        ("gmssl", lambda: bare.verify(signature.hex(), digest)),
        ("gmalg", lambda: other.verify(text, *parts)),
    ):
        if not work():
            raise AssertionError(f"{name} does not agree")
        yield compare(f"SM2 verify against {name}", ours, work, 1.0)


def _exchange() -> Callable[[], None]:
    """Everything the envelope costs one message and its answer, of the shape of a review."""
    rules, ours, theirs = load("national").profile.rxcentre, sm2.new_key_pair(), sm2.new_key_pair()
    app_id, secret = secrets.token_hex(16).upper(), Secret(secrets.token_hex(16).upper())
    content = {f"field{number:02}": "药师审方意见" * 3 for number in range(20)}
    here = epc.RxKeys(app_id, secret, ours, theirs.public)
    there = epc.RxKeys(app_id, secret, theirs, ours.public)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    head: dict[str, object] = {"appId": app_id, "code": "0", "message": "", "version": "1.0.0"}
    signed = epc.sign_text(head, epc.canonical(content), secret)
    key = rx_content_key(app_id, secret.reveal(), rules.epc_key_derivation)
    answer = {
        **head,
        "encData": sm4.encrypt_ecb(key, write_json(epc.canonical(content)).encode()).hex(),
        "signData": base64.b64encode(sm2.sign(there.pair, signed)).decode(),
    }
    body = write_json(answer).encode()

    def both() -> None:
        epc.write_message(rules, here, content, at)
        if not epc.read_message(rules, here, body).yes:
            raise AssertionError("the answer does not hold")

    return both


def _bare_sm4(key: bytes, sealed: bytes) -> bytes:
    run = Cipher(algorithms.SM4(key), modes.ECB()).decryptor()  # noqa: S305 - the platform's mode
    return run.update(sealed) + run.finalize()


def _bare_sm3(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()
