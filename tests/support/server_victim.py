"""One counter of a store in a process of its own, killed in the middle of its money.

``python -m tests.support.server_victim FOLDER READY_FILE URL NUMBER ACT``: ``answered`` dies with
the answer to its settlement in hand, ``committed`` between its row and its first byte, ``sleeps``
stands still there until somebody writes for how many seconds, and says how that ended.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from app.domain.case import Step
from app.domain.errors import LocalTrouble
from app.workflow import settling
from tests.support.noon import follow
from tests.support.store_server import a_counter_at_server
from tests.support.visit import a_visit


def main(folder: Path, ready_file: Path, url: str, number: int, act: str) -> None:
    ready = json.loads(ready_file.read_text(encoding="utf-8"))
    whole = settling.answer_to

    def dies(till: Any, staged: Any, send: Any) -> Any:
        if act == "answered":
            whole(till, staged, send)
        if act == "sleeps":
            sys.stdout.write("sleeps\n")
            sys.stdout.flush()
            till.clock.pass_time(float(sys.stdin.readline()))
            return whole(till, staged, send)
        return os.kill(os.getpid(), signal.SIGKILL)

    settling.answer_to = dies
    with a_counter_at_server(ready, folder, url, number) as bench:
        visit = a_visit(bench)
        case = visit.until(Step.SETTLE)
        try:
            visit.settle(case)
        except LocalTrouble as trouble:
            sys.stdout.write(f"{int(trouble.code)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    follow()
    said = sys.argv[1:]
    main(Path(said[0]), Path(said[1]), said[2], int(said[3]), said[4])
