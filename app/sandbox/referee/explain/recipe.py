"""What exactly was signed: the frame around the business object, encoding, user id, digest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from app.crypto.digests import sha256_hex, sm3
from app.crypto.sm2 import DEFAULT_USER_ID, digest_number, message_digest
from app.sandbox.referee.explain.canonical import RIGHT, Style, canonical

KEPT_UP_TO = 1 << 16
"""Characters of a text that is kept for the next way; of larger ones only the first two."""
NOT_SIGNED = frozenset({"signData", "encData", "extra"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A message taken apart: ``fields`` as sent, and its business object if there is one."""

    fields: Mapping[str, Any]
    plain: str
    content: Any
    has_content: bool
    secret: str = field(repr=False)
    app_id: str = ""
    texts: dict[Style, str | None] = field(default_factory=dict, repr=False, compare=False)
    """Canonical texts that were made already; many ways share one."""

    def canonical(self, style: Style) -> str | None:
        """The business object in a style."""
        if style in self.texts:
            return self.texts[style]
        text = canonical(self.content, style)
        if len(self.texts) < 2 or len(text or "") < KEPT_UP_TO:
            self.texts[style] = text
        return text

    @property
    def size(self) -> int:
        """Characters of the longer of plain and sealed content."""
        sealed = self.fields.get("encData")
        return max(len(self.plain), len(sealed) // 2 if isinstance(sealed, str) else 0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way from a message to a digest; the defaults are the right one (prescription-centre 3).

    ``without`` and ``besides`` are top-level fields left out of the signed text, or wrongly in.
    """

    style: Style = RIGHT
    content: Literal["json", "raw", "sealed", "quoted", "absent", "braces"] = "json"
    names: Literal["sorted", "sent", "folded"] = "sorted"
    without: frozenset[str] = frozenset()
    besides: frozenset[str] = frozenset()
    empties: Literal["drop", "keep"] = "drop"
    own_app_id: bool = False
    key: Literal["right", "none", "joined", "appSecret", "first", "lower", "app_id"] = "right"
    whole: Literal["pairs", "json", "content", "content_key", "values"] = "pairs"
    escaped: bool = False
    ending: Literal["", "\n", "\r\n", "&"] = ""
    encoding: Literal["utf-8", "gb18030", "utf-16-le"] = "utf-8"
    user_id: Literal["default", "secret", "app_id", "empty", "hex", "short"] = "default"
    digest: Literal["sm2", "bare", "twice", "hex", "HEX", "sha256"] = "sm2"


def user_id_of(recipe: Recipe, sent: Sent) -> bytes:
    """The user id a recipe means."""
    ids = {
        "secret": sent.secret.encode(),
        "app_id": sent.app_id.encode(),
        "empty": b"",
        "hex": bytes.fromhex(DEFAULT_USER_ID.decode()),
        "short": DEFAULT_USER_ID[:8],
    }
    return ids.get(recipe.user_id, DEFAULT_USER_ID)


def signed_text(sent: Sent, recipe: Recipe = Recipe()) -> str:
    """The text under the signature."""
    content = _content(sent, recipe)
    if recipe.whole == "content":
        return f"{content or ''}{recipe.ending}"
    if recipe.whole == "content_key":
        return f"{content or ''}&key={sent.secret}{recipe.ending}"
    parts = _fields(sent, recipe)
    if content is not None:
        parts["data"] = content
    names = _ordered(parts, sent, recipe)
    if recipe.whole == "json":
        return "{" + ",".join(f"{json.dumps(name)}:{parts[name]}" for name in names) + "}"
    if recipe.whole == "values":
        return "".join(parts[name] for name in names) + sent.secret
    pairs = [f"{name}={_escaped(parts[name], recipe)}" for name in names]
    return _with_key("&".join(pairs), sent, recipe) + recipe.ending


def _content(sent: Sent, recipe: Recipe) -> str | None:
    if not sent.has_content or recipe.content == "absent":
        return None
    if recipe.content == "raw":
        return sent.plain
    if recipe.content == "sealed":
        return str(sent.fields.get("encData", ""))
    text = sent.canonical(recipe.style)
    if recipe.content == "braces":
        return "{}" if text is None else text
    if recipe.content == "quoted":
        return json.dumps(text or "", ensure_ascii=False)
    return text


def _fields(sent: Sent, recipe: Recipe) -> dict[str, str]:
    parts: dict[str, str] = {}
    skip = (NOT_SIGNED - recipe.besides) | recipe.without | {"data"}
    fields = dict(sent.fields)
    if recipe.own_app_id:
        fields.setdefault("appId", sent.app_id)
    for name, value in fields.items():
        if name in skip:
            continue
        text = _top_level(value, recipe)
        if text is not None:
            parts[name] = text
    return parts


def _top_level(value: Any, recipe: Recipe) -> str | None:
    """Strings go in raw, everything else as its JSON without quotes around a scalar."""
    if value is None or value == "":
        return ("null" if value is None else "") if recipe.empties == "keep" else None
    text = canonical(value)
    if recipe.whole == "json" or text is None:
        return text
    return str(json.loads(text)) if text.startswith('"') else text


def _ordered(parts: Mapping[str, str], sent: Sent, recipe: Recipe) -> list[str]:
    if recipe.names == "folded":
        return sorted(parts, key=str.casefold)
    if recipe.names == "sorted":
        return sorted(parts)
    told = []
    for name in sent.fields:
        # the sealed object stands where the open one stood
        stood = "data" if name == "encData" and "data" not in sent.fields else name
        if stood in parts and stood not in told:
            told.append(stood)
    return told + [name for name in parts if name not in told]


def _escaped(text: str, recipe: Recipe) -> str:
    return quote(text, safe="") if recipe.escaped else text


def _with_key(joined: str, sent: Sent, recipe: Recipe) -> str:
    forms = {
        "none": joined,
        "joined": f"{joined}{sent.secret}",
        "appSecret": f"{joined}&appSecret={sent.secret}",
        "first": f"key={sent.secret}&{joined}",
        "lower": f"{joined}&key={sent.secret.lower()}",
        "app_id": f"{joined}&key={sent.app_id}",
    }
    return forms.get(recipe.key, f"{joined}&key={sent.secret}")


def digest_of(text: bytes, public: bytes, user_id: bytes, recipe: Recipe) -> int:
    """The number a signature by this recipe would be over."""
    match recipe.digest:
        case "bare":
            return digest_number(sm3(text))
        case "twice":
            return digest_number(message_digest(public, sm3(text), user_id))
        case "hex" | "HEX":
            shown = sm3(text).hex()
            told = shown.upper() if recipe.digest == "HEX" else shown
            return digest_number(message_digest(public, told.encode(), user_id))
        case "sha256":
            return digest_number(bytes.fromhex(sha256_hex(text.decode("utf-8", "replace"))))
        case _:
            return digest_number(message_digest(public, text, user_id))
