"""The second net under logs: masks people and secrets in free text and JSON.

The first net is the masking types of ``app.domain.credential``. Which field names count is a
table in ``resources/tables/redaction.toml`` (security-and-libraries 6).
"""

import re
import tomllib
from functools import cache
from importlib import resources

MASK = "•••"

_BEFORE_VALUE = r"""(?P<name>[A-Za-z][A-Za-z0-9_\-]*)(?P<gap>\\*["']?\s*[:=]\s*)"""
_VALUE = (
    r'(?P<value>b?"(?:\\.|[^"\\])*(?:"|$)'
    r"|b?'(?:\\.|[^'\\])*(?:'|$)"
    r"|\\+\"(?:(?!\\+\").)*(?:\\+\"|$)"
    r"|[^\s\"'\\{\[,;&}\])]+)"
)
_FIELD = re.compile(_BEFORE_VALUE + _VALUE, re.DOTALL)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+[^\s\"']+", re.IGNORECASE)
_VOUCHER = re.compile(r"(?<!\d)\d{28}(?!\d)")
_LONG_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9A-Fa-f]{32,}|[A-Z0-9]{32})(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])"
    r"[A-Za-z0-9+/]{40,}={0,2}"
)
_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx]|\d{15})(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


def redact(text: str) -> str:
    """``text`` with secrets, tokens, e-voucher codes, ID numbers and telephone numbers masked.

    Lengths and a few outer characters stay, so that two lines can still be told to mean the same
    thing. Redacting twice changes nothing more.
    """
    text = _BEARER.sub(lambda found: f"{found[1]} {MASK}", text)
    text = _FIELD.sub(_field, text)
    text = _VOUCHER.sub(lambda found: f"{found[0][:3]}…{found[0][-2:]}", text)
    text = _LONG_SECRET.sub(lambda found: f"…{len(found[0])}…", text)
    text = _ID_NUMBER.sub(lambda found: f"{found[0][:4]}****{found[0][-4:]}", text)
    return _PHONE.sub(lambda found: f"{found[0][:3]}****{found[0][-4:]}", text)


def _field(found: re.Match[str]) -> str:
    if not _sensitive(found["name"]):
        return found[0]
    quote = re.match(r"b?\\*[\"']|", found["value"])
    opening = quote[0] if quote else ""
    return f"{found['name']}{found['gap']}{opening}{MASK}{opening.lstrip('b')}"


def _sensitive(name: str) -> bool:
    words, names = _table()
    plain = name.lower().replace("_", "").replace("-", "")
    return plain in names or any(word in plain for word in words)


@cache
def _table() -> tuple[tuple[str, ...], frozenset[str]]:
    text = (resources.files("resources") / "tables" / "redaction.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return tuple(table["field_words"]), frozenset(table["field_names"])
