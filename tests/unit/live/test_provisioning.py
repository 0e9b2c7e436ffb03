"""What IT hands over: what is wrong in it is named by its place, and then nothing is entered."""

from pathlib import Path

import keyring.backend
import pytest

from app.cli.doors import LiveWish, ProvisionWish
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.live.provisioning import provision
from app.live.store import LiveStore, secrets_here
from localdb.secret_files import SecretEntries, SecretFiles
from tests.support.live_parts import WHOLE, installed, keys_in
from tests.support.province import PEOPLE


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A key store of the system, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def live(tmp_path: Path) -> LiveStore:
    installed(tmp_path)
    return LiveStore(LiveWish(tmp_path / "live.toml", "1", tmp_path / "practice"))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('roles = ["clerk"]', 'roles = ["boss"]', "people[0].roles"),
        ('roles = ["clerk"]', "roles = []", "people[0].roles"),
        ('login = "9001"', 'login = " "', "people[0]: login"),
        ('price = "12.30"', 'price = "12,30"', "drugs[0]: price"),
        ('storage = "常温"', 'storage = "冰箱"', "drugs[0]: price, storage"),
        ('name = "正式收银"', 'nam = "正式收银"', "people[0]"),
        ('login = "9001"', "login = 9001", "people[0].login"),
        ("[[people]]", "[[people", "line"),
    ],
)
def test_a_wrong_list_is_named_by_its_place_and_makes_no_base(
    live: LiveStore, tmp_path: Path, before: str, after: str, what: str
) -> None:
    listed = tmp_path / "list.toml"
    listed.write_text(PEOPLE.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(LocalTrouble) as told:
        provision(live, ProvisionWish(listed, None))
    assert told.value.code is Code.LIST_WRONG
    assert what in str(told.value.params["what"])
    assert "正式收银" not in str(told.value.params["what"])
    assert not (tmp_path / "base").exists()


def test_a_pin_of_nobody_is_not_made_anew(live: LiveStore) -> None:
    with pytest.raises(OperatorInput) as told:
        provision(live, ProvisionWish(None, None, "9009"))
    assert told.value.params["what"] == "9009"


def test_keys_in_the_key_store_of_the_system_are_the_same_keys(tmp_path: Path) -> None:
    files, backend = keys_in(tmp_path / "keys"), MemoryKeyring()
    entries = SecretEntries("P99000000001", backend)
    for name in ("appSecret", "privateKey"):
        entries.keep(name, files(name))
        assert entries(name) == files(name) != ""
    assert entries("gatewaySecret") == ""
    assert SecretEntries("P99000000002", backend)("appSecret") == "", "another institution's"


def test_the_settings_say_where_the_keys_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = installed(tmp_path)
    assert isinstance(secrets_here(found), SecretFiles)
    system = WHOLE.replace('app_id = "A"', 'app_id = "A"\nstore = "system"')
    monkeypatch.setattr(keyring.backend, "get_all_keyring", list)
    with pytest.raises(LocalTrouble) as none:
        # where there is no key store it is said, and no file is taken in its place
        secrets_here(installed(tmp_path, system))
    assert none.value.code is Code.KEY_MISSING
