"""Paper that does not come out, and paper that comes out again."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import Paper
from app.sandbox.server import running_sandbox
from tests.support.counter import a_counter_at
from tests.support.visit import a_visit


@dataclass
class EmptyTray:
    """Refuses a number of sheets, then prints."""

    refuses: int
    papers: list[Paper] = field(default_factory=list)

    def print(self, paper: Paper) -> Printed:
        if self.refuses:
            self.refuses -= 1
            raise DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
        self.papers.append(paper)
        return Printed(paper.filename, 1, 0)

    def state(self) -> DeviceState:
        return DeviceState(DeviceStatus.VIRTUAL, "empty")


def test_a_receipt_the_printer_refused_comes_out_unmarked_later(tmp_path: Path) -> None:
    printer = EmptyTray(refuses=3)
    with (
        running_sandbox(seed=1) as sandbox,
        a_counter_at(sandbox.ready, tmp_path, printer) as bench,
    ):
        settled = a_visit(bench).until(Step.HAND_OVER)
        # both papers are refused, then the first of the two again while the other comes out
        for _ in range(2):
            with pytest.raises(DeviceTrouble):
                bench.surface.print_waiting(lambda _progress: None)
        bench.surface.print_waiting(lambda _progress: None)
        view = bench.surface.reprint(settled.case_id, "receipt")
        assert view.hand_over is not None
        assert not any(paper.waiting for paper in view.hand_over.papers)
    assert [paper.copy_no for paper in printer.papers] == [1, 1, 2]
