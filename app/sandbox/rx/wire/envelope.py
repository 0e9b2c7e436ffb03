"""Opening requests and closing answers of the prescription centre (prescription-centre 2 to 4).

Written from the document alone and shared with nobody: two sides with one codec agree even when
both are wrong.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.crypto import sm2
from app.crypto.derive import rx_content_key
from app.crypto.errors import CryptoRefused
from app.crypto.sm4 import decrypt_ecb, encrypt_ecb
from app.sandbox.rx.books.records import PLATFORM_ZONE
from app.sandbox.rx.wire.canonical import (
    NotAnObject,
    Object,
    Variant,
    compact,
    normal,
    read,
    signed_text,
)
from app.sandbox.rx.wire.parties import App, Parties
from app.sandbox.rx.wire.refusals import Refused

WINDOW = timedelta(minutes=10)
VERSION = "1.0.0"
_MS_DIGITS, _S_DIGITS, _WRITTEN_DIGITS = 13, 10, 14


@dataclass(frozen=True, slots=True)
class Opened:
    """A request whose sender is proved. ``content`` has text scalars only, empties dropped."""

    app: App
    content: Object
    variant: Variant


@dataclass(frozen=True, slots=True)
class Envelopes:
    """The centre's end of every conversation. ``derivation`` is ``epc_key_derivation``.

    ``now`` is aware and the real time, also while the training clock runs elsewhere: it guards
    against old messages, not against old prescriptions.
    """

    parties: Parties
    derivation: str

    def open(self, body: bytes, now: datetime) -> Opened:
        """Who sent what. Raises ``Refused`` with the first reason to doubt it."""
        message = self._message(body)
        app = self.parties.apps.get(_text(message, "appId"))
        if app is None:
            raise Refused("unknown_app")
        self._form(message, now)
        data = self._decrypted(app, _text(message, "encData"))
        signature = _signature(_text(message, "signData"))
        for variant in ("A", "B"):
            text = signed_text(message, data, app.app_secret, variant)
            if sm2.verify(app.pair.public, text, signature):
                return Opened(app, normal(data) or {}, variant)
        raise Refused("bad_signature")

    def accept(
        self,
        app: App,
        content: Mapping[str, Any],
        now: datetime,
        *,
        code: int | str = 0,
        told: datetime | None = None,
    ) -> bytes:
        """A signed yes with its business object.

        For training: ``code`` may be text, and ``told`` writes another time than was signed.
        """
        data = normal(content) or {}
        message = self._head(app, now) | {"code": code, "message": "成功"}
        closed = self._closed(app, message, data)
        return _dump(closed | self._head(app, told)) if told else _dump(closed)

    def refuse(self, app: App | None, refusal: Refused, now: datetime) -> bytes:
        """A no. Signed for a known sender, so that nobody else can say it in our name."""
        if app is None:
            return _dump({"code": refusal.code, "message": refusal.text})
        message = self._head(app, now) | {"code": refusal.code, "message": refusal.text}
        return _dump(self._closed(app, message, None))

    def known(self, body: bytes) -> App | None:
        """Whose number a request carries, proved or not: to whom a refusal is addressed."""
        try:
            return self.parties.apps.get(_text(self._message(body), "appId"))
        except Refused:
            return None

    def _message(self, body: bytes) -> Object:
        try:
            return read(body)
        except NotAnObject as wrong:
            raise Refused("not_a_message") from wrong

    def _form(self, message: Object, now: datetime) -> None:
        kinds = (_text(message, "encType").upper(), _text(message, "signType").upper())
        if kinds != ("SM4", "SM2"):
            raise Refused("algorithm")
        if abs(sent_at(_text(message, "timestamp")) - now) > WINDOW:
            raise Refused("stale")

    def _decrypted(self, app: App, cipher: str) -> Object:
        try:
            plain = decrypt_ecb(self._key(app), bytes.fromhex(cipher))
            return read(plain)
        except (ValueError, CryptoRefused) as wrong:
            raise Refused("bad_cipher") from wrong

    def _key(self, app: App) -> bytes:
        return rx_content_key(app.app_id, app.app_secret, self.derivation)

    def _head(self, app: App, now: datetime) -> Object:
        return {
            "appId": app.app_id,
            "encType": "SM4",
            "signType": "SM2",
            "timestamp": str(int(now.timestamp() * 1000)),
            "version": VERSION,
        }

    def _closed(self, app: App, message: Object, data: Object | None) -> Object:
        text = signed_text(message, data, app.app_secret)
        message["signData"] = base64.b64encode(sm2.sign(self.parties.platform, text)).decode()
        if data is not None:
            plain = compact(data).encode()
            message["encData"] = encrypt_ecb(self._key(app), plain).hex().upper()
        return message


def _text(message: Mapping[str, Any], name: str) -> str:
    value = message.get(name)
    return str(value) if isinstance(value, str) else ""


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise Refused("bad_signature") from wrong


def sent_at(text: str) -> datetime:
    """The moment a timestamp names, in any of its three public forms (prescription-centre 2.1).

    Raises ``Refused`` for any other text.
    """
    try:
        if not (text.isascii() and text.isdigit()):
            raise ValueError(text)
        if len(text) == _WRITTEN_DIGITS:
            return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=PLATFORM_ZONE)
        if len(text) in (_MS_DIGITS, _S_DIGITS):
            return datetime.fromtimestamp(int(text) / (1000 if len(text) == _MS_DIGITS else 1), UTC)
        raise ValueError(text)
    except (ValueError, OverflowError) as wrong:
        raise Refused("stale") from wrong


def _dump(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
