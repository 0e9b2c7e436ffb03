"""Wrong ways planted by an integrator, by the word the referee must name them with."""

import base64
import json
import re
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
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


def _number_bare_shortened(content: Tree) -> str:
    """As a language with one kind of number writes them, truth values bare too."""

    def change(part: Tree) -> Tree:
        return Decimal(format(part.normalize(), "f")) if isinstance(part, Decimal) else part

    return one.dump(one.ordered(one.dropped(one.mapped(content, change))))


def _digits_bare(content: Tree) -> str:
    plain = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)

    def change(part: Tree) -> Tree:
        if isinstance(part, str) and plain.fullmatch(part):
            return Decimal(part)
        return ("true" if part else "false") if isinstance(part, bool) else part

    return one.dump(one.ordered(one.dropped(one.mapped(content, change))))


def _escaped(*letters: str) -> Callable[[Tree], str]:
    def text(content: Tree) -> str:
        found = one.right_text(content)
        for letter in letters:
            found = found.replace(letter, f"\\u{ord(letter):04x}")
        return found

    return text


def _escaped_upper(content: Tree) -> str:
    text = _styled(ensure_ascii=True)(content)
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: rf"\u{found[1].upper()}", text)


def _without_app_id(content: Tree) -> dict[str, Any]:
    return {n: v for n, v in one.message(content).items() if n != "appId"}


def _with_empty_field(content: Tree) -> dict[str, Any]:
    fields = one.head() | {"transType": ""}
    text = one.framed(fields, one.right_text(content))
    return one.message(content) | {"transType": "", "signData": one.signature(text)}


def _whole_json(fields: dict[str, str], text: str) -> str:
    parts = {name: json.dumps(value) for name, value in fields.items()} | {"data": text}
    return "{" + ",".join(f'"{name}":{parts[name]}' for name in sorted(parts)) + "}"


def _values(fields: dict[str, str], text: str) -> str:
    parts = fields | {"data": text}
    return "".join(parts[name] for name in sorted(parts)) + one.SECRET


def _sha256(content: Tree) -> dict[str, Any]:
    text = one.framed(one.head(), one.right_text(content)).encode()
    raw = sign_digest(one.PAIR, sha256(text).digest())
    return one.message(content) | {"signData": base64.b64encode(raw).decode()}


def _chained(content: Tree) -> dict[str, Any]:
    """CBC with an empty first block, made of single blocks."""
    plain = one.dump(content).encode()
    plain += bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16)
    before, sealed = bytes(16), b""
    for at in range(0, len(plain), 16):
        block = bytes(a ^ b for a, b in zip(plain[at : at + 16], before, strict=True))
        before = encrypt_ecb(one.content_key(), block)[:16]
        sealed += before
    return one.message(content) | {"encData": sealed.hex().upper()}


def _zero_padded(content: Tree) -> dict[str, Any]:
    plain = one.dump(content).encode()
    plain += bytes(-len(plain) % 16)
    sealed = encrypt_ecb(one.content_key(), plain)[: len(plain)]
    return one.message(content) | {"encData": sealed.hex().upper()}


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
    "numbers_bare_shortened": by_text(_number_bare_shortened),
    "digit_texts_bare": by_text(_digits_bare),
    "nulls_bare": by_text(_kept(None)),
    "nulls_empty": by_text(lambda content: _nulls("nobody")(content).replace('"nobody"', '""')),
    "texts_kept": by_text(_kept("")),
    "markup_gson": by_text(_escaped("<", ">", "&", "=", "'", "\u2028", "\u2029")),
    "markup_go": by_text(_escaped("<", ">", "&", "\u2028", "\u2029")),
    "letters_escaped_upper": by_text(_escaped_upper),
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
    "key_joined": by_frame(
        lambda fields, text: one.framed(fields, text).rpartition("&")[0] + one.SECRET
    ),
    "key_named_secret": by_frame(
        lambda fields, text: one.framed(fields, text).replace("&key=", "&appSecret=")
    ),
    "key_first": by_frame(
        lambda fields, text: f"key={one.SECRET}&" + one.framed(fields, text).rpartition("&")[0]
    ),
    "names_sent": by_frame(
        lambda fields, text: (
            "&".join(f"{n}={v}" for n, v in [*fields.items(), ("data", text)])
            + f"&key={one.SECRET}"
        )
    ),
    "whole_json": by_frame(_whole_json),
    "values_only": by_frame(_values),
    "only_content_and_key": by_frame(lambda _fields, text: f"{text}&key={one.SECRET}"),
    "line_end_windows": by_frame(lambda fields, text: one.framed(fields, text) + "\r\n"),
    "ampersand_end": by_frame(lambda fields, text: one.framed(fields, text) + "&"),
    "utf16_bytes": by_frame(lambda fields, text: one.framed(fields, text).encode("utf-16-le")),
    "app_id_unsent": _without_app_id,
    "empties_in_frame": _with_empty_field,
    "digest_hex_upper": _prehashed(lambda digest: digest.hex().upper().encode()),
    "digest_sha256": _sha256,
    "mode_cbc": _chained,
    "padding_zero": _zero_padded,
    "key_slice_second": by_key(FULL[16:32].encode()),
    "key_slice_base64": by_key(base64.b64encode(bytes.fromhex(FULL))[:16]),
    "key_odd": by_key(one.content_key(one.APP_ID[0::2])),
    "key_is_app_id": by_key(one.APP_ID[:16].encode()),
    "key_is_secret_last": by_key(one.SECRET[-16:].encode()),
    "key_is_secret_as_hex": by_key(bytes.fromhex(one.SECRET)),
    "key_is_app_id_as_hex": by_key(bytes.fromhex(one.APP_ID)),
    "key_is_digest": by_key(sm3(one.SECRET.encode())[:16]),
    "signature_url_base64": by_form(lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")),
    "signature_base64_of_hex": by_form(lambda raw: base64.b64encode(raw.hex().encode()).decode()),
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
