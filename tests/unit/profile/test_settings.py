"""The settings of a live store: what IT writes, and every way to write it wrong, named."""

from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.profile.settings import Installation, read_installation, settings_file

WHOLE = """
region = "shanghai"
[institution]
code = "P99000000001"
name = "示例药房"
area = "990100"
[addresses]
core = "https://core.example"
[keys]
app_id = "A"
[storage]
folder = "base"
[computers]
"TILL-1" = "1"
"Till-2" = "gulou/12"
"BAD" = "one"
"LOST" = "nowhere/3"
[stores.gulou.institution]
code = "P99000000002"
name = "示例药房鼓楼店"
[stores.gulou.keys]
folder = "keys/gulou"
"""


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YAOTAI_SETTINGS", "YAOTAI_COUNTER"):
        monkeypatch.delenv(name, raising=False)


def read(tmp_path: Path, text: str = WHOLE, **said: str) -> Installation:
    file = tmp_path / "live.toml"
    file.write_text(text, encoding="utf-8")
    return read_installation(file, **({"computer": "till-1"} | said))


def refused(tmp_path: Path, text: str, **said: str) -> LocalTrouble:
    with pytest.raises(LocalTrouble) as told:
        read(tmp_path, text, **said)
    return told.value


def test_one_file_serves_every_computer_of_every_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = read(tmp_path), read(tmp_path, computer="TILL-2")
    assert (first.counter, first.settings.institution.code) == (1, "P99000000001")
    assert (second.counter, second.settings.institution.code) == (12, "P99000000002")
    assert second.settings.institution.area == "990100", "what a store does not say is everybody's"
    assert second.path(second.settings.keys.folder) == tmp_path / "keys/gulou"
    assert read(tmp_path, counter="gulou/7", computer="new").counter == 7
    monkeypatch.setenv("YAOTAI_COUNTER", "5")
    assert read(tmp_path, computer="new").counter == 5


def test_the_file_is_found_where_the_machine_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings_file().name == "live.toml"
    monkeypatch.setenv("YAOTAI_SETTINGS", str(tmp_path / "other.toml"))
    assert settings_file() == tmp_path / "other.toml"
    assert settings_file(tmp_path / "named.toml") == tmp_path / "named.toml"


@pytest.mark.parametrize(
    ("before", "after", "code", "what"),
    [
        ('region = "shanghai"', "", Code.SETTINGS_LACK, "region"),
        ('name = "示例药房"\n', "", Code.SETTINGS_LACK, "institution.name"),
        ('folder = "base"', 'foldr = "base"', Code.SETTINGS_KEY_UNKNOWN, "storage.foldr"),
        ('app_id = "A"', 'app_id = "A"\nprivateKey = "S3"', Code.SETTINGS_KEY_UNKNOWN, "keys.priv"),
        ('app_id = "A"', "app_id = 7", Code.SETTINGS_WRONG, "keys.app_id"),
        ("https://core.example", "core.example", Code.SETTINGS_WRONG, "addresses.core"),
        ("https://core.example", "https://", Code.SETTINGS_WRONG, "addresses.core"),
        ("https://core.example", "https://u:p@core.example", Code.SETTINGS_WRONG, "addresses.core"),
        ("https://core.example", "https://core.example:x", Code.SETTINGS_WRONG, "addresses.core"),
        ("https://core.example", "http://core.example", Code.SETTINGS_WRONG, "addresses.core"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(
    tmp_path: Path, before: str, after: str, code: Code, what: str
) -> None:
    trouble = refused(tmp_path, WHOLE.replace(before, after, 1))
    assert trouble.code is code
    assert str(trouble.params["what"]).startswith(what)
    assert "S3" not in repr(trouble.params)
    assert "u:p" not in repr(trouble.params)


def test_a_plain_address_needs_a_written_word(tmp_path: Path) -> None:
    plain = WHOLE.replace("https:", "http:").replace("[keys]", "[trust]\nplain_http = true\n[keys]")
    assert read(tmp_path, plain).settings.addresses.core == "http://core.example"


@pytest.mark.parametrize(
    ("computer", "code"),
    [
        ("nobody", Code.COUNTER_UNNAMED),
        ("BAD", Code.SETTINGS_WRONG),
        ("LOST", Code.SETTINGS_LACK),
    ],
)
def test_a_computer_without_a_counter_is_named(tmp_path: Path, computer: str, code: Code) -> None:
    assert refused(tmp_path, WHOLE, computer=computer).code is code


@pytest.mark.parametrize("number", ["0", "100", "-1", "1.5", "１", "gulou/"])
def test_what_is_no_number_of_a_counter(tmp_path: Path, number: str) -> None:
    assert refused(tmp_path, WHOLE, counter=number).code is Code.SETTINGS_WRONG


def test_a_file_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(LocalTrouble) as told:
        read_installation(tmp_path / "live.toml")
    assert told.value.code is Code.SETTINGS_ABSENT
    broken = refused(tmp_path, 'region = "shanghai\n')
    assert broken.code is Code.SETTINGS_BROKEN
    assert "line 1" in str(broken.params["what"])
    (tmp_path / "live.toml").write_bytes('region = "上海"'.encode("gbk"))
    with pytest.raises(LocalTrouble) as gbk:
        read_installation(tmp_path / "live.toml", computer="TILL-1")
    assert gbk.value.code is Code.SETTINGS_BROKEN


def test_a_mark_in_front_of_the_file_does_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + WHOLE).counter == 1
