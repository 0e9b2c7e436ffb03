from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble
from app.profile.loader import OWN_REGIONS, leaves, load, profile_folder, shipped
from app.profile.operations import Operation, Service

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """The shipped regions in a folder of our own, plus one more file."""
    for entry in profile_folder().iterdir():
        if entry.name.endswith(".toml"):
            (tmp_path / entry.name).write_text(entry.read_text("utf-8"), "utf-8")

    def put(name: str, text: str) -> Path:
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
        return tmp_path

    return put


def _refused(
    folder: Path, name: str, *overlays: str, code: Code = Code.PROFILE_INVALID
) -> dict[str, object]:
    with pytest.raises(LocalTrouble) as refused:
        load(name, *overlays, folder=folder)
    assert refused.value.code is code
    return dict(refused.value.params)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_region_loads(name: str) -> None:
    loaded = load(name)
    assert loaded.profile.id == name
    assert len(loaded.profile.digest) == 16
    assert Step.HAND_OVER in loaded.profile.routes["prescription"]


@pytest.mark.parametrize("name", shipped())
def test_every_value_names_its_source(name: str) -> None:
    without = [
        key
        for key, origin in load(name).origins.items()
        if not origin.source and key.partition(".")[0] not in ("id", "name")
    ]
    assert without == []


def test_an_origin_is_the_file_that_set_the_value() -> None:
    origins = load("fujian").origins
    assert origins["core.encoding"].profile == "fujian"
    assert origins["core.infver"].profile == "national"
    assert origins["core.infver"].source == "core-platform 2.1 [C5]"


def test_a_child_changes_single_values(write: Write) -> None:
    text = 'id="mine"\nname="m"\nextends="national"\n[rules]\nnear_expiry_days=7\n'
    folder = write("mine", text)
    mine, national = load("mine", folder=folder).profile, load("national", folder=folder).profile
    assert mine.rules.near_expiry_days == 7
    assert mine.rules.unseen_code_action == national.rules.unseen_code_action
    assert mine.digest != national.digest


def test_an_overlay_lies_over_a_region_and_keeps_its_name() -> None:
    trained, plain = load("fujian", "training"), load("fujian")
    assert (trained.profile.id, trained.profile.name) == ("fujian", plain.profile.name)
    assert trained.profile.core.transport.value == "http"
    assert trained.profile.digest != plain.profile.digest


def test_loading_twice_gives_the_same_digest() -> None:
    assert load("national").profile == load("national").profile


@pytest.mark.parametrize(
    ("text", "key", "wanted"),
    [
        ("[rules]\nnear_expiry_dayz=7\n", "rules.near_expiry_dayz", "near_expiry_days"),
        ("[rxcentre]\nepc_chanel='fsi'\n", "rxcentre.epc_chanel", "epc_channel"),
        ("[core.timeout]\nconect=1.0\n", "core.timeout.conect", "connect"),
        ("[kore]\na=1\n", "kore", "core"),
        ("[core]\nzzz=1\n", "core.zzz", ""),
        ("[operations.audit]\nadress='1'\n", "operations[...].adress", "address"),
    ],
)
def test_a_misspelt_key_is_refused_with_what_it_may_mean(
    write: Write, text: str, key: str, wanted: str
) -> None:
    folder = write("mine", f'id="mine"\nname="m"\nextends="national"\n{text}')
    params = _refused(folder, "mine", code=Code.PROFILE_KEY_UNKNOWN)
    assert params == {"profile": "mine", "what": key, "wanted": wanted}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[rules]\nstore_mode='some'\n", "store_mode"),
        ("[core]\ninfver=1\n", "infver"),
        ("[operations.dance]\naddress='1'\n", "operations"),
    ],
)
def test_a_wrong_value_is_refused_by_name(write: Write, text: str, word: str) -> None:
    folder = write("mine", f'id="mine"\nname="m"\nextends="national"\n{text}')
    params = _refused(folder, "mine")
    assert params["profile"] == "mine"
    assert word in str(params["what"])


def test_a_missing_file_is_refused_by_name(write: Write) -> None:
    folder = write("mine", 'id="mine"\nname="m"\nextends="nowhere"\n')
    absent = Code.PROFILE_ABSENT
    assert _refused(folder, "mine", code=absent) == {"profile": "nowhere"}
    assert _refused(folder, "national", "absent", code=absent) == {"profile": "absent"}
    assert _refused(folder, "national+absent", code=absent) == {"profile": "absent"}


def test_a_broken_file_is_refused_by_name(write: Write) -> None:
    told = _refused(write("mine", 'id = "a"\nb = = 1'), "mine", code=Code.PROFILE_BROKEN)
    assert told["profile"] == "mine"
    assert "line 2" in str(told["what"])


@pytest.mark.parametrize(
    "text",
    ['id = "a"\nname = "a"\n"core.x" = 1\n', 'id = "a"\nsources = 3\n', "core = 3\n"],
    ids=["a point in a key", "sources that are none", "a value for a table"],
)
def test_a_bent_file_is_refused_by_name(write: Write, text: str) -> None:
    write("base", 'id = "base"\nname = "b"\n[core]\ny = 1\n')
    write("over", "[core]\nz = 2\n")
    folder = write("mine", f'extends = "base"\n{text}')
    told = _refused(folder, "mine", "over")
    assert told["what"]


def test_a_file_in_other_characters_is_refused_by_name(write: Write) -> None:
    folder = write("mine", "")
    (folder / "mine.toml").write_bytes('name = "福建"'.encode("gb18030"))
    assert _refused(folder, "mine", code=Code.PROFILE_BROKEN)["profile"] == "mine"


@pytest.mark.parametrize("name", ["n" * 400, "a\\u0000b"], ids=["too long", "a nought in it"])
def test_a_name_no_file_can_have_is_refused(write: Write, name: str) -> None:
    folder = write("mine", f'id="mine"\nname="m"\nextends="{name}"\n')
    assert _refused(folder, "mine", code=Code.PROFILE_BROKEN)["what"]


def test_regions_that_extend_each_other_are_refused(write: Write) -> None:
    write("a", 'id="a"\nname="a"\nextends="b"\n')
    folder = write("b", 'id="b"\nname="b"\nextends="a"\n')
    assert _refused(folder, "a")["what"] == "extends: a"


def test_a_route_no_counter_may_follow_is_refused(write: Write) -> None:
    folder = write(
        "mine", 'id="mine"\nname="m"\nextends="national"\n[routes]\nself_pay=["hand_over","scan"]\n'
    )
    assert str(_refused(folder, "mine")["what"]).startswith("routes.self_pay:")


def test_leaves_of_a_tree() -> None:
    tree = {"a": 1, "b": {"c": 2, "d": {"e": [3]}}, "f": {}}
    assert dict(leaves(tree)) == {"a": 1, "b.c": 2, "b.d.e": [3], "f": {}}


def test_an_operation_is_found_by_its_address() -> None:
    profile = load("national").profile
    for operation, part in profile.operations.items():
        assert profile.operation(operation) is part
        assert profile.address(operation) == part.address
        found = profile.known_as(part.service, part.address)
        assert found is not None
        assert profile.operations[found].address == part.address
    assert profile.known_as(Service.CORE, "nothing") is None
    assert Operation.SETTLE in profile.operations


OWN = 'id = "mine"\nname = "本地"\nextends = "national"\n[sources]\nname = "ours"\n'


def test_a_region_of_this_installation_lies_outside_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text(OWN, "utf-8")
    with pytest.raises(LocalTrouble) as absent:
        load("mine")
    assert absent.value.code is Code.PROFILE_ABSENT
    monkeypatch.setenv(OWN_REGIONS, str(tmp_path))
    mine = load("mine", "training").profile
    assert (mine.id, mine.name) == ("mine", "本地")
    assert mine.routes == load("national").profile.routes
    with pytest.raises(LocalTrouble) as other:
        load("theirs")
    assert other.value.code is Code.PROFILE_ABSENT


def test_what_ships_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fujian.toml").write_text(OWN.replace("mine", "fujian"), "utf-8")
    monkeypatch.setenv(OWN_REGIONS, str(tmp_path))
    assert load("fujian").profile.name != "本地"
