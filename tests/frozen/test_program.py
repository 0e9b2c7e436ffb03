"""The built program: what is inside, and a visit from an empty folder (architecture 17)."""

import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from PyInstaller.archive.readers import CArchiveReader

from app.gateways.transport.cage import Cage, Called, Opening
from app.gateways.transport.cage_words import CageWord
from app.jobs.child import CAGE, SECOND_OPINION
from devices.code.virtual import phone_picture
from tests.support.frozen_program import LIMIT_S, FrozenProgram

pytestmark = [pytest.mark.deep, pytest.mark.timeout(2 * LIMIT_S)]

ROOT = Path(__file__).parents[2]
ROOMS = ("app", "ui", "devices", "localdb", "resources")
# what only developers have; none of it belongs on a counter
WORKSHOP = ("PyInstaller", "_pytest", "hypothesis", "mypy", "pytest", "setuptools", "tests")
VOUCHER = "4240123456789012345678530000"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> FrozenProgram:
    """Built for this test alone; what lies in dist/ may be older."""
    folder = tmp_path_factory.mktemp("frozen")
    places = ("--distpath", str(folder / "dist"), "--workpath", str(folder / "build"))
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", *places, "build.spec"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return FrozenProgram(
        folder / "dist" / "yaotai" / ("yaotai.exe" if sys.platform == "win32" else "yaotai")
    )


@pytest.fixture(scope="module")
def modules(program: FrozenProgram) -> set[str]:
    """Every module in the program's archive, by its dotted name."""
    return set(CArchiveReader(str(program.path)).open_embedded_archive("PYZ.pyz").toc)


def own_modules() -> Iterator[str]:
    """Every module of the rooms, as the tree has it; migrations are files, read by number."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_our_rooms_hold_our_modules_and_nothing_else(modules: set[str]) -> None:
    inside = {name for name in modules if name.partition(".")[0] in ROOMS}
    assert inside == set(own_modules())


def test_no_package_of_others_has_the_name_of_a_room() -> None:
    claimed = packages_distributions()
    others = {room: set(claimed.get(room, ())) - {"yaotai"} for room in ROOMS}
    assert others == {room: set() for room in ROOMS}
    assert not set(ROOMS) & set(sys.stdlib_module_names)


def test_the_workshop_stays_at_home(modules: set[str]) -> None:
    top_level = {name.partition(".")[0] for name in modules}
    assert "app" in top_level
    assert sorted(top_level & set(WORKSHOP)) == []


@pytest.mark.parametrize("identity", ["qr", "card", "idcard"])
def test_a_visit_is_played_from_an_empty_folder(
    program: FrozenProgram, tmp_path: Path, identity: str
) -> None:
    played = program.play(tmp_path, "--identity", identity, "--out", "papers")
    assert played.report.get("ok") is True, played.said
    assert played.status == 0
    assert "Traceback" not in played.said
    printed = {path.name for path in (tmp_path / "papers").iterdir()}
    assert {*played.report["documents"], *played.report["screenshots"]} < printed
    assert len(played.report["documents"]) == 2


def test_it_is_its_own_second_opinion(program: FrozenProgram, tmp_path: Path) -> None:
    picture = phone_picture(VOUCHER)
    frame = struct.pack(">II", *picture.shape) + picture.tobytes()
    done = subprocess.run(
        [str(program.path), SECOND_OPINION],
        input=frame,
        cwd=tmp_path,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [seen[0] for seen in json.loads(done.stdout)] == [VOUCHER]


def test_it_is_its_own_cage(program: FrozenProgram, tmp_path: Path) -> None:
    opening = Opening(tmp_path / "no.dll", "cdecl", "plain", "a", "b", "", (), 1024, LIMIT_S)
    cage = Cage(opening, [str(program.path), CAGE])
    try:
        assert cage.call(b"{}", 1024, LIMIT_S) == Called(False, CageWord.ABSENT)
    finally:
        cage.close()
    assert list(program.path.parent.rglob("cage/caged.py"))


def test_a_missing_card_service_is_a_sentence(program: FrozenProgram, tmp_path: Path) -> None:
    done = program.run(tmp_path, "card", "read", "--reader", "no reader of this name")
    said = done.stderr.decode("utf-8")
    assert done.returncode == 2
    assert "Traceback" not in said
    assert re.search(r"2[0-9]{3}", said), said


def test_the_doctor_finds_what_the_counter_stands_on(
    program: FrozenProgram, tmp_path: Path
) -> None:
    said = program.run(tmp_path, "doctor").stderr.decode("utf-8")
    found = {line.split()[1]: line.split()[0] for line in said.splitlines() if line}
    needed = ("ciphers", "profile", "database", "decoder")
    assert {name: found.get(name) for name in needed} == dict.fromkeys(needed, "ok"), said
