"""``yaotai profile check``: which visits are played, and what their ends mean."""

import json
from typing import Any

import pytest

from app.cli.conformance import visits_of
from app.cli.dispatch import dispatch
from app.profile.loader import load
from tests.support.fake_doors import FakeDoors


@pytest.mark.parametrize(
    ("region", "unanswered"),
    [
        ("fujian", ["audit", "upload_sale", "settle"]),
        ("yunnan", ["audit", "upload_rx_sale", "settle"]),
        ("fujian+settled_elsewhere", ["audit", "upload_sale"]),
    ],
)
def test_every_medium_and_every_call_that_leaves_something(
    region: str, unanswered: list[str]
) -> None:
    names = [visit.name for visit in visits_of(load(region))]
    assert names == ["voucher", "card", "id_card", *(f"{name}_unanswered" for name in unanswered)]


@pytest.mark.parametrize(("good", "status"), [(True, 0), (False, 1)])
def test_one_visit_that_fails_fails_the_region(
    capsys: pytest.CaptureFixture[str], good: bool, status: int
) -> None:
    report: dict[str, Any] = {"ok": good, "code": None if good else 5003, "steps": []}
    doors = FakeDoors(report=report)
    assert dispatch(["profile", "check", "shanghai", "--json"], lambda: doors) == status
    told = json.loads(capsys.readouterr().out)
    assert (told["profile"], told["ok"], len(told["visits"])) == ("shanghai", good, 6)
    assert "rules.sale_upload_order" in told["unsure"]
    options = [wish for wish in doors.wishes if isinstance(wish, tuple)]
    assert options[0][:2] == ("--profile", "shanghai")
    assert options[1][2:4] == ("--identity", "card")


def test_a_visit_without_a_report_is_no_visit(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["profile", "check", "yunnan"], FakeDoors) == 1
    assert "没有走完：voucher" in capsys.readouterr().err


def test_a_file_that_is_wrong_is_played_by_nobody() -> None:
    doors = FakeDoors()
    assert dispatch(["profile", "check", "atlantis"], lambda: doors) == 2
    assert doors.wishes == []
