"""Serves one visit in a process of its own, which may not live to see the end.

``python -m tests.support.victim FOLDER READY_FILE BURNS_AT``; 0 burns nothing.
"""

import json
import sys
from pathlib import Path

from tests.support.counter import a_counter_at
from tests.support.fuse import FiledPapers, Fuse
from tests.support.noon import follow
from tests.support.robot import Robot
from tests.support.visit import a_visit

MOMENTS = "moments.txt"
SHEETS = "sheets.txt"


def main(folder: Path, ready_file: Path, burns_at: int) -> None:
    ready = json.loads(ready_file.read_text(encoding="utf-8"))
    fuse = Fuse(folder / MOMENTS, burns_at)
    printer = FiledPapers(folder / SHEETS, fuse)
    with a_counter_at(ready, folder, printer, fuse.watch) as bench:
        Robot(a_visit(bench)).serve()
    fuse.close()


if __name__ == "__main__":
    follow()
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
