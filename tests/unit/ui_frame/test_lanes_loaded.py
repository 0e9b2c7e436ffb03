"""A lane never is the first to name a class of the bindings: two threads at once would fall."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from ui.loading import FOR_LANES

ROOT = Path(__file__).parents[3]
RACE = """
import sys, threading
from ui.loading import FOR_LANES, load_for_lanes, load_qt
load_qt()
from PySide6 import QtGui
if {guarded}:
    load_for_lanes()
sys.setswitchinterval(1e-6)
start = threading.Barrier(2)
def take(names):
    start.wait()
    for name in names:
        getattr(QtGui, name)
drawing = threading.Thread(target=take, args=(FOR_LANES["PySide6.QtGui"],))
drawing.start()
take([name for name in dir(QtGui) if name in FOR_LANES["PySide6.QtGui"]])
drawing.join()
"""


def taken_by_devices() -> dict[str, set[str]]:
    """Names that a module of the devices takes from the bindings as it loads."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "devices").rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("PySide6"):
                names = {alias.name for alias in node.names}
                found.setdefault(str(node.module), set()).update(names)
    return found


def test_what_devices_take_is_what_is_loaded_for_them() -> None:
    assert taken_by_devices() == {module: set(names) for module, names in FOR_LANES.items()}


@pytest.mark.deep
def test_a_lane_and_the_window_may_name_classes_at_once() -> None:
    for _ in range(20):
        race = [sys.executable, "-c", RACE.format(guarded=True)]
        done = subprocess.run(race, cwd=ROOT, timeout=60, check=False)
        assert done.returncode == 0
