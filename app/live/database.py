"""Where the base of several counters lies: the server's address, judged before anybody uses it.

The password of the counter's role is a key like any other (docs/installation.md): never in the
settings, and so in no log, no report and no sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from app.domain.errors import Code, LocalTrouble

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from app.profile.settings import Installation

PASSWORD = "databasePassword"  # noqa: S105 - the name of a key, no secret
_SCHEME = "postgresql+psycopg"
_OF_A_SOCKET = frozenset({"host", "user"})
_URL, _CA = "database.url", "database.ca"


def url_of(installation: Installation, named: str = "") -> str:
    """The address of the store's base, with what a safe line to it needs and without a password.

    ``named`` in place of the settings. Empty where this counter keeps a file of its own. Beyond a
    unix socket the certificate of the server is always checked against its name (reliability 5).
    Raises ``LocalTrouble`` naming what is wrong.
    """
    text = named or installation.settings.database.url
    if not text:
        return ""
    parts = _judged(text)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not parts.hostname:
        return text
    authority = installation.settings.database.ca
    if not authority:
        raise LocalTrouble(Code.SETTINGS_LACK, what=_CA)
    file = installation.path(authority)
    if not file.is_file():
        raise LocalTrouble(Code.SETTINGS_FILE_MISSING, what=_CA, file=str(file))
    asked |= {"sslmode": "verify-full", "sslrootcert": str(file.absolute())}
    return parts._replace(query=urlencode(asked, quote_via=quote)).geturl()


def with_password(url: str, password: str) -> str:
    """For the driver alone: whoever holds the result tells nobody (``repr`` of a location)."""
    parts = urlsplit(url)
    if not password or "@" not in parts.netloc:
        return url
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()


def shown(url: str) -> str:
    """Host and base, for people."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'socket'}{parts.path}"


def _judged(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        written = parts.password is not None
        whole = parts.scheme == _SCHEME and parts.path.strip("/") and (parts.port or 1) > 0
    except ValueError:
        raise _wrong(f"{_SCHEME}://…") from None
    asked = parse_qsl(parts.query, keep_blank_values=True)
    if written or any("pass" in name.lower() for name, _ in asked):
        raise LocalTrouble(Code.BASE_PASSWORD_WRITTEN)
    if not whole:
        raise _wrong(f"{_SCHEME}://…")
    names = {name for name, _ in asked}
    socket = dict(asked).get("host", "").startswith("/")
    # whatever else libpq understands could end the check of the server's certificate
    if parts.fragment or (parts.hostname and names) or not names <= _OF_A_SOCKET:
        raise _wrong("?")
    if not parts.hostname and names and not socket:
        raise _wrong("?host=/…")
    return parts


def _wrong(reason: str) -> LocalTrouble:
    return LocalTrouble(Code.SETTINGS_WRONG, what=_URL, reason=reason)
