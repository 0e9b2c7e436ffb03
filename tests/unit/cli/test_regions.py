"""``profile show`` and ``profile diff`` through ``dispatch``: keys, sources, statuses."""

import json
from typing import Any

import pytest

from app.cli.dispatch import dispatch
from app.profile.loader import load
from tests.support.fake_doors import FakeDoors


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any, str]:
    status = dispatch(["profile", *arguments], FakeDoors)
    spoken = capsys.readouterr()
    return status, json.loads(spoken.out) if spoken.out else None, spoken.err


def test_show_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    status, shown, told = ran(capsys, "show", "yunnan", "--json")
    assert (status, told) == (0, "")
    assert shown.keys() == {"profile", "name", "digest", "values"}
    assert shown["digest"] == load("yunnan").profile.digest
    rows = {row["key"]: row for row in shown["values"]}
    assert rows["rules.sale_upload_order"] == {
        "key": "rules.sale_upload_order",
        "value": "before_settlement",
        "set_by": "yunnan",
        "source": "S2 4.11",
        "confidence": "seed",
    }


def test_show_for_people_with_and_without_sources(capsys: pytest.CaptureFixture[str]) -> None:
    status, shown, told = ran(capsys, "show", "shanghai")
    assert (status, shown) == (0, None)
    assert 'rules.sale_channel = "centre"\n' in told
    _, _, told = ran(capsys, "show", "shanghai", "--source")
    line = next(line for line in told.splitlines() if line.startswith("rules.sale_channel"))
    assert line.endswith("# shanghai, single: S1 (10), prescription-centre 7 [S]")


def test_show_under_an_overlay(capsys: pytest.CaptureFixture[str]) -> None:
    _, shown, _ = ran(capsys, "show", "yunnan+training", "--json")
    rows = {row["key"]: row for row in shown["values"]}
    assert rows["voucher.ec_decode_channel"]["set_by"] == "training"
    assert rows["voucher.password_mode"]["set_by"] == "yunnan"


def test_diff_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    status, found, told = ran(capsys, "diff", "fujian", "shanghai", "--json")
    assert (status, told) == (0, "")
    assert (found["first"], found["second"]) == ("fujian", "shanghai")
    rows = {row["key"]: row for row in found["differences"]}
    assert rows["voucher.ec_decode_channel"]["first"]["value"] == "B4"
    assert rows["voucher.ec_decode_channel"]["second"]["value"] == "B2"
    assert rows["operations.query_stock.address"]["second"] is None


def test_diff_for_people_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    _, _, told = ran(capsys, "diff", "national", "yunnan")
    lines = told.splitlines()
    place = lines.index("voucher.password_mode")
    assert lines[place + 2].strip().startswith('yunnan: "token_after_password"    # yunnan, seed:')


@pytest.mark.parametrize(
    "arguments", [("show", "nowhere"), ("diff", "fujian", "nowhere"), ("show",), ()]
)
def test_what_is_not_there_is_one_plain_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    status, shown, told = ran(capsys, *arguments)
    assert (status, shown) == (2, None)
    assert told.count("\n") == 1
    if "nowhere" in arguments:
        assert "nowhere" in told
