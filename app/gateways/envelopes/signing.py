"""What stands in ``cainfo`` and around ``input``: one field, three meanings (core-platform 1.5)."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.crypto.errors import CryptoRefused
from app.crypto.sm2 import KeyPair, sign, verify
from app.crypto.sm4 import BLOCK, decrypt_ecb, encrypt_ecb
from app.gateways.envelopes.strict_json import Json, Unreadable, read_object, write_json
from app.gateways.envelopes.verdict import Forged

_SM2, _SM4 = "SM2", "SM4"
_UNSIGNED = frozenset({"cainfo", "input"})


class Signing(Protocol):
    """How a frame is closed before it leaves and opened when it comes."""

    def close(self, frame: Mapping[str, object]) -> dict[str, object]:
        """The frame as it travels; ``input`` is the region's object or text."""
        ...

    def open(self, tree: dict[str, Json]) -> dict[str, Json]:
        """The frame with a plain output. Raises ``Unreadable`` or ``Forged``."""
        ...


class Bare:
    """Nothing is signed; ``cainfo`` stays what it is."""

    def close(self, frame: Mapping[str, object]) -> dict[str, object]:
        return dict(frame)

    def open(self, tree: dict[str, Json]) -> dict[str, Json]:
        return tree


@dataclass(frozen=True, slots=True)
class SignedFields:
    """A signature over all fields but ``cainfo`` and ``input``; the input is not covered.

    Raw r‖s in upper-case hex, default user id, empty fields included: the one source shows the
    fields and the hex only (SM2-A).
    """

    pair: KeyPair = field(repr=False)

    def close(self, frame: Mapping[str, object]) -> dict[str, object]:
        told = {**frame, "signtype": _SM2}
        names = sorted(name for name in told if name not in _UNSIGNED)
        text = "&".join(f"{name}={told[name]}" for name in names)
        return {**told, "cainfo": sign(self.pair, text.encode()).hex().upper()}

    def open(self, tree: dict[str, Json]) -> dict[str, Json]:
        return tree


@dataclass(frozen=True, slots=True)
class SealedInput:
    """Input and output under SM4, and a signature over the plain input (SM2-B).

    The key is the first 16 characters of the client's number, which is also the user id of the
    signature. An answer may leave its signature out; one that is there must hold.
    """

    client_id: str
    pair: KeyPair = field(repr=False)
    platform_public: bytes

    def close(self, frame: Mapping[str, object]) -> dict[str, object]:
        content = frame["input"]
        plain = (content if isinstance(content, str) else write_json(content)).encode()
        signature = sign(self.pair, plain, self._user)
        return {
            **frame,
            "signtype": _SM2,
            "enc_type": _SM4,
            "app_id": self.client_id,
            "cainfo": base64.b64encode(signature).decode(),
            "input": base64.b64encode(encrypt_ecb(self._key, plain)).decode(),
        }

    def open(self, tree: dict[str, Json]) -> dict[str, Json]:
        sealed = tree.get("output")
        if sealed in (None, ""):
            return tree
        if not isinstance(sealed, str):
            raise Unreadable("output_not_sealed")
        try:
            plain = decrypt_ecb(self._key, base64.b64decode(sealed, validate=True))
        except (CryptoRefused, ValueError) as broken:
            raise Unreadable("cipher") from broken
        self._check(tree.get("cainfo"), plain)
        return {**tree, "output": read_object(plain)}

    def _check(self, signature: Json, plain: bytes) -> None:
        if signature in (None, ""):
            return
        try:
            raw = base64.b64decode(str(signature), validate=True)
        except ValueError as broken:
            raise Forged("signature_form") from broken
        if not verify(self.platform_public, plain, raw, self._user):
            raise Forged("signature")

    @property
    def _user(self) -> bytes:
        return self.client_id.encode()

    @property
    def _key(self) -> bytes:
        return self.client_id.encode()[:BLOCK]
