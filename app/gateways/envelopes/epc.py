"""The envelope of the prescription centre over direct HTTP (prescription-centre 2 to 4).

Signed is the canonical plain text, encrypted is exactly that text; an answer is decrypted,
normalised again and only then verified with the platform's key.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.crypto.derive import rx_content_key
from app.crypto.digests import sha256_hex
from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import KeyPair, sign, verify
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.domain.credential import Secret
from app.gateways.envelopes.core import read_code
from app.gateways.envelopes.kept import kept
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import (
    Json,
    Unreadable,
    WireNumber,
    read_object,
    write_json,
)
from app.gateways.envelopes.verdict import Forged
from app.gateways.fields import Fields, wire_moment
from app.profile.model import RxCentrePart

_UNSIGNED = frozenset({"signData", "encData", "extra"})
_YES = "0"


@dataclass(frozen=True, slots=True)
class RxKeys:
    """What signs and encrypts for one application of the centre."""

    app_id: str
    app_secret: Secret
    pair: KeyPair
    platform_public: bytes


def canonical(value: object, variant: str = "A") -> object:
    """The normal form of section 3 step 3: names sorted by code point, empties dropped.

    Variant A writes every scalar as text, variant B leaves numbers and truth values as they are.
    Anything that is null, empty text, empty list or empty object becomes None.
    """
    if isinstance(value, Mapping):
        pairs = ((str(name), canonical(value[name], variant)) for name in sorted(value))
        return {name: inner for name, inner in pairs if inner is not None} or None
    if isinstance(value, list | tuple):
        kept_values = [canonical(inner, variant) for inner in value]
        return [inner for inner in kept_values if inner is not None] or None
    if isinstance(value, bool):
        return value if variant == "B" else str(value).lower()
    if isinstance(value, WireNumber):
        return value if variant == "B" else str(value)
    return value or None


def sign_text(head: Mapping[str, object], content: object, secret: Secret) -> bytes:
    """Steps 2, 4 and 5: ``name=value`` joined by ``&``, and the key at the end.

    ``content`` is already canonical; None where there is no business object.
    """
    normal = {name: canonical(head[name]) for name in head if name not in _UNSIGNED}
    parts = {
        name: value if isinstance(value, str) else write_json(value)
        for name, value in normal.items()
        if value is not None
    }
    if content is not None:
        parts["data"] = write_json(content)
    joined = "&".join(f"{name}={parts[name]}" for name in sorted(parts))
    return f"{joined}&key={secret.reveal()}".encode()


def write_message(
    rules: RxCentrePart, keys: RxKeys, content: Mapping[str, object], at: datetime
) -> tuple[bytes, str]:
    """The request body and its masked text."""
    message, shown = sealed_message(rules, keys, content, at)
    return write_json(message).encode(), kept(shown)


def sealed_message(
    rules: RxCentrePart, keys: RxKeys, content: Mapping[str, object], at: datetime
) -> tuple[dict[str, object], dict[str, object]]:
    """The message as an object, and what it says with nothing sealed."""
    plain = canonical(content, rules.epc_canon_variant)
    upper = rules.epc_alg_case == "upper"
    head: dict[str, object] = {
        "appId": keys.app_id,
        "encType": "SM4" if upper else "sm4",
        "signType": "SM2" if upper else "sm2",
        "timestamp": _timestamp(rules, at),
        "version": rules.epc_version,
    }
    signature = sign(keys.pair, sign_text(head, plain, keys.app_secret))
    sealed = encrypt_ecb(_content_key(rules, keys), write_json(plain or {}).encode())
    message = {
        **head,
        "encData": sealed.hex().upper(),
        "signData": base64.b64encode(signature).decode(),
    }
    return message, {**head, "data": content}


def _timestamp(rules: RxCentrePart, at: datetime) -> str:
    match rules.epc_timestamp_format:
        case "ms13":
            return str(int(at.timestamp() * 1000))
        case "s10":
            return str(int(at.timestamp()))
        case _:
            return wire_moment(at, "%Y%m%d%H%M%S")


def _content_key(rules: RxCentrePart, keys: RxKeys) -> bytes:
    return rx_content_key(keys.app_id, keys.app_secret.reveal(), rules.epc_key_derivation)


def read_message(rules: RxCentrePart, keys: RxKeys, body: bytes) -> Reply:
    """Decrypt and verify. Raises ``Unreadable``, or ``Forged`` for a wrong or missing signature.

    A refusal may come unsigned (2.2); an unsigned yes is refused unless the region is tolerant.
    """
    return read_tree(rules, keys, read_object(body))


def read_tree(rules: RxCentrePart, keys: RxKeys, tree: Mapping[str, Json], code: str = "") -> Reply:
    """As :func:`read_message`, for an envelope that already is an object.

    ``code`` is what another envelope around this one has said; an own one goes before it.
    """
    head = Fields(tree)
    if head.text("appId") not in ("", keys.app_id):
        raise Forged("other_application")
    code = head.text("code") or code or head.need("code")
    signature = head.text("signData")
    content = _decrypted(rules, keys, head.text("encData"))
    if signature:
        _check_signature(rules, keys, tree, content, signature)
    elif rules.epc_verify_mode == "strict" and (content is not None or code == _YES):
        raise Forged("unsigned")
    if head.has("code"):
        read_code(head, "code")
    mark = _mark(signature)
    shown = {name: value for name, value in tree.items() if name != "encData"}
    return Reply(
        yes=code == _YES,
        code=code,
        text=head.text("message"),
        notice="",
        platform_ref=mark,
        replay_mark=mark,
        output=Fields(content or {}),
        kept=kept({**shown, "data": content}),
    )


def _mark(signature: str) -> str:
    """What no two answers share: the centre gives none a serial, so that our books know them by
    this, also behind a restart. By its bytes: Base64 has several texts for the same ones."""
    if not signature:
        return ""
    return f"signed:{sha256_hex(base64.b64decode(signature).hex())}"


def _decrypted(rules: RxCentrePart, keys: RxKeys, sealed: str) -> dict[str, Json] | None:
    if not sealed:
        return None
    try:
        plain = decrypt_ecb(_content_key(rules, keys), bytes.fromhex(sealed))
    except (CryptoRefused, ValueError) as broken:
        raise Unreadable("cipher") from broken
    return read_object(plain)


def _check_signature(
    rules: RxCentrePart,
    keys: RxKeys,
    tree: Mapping[str, Json],
    content: Mapping[str, Json] | None,
    signature: str,
) -> None:
    plain = canonical(content or {}, rules.epc_canon_variant)
    # an object whose every value is empty is dropped by one lineage and kept as {} by another
    forms = (plain,) if plain is not None or content is None else (None, {})
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError as broken:
        raise Forged("signature_form") from broken
    texts = (sign_text(tree, form, keys.app_secret) for form in forms)
    if not any(verify(keys.platform_public, text, raw) for text in texts):
        raise Forged("signature")
