"""``yaotai backup`` and ``restore``: what is asked for, and what a person reads."""

import json
from pathlib import Path

import pytest

from app.cli.dispatch import dispatch
from app.domain.errors import Code, LocalTrouble
from tests.support.fake_doors import FakeDoors

MADE = {"file": "copy.backup", "sha256": "ab" * 32, "units": 7, "rows": 3, "dropped": 1}


def test_a_backup_goes_where_it_is_sent(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    doors = FakeDoors(report=MADE)
    asked = ["backup", "--json", "--profile", "fujian", "--to", str(tmp_path)]
    assert dispatch(asked, lambda: doors) == 0
    assert doors.wishes == [None, "fujian", tmp_path]
    told = json.loads(capsys.readouterr().out)
    assert told.pop("ok") is True
    assert "copy.backup" in told.pop("detail")
    assert told == MADE


@pytest.mark.parametrize("days", [[], ["2026-11-21", "2026-11-22"]])
def test_who_restores_reads_what_to_compare(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, days: list[str]
) -> None:
    file = tmp_path / "copy.backup"
    file.write_bytes(b"x")
    doors = FakeDoors(report={"file": str(file), "cause": "restored", "days": days})
    asked = ["restore", "--profile", "fujian", "--data-dir", str(tmp_path), str(file)]
    assert dispatch(asked, lambda: doors) == 0
    assert doors.wishes == [tmp_path, "fujian", file]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("资金对账" in shown.err) == bool(days)
    assert " ".join(days) in shown.err


def test_a_file_that_is_not_there_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    doors = FakeDoors()
    assert dispatch(["restore", str(tmp_path / "none")], lambda: doors) == 2
    assert doors.wishes == []
    assert "none" in capsys.readouterr().err


def test_a_broken_copy_is_told_as_such(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "copy.backup"
    file.write_bytes(b"x")
    doors = FakeDoors(trouble=LocalTrouble(Code.BACKUP_BROKEN))
    assert dispatch(["restore", str(file)], lambda: doors) == 2
    assert "备份" in capsys.readouterr().err
