"""The access of a live store: what its settings say and the keys they name, judged as any other."""

import base64
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from app.crypto.certificate import read_certificate
from app.crypto.errors import CryptoRefused
from app.domain.errors import Code, LocalTrouble
from app.gateways.access import PlatformAccess, access_from_ready, endpoints_for
from app.gateways.transport.http import Tls
from app.gateways.transport.trust import tls_context
from app.profile.model import Profile, Transport
from app.profile.operations import Service
from app.profile.settings import Installation

_ALWAYS = ("appSecret", "privateKey", "platformPublicKey")
_NOT_NEEDED = "-"


class Secrets(Protocol):
    """The keys of this store by name."""

    @property
    def where(self) -> str:
        """Where they are looked for, in words of the machine."""
        ...

    def __call__(self, name: str) -> str:
        """Empty where there is none. Raises ``LocalTrouble`` for one that may not be read."""
        ...


def secrets_of(profile: Profile, installation: Installation) -> tuple[str, ...]:
    """Names of the keys this region cannot do without."""
    security, named = profile.core.security, list(_ALWAYS)
    if security.tif:
        named.append("gatewaySecret")
    if security.oauth:
        named.append("oauthSecret")
        if installation.settings.keys.oauth_user:
            named.append("oauthPassword")
    if profile.voucher.password_mode == "cainfo_rsa":  # noqa: S105 - the name of a way, no secret
        named.append("passwordKey")
    return tuple(named)


def addresses_of(profile: Profile, installation: Installation) -> Mapping[str, str]:
    """Every address this region needs, by its key in the settings. Raises ``LocalTrouble``
    naming one that is missing."""
    given, needed = installation.settings.addresses, ["core"]
    if profile.core.transport is Transport.DLL and not profile.library.over_http:
        needed.remove("core")
    if profile.rxcentre.epc_channel == "http" and _has(profile, Service.RX_CENTRE):
        needed.append("prescription")
    if profile.voucher.ec_decode_channel in ("A", "B1", "B2"):
        needed.append("voucher")
    found = {name: str(getattr(given, name)) for name in needed}
    if profile.core.security.oauth:
        begins = found.get("core", "").rstrip("/")
        path = profile.oauth.path.lstrip("/")
        found["token"] = given.token or (f"{begins}/{path}" if begins else "")
    for name, address in found.items():
        if not address:
            raise LocalTrouble(Code.SETTINGS_LACK, what=f"addresses.{name}")
    return found


def access_of(profile: Profile, installation: Installation, secret: Secrets) -> PlatformAccess:
    """Raises ``LocalTrouble`` naming the first key of the settings, file or secret at fault."""
    addresses = addresses_of(profile, installation)
    settings = installation.settings
    if profile.core.security.tif and not settings.keys.paasid:
        raise LocalTrouble(Code.SETTINGS_LACK, what="keys.paasid")
    if profile.core.security.oauth and not settings.keys.oauth_client:
        raise LocalTrouble(Code.SETTINGS_LACK, what="keys.oauth_client")
    tls = tls_of(installation)
    if not settings.trust.seal_roots:
        raise LocalTrouble(Code.SETTINGS_LACK, what="trust.seal_roots")
    for name in secrets_of(profile, installation):
        if not secret(name):
            raise LocalTrouble(Code.SECRET_ABSENT, what=name, file=secret.where)
    endpoints = endpoints_for(
        profile,
        addresses.get("core", ""),
        addresses.get("prescription", ""),
        addresses.get("voucher", ""),
    )
    ready: dict[str, object] = {
        "endpoints": {o.value: url for o, url in endpoints.items() if "://" in url}
        | {"oauth_token": addresses.get("token", "")},
        "pharmacy": {
            "code": settings.institution.code,
            "keys": {
                "appId": settings.keys.app_id,
                **{name: secret(name) for name in (*_ALWAYS, "publicKey")},
            },
            "sealRoots": [
                base64.b64encode(seal_root(installation, name)).decode()
                for name in settings.trust.seal_roots
            ],
        },
        "gateway": _gateway(profile, installation, secret),
    }
    for name, named in (("library", settings.library), ("terminal", settings.terminal)):
        if named is not None:
            ready[name] = {
                "folder": str(installation.path(named.folder)),
                "host": named.host,
                "user": named.user,
                "password": secret(f"{name}Password"),
                "settings": named.settings,
            }
    return replace(access_from_ready(ready), tls=tls)


def seal_root(installation: Installation, name: str) -> bytes:
    """DER, also where the file is PEM. Raises ``LocalTrouble`` for what is no certificate."""
    key = "trust.seal_roots"
    content = _content(installation, key, name)
    try:
        if content.lstrip().startswith(b"-----"):
            content = ssl.PEM_cert_to_DER_cert(content.decode("ascii"))
        read_certificate(content)
    except (CryptoRefused, ValueError) as none:
        raise LocalTrouble(Code.SETTINGS_WRONG, what=key, reason="DER, PEM") from none
    return content


def _gateway(profile: Profile, installation: Installation, secret: Secrets) -> dict[str, object]:
    keys, security = installation.settings.keys, profile.core.security
    gateway: dict[str, object] = {
        "paasid": keys.paasid or _NOT_NEEDED,
        "secret": secret("gatewaySecret") or _NOT_NEEDED,
    }
    if security.oauth:
        gateway["oauth"] = {
            "clientId": keys.oauth_client,
            "clientSecret": secret("oauthSecret"),
            "user": keys.oauth_user,
            "password": secret("oauthPassword"),
        }
    if "passwordKey" in secrets_of(profile, installation):
        gateway["passwordKey"] = secret("passwordKey")
    return gateway


def tls_of(installation: Installation) -> Tls:
    """Whom to believe. Raises ``LocalTrouble`` where the file of roots is none."""
    trust = installation.settings.trust
    if not trust.ca:
        if any(a.startswith("https:") for a in _all(installation)):
            raise LocalTrouble(Code.SETTINGS_LACK, what="trust.ca")
        return Tls(pins=_pins(trust.pins))
    try:
        roots = _content(installation, "trust.ca", trust.ca).decode("ascii")
        tls_context(roots)
    except (UnicodeDecodeError, ssl.SSLError, ValueError) as none:
        raise LocalTrouble(Code.SETTINGS_WRONG, what="trust.ca", reason="PEM") from none
    return Tls(roots, _pins(trust.pins))


def _pins(written: list[str]) -> tuple[str, ...]:
    pins = tuple(pin.replace(":", "").replace(" ", "").lower() for pin in written)
    for pin in pins:
        if len(pin) != 64 or not set(pin) <= set("0123456789abcdef"):
            raise LocalTrouble(Code.SETTINGS_WRONG, what="trust.pins", reason="SHA-256")
    return pins


def _all(installation: Installation) -> tuple[str, ...]:
    given = installation.settings.addresses
    return (given.core, given.prescription, given.voucher, given.token)


def _has(profile: Profile, service: Service) -> bool:
    return any(part.service is service for part in profile.operations.values())


def _content(installation: Installation, key: str, named: str) -> bytes:
    path: Path = installation.path(named)
    try:
        return path.read_bytes()
    except OSError as missing:
        raise LocalTrouble(Code.SETTINGS_FILE_MISSING, what=key, file=str(path)) from missing
