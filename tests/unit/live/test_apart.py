"""Training and live share no region, institution, folder or key; keys are read carefully."""

import base64
from pathlib import Path

import pytest

from app.cli.doors import LiveWish
from app.domain.errors import Code, LocalTrouble, NotSent
from app.gateways.assemble import open_platform
from app.gateways.live_access import access_of, addresses_of
from app.gateways.reach import reach
from app.gateways.transport.http import Tls
from app.jobs.clock import SystemClock
from app.jobs.training_platform import Wanted
from app.live.store import LiveStore, region_of, require_apart
from app.opening import open_counter
from app.ports.devices import RealParts
from app.profile.loader import load
from tests.support.live_parts import PLATFORM, PRIVATE, PUBLIC, ROOT, WHOLE, installed, keys_in
from tests.support.platform_parts import STORE_KEYS
from tests.support.scripted_server import ScriptedServer, refused_url


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('code = "P99000000001"', 'code = "P35010000001"', "institution.code"),
        ('folder = "base"', 'folder = "practice"', "storage.folder"),
        ('folder = "base"', 'folder = "practice/below"', "storage.folder"),
        ('folder = "base"', 'folder = "."', "storage.folder"),
        ('key_folder = "base-keys"', 'key_folder = "practice/keys"', "storage.key_folder"),
    ],
)
def test_what_is_shared_with_training_is_named(
    tmp_path: Path, before: str, after: str, what: str
) -> None:
    with pytest.raises(LocalTrouble) as told:
        require_apart(installed(tmp_path, WHOLE.replace(before, after)), tmp_path / "practice")
    assert (told.value.code, told.value.params["what"]) == (Code.TRAINING_MIXED, what)


def test_a_folder_that_training_used_is_not_taken_for_live(tmp_path: Path) -> None:
    found = installed(tmp_path)
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "fujian-training.db").write_bytes(b"")
    with pytest.raises(LocalTrouble) as told:
        require_apart(found, tmp_path / "practice")
    assert told.value.code is Code.TRAINING_MIXED


def test_training_does_not_open_where_a_live_base_lies(tmp_path: Path) -> None:
    (tmp_path / "shanghai.check").write_text("00", encoding="ascii")
    with pytest.raises(LocalTrouble) as told, open_counter(Wanted(tmp_path, "fujian", tmp_path)):
        pass
    assert told.value.code is Code.TRAINING_MIXED


def test_a_key_beside_its_base_is_refused(tmp_path: Path) -> None:
    found = installed(tmp_path, WHOLE.replace("base-keys", "base/keys"))
    with pytest.raises(LocalTrouble) as told:
        require_apart(found, tmp_path / "practice")
    assert told.value.params["what"] == "storage.key_folder"


@pytest.mark.parametrize("region", ["training", "shanghai+oauth", "shanghai+centre_by_core"])
def test_a_region_that_is_dressed_for_trying_things_out_is_refused(
    tmp_path: Path, region: str
) -> None:
    with pytest.raises(LocalTrouble) as told:
        region_of(installed(tmp_path, WHOLE.replace("shanghai", region)))
    assert told.value.code is Code.TRAINING_MIXED


def test_a_store_that_settles_elsewhere_may_say_so(tmp_path: Path) -> None:
    found = installed(tmp_path, WHOLE.replace("shanghai", "shanghai+settled_elsewhere"))
    assert region_of(found).settle.mode == "external"


def test_sound_keys_make_an_access(tmp_path: Path) -> None:
    profile = load("national").profile
    access = access_of(profile, installed(tmp_path), keys_in(tmp_path / "keys", publicKey=PUBLIC))
    assert (access.institution_code, access.app_id) == ("P99000000001", "A")
    assert access.keys.public == STORE_KEYS.public
    assert {url.split("/")[2] for url in access.endpoints.values()} == {"127.0.0.1:9"}
    assert "G" not in repr(access.tif_secret)


def test_a_root_of_seals_may_come_as_text(tmp_path: Path) -> None:
    found = installed(tmp_path, WHOLE.replace("root.der", "root.pem"))
    access = access_of(load("national").profile, found, keys_in(tmp_path / "keys"))
    assert access.seal_roots == (ROOT,)


def test_a_region_with_a_library_takes_it_from_the_settings(tmp_path: Path) -> None:
    more = '[library]\nfolder = "vendor"\nhost = ["python.exe", "caged.py"]\nuser = "U"\n'
    found = installed(tmp_path, WHOLE.replace("shanghai", "fujian") + more)
    profile = region_of(found)
    secret = keys_in(tmp_path / "keys", libraryPassword="LP")
    access = access_of(profile, found, secret)
    assert access.library is not None
    assert (access.library.folder, access.library.user) == (tmp_path / "vendor", "U")
    assert access.library.host == ("python.exe", "caged.py")
    assert access.library.password.reveal() == "LP"
    opened = open_platform(profile, access, SystemClock())
    opened.close()


def test_a_terminal_comes_from_the_settings_too(tmp_path: Path) -> None:
    more = '[terminal]\nfolder = "terminal"\nuser = "U"\n'
    found = installed(tmp_path, WHOLE.replace("shanghai", "yunnan") + more)
    profile = region_of(found)
    secret = keys_in(tmp_path / "keys", terminalPassword="TP")
    access = access_of(profile, found, secret)
    assert access.library is None
    assert access.terminal is not None
    assert (access.terminal.folder, access.terminal.user) == (tmp_path / "terminal", "U")
    assert access.terminal.password.reveal() == "TP"
    open_platform(profile, access, SystemClock()).close()


def test_a_terminal_nobody_named_is_named_before_a_base_is_made(tmp_path: Path) -> None:
    installed(tmp_path, WHOLE.replace("shanghai", "yunnan"))
    keys_in(tmp_path / "keys", publicKey=PUBLIC)
    live = LiveStore(LiveWish(tmp_path / "live.toml", "1", tmp_path / "practice"))
    with (
        pytest.raises(LocalTrouble) as told,
        live.open(live.wanted(None, "", RealParts())),
    ):
        pass
    assert (told.value.code, told.value.params["what"]) == (
        Code.TERMINAL_NOT_NAMED,
        "NationECCode.dll",
    )
    assert not (tmp_path / "base").exists()


@pytest.mark.parametrize(
    ("changed", "code", "what"),
    [
        ({"appSecret": ""}, Code.SECRET_ABSENT, "appSecret"),
        ({"gatewaySecret": ""}, Code.SECRET_ABSENT, "gatewaySecret"),
        ({"privateKey": "no key at all…"}, Code.KEY_NOT_TEXT, "privateKey"),
        ({"privateKey": PRIVATE[:-8]}, Code.KEY_LENGTH, "privateKey"),
        ({"platformPublicKey": base64.b64encode(bytes(64)).decode()}, Code.KEY_VALUE, "platform"),
        ({"privateKey": "-----BEGIN CERTIFICATE-----"}, Code.KEY_CONTAINER, "privateKey"),
        ({"privateKey": PUBLIC}, Code.KEY_OTHER_HALF, "privateKey"),
        ({"publicKey": PLATFORM}, Code.KEYS_NO_PAIR, "privateKey"),
        ({"platformPublicKey": PUBLIC}, Code.KEY_OF_OURS, "platformPublicKey"),
    ],
)
def test_a_key_that_is_wrong_is_named_and_never_shown(
    tmp_path: Path, changed: dict[str, str], code: Code, what: str
) -> None:
    profile = load("national").profile
    with pytest.raises(LocalTrouble) as told:
        access_of(profile, installed(tmp_path), keys_in(tmp_path / "keys", **changed))
    assert told.value.code is code
    assert str(told.value.params["what"]).startswith(what)
    assert not any(text and text in repr(told.value.params) for text in changed.values())


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    secret = keys_in(tmp_path / "keys")
    (tmp_path / "keys" / "privateKey.txt").chmod(0o644)
    with pytest.raises(LocalTrouble) as told:
        secret("privateKey")
    assert (told.value.code, told.value.params["what"]) == (Code.SECRET_OPEN, "privateKey")


@pytest.mark.parametrize(
    ("before", "after", "code", "what"),
    [
        ('voucher = "http://127.0.0.1:9"\n', "", Code.SETTINGS_LACK, "addresses.voucher"),
        ('paasid = "P"\n', "", Code.SETTINGS_LACK, "keys.paasid"),
        ('["root.der"]', "[]", Code.SETTINGS_LACK, "trust.seal_roots"),
        ('["root.der"]', '["none.der"]', Code.SETTINGS_FILE_MISSING, "trust.seal_roots"),
        ('["root.der"]', '["none.txt"]', Code.SETTINGS_WRONG, "trust.seal_roots"),
        ('core = "http:', 'core = "https:', Code.SETTINGS_LACK, "trust.ca"),
        (
            "plain_http = true",
            'plain_http = true\nca = "live.toml"',
            Code.SETTINGS_WRONG,
            "trust.ca",
        ),
        (
            "plain_http = true",
            'plain_http = true\npins = ["00"]',
            Code.SETTINGS_WRONG,
            "trust.pins",
        ),
    ],
)
def test_what_the_region_needs_and_the_settings_lack(
    tmp_path: Path, before: str, after: str, code: Code, what: str
) -> None:
    profile = load("national").profile
    found = installed(tmp_path, WHOLE.replace(before, after, 1))
    with pytest.raises(LocalTrouble) as told:
        access_of(profile, found, keys_in(tmp_path / "keys"))
    assert (told.value.code, told.value.params["what"]) == (code, what)


def test_every_address_this_region_needs(tmp_path: Path) -> None:
    named = addresses_of(load("national").profile, installed(tmp_path))
    assert set(named) == {"core", "prescription", "voucher"}


def test_the_doctor_has_one_row_for_settings_that_are_not_there(tmp_path: Path) -> None:
    live = LiveStore(LiveWish(tmp_path / "none.toml", "1", tmp_path / "practice"))
    assert [name for name, _probe in live.probes()] == ["settings"]


def test_nobody_there_and_nowhere_to_go_are_two_things() -> None:
    with pytest.raises(NotSent) as shut:
        reach(refused_url(), Tls(), 1.0)
    assert shut.value.code is Code.ADDRESS_REFUSED
    with pytest.raises(NotSent) as nowhere:
        reach("https://platform.invalid", Tls(), 1.0)
    assert nowhere.value.code is Code.ADDRESS_UNKNOWN


def test_a_plain_service_where_a_secured_one_was_promised() -> None:
    with ScriptedServer() as server:
        assert reach(server.url, Tls()) == "http"
        server.then(lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
        with pytest.raises(NotSent) as told:
            reach(server.url.replace("http:", "https:"), Tls(), 1.0)
    assert told.value.code is Code.TLS_ABSENT
