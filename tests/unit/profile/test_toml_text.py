"""TOML from outside: whatever is not read ends in the one error of a decoder."""

from collections.abc import Callable
from pathlib import Path
from tomllib import TOMLDecodeError

import pytest

from app.domain.errors import Code, LocalTrouble
from app.live.provisioning import _read as read_list
from app.profile.loader import load
from app.profile.settings import read_installation
from app.profile.toml_text import DEEPEST, read_toml

HOSTILE = {
    "lists within lists": "extends = " + "[" * 5_000,
    "lists that end": "extends = " + "[" * 40 + "]" * 40,
    "tables within tables": "a = " + "{b = " * 5_000,
    "tables that end": "a = " + "{b = " * 40 + "1" + "}" * 40,
    "names within names": ".".join("a" * 5_000) + " = 1",
    "a table of a long name": "[" + ".".join("a" * 5_000) + "]",
    "a number of many digits": "a = " + "9" * 5_000,
    "no TOML": "a = = 1",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_the_error_of_a_decoder(text: str) -> None:
    with pytest.raises(TOMLDecodeError):
        read_toml(text)


def test_what_people_write_is_read() -> None:
    assert read_toml('[a.b]\nc = [[1], {d = "e"}]') == {"a": {"b": {"c": [[1], {"d": "e"}]}}}
    # the document itself is the first level
    within = DEEPEST - 1
    assert read_toml("a = " + "[" * within + "]" * within)
    with pytest.raises(TOMLDecodeError):
        read_toml("a = " + "[" * DEEPEST + "]" * DEEPEST)


def _region(file: Path) -> None:
    load(file.stem, folder=file.parent)


def _settings(file: Path) -> None:
    read_installation(file, "1")


READERS: dict[str, tuple[Callable[[Path], object], Code]] = {
    "a region": (_region, Code.PROFILE_BROKEN),
    "the settings": (_settings, Code.SETTINGS_BROKEN),
    "the list of a store": (read_list, Code.LIST_WRONG),
}


@pytest.mark.parametrize(("read", "code"), READERS.values(), ids=READERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_every_file_from_outside_is_refused_by_name(
    tmp_path: Path, read: Callable[[Path], object], code: Code, text: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(LocalTrouble) as told:
        read(file)
    assert told.value.code is code
    assert told.value.params["what"]
