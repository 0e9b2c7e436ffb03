"""The hand that starts the built program has to start it bare, and to tell the truth of it."""

import os
from pathlib import Path

import pytest

from tests.support.frozen_program import FrozenProgram, lean_environment

posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-in program is a shell script")


def test_a_lean_environment_keeps_nothing_of_ours(tmp_path: Path) -> None:
    ours = {"PATH": "/bin", "PYTHONPATH": "x", "DISPLAY": ":0", "VIRTUAL_ENV": "y", "HOME": "z"}
    lean = lean_environment(ours, tmp_path)
    assert lean["PATH"] == lean["HOME"] == str(tmp_path)
    assert lean["QT_QPA_PLATFORM"] == "offscreen"
    assert not {"PYTHONPATH", "DISPLAY", "VIRTUAL_ENV"} & set(lean)


def test_windows_keeps_its_own_folder_on_the_path(tmp_path: Path) -> None:
    lean = lean_environment({"PATH": "C:/Python", "SYSTEMROOT": "C:/Windows"}, tmp_path)
    assert lean["PATH"] == str(Path("C:/Windows") / "System32")


def stand_in(folder: Path, body: str) -> FrozenProgram:
    folder.mkdir()
    program = folder / "yaotai"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return FrozenProgram(program)


@posix_only
def test_the_report_is_what_the_program_printed(tmp_path: Path) -> None:
    program = stand_in(tmp_path / "p", 'echo \'{"ok": true}\'; echo "$0 $1" >&2')
    played = program.play(tmp_path)
    assert (played.status, played.report) == (0, {"ok": True})
    assert played.said.strip().endswith("yaotai demo")
    assert played.seconds > 0


@posix_only
def test_a_program_that_fails_has_no_report(tmp_path: Path) -> None:
    played = stand_in(tmp_path / "p", "echo half; exit 3").play(tmp_path)
    assert (played.status, played.report) == (3, {})


@posix_only
def test_a_folder_is_weighed_without_what_its_links_point_to(tmp_path: Path) -> None:
    program = stand_in(tmp_path / "p", "")
    (tmp_path / "p" / "big").write_bytes(b"x" * 3_000_000)
    (tmp_path / "p" / "link").symlink_to(tmp_path / "p" / "big")
    assert program.megabytes() == 3
