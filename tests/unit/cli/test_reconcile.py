"""``yaotai reconcile``: keys, statuses, one plain sentence."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cli.dispatch import dispatch
from app.cli.doors import MoneyWish, RehearsalWish, RehearsedDay, StockDayWish
from app.domain.errors import Code, LocalTrouble
from app.profile.loader import base_of
from tests.support.fake_doors import FakeDoors

LINE = {
    "item": "400000009",
    "local": None,
    "platform": 1200,
    "difference": -1200,
    "state": "open",
    "cause": "absent_here",
    "evidence": [],
    "says": "平台已结算，本店没有这笔",
}


def a_report(*, complete: bool = True, lines: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {
        "complete": complete,
        "title": "2026-11-22 资金对账",
        "lines": list(lines),
        "totals": {"open": len(lines)},
        "files": ["a.xlsx"],
    }


def run(doors: FakeDoors, *arguments: str) -> int:
    return dispatch(["reconcile", "money", *arguments], lambda: doors)


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (a_report(), 0),
        (a_report(complete=False), 1),
        (a_report(lines=(LINE,)), 1),
    ],
)
def test_the_document_is_the_answer(
    capsys: pytest.CaptureFixture[str], report: dict[str, Any], status: int
) -> None:
    assert run(FakeDoors(report=report), "--json") == status
    out = capsys.readouterr()
    assert json.loads(out.out) == report
    assert out.err == ""


def test_people_read_it_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(FakeDoors(report=a_report(lines=(LINE,)))) == 1
    out = capsys.readouterr()
    assert out.out == ""
    for words in ("资金对账", "400000009", "-12.00", LINE["says"], "a.xlsx"):
        assert str(words) in out.err


def test_day_and_folder_reach_the_door(tmp_path: Path) -> None:
    doors = FakeDoors(report=a_report())
    run(doors, "--date", "2026-11-21", "--out", str(tmp_path), "--data-dir", str(tmp_path))
    assert doors.wishes == [MoneyWish(tmp_path, base_of("training"), date(2026, 11, 21), tmp_path)]


@pytest.mark.parametrize("wrong", [("--date", "yesterday"), ("--date", "2026-13-01"), ("--what",)])
def test_wrong_usage_is_two(capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...]) -> None:
    assert run(FakeDoors(), *wrong) == 2
    assert "1701" in capsys.readouterr().err


def test_a_window_that_holds_the_base_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(trouble=LocalTrouble(Code.ALREADY_RUNNING))
    assert run(doors) == 2
    assert str(int(Code.ALREADY_RUNNING)) in capsys.readouterr().err


STOCK_LINE = {
    "item": "SP0001",
    "lot": "PC1",
    "difference": "-2",
    "says": "3505 没有送到",
}


def stock_report(*, complete: bool = True, needs: int = 0, cannot: int = 0) -> dict[str, Any]:
    return {
        "complete": complete,
        "title": "2026-11-22 库存对账",
        "lines": [STOCK_LINE] * (needs + cannot),
        "totals": {"needs_action": needs, "cannot_compare": cannot},
        "files": ["b.xlsx"],
    }


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (stock_report(), 0),
        (stock_report(complete=False), 1),
        (stock_report(needs=1), 1),
        (stock_report(cannot=1), 1),
    ],
)
def test_a_day_of_stock_holds_where_nothing_waits_for_anybody(
    capsys: pytest.CaptureFixture[str], report: dict[str, Any], status: int
) -> None:
    doors = FakeDoors(report=report)
    arguments = ["reconcile", "stock", "--date", "2026-11-22", "--json"]
    assert dispatch(arguments, lambda: doors) == status
    assert json.loads(capsys.readouterr().out) == report
    assert doors.wishes == [StockDayWish(None, base_of("training"), date(2026, 11, 22), None)]


def test_people_read_lines_of_stock_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["reconcile", "stock"], lambda: FakeDoors(report=stock_report(needs=1))) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "SP0001 PC1" in told.err
    assert "3505 没有送到" in told.err


@pytest.mark.parametrize(
    ("causes", "named", "alarms", "status"),
    [(1, 95, 0, 0), (1, 94, 0, 1), (2, 85, 0, 0), (2, 84, 0, 1), (1, 100, 1, 1), (0, 0, 0, 0)],
)
def test_a_rehearsal_holds_where_enough_was_named_and_nothing_invented(
    capsys: pytest.CaptureFixture[str], causes: int, named: int, alarms: int, status: int
) -> None:
    report = {
        "days": 100,
        "planted": 100 if causes else 0,
        "named": named,
        "false_alarms": alarms,
        "by_cause": {"lost_sale": {"planted": 100, "named": named}},
    }
    doors = FakeDoors(report=report, rehearsed=(RehearsedDay(3, "lost_sale"), RehearsedDay(4, "")))
    arguments = ["reconcile", "rehearse", "--days", "100", "--causes", str(causes)]
    assert dispatch(arguments, lambda: doors) == status
    told = capsys.readouterr().err
    assert "day 3: lost_sale" in told
    assert "day 4" not in told
    assert doors.wishes == [RehearsalWish(1, 100, causes, base_of("training"))]
