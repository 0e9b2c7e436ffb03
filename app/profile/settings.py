"""The settings of a live store, as IT writes them: one file for many computers.

Nothing in it is a secret: keys lie in files or in the key store of the system, named by it.
Paths count from the folder of the settings file. docs/installation.md explains every name.
"""

from __future__ import annotations

import os
import platform
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

from app.domain.errors import Code, LocalTrouble
from app.profile.slips import unknown_key
from app.profile.toml_text import read_toml

SETTINGS = "YAOTAI_SETTINGS"
"""Names another settings file than the one of this machine."""
COUNTER = "YAOTAI_COUNTER"
"""Says which counter this is, as ``--counter`` does."""
_FILE = "live.toml"
_COUNTERS = range(1, 100)
_SCHEMES = ("https", "http")
_LACKS = re.compile(r"Object missing required field `([^`]*)`(?: - at `\$\.?([^`]*)`)?")
_WRONG = re.compile(r"(.*?)(?: - at `\$\.?([^`]*)`)?", re.DOTALL)


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the settings."""


class Institution(Part, frozen=True, kw_only=True):
    """Who this store is to the platform (feedback sheet columns: prescription-centre 1.1)."""

    code: str
    name: str
    area: str
    phone: str = ""


class Addresses(Part, frozen=True, kw_only=True):
    """Beginnings of addresses, without the region's paths; ``token`` is a whole address."""

    core: str = ""
    prescription: str = ""
    voucher: str = ""
    token: str = ""


class Trust(Part, frozen=True, kw_only=True):
    """Whom to believe: PEM roots and SHA-256 of certificates; DER roots of seals."""

    ca: str = ""
    pins: list[str] = []
    seal_roots: list[str] = []
    plain_http: bool = False


class Keys(Part, frozen=True, kw_only=True):
    """Where the keys are, and the numbers that belong to them and are no secrets."""

    store: Literal["files", "system"] = "files"
    folder: str = "keys"
    app_id: str
    paasid: str = ""
    oauth_client: str = ""
    oauth_user: str = ""
    valid_until: date | None = None
    """The last day the province gave the keys; they carry none themselves."""


class Library(Part, frozen=True, kw_only=True):
    """A vendor's library: the region's own, or the terminal's (docs/library.md)."""

    folder: str
    host: list[str] = []
    user: str = ""
    settings: dict[str, str] = {}


class Devices(Part, frozen=True, kw_only=True):
    """Things at the counter, as the options of ``yaotai`` name them."""

    camera: list[str] = []
    reader: str = ""
    gun: str = ""
    id_reader: str = ""
    receipt_printer: str = ""
    page_printer: str = ""


class Storage(Part, frozen=True, kw_only=True):
    """``key``: the base's own key in the key store of the system, or, by written policy, in
    ``key_folder``."""

    folder: str
    key: Literal["system", "file"] = "system"
    key_folder: str = ""


class Database(Part, frozen=True, kw_only=True):
    """Where several counters keep one base: ``url`` of the store's server without any password,
    ``ca`` the PEM of whoever signed the server's certificate. Empty: a file of this counter."""

    url: str = ""
    ca: str = ""


class Settings(Part, frozen=True, kw_only=True):
    """One file. ``stores`` are laid over it by name; ``computers`` say ``counter`` or
    ``store/counter``."""

    region: str
    regions: str = ""
    institution: Institution
    addresses: Addresses = Addresses()
    trust: Trust = Trust()
    keys: Keys
    library: Library | None = None
    terminal: Library | None = None
    devices: Devices = Devices()
    storage: Storage
    database: Database = Database()
    computers: dict[str, str] = {}
    stores: dict[str, dict[str, Any]] = {}


class Installation(NamedTuple):
    """What holds for this computer."""

    file: Path
    settings: Settings
    counter: int

    def path(self, named: str) -> Path:
        return self.file.parent / named

    @property
    def folder(self) -> Path:
        return self.path(self.settings.storage.folder)


def settings_file(named: Path | None = None) -> Path:
    """Where the settings of this machine lie, if nobody names another file."""
    if named is not None or os.environ.get(SETTINGS):
        return named or Path(os.environ[SETTINGS])
    if os.name == "nt":
        return Path(os.environ.get("PROGRAMDATA", "C:\\ProgramData")) / "yaotai" / _FILE
    return Path("/etc/yaotai") / _FILE


def read_installation(
    named: Path | None = None, counter: str = "", computer: str = ""
) -> Installation:
    """Read, lay the store over it, find the counter. Raises ``LocalTrouble`` naming file or key.

    ``counter`` is ``3`` or ``store/3``; without it the environment and then the table of
    computers say. ``computer`` is the name of another one.
    """
    file = settings_file(named).absolute()
    tree = _tree(file)
    computer = computer or platform.node()
    store, number = _place(tree, counter or os.environ.get(COUNTER, ""), computer)
    if store:
        layers = tree.get("stores", {})
        if not isinstance(layers, Mapping) or not isinstance(layers.get(store), Mapping):
            raise LocalTrouble(Code.SETTINGS_LACK, what=f"stores.{store}")
        tree = _laid(tree, layers[store])
    settings = _converted(tree)
    for name in ("core", "prescription", "voucher", "token"):
        _judge_address(f"addresses.{name}", getattr(settings.addresses, name), settings.trust)
    _judge_number(number, computer)
    return Installation(file, settings, int(number))


def _tree(file: Path) -> dict[str, Any]:
    try:
        return read_toml(file.read_text("utf-8-sig"))
    except FileNotFoundError as absent:
        raise LocalTrouble(Code.SETTINGS_ABSENT, file=str(file)) from absent
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        # the words of a decoder say a place, never a value
        said = str(broken) if isinstance(broken, tomllib.TOMLDecodeError) else "UTF-8"
        raise LocalTrouble(Code.SETTINGS_BROKEN, file=str(file), what=said) from broken
    except OSError as shut:
        raise LocalTrouble(Code.SETTINGS_FILE_MISSING, what="live", file=str(file)) from shut


def _place(tree: Mapping[str, Any], said: str, computer: str) -> tuple[str, str]:
    """Store and counter of this computer; the name of a store is empty where there is one only."""
    if not said:
        table = tree.get("computers", {})
        known = table if isinstance(table, Mapping) else {}
        named = {str(name).lower(): str(place) for name, place in known.items()}
        said = named.get(computer.lower(), "")
    if not said:
        raise LocalTrouble(Code.COUNTER_UNNAMED, name=computer)
    store, _, number = said.rpartition("/")
    return store, number


def _judge_number(number: str, computer: str) -> None:
    fits = number.isascii() and number.isdigit() and int(number) in _COUNTERS
    if not fits:
        what = f"{_COUNTERS[0]}–{_COUNTERS[-1]}"
        raise _wrong(f"computers.{computer}", what)


def _laid(tree: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(tree)
    for key, value in over.items():
        below = laid.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        laid[key] = _laid(below, value) if both and isinstance(below, Mapping) else value
    return laid


def _converted(tree: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(tree, Settings)
    except msgspec.ValidationError as refused:
        raise _slip(str(refused)) from refused


def _slip(said: str) -> LocalTrouble:
    """The key that is meant. What was written there is not repeated: it may be a secret."""
    found = unknown_key(Settings, said)
    if found is not None:
        return LocalTrouble(Code.SETTINGS_KEY_UNKNOWN, what=found.what, wanted=found.wanted)
    lacking = _LACKS.fullmatch(said)
    if lacking is not None:
        what = f"{lacking[2] or ''}.{lacking[1]}".lstrip(".")
        return LocalTrouble(Code.SETTINGS_LACK, what=what)
    words = _WRONG.fullmatch(said)
    return _wrong(words[2] or "" if words else "", words[1] if words else "")


def _judge_address(key: str, address: str, trust: Trust) -> None:
    if not address:
        return
    try:
        parts = urlsplit(address)
        whole = parts.scheme in _SCHEMES and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        whole = False
    if not whole:
        raise _wrong(key, "https://…")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _wrong(key, "@ ? #")
    if parts.scheme == "http" and not trust.plain_http:
        raise _wrong(key, "trust.plain_http = false")


def _wrong(what: str, reason: str) -> LocalTrouble:
    return LocalTrouble(Code.SETTINGS_WRONG, what=what, reason=reason)
