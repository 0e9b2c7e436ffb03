"""While bytes or paper move, no transaction is open (reliability 1)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.domain.case import Step
from app.gateways.assemble import OpenPlatform
from app.ports.paper import Paper
from app.sandbox.server import running_sandbox
from localdb.store import SqlStore
from tests.support.counter import KeptPapers, a_counter_at
from tests.support.fuse import around
from tests.support.robot import Robot
from tests.support.visit import a_visit


class Onlooker(KeptPapers):
    """Notes at every byte and every sheet whether the store has a unit open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self._store: SqlStore | None = None

    def watch(self, store: SqlStore, platform: OpenPlatform) -> None:
        self._store = store
        around(platform, self._call)

    def _call(self, _name: str, send: Callable[[], Any]) -> Any:
        self._look()
        answer = send()
        self._look()
        return answer

    def print(self, paper: Paper) -> Any:
        self._look()
        return super().print(paper)

    def _look(self) -> None:
        assert self._store is not None
        self.open.append(self._store.in_unit)


def test_no_unit_is_open_while_bytes_or_paper_move(tmp_path: Path) -> None:
    onlooker = Onlooker()
    with (
        running_sandbox(seed=1, faults=("settle:drop_after",)) as sandbox,
        a_counter_at(sandbox.ready, tmp_path, onlooker, onlooker.watch) as bench,
    ):
        served = Robot(a_visit(bench)).serve()
        with bench.store.unit():
            onlooker._look()
    assert served.step is Step.DONE
    *moving, seen = onlooker.open
    assert seen, "an open unit is seen where there is one"
    assert len(moving) > 30
    assert not any(moving)
