"""Master keys: kept whole, owner only, refused where they would not be safe."""

import os
from pathlib import Path

import keyring.backend
import keyring.errors
import pytest

from app.domain.errors import Code, LocalTrouble
from localdb.keystore import FileKeyStore, KeyringKeyStore, KeyStore, system_keyring

KEY = bytes(range(32))


class MemoryKeyring(keyring.backend.KeyringBackend):
    """An honest backend that forgets when the test ends."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._require_open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._require_open()
        self.kept[(service, username)] = password

    def _require_open(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked


@pytest.fixture(params=["file", "keyring"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> KeyStore:
    if request.param == "file":
        return FileKeyStore(tmp_path / "keys")
    return KeyringKeyStore("yaotai", MemoryKeyring())


def test_key_comes_back_and_others_do_not(keys: KeyStore) -> None:
    assert keys.load("training") is None
    keys.keep("training", KEY)
    assert keys.load("training") == KEY
    assert keys.load("live") is None


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_key_of_another_length_is_refused(keys: KeyStore, length: int) -> None:
    with pytest.raises(LocalTrouble) as trouble:
        keys.keep("training", bytes(length))
    assert trouble.value.code is Code.KEY_MISSING
    assert keys.load("training") is None


@pytest.mark.parametrize("name", ["", "../up", "a/b", "a b", "键"])
def test_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(LocalTrouble):
        FileKeyStore(tmp_path).keep(name, KEY)


@pytest.mark.parametrize("text", ["", "00", "zz" * 32, KEY.hex().upper(), "键"])
def test_damaged_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "training.key"
    path.write_text(text, "utf-8")
    path.chmod(0o600)
    with pytest.raises(LocalTrouble) as trouble:
        FileKeyStore(tmp_path).load("training")
    assert trouble.value.code is Code.KEY_MISSING


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    store.keep("training", KEY)
    path = tmp_path / "training.key"
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o640)
    with pytest.raises(LocalTrouble):
        store.load("training")


def test_locked_keyring_is_trouble() -> None:
    backend = MemoryKeyring()
    store = KeyringKeyStore("yaotai", backend)
    store.keep("training", KEY)
    backend.locked = True
    for work in (lambda: store.load("training"), lambda: store.keep("training", KEY)):
        with pytest.raises(LocalTrouble) as trouble:
            work()
        assert trouble.value.code is Code.KEY_MISSING


def test_only_key_stores_of_the_system_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: [MemoryKeyring()])
    with pytest.raises(LocalTrouble) as trouble:
        system_keyring()
    assert trouble.value.code is Code.KEY_MISSING
    safe = type("Safe", (MemoryKeyring,), {"__module__": "keyring.backends.SecretService"})()
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: [MemoryKeyring(), safe])
    assert system_keyring() is safe
