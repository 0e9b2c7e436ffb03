"""What people read of the command line: help, sentences, masked codes, commands yet to come."""

import argparse
from collections.abc import Iterator

import pytest

from app.cli.dispatch import dispatch
from app.cli.doors import SeenCode
from app.cli.options import Grammar, parser
from tests.support.fake_doors import FakeDoors, a_card, a_waiting_item, ran


def test_a_fault_nobody_can_play_is_told_with_those_that_can(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in ("demo", "sandbox"):
        _, _, told = ran(FakeDoors(), capsys, command, "--fault", "bad:fault")
        assert "bad:fault" in told
        assert "操作有 settle" in told
        assert "故障有 reject" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("onboarding", "check", "pack.toml"),
        ("tracechannel", "sign", "--ak", "a"),
        ("diag", "--out", "x"),
        ("journal", "export", "--json"),
    ],
)
def test_a_command_of_the_contract_that_is_not_there_says_so(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    doors = FakeDoors()
    status, documents, told = ran(doors, capsys, *arguments)
    assert (status, documents, doors.wishes) == (2, [], [])
    assert told.count("\n") == 1
    assert f"yaotai {arguments[0]}" in told
    assert "还没有做" in told
    assert told.endswith("（1705）\n")


def every_parser(part: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and those of its commands, furnished as when they are asked for."""
    if isinstance(part, Grammar):
        part.furnish()
    yield part
    for action in part._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from every_parser(below)


def test_every_command_and_option_says_what_it_is_for() -> None:
    parsers = list(every_parser(parser()))
    assert len(parsers) > 20
    for part in parsers:
        part.format_help()
        assert any("一" <= letter <= "鿿" for letter in str(part.description)), part.prog
        for action in part._actions:
            if not isinstance(action, argparse._SubParsersAction):
                assert action.help, (part.prog, action.dest)


@pytest.mark.parametrize("arguments", [("--help",), ("demo", "-h"), ("queue", "list", "--help")])
def test_help_is_readable_and_ends_well(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        dispatch(arguments, FakeDoors)
    assert ended.value.code == 0
    assert "数据文件夹" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (("scan", "a.png"), "81234560000000000001"),
        (("card", "read"), "没有"),
        (("queue", "list"), "return_sale"),
        (("journal", "verify"), "3 条"),
    ],
)
def test_without_json_people_read_standard_error(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], wanted: str
) -> None:
    doors = FakeDoors(
        codes=(SeenCode("81234560000000000001", "CODE128"),),
        card=a_card(protected=True),
        items=(a_waiting_item(),),
        chain={"ok": True, "rows": 3, "head": "ab", "broken_at": None},
    )
    status, documents, told = ran(doors, capsys, *arguments)
    assert (status, documents) == (0, [])
    assert wanted in told


def test_an_empty_queue_and_a_broken_chain_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "没有要送到平台的" in ran(FakeDoors(), capsys, "queue", "list")[2]
    doors = FakeDoors(chain={"ok": False, "rows": 3, "head": "ab", "broken_at": 2})
    status, _, told = ran(doors, capsys, "journal", "verify")
    assert status == 1
    assert "第 2 条" in told


@pytest.mark.parametrize("text", ["4240000000000000000100350000", "134567890123456789"])
def test_scan_masks_what_a_person_pays_or_identifies_with(
    capsys: pytest.CaptureFixture[str], text: str
) -> None:
    doors = FakeDoors(codes=(SeenCode(text, "QR"),))
    _, documents, told = ran(doors, capsys, "scan", "a.png")
    assert documents == []
    assert text not in told
    assert text in ran(doors, capsys, "scan", "--reveal", "a.png")[2]
