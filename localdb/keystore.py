"""Where the 32-byte master key of an installation lives: never beside a live base, never guessed.

No silent fall-back (security-and-libraries 5): what cannot be kept safely is refused.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import keyring.backend
import keyring.errors

from app.domain.errors import Code, LocalTrouble

KEY_SIZE = 32
SAFE_BACKENDS = (
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
)
_NAME = re.compile(r"[0-9A-Za-z_+-]{1,64}", re.ASCII)


class KeyStore(Protocol):
    """Holds master keys by name."""

    def load(self, name: str) -> bytes | None:
        """The key, or None where none was kept. Raises ``LocalTrouble`` ``KEY_MISSING``."""
        ...

    def keep(self, name: str, key: bytes) -> None:
        """Store it durably before the first use. Raises ``LocalTrouble`` ``KEY_MISSING``."""
        ...

    def mark_of(self, name: str) -> Path:
        """Where the mark of this base lies: kept where the key is kept, never in the base."""
        ...


@dataclass(frozen=True, slots=True)
class FileKeyStore:
    """One owner-only file per key: training, or live by written policy."""

    folder: Path

    def load(self, name: str) -> bytes | None:
        path = self._path(name)
        try:
            mode = path.stat().st_mode
            text = path.read_text("ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(error).__name__) from error
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise LocalTrouble(Code.KEY_MISSING, detail="key file is open to others")
        return _key_of(text)

    def keep(self, name: str, key: bytes) -> None:
        path = self._path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(path, _text_of(key))
        except OSError as error:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(error).__name__) from error

    def mark_of(self, name: str) -> Path:
        return self._path(name).with_suffix(".mark")

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise LocalTrouble(Code.KEY_MISSING, detail="key name")
        return self.folder / f"{name}.key"


def system_keyring() -> keyring.backend.KeyringBackend:
    """The operating system's own key store. Raises ``LocalTrouble`` where there is none."""
    for backend in keyring.backend.get_all_keyring():
        if type(backend).__module__ in SAFE_BACKENDS:
            return backend
    raise LocalTrouble(Code.KEY_MISSING, detail="no system key store")


class KeyringKeyStore:
    """The key store of the operating system, through keyring."""

    def __init__(
        self,
        service: str,
        backend: keyring.backend.KeyringBackend | None = None,
        marks: Path | None = None,
    ) -> None:
        """``marks``: the folder of the marks, outside the folder of the base."""
        self._service = service
        self._marks = marks or _state_folder()
        self._backend = backend or system_keyring()

    def load(self, name: str) -> bytes | None:
        try:
            text = self._backend.get_password(self._service, name)
        except keyring.errors.KeyringError as error:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(error).__name__) from error
        return None if text is None else _key_of(text)

    def keep(self, name: str, key: bytes) -> None:
        try:
            self._backend.set_password(self._service, name, _text_of(key))
        except keyring.errors.KeyringError as error:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(error).__name__) from error

    def mark_of(self, name: str) -> Path:
        return self._marks / f"{name}.mark"


def _state_folder() -> Path:
    """Where programs of this user keep their state."""
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "yaotai-marks"
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "yaotai"


def _text_of(key: bytes) -> str:
    if len(key) != KEY_SIZE:
        raise LocalTrouble(Code.KEY_MISSING, detail="key length")
    return key.hex()


def _key_of(text: str) -> bytes:
    if re.fullmatch(r"[0-9a-f]{64}", text.strip(), re.ASCII) is None:
        raise LocalTrouble(Code.KEY_MISSING, detail="key form")
    return bytes.fromhex(text)


def write_durably(path: Path, text: str) -> None:
    """Owner-only file: written aside, flushed, synced, put in place. Raises ``OSError``."""
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed in it stays so after a power cut. Raises ``OSError``."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
