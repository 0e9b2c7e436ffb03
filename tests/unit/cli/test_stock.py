"""``yaotai stock``: keys, statuses, plain sentences."""

import json
from pathlib import Path

import pytest

from app.cli.dispatch import dispatch
from app.cli.doors import DeliveryWish
from app.ports.stock_books import Doubt, Flaw, Proof
from app.profile.loader import base_of
from tests.support.fake_doors import FakeDoors

HOLDS = Proof(4, 9, 7, ())
BROKEN = Proof(4, 9, 7, (Flaw(Doubt.LOT_COUNT, "3", 5, 4),))


@pytest.mark.parametrize(("proof", "status"), [(HOLDS, 0), (BROKEN, 1)])
def test_the_proof_is_the_answer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, proof: Proof, status: int
) -> None:
    doors = FakeDoors(proof=proof)
    asked = ["stock", "prove", "--json", "--data-dir", str(tmp_path)]
    assert dispatch(asked, lambda: doors) == status
    told = json.loads(capsys.readouterr().out)
    flaws = told.pop("flaws")
    assert told == {"ok": status == 0, "lots": 4, "movements": 9, "boxes": 7}
    assert flaws == (
        [{"doubt": "lot_count", "subject": "3", "kept": 5, "derived": 4}] if status else []
    )
    assert doors.wishes == [tmp_path]


def test_people_read_what_does_not_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["stock", "prove"], lambda: FakeDoors(proof=BROKEN)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "lot_count" in shown.err
    assert "账上 5 推得 4" in shown.err


@pytest.mark.parametrize(("bad", "status"), [(0, 0), (2, 1)])
def test_a_delivery_reaches_the_door_and_tells_its_rows(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, bad: int, status: int
) -> None:
    table = tmp_path / "note.xlsx"
    table.write_bytes(b"x")
    report = {"file": "note.xlsx", "rows": 5, "good_rows": 5 - bad, "bad_rows": bad}
    doors = FakeDoors(report={**report, "note_no": None, "files": ["errors.xlsx"]})
    asked = ["stock", "receive", "--good-rows", "--data-dir", str(tmp_path), str(table)]
    assert dispatch(asked, lambda: doors) == status
    assert doors.wishes == [
        DeliveryWish(tmp_path, base_of("training"), table, None, good_rows=True, check=False)
    ]
    shown = capsys.readouterr().err
    for words in ("note.xlsx", f"有错 {bad} 行", "errors.xlsx"):
        assert words in shown


def test_a_table_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    doors = FakeDoors()
    assert dispatch(["stock", "receive", str(tmp_path / "none.xlsx")], lambda: doors) == 2
    assert doors.wishes == []


STEP = {"at": "2026-11-22T10:00+08:00", "move": "receive", "name": "示例片", "lot": "A1138"}
THERE = {"code": "8" * 20, "record": "1", "lot": "PC1"}


@pytest.mark.parametrize(("rows", "status", "words"), [(1, 0, "记录 1 条"), (0, 1, "没有查到")])
def test_a_box_is_shown_here_and_there(
    capsys: pytest.CaptureFixture[str], rows: int, status: int, words: str
) -> None:
    told = {"code": "8" * 20, "on_file": bool(rows), "there": [THERE] * rows}
    doors = FakeDoors(report={**told, "ours": [{**STEP, "receipt": ""}]})
    assert dispatch(["stock", "trail", "8" * 20], lambda: doors) == status
    shown = capsys.readouterr().err
    assert words in shown
    assert "A1138" in shown
    assert dispatch(["stock", "trail", "--json", "8" * 20], lambda: doors) == status
    assert json.loads(capsys.readouterr().out)["there"] == [THERE] * rows
