"""The keys of a live store as IT put them here: one text file each, or entries of the system."""

import os
import stat
from pathlib import Path

import keyring.backend
import keyring.errors

from app.domain.errors import Code, LocalTrouble
from localdb.keystore import system_keyring

SERVICE = "yaotai-live"
_LONGEST = 16_384


class SecretFiles:
    """``NAME.txt`` in one folder; nobody else on the machine may read them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        return str(self._folder)

    def __call__(self, name: str) -> str:
        """Empty where there is none. Raises ``LocalTrouble`` ``SECRET_OPEN``, or
        ``SETTINGS_FILE_MISSING`` for a file that cannot be read."""
        path = self._folder / f"{name}.txt"
        try:
            mode = path.stat().st_mode
            text = path.read_bytes()[:_LONGEST].decode("utf-8-sig")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as shut:
            raise LocalTrouble(
                Code.SETTINGS_FILE_MISSING, what=f"keys.folder/{name}", file=str(path)
            ) from shut
        if os.name == "posix" and mode & stat.S_IRWXO:
            raise LocalTrouble(Code.SECRET_OPEN, what=name)
        return text.strip()


class SecretEntries:
    """Entries of the key store of the operating system, by institution and name."""

    def __init__(
        self, institution: str, backend: keyring.backend.KeyringBackend | None = None
    ) -> None:
        self._institution = institution
        self._backend = backend or system_keyring()

    @property
    def where(self) -> str:
        return f"{SERVICE}: {self._institution}/…"

    def __call__(self, name: str) -> str:
        """Empty where there is none. Raises ``LocalTrouble`` ``KEY_MISSING``."""
        try:
            return self._backend.get_password(SERVICE, self._entry(name)) or ""
        except keyring.errors.KeyringError as shut:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(shut).__name__) from shut

    def keep(self, name: str, text: str) -> None:
        """Raises ``LocalTrouble`` ``KEY_MISSING`` where the system refuses."""
        try:
            self._backend.set_password(SERVICE, self._entry(name), text)
        except keyring.errors.KeyringError as shut:
            raise LocalTrouble(Code.KEY_MISSING, detail=type(shut).__name__) from shut

    def _entry(self, name: str) -> str:
        return f"{self._institution}/{name}"
