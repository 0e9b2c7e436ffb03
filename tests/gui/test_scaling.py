"""Every page on a 1366 × 768 screen at 200 %: in a process of its own, with the real factor."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.looking import cut_sideways

ROOT = Path(__file__).parents[2]
SCREEN = {"name": "till", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96, "dpr": 1}
WAIT_S = 110


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the child found."""
    config = tmp_path_factory.mktemp("screen") / "screen.json"
    config.write_text(json.dumps({"screens": [SCREEN]}), encoding="utf-8")
    platform = f"offscreen:configfile={config}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.scaled_pages"],
        cwd=ROOT,
        env={**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": platform},
        capture_output=True,
        encoding="utf-8",
        timeout=WAIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_the_factor_is_real(told: dict[str, Any]) -> None:
    assert told["screen"] == [683, 384]


def test_no_page_loses_anything_at_two_hundred_per_cent(told: dict[str, Any]) -> None:
    assert told["faults"] == {}


def test_what_is_cut_at_a_side_is_found(qtbot: QtBot) -> None:
    page, box = QWidget(), QWidget()
    qtbot.addWidget(page)
    whole, wide = QLabel("whole"), QLabel("far too wide")
    for label in (whole, wide):
        label.setParent(box)
    box.setParent(page)
    QHBoxLayout(page).addWidget(box)
    page.resize(300, 100)
    page.show()
    box.setGeometry(0, 0, 100, 40)
    whole.setGeometry(0, 0, 90, 20)
    wide.setGeometry(20, 20, 140, 20)
    assert cut_sideways(page) == ["QLabel far too wide"]
