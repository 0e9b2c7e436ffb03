"""Where the neighbours are and with what this store proves who it is. Secrets are masked."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.crypto.errors import CryptoRefused
from app.crypto.key_form import KeyFault, is_pair, private_fault, public_fault
from app.crypto.keys import read_private, read_public
from app.crypto.rsa import read_rsa_public
from app.crypto.sm2 import KeyPair
from app.domain.credential import Secret
from app.domain.errors import Code, LocalTrouble
from app.gateways.transport.http import Tls
from app.gateways.transport.library import LibraryAccess
from app.gateways.transport.oauth import OauthAccess
from app.profile.model import Profile
from app.profile.operations import Operation, Service

_KEY_CODES = {
    "text": Code.KEY_NOT_TEXT,
    "length": Code.KEY_LENGTH,
    "value": Code.KEY_VALUE,
    "container": Code.KEY_CONTAINER,
    "other_half": Code.KEY_OTHER_HALF,
}


@dataclass(frozen=True, slots=True)
class PlatformAccess:
    """Addresses and credentials of one store (feedback sheet columns: prescription-centre 1.1).

    ``endpoints`` are full addresses; ``seal_roots`` are DER certificates whose seals count;
    ``password_key`` is the platform's RSA key for passwords, DER, where the region has one.
    """

    endpoints: Mapping[Operation, str]
    institution_code: str
    paasid: str
    tif_secret: Secret
    app_id: str
    app_secret: Secret
    keys: KeyPair = field(repr=False)
    platform_public: bytes
    seal_roots: tuple[bytes, ...]
    tls: Tls = field(default_factory=Tls)
    library: LibraryAccess | None = None
    terminal: LibraryAccess | None = None
    oauth: OauthAccess | None = None
    password_key: bytes = b""


def endpoints_for(
    profile: Profile, core_base: str, rx_base: str, voucher_base: str
) -> dict[Operation, str]:
    """Full addresses from base addresses and the region's paths (core-platform 1.3)."""
    bases = {Service.CORE: core_base, Service.RX_CENTRE: rx_base, Service.VOUCHER: voucher_base}
    found: dict[Operation, str] = {}
    for operation, part in profile.operations.items():
        framed = part.service is Service.RX_CENTRE and profile.rxcentre.epc_channel != "http"
        if part.service is Service.CORE or framed:
            path = _core_path(profile, part.address, part.path)
        elif part.service is Service.VOUCHER:
            path = part.path or profile.voucher.path
        else:
            path = part.path
        if path:
            service = Service.CORE if framed else part.service
            found[operation] = bases[service].rstrip("/") + "/" + path.lstrip("/")
    return found


def _core_path(profile: Profile, address: str, path: str) -> str:
    match profile.core.path_mode:
        case "single":
            return profile.core.path
        case "suffix":
            return f"{profile.core.path.rstrip('/')}/{address}"
        case _:
            return f"{profile.core.path.rstrip('/')}/{path.lstrip('/')}" if path else ""


def access_from_ready(ready: Mapping[str, object]) -> PlatformAccess:
    """The access of the demo pharmacy in a ready line of the training platform (cli.md).

    Raises ``LocalTrouble`` naming the key that is missing or cannot be read.
    """
    known = set(Operation)
    endpoints = {
        Operation(name): str(url)
        for name, url in _table(ready, "endpoints").items()
        if name in known
    }
    pharmacy, gateway = _table(ready, "pharmacy"), _table(ready, "gateway")
    keys = _table(pharmacy, "keys")
    pair, platform = _key_pair(keys), _platform_key(keys)
    if platform == pair.public:
        raise LocalTrouble(Code.KEY_OF_OURS, what="platformPublicKey")
    return PlatformAccess(
        endpoints=endpoints,
        institution_code=_text(pharmacy, "code"),
        paasid=_text(gateway, "paasid"),
        tif_secret=Secret(_text(gateway, "secret")),
        app_id=_text(keys, "appId"),
        app_secret=Secret(_text(keys, "appSecret")),
        keys=pair,
        platform_public=platform,
        seal_roots=_roots(pharmacy),
        library=_library(ready, "library"),
        terminal=_library(ready, "terminal"),
        oauth=_oauth(ready, gateway),
        password_key=_password_key(gateway),
    )


def _oauth(ready: Mapping[str, object], gateway: Mapping[str, object]) -> OauthAccess | None:
    if "oauth" not in gateway:
        return None
    named = _table(gateway, "oauth")
    return OauthAccess(
        url=_text(_table(ready, "endpoints"), "oauth_token"),
        client_id=_text(named, "clientId"),
        client_secret=Secret(_text(named, "clientSecret")),
        user=str(named.get("user", "")),
        password=Secret(str(named.get("password", ""))),
    )


def _password_key(gateway: Mapping[str, object]) -> bytes:
    if "passwordKey" not in gateway:
        return b""
    try:
        return read_rsa_public(_text(gateway, "passwordKey"))
    except CryptoRefused as refused:
        raise _wrong("passwordKey") from refused


def _library(ready: Mapping[str, object], name: str) -> LibraryAccess | None:
    """``library`` or ``terminal`` of the ready line, which whoever has one writes into it
    (docs/library.md)."""
    if name not in ready:
        return None
    named = _table(ready, name)
    host, settings = named.get("host", []), named.get("settings", {})
    if not isinstance(host, list) or not isinstance(settings, Mapping):
        raise _wrong(name)
    return LibraryAccess(
        folder=Path(_text(named, "folder")),
        host=tuple(str(word) for word in host),
        user=str(named.get("user", "")),
        password=Secret(str(named.get("password", ""))),
        settings={str(key): str(value) for key, value in settings.items()},
    )


def _key_pair(keys: Mapping[str, object]) -> KeyPair:
    """Our own pair; the public half beside it is held against it where it is there."""
    text = _text(keys, "privateKey")
    _refuse("privateKey", private_fault(text))
    pair = read_private(text)
    if keys.get("publicKey"):
        shown = _text(keys, "publicKey")
        _refuse("publicKey", public_fault(shown))
        if not is_pair(pair, read_public(shown)):
            raise LocalTrouble(Code.KEYS_NO_PAIR, what="privateKey")
    return pair


def _platform_key(keys: Mapping[str, object]) -> bytes:
    text = _text(keys, "platformPublicKey")
    _refuse("platformPublicKey", public_fault(text))
    return read_public(text)


def _refuse(name: str, fault: KeyFault | None) -> None:
    if fault is not None:
        raise LocalTrouble(_KEY_CODES[fault.word], what=name, count=fault.size)


def _roots(pharmacy: Mapping[str, object]) -> tuple[bytes, ...]:
    listed = pharmacy.get("sealRoots", [])
    if not isinstance(listed, list):
        raise _wrong("sealRoots")
    try:
        return tuple(base64.b64decode(str(root), validate=True) for root in listed)
    except binascii.Error as broken:
        raise _wrong("sealRoots") from broken


def _table(tree: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = tree.get(name)
    if not isinstance(value, Mapping):
        raise _wrong(name)
    return value


def _text(tree: Mapping[str, object], name: str) -> str:
    value = tree.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(name)
    return value


def _wrong(what: str) -> LocalTrouble:
    return LocalTrouble(Code.KEY_MISSING, what=what)
