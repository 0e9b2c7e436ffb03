"""What a region asks of ``cainfo`` and ``input``, checked and answered (core-platform 1.5).

Own code, written from the document; the client's is none of ours. The hospital inside signs with
it too, so that no message of the stand-in is let in unproved.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import msgspec

from app.crypto import sm2
from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.profile.model import Signing
from app.sandbox.core.frame.desk import client_of
from app.sandbox.core.frame.envelope import Refusal
from app.sandbox.rx.wire.parties import App, Parties, Side, known_parties
from app.sandbox.site import Site

_KEY = 16
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def parties_of(site: Site) -> Parties:
    """Every institution with keys; they follow from the seed."""
    demo = site.demo
    return known_parties(
        site.seed,
        (Side.PHARMACY, demo.store.code, demo.store.name),
        (Side.PHARMACY, demo.neighbour.code, demo.neighbour.name),
        (Side.HOSPITAL, demo.hospital.code, demo.hospital.name),
    )


class Proof:
    """Opens frames of this region and closes their answers."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._signing = site.profile.core.signing
        self._client = client_of(site.seed).client_id.encode()

    @cached_property
    def _parties(self) -> Parties:
        return parties_of(self._site)

    def open(self, frame: dict[str, Any]) -> dict[str, Any]:
        """The frame with its input in the open. Raises ``Refusal``."""
        match self._signing:
            case Signing.SM2_FIELDS:
                self._check_fields(frame)
            case Signing.SM2_SEALED:
                return self._unsealed(frame)
            case _:
                pass
        return frame

    def close(self, answer: bytes) -> bytes:
        """An answer as this region sends it: its output sealed and signed, where that is asked."""
        if self._signing is not Signing.SM2_SEALED:
            return answer
        frame = json.loads(answer, parse_float=Decimal)
        if frame["output"] is None:
            return answer
        plain = _ENCODER.encode(frame["output"])
        signature = sm2.sign(self._parties.platform, plain, self._client)
        told = {
            "output": base64.b64encode(encrypt_ecb(self._client[:_KEY], plain)).decode(),
            "signtype": "SM2",
            "enc_type": "SM4",
            "cainfo": base64.b64encode(signature).decode(),
        }
        return _ENCODER.encode(frame | told)

    def sign(self, frame: dict[str, Any], app: App) -> dict[str, Any]:
        """A frame of an institution inside, as a foreign one would send it."""
        match self._signing:
            case Signing.SM2_FIELDS:
                signature = sm2.sign(app.pair, _fields_text(frame))
                return {**frame, "cainfo": signature.hex().upper()}
            case Signing.SM2_SEALED:
                plain = json.dumps(frame["input"], ensure_ascii=False).encode()
                sealed = encrypt_ecb(self._client[:_KEY], plain)
                signature = sm2.sign(app.pair, plain, self._client)
                return {
                    **frame,
                    "input": base64.b64encode(sealed).decode(),
                    "cainfo": base64.b64encode(signature).decode(),
                }
            case _:
                return frame

    def reveal(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """The output of an answer to an institution inside."""
        sealed = answer.get("output")
        if self._signing is not Signing.SM2_SEALED or not isinstance(sealed, str):
            return answer
        plain = decrypt_ecb(self._client[:_KEY], base64.b64decode(sealed))
        return {**answer, "output": json.loads(plain)}

    def _check_fields(self, frame: Mapping[str, Any]) -> None:
        try:
            signature = bytes.fromhex(str(frame.get("cainfo", "")))
        except ValueError as broken:
            raise Refusal("signature_wrong") from broken
        if not isinstance(frame.get("input"), str):
            raise Refusal("input_not_text")
        if not sm2.verify(self._public(frame), _fields_text(frame), signature):
            raise Refusal("signature_wrong")

    def _unsealed(self, frame: dict[str, Any]) -> dict[str, Any]:
        try:
            sealed = base64.b64decode(str(frame.get("input", "")), validate=True)
            plain = decrypt_ecb(self._client[:_KEY], sealed)
            signature = base64.b64decode(str(frame.get("cainfo", "")), validate=True)
            content = json.loads(plain, parse_float=Decimal)
        except (binascii.Error, CryptoRefused, ValueError, RecursionError) as broken:
            raise Refusal("seal_wrong") from broken
        if not sm2.verify(self._public(frame), plain, signature, self._client):
            raise Refusal("signature_wrong")
        return {**frame, "input": content}

    def _public(self, frame: Mapping[str, Any]) -> bytes:
        try:
            return self._parties.of(str(frame.get("fixmedins_code", ""))).pair.public
        except KeyError as stranger:
            raise Refusal("unknown_institution") from stranger


def _fields_text(frame: Mapping[str, Any]) -> bytes:
    fields = sorted((k, v) for k, v in frame.items() if k not in ("cainfo", "input"))
    return "&".join(f"{name}={value}" for name, value in fields).encode()
