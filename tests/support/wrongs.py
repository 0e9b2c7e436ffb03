"""Wrong ways planted by an integrator, by the word the referee must name them with."""

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from app.crypto.digests import sm3
from app.crypto.sm2 import sign, sign_digest
from app.crypto.sm4 import encrypt_ecb
from tests.support import integrator as one

Tree = Any
Wrong = Callable[[Tree], dict[str, Any]]

TELLING: dict[str, Any] = {
    # everything that tells one wrong way from another, keys in no order
    "zulu": {"beta": "2", "alpha": "1"},
    "mdtrtareaNo": "350100",
    "mdtrtCertNo": "甲/乙",
    "price": Decimal("3.50"),
    "count": 3,
    "flag": True,
    "nothing": None,
    "blank": "",
    "noList": [],
    "noObject": {},
    "tag": "<b>&'=",
    "diseinfo": [{"diagName": "感冒", "diagCode": "J00"}, None, ""],
    "alone": "1.0",
}
"""Laid under the random content of every property, so that each wrong way shows."""


def by_text(change: Callable[[Tree], str]) -> Wrong:
    """Signed over a wrongly written business object."""
    return lambda content: one.message(content, text=change(content))


def by_frame(change: Callable[[dict[str, str], str], str | bytes]) -> Wrong:
    """Signed over a wrongly written frame."""

    def make(content: Tree) -> dict[str, Any]:
        sent = one.message(content)
        return sent | {"signData": one.signature(change(one.head(), one.right_text(content)))}

    return make


def by_user_id(user_id: bytes) -> Wrong:
    def make(content: Tree) -> dict[str, Any]:
        text = one.framed(one.head(), one.right_text(content))
        return one.message(content) | {"signData": one.signature(text, user_id)}

    return make


def by_key(key: bytes) -> Wrong:
    return lambda content: one.message(content) | {"encData": one.sealed(one.dump(content), key)}


def by_form(change: Callable[[bytes], str]) -> Wrong:
    """The signature itself, written wrongly."""

    def make(content: Tree) -> dict[str, Any]:
        sent = one.message(content)
        return sent | {"signData": change(base64.b64decode(sent["signData"]))}

    return make


def _kept(*empties: Tree) -> Callable[[Tree], str]:
    rest = tuple(empty for empty in one.EMPTY if not one._in(empty, empties))
    return lambda content: one.dump(one.ordered(one.dropped(one.texts(content), rest)))


def _numbers_bare(content: Tree) -> str:
    def change(part: Tree) -> Tree:
        if isinstance(part, bool):
            return "true" if part else "false"
        return Decimal(part) if isinstance(part, int) else part

    return one.dump(one.ordered(one.dropped(one.mapped(content, change))))


def _truths(form: Callable[[bool], Tree]) -> Callable[[Tree], str]:
    def text(content: Tree) -> str:
        def change(part: Tree) -> Tree:
            if isinstance(part, bool):
                return form(part)
            return part if part is None else str(part)

        return one.dump(one.ordered(one.dropped(one.mapped(content, change))))

    return text


def _shortened(content: Tree) -> str:
    def change(part: Tree) -> Tree:
        return format(part.normalize(), "f") if isinstance(part, Decimal) else part

    return one.right_text(one.mapped(content, change))


def _nulls(form: str) -> Callable[[Tree], str]:
    return lambda content: one.right_text(
        one.mapped(content, lambda part: form if part is None else part)
    )


def _styled(**options: Any) -> Callable[[Tree], str]:
    return lambda content: one.dump(one.ordered(one.dropped(one.texts(content))), **options)


def _top_only(content: Tree) -> str:
    clean = one.dropped(one.texts(content))
    return one.dump({name: clean[name] for name in sorted(clean)})


def _der(raw: bytes) -> bytes:
    def integer(part: bytes) -> bytes:
        body = part.lstrip(b"\0") or b"\0"
        body = b"\0" + body if body[0] & 0x80 else body
        return bytes([2, len(body)]) + body

    both = integer(raw[:32]) + integer(raw[32:])
    return bytes([0x30, len(both)]) + both


def _prehashed(change: Callable[[bytes], bytes]) -> Wrong:
    def frame(fields: dict[str, str], text: str) -> bytes:
        return change(sm3(one.framed(fields, text).encode()))

    return by_frame(frame)


def _without_za(content: Tree) -> dict[str, Any]:
    text = one.framed(one.head(), one.right_text(content)).encode()
    raw = sign_digest(one.PAIR, sm3(text))
    return one.message(content) | {"signData": base64.b64encode(raw).decode()}


def _by_platform(content: Tree) -> dict[str, Any]:
    text = one.framed(one.head(), one.right_text(content))
    raw = sign(one.PLATFORM, text.encode())
    return one.message(content) | {"signData": base64.b64encode(raw).decode()}


def _sealed_signed(content: Tree) -> dict[str, Any]:
    sent = one.message(content)
    return sent | {"signData": one.signature(one.framed(one.head(), sent["encData"]))}


def _renamed(old: str, new: str) -> Wrong:
    def make(content: Tree) -> dict[str, Any]:
        return {new if name == old else name: v for name, v in one.message(content).items()}

    return make


FULL = encrypt_ecb(one.APP_ID[:16].encode(), one.SECRET.encode()).hex().upper()
WRONGS: dict[str, Wrong] = {
    "user_id_secret": by_user_id(one.SECRET.encode()),
    "user_id_app_id": by_user_id(one.APP_ID.encode()),
    "user_id_empty": by_user_id(b""),
    "user_id_hex": by_user_id(bytes.fromhex("1234567812345678")),
    "user_id_short": by_user_id(b"12345678"),
    "numbers_bare": by_text(_numbers_bare),
    "truths_bare": by_text(_truths(lambda value: value)),
    "truths_capital": by_text(_truths(str)),
    "truths_digit": by_text(_truths(lambda value: str(int(value)))),
    "numbers_shortened": by_text(_shortened),
    "nulls_word": by_text(_nulls("null")),
    "objects_kept": by_text(_kept({})),
    "lists_kept": by_text(_kept([])),
    "containers_kept": by_text(_kept([], {})),
    "empties_kept": by_text(_kept(*one.EMPTY)),
    "unsorted": by_text(lambda content: one.dump(one.dropped(one.texts(content)))),
    "unsorted_nested": by_text(_top_only),
    "order_folded": by_text(
        lambda content: one.dump(one.ordered(one.dropped(one.texts(content)), str.casefold))
    ),
    "spaces": by_text(_styled(separators=(", ", ": "))),
    "slash_escaped": by_text(lambda content: one.right_text(content).replace("/", "\\/")),
    "letters_escaped": by_text(_styled(ensure_ascii=True)),
    "content_raw": by_text(one.dump),
    "content_sealed": _sealed_signed,
    "content_quoted": by_text(
        lambda content: json.dumps(one.right_text(content), ensure_ascii=False)
    ),
    "content_absent": by_frame(lambda fields, _text: one.framed(fields, None)),
    "key_absent": by_frame(lambda fields, text: one.framed(fields, text).rpartition("&")[0]),
    "key_lower": by_frame(lambda fields, text: one.framed(fields, text, one.SECRET.lower())),
    "key_app_id": by_frame(lambda fields, text: one.framed(fields, text, one.APP_ID)),
    "line_end": by_frame(lambda fields, text: one.framed(fields, text) + "\n"),
    "gbk_bytes": by_frame(lambda fields, text: one.framed(fields, text).encode("gb18030")),
    "only_content": by_frame(lambda _fields, text: text),
    "escaped_as_address": by_frame(
        lambda fields, text: one.framed(
            {n: quote(v, safe="") for n, v in fields.items()}, quote(text, safe="")
        )
    ),
    "field_missing": by_frame(
        lambda fields, text: one.framed({n: v for n, v in fields.items() if n != "version"}, text)
    ),
    "digest_twice": _prehashed(lambda digest: digest),
    "digest_hex": _prehashed(lambda digest: digest.hex().encode()),
    "digest_without_za": _without_za,
    "signed_by_platform": _by_platform,
    "signature_hex": by_form(bytes.hex),
    "signature_der": by_form(lambda raw: base64.b64encode(_der(raw)).decode()),
    "signature_hex_der": by_form(lambda raw: _der(raw).hex()),
    "signature_swapped": by_form(lambda raw: base64.b64encode(raw[32:] + raw[:32]).decode()),
    "signature_wrapped": by_form(lambda raw: base64.encodebytes(raw).decode()),
    "signature_prefixed": by_form(lambda raw: base64.b64encode(b"\x04" + raw).decode()),
    "key_slice_last": by_key(FULL[-16:].encode()),
    "key_slice_lower": by_key(FULL[:16].lower().encode()),
    "key_slice_bytes": by_key(bytes.fromhex(FULL[:32])),
    "key_even": by_key(one.content_key(one.APP_ID[1::2])),
    "key_app_id_last": by_key(one.content_key(one.APP_ID[-16:])),
    "key_swapped": by_key(one.content_key(one.SECRET, one.APP_ID)),
    "key_is_secret": by_key(one.SECRET[:16].encode()),
    "sealed_base64": lambda content: (
        one.message(content)
        | {"encData": base64.b64encode(bytes.fromhex(one.message(content)["encData"])).decode()}
    ),
    "not_sealed": lambda content: (
        one.message(content) | {"encData": one.dump(content).encode().hex().upper()}
    ),
    "plain_gbk": lambda content: (
        one.message(content) | {"encData": one.sealed(one.dump(content).encode("gb18030"))}
    ),
    "plain_twice_encoded": lambda content: (
        one.message(content) | {"encData": one.sealed(json.dumps(one.dump(content)))}
    ),
    "name_case": _renamed("encData", "ENCDATA"),
    "unsigned": lambda content: (
        {n: v for n, v in one.message(content).items() if n != "signData"}
    ),
}
