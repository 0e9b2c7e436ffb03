"""Where the ready line comes from, and what a platform that does not come up is called."""

import json
import sys
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.jobs.training_platform import training_platform

TALKS = 'import sys; print(\'{"url": "here"}\', flush=True); sys.stdin.read()'


def test_the_line_of_a_platform_that_runs_already(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    file.write_text(json.dumps({"url": "there"}), encoding="utf-8")
    with training_platform(file, ["never-started"]) as ready:
        assert ready == {"url": "there"}


def test_a_child_is_started_and_stopped() -> None:
    with training_platform(None, [sys.executable, "-c", TALKS]) as ready:
        assert ready == {"url": "here"}


@pytest.mark.parametrize("text", [None, "", "{"])
def test_no_line_is_local_trouble(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ready.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(LocalTrouble) as told, training_platform(file, []):
        pytest.fail("there is no platform")
    assert told.value.code is Code.PLATFORM_NOT_STARTED


@pytest.mark.parametrize("command", [[sys.executable, "-c", ""], ["no-such-program-here"]])
def test_a_child_that_does_not_come_up(command: list[str]) -> None:
    with pytest.raises(LocalTrouble) as told, training_platform(None, command):
        pytest.fail("there is no platform")
    assert told.value.code is Code.PLATFORM_NOT_STARTED
