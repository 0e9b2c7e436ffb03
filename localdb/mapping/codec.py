"""Domain values as JSON text, strictly read back; people's names and numbers sealed per field.

E-voucher texts, e-voucher tokens and secrets have no stored form at all (security 6).
"""

import base64
import binascii
import dataclasses
from typing import Any, TypeVar, cast

import msgspec

from app.crypto.at_rest import FieldCipher, blind_index
from app.crypto.errors import CryptoRefused
from app.domain.credential import EVoucherToken, Masked, Secret, VoucherCode
from app.domain.errors import Bug, Code, LocalTrouble
from app.ports import circulation, requests, stock

T = TypeVar("T")
REMEMBERED = 32
"""Values kept open: those of the visits at hand."""
SEALED = 1024
"""Fields whose sealed form is kept: those of the visits at hand, written with every step."""
NEVER_STORED = (EVoucherToken, VoucherCode, Secret)
REQUESTS: dict[str, type] = {
    name: kind
    for module in (requests, stock, circulation)
    for name, kind in vars(module).items()
    if isinstance(kind, type)
    and dataclasses.is_dataclass(kind)
    and kind.__module__ == module.__name__
}
"""Requests an outbox row may hold, by their own names."""


class Codec:
    """One per store: holds the field key, never a value."""

    def __init__(self, field_key: bytes, index_key: bytes) -> None:
        self._cipher = FieldCipher(field_key)
        self._index_key = index_key
        self._encoder = msgspec.json.Encoder(enc_hook=self._seal_hook)
        self._plain = msgspec.json.Encoder(enc_hook=_reveal_hook, order="deterministic")
        self._decoders: dict[type, msgspec.json.Decoder[Any]] = {}
        self._opened: dict[tuple[type, str], object] = {}
        # by identity: equal values of two visits are to look as different as any others
        self._sealed: dict[int, tuple[Masked, str]] = {}

    def write(self, value: object) -> str:
        """JSON with masked values sealed. Raises ``Bug`` for what may not be stored."""
        return self._encoder.encode(value).decode()

    def read(self, text: str, kind: type[T]) -> T:
        """The value back. Raises ``LocalTrouble`` ``STORE_CORRUPT`` where it does not fit.

        What was read lately is not opened twice: the same text is the same value, and none changes.
        """
        known = self._opened.get((kind, text))
        if known is not None:
            return cast("T", known)
        decoder = self._decoders.get(kind)
        if decoder is None:
            decoder = msgspec.json.Decoder(kind, dec_hook=self._open_hook)
            self._decoders[kind] = decoder
        try:
            value: T = decoder.decode(text)
        except msgspec.MsgspecError as error:
            raise LocalTrouble(Code.STORE_CORRUPT, detail=kind.__name__) from error
        if len(self._opened) >= REMEMBERED:
            self._opened.clear()
        self._opened[kind, text] = value
        return value

    def read_optional(self, text: str | None, kind: type[T]) -> T | None:
        return None if text is None else self.read(text, kind)

    def write_optional(self, value: object | None) -> str | None:
        return None if value is None else self.write(value)

    def seal(self, content: bytes, context: str) -> bytes:
        """Encrypt a whole column value; ``context`` names table, column and row key."""
        return self._cipher.seal(content, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Raises ``LocalTrouble`` ``STORE_CORRUPT`` where a byte or the context differs."""
        try:
            return self._cipher.open(sealed, context.encode())
        except CryptoRefused as error:
            raise LocalTrouble(Code.STORE_CORRUPT, detail=context.split(":", 1)[0]) from error

    def seal_text(self, text: str, context: str) -> bytes:
        return self.seal(text.encode(), context)

    def open_text(self, sealed: bytes, context: str) -> str:
        return self.open(sealed, context).decode()

    def mark(self, value: object) -> str:
        """A keyed digest: equal for equal values, says nothing about them."""
        return blind_index(self._index_key, self._plain.encode(value).decode())

    def _seal_hook(self, value: object) -> object:
        if isinstance(value, Masked):
            known = self._sealed.get(id(value))
            return known[1] if known else self._seal_field(value)
        return _plain_text(value)

    def _seal_field(self, value: Masked) -> str:
        kind = _storable(value)
        sealed = self._cipher.seal(value.reveal().encode(), f"field:{kind}".encode())
        text = base64.b64encode(sealed).decode()
        self._keep(value, text)
        return text

    def _keep(self, value: Masked, text: str) -> None:
        """A field that stays as it is keeps its form, and is not sealed again with every step.

        The value is kept with it, so that no other one ever has its identity.
        """
        if len(self._sealed) >= SEALED:
            self._sealed.clear()
        self._sealed[id(value)] = value, text

    def _open_hook(self, kind: type, raw: object) -> object:
        if not isinstance(raw, str):
            raise ValueError(f"{kind.__name__} is not text")
        if not issubclass(kind, Masked):
            return _text_kind(kind)(raw)
        if kind in NEVER_STORED:
            raise Bug(what=f"{kind.__name__} has no stored form")
        try:
            sealed = base64.b64decode(raw, validate=True)
            value = kind(self._cipher.open(sealed, f"field:{kind.__name__}".encode()).decode())
        except (CryptoRefused, binascii.Error) as error:
            raise LocalTrouble(Code.STORE_CORRUPT, detail=kind.__name__) from error
        self._keep(value, raw)
        return value


def _text_kind(kind: type) -> type[str]:
    if not issubclass(kind, str):
        raise Bug(what=f"{kind.__name__} has no stored form")
    return kind


def _storable(value: Masked) -> str:
    if isinstance(value, NEVER_STORED):
        raise Bug(what=f"{type(value).__name__} is never stored")
    return type(value).__name__


def _plain_text(value: object) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    raise Bug(what=f"{type(value).__name__} has no stored form")


def _reveal_hook(value: object) -> object:
    if isinstance(value, Masked):
        _storable(value)
        return value.reveal()
    return _plain_text(value)


def request_text(codec: Codec, request: object) -> str:
    """An outbox request with its kind. Raises ``Bug`` for anything that is no request."""
    kind = type(request).__name__
    if REQUESTS.get(kind) is not type(request):
        raise Bug(what=f"{kind} is not a request")
    return f"{kind}\n{codec.write(request)}"


def request_of(codec: Codec, text: str) -> object:
    """Back from :func:`request_text`."""
    kind, _, body = text.partition("\n")
    known = REQUESTS.get(kind)
    if known is None:
        raise LocalTrouble(Code.STORE_CORRUPT, detail="request")
    return codec.read(body, known)
