"""Slips that are cheap to find: paths of one machine, registries by name, keys, skipped checks.

Each pattern is written so that it does not match itself.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# made on this machine, and not part of the project
MADE = {"build", "dist", "__pycache__"}
REGISTRIES = r"py[p]i\.|python[h]osted|npm[j]s|crates\.[i]o|proxy\.golan[g]|(?:deb|ftp)\.debia[n]\."
SLIPS = {
    "a registry by its host name": re.compile(REGISTRIES, re.IGNORECASE),
    "a package index told to pip": re.compile(r"--(?:extra-)?inde[x]-url|--truste[d]-host"),
    "a path of one machine": re.compile(r"/(?:wor[k]|far[m]|roo[t]|hom[e]/[a-z]+|User[s]/[a-z]+)/"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KE[Y]"),
    "a verification switched off": re.compile(r"verif[y]=False"),
    "a test that waits or looks away": re.compile(
        r"time\.slee[p]\(|QTest\.qWai[t]\(|pytest\.mark\.(?:ski[p]\b|xfai[l]|flak[y])"
    ),
    "an unfinished place": re.compile(r"\bTOD[O]\b|\bFIXM[E]\b|raise NotImplemente[d]Error"),
    "an exception that disappears": re.compile(r"except(?: Exception)?:[ \t]*(?:pas[s])?$", re.M),
}
PLANTED = {
    "a registry by its host name": "https://" + "pypi" + ".org/simple",
    "a package index told to pip": "--index" + "-url x",
    "a path of one machine": "/ho" + "me/somebody/x",
    "a private key": "-----BEGIN EC PRIVATE " + "KEY-----",
    "a verification switched off": "get(url, verify" + "=False)",
    "a test that waits or looks away": "time." + "sleep(1)",
    "an unfinished place": "# TO" + "DO later",
    "an exception that disappears": "    except Exception" + ":\n        ...",
}


def files(folder: Path) -> Iterator[Path]:
    """Every file of the project below ``folder``; what was made here is not walked into."""
    for path in sorted(folder.iterdir()):
        made = path.name in MADE or path.suffix == ".egg-info"
        if made or (path.name.startswith(".") and path.name not in (".ci", ".gitignore")):
            continue
        if path.is_dir():
            yield from files(path)
        elif path.is_file():
            yield path


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Name and content of every text file."""
    read = []
    for path in files(ROOT):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        read.append((path.relative_to(ROOT).as_posix(), text))
    return tuple(read)


@pytest.mark.parametrize("slip", SLIPS)
def test_nothing_of_this_slipped_in(slip: str) -> None:
    found = [
        (name, match.group()) for name, text in texts() for match in SLIPS[slip].finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize("slip", SLIPS)
def test_the_pattern_finds_what_it_is_for(slip: str) -> None:
    assert SLIPS[slip].search(PLANTED[slip])


def test_the_look_reaches_every_corner() -> None:
    names = {name for name, _ in texts()}
    assert {"dev.py", "requirements.lock", ".ci/run", "build.spec", "app/main.py"} <= names
    assert "tests/unit/house/test_no_slips.py" in names
