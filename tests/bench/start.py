"""From nothing to a usable window: ours beside a bare one with a table, in separate processes.

Run with ``python -m tests.bench.start``. Both sides start in turn; byte code of both is compiled
first, as an installed program's is. Usable means: the sign-in page drawn, and the next key would
land. Ours is the command itself, ``yaotai`` with its arguments, training table and all; the bare
window's table is filled with Chinese words, so that both load a font for them.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.ratio import Figure

ROUNDS = 15
BUDGET = 2.0
PATIENCE_S = 120.0
_SHOWN = """
def shown(*_):
    import os
    from PySide6.QtWidgets import QApplication
    QApplication.processEvents()
    exec(TOLD)
    os._exit(0)
"""
_FIGURES = """
import time
print(time.process_time(), QApplication.focusWidget() is not None, flush=True)
"""
_BARE_WINDOW = """
from PySide6.QtWidgets import QApplication, QMainWindow, QTableWidget, QTableWidgetItem
application = QApplication([])
window = QMainWindow()
table = QTableWidget(20, 6)
for place in range(120):
    table.setItem(place // 6, place % 6, QTableWidgetItem(f"第{place}项"))
window.setCentralWidget(table)
window.resize(1366, 768)
window.show()
shown()
"""
_OUR_COMMAND = """
import sys
import app.main, app.opening
opened = app.opening.counter_window
def watched(*given, **named):
    from PySide6.QtWidgets import QApplication
    QApplication.exec = shown
    return opened(*given, **named)
app.opening.counter_window = watched
app.main.run(["--data-dir", sys.argv[1]])
"""
"""The command itself; nothing of it is loaded before it asks for it."""


def first_painting(told: str) -> str:
    """A program: the command up to the painted sign-in page, where it runs ``told`` and ends.

    Its one argument is the folder of the counter.
    """
    return f"TOLD = {told!r}{_SHOWN}{_OUR_COMMAND}"


_OURS = first_painting(_FIGURES)
_BARE = f"TOLD = {_FIGURES!r}{_SHOWN}{_BARE_WINDOW}"


class Started(NamedTuple):
    """Milliseconds of one start: on the clock, and of the processor."""

    wall: float
    worked: float


def _start(program: str, folder: str) -> Started:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, folder],
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    took = (time.perf_counter() - began) * 1000
    worked, reached = done.stdout.split()
    if reached != "True":
        raise RuntimeError("a window was shown that the next key would not reach")
    return Started(took, float(worked) * 1000)


def _environment(folder: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    compiled = str(Path(folder) / "compiled")
    return kept | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}


def figures(rounds: int = ROUNDS) -> Iterator[Figure]:
    """Medians over ``rounds`` starts of each side, in turn; the first pair only compiles."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(_start(_OURS, folder), _start(_BARE, folder)) for _ in range(rounds + 1)][1:]

    def middle(values: list[float]) -> float:
        return statistics.median(values)

    yield Figure(
        "start to usable window against a bare one",
        middle([own.wall for own, _ in pairs]),
        middle([other.wall for _, other in pairs]),
        BUDGET,
    )
    yield Figure(
        "the same in processor time",
        middle([own.worked for own, _ in pairs]),
        middle([other.worked for _, other in pairs]),
        BUDGET,
    )


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
