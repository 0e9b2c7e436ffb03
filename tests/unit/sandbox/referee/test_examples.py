"""Every example of docs/referee.md, run as it stands there."""

import re
import shlex
from pathlib import Path

import pytest

from app.cli.dispatch import dispatch
from tests.support.fake_doors import FakeDoors
from tests.support.wrongs import WRONGS

PAGE = (Path(__file__).parents[4] / "docs" / "referee.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```json file=(\S+)\n(.*?)```", PAGE, re.DOTALL))
CONSOLE = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)


def test_the_examples_say_what_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")
    ran = 0
    for block in CONSOLE:
        for example in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, told = example.partition("\n")
            words, _, target = line.partition(" > ")
            program, *arguments = shlex.split(words)
            assert program == "yaotai"
            dispatch(arguments, FakeDoors)
            out, err = capsys.readouterr()
            if target:
                Path(target).write_text(out, encoding="utf-8")
                out = ""
            assert out + err == told
            ran += 1
    assert ran == 7


def test_the_page_counts_the_planted_ways() -> None:
    assert f"{len(WRONGS)} planted wrong ways" in PAGE
