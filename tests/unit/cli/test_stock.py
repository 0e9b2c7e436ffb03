"""``yaotai stock``: keys, statuses, plain sentences."""

import json
from pathlib import Path

import pytest

from app.cli.dispatch import dispatch
from app.ports.stock_books import Doubt, Flaw, Proof
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
