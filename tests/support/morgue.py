"""Victims of a watched money part, what they left, and what must come of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.case import Step
from app.domain.goods.stock import LotHold
from app.ports.store import OutboxState, PrintKind, Unit
from app.profile.operations import Operation
from app.sandbox.core.install import counts
from app.sandbox.server import RunningSandbox, SandboxOptions, opened
from app.workflow.views.case import CaseView
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store_beside
from tests.support.counter import Bench, MovableClock
from tests.support.fuse import FiledPapers
from tests.support.ledgers import books, our_side
from tests.support.money_victim import whole_money
from tests.support.scenes import Scene, Scenery, a_started_counter, at_scan, region
from tests.support.victim import SHEETS
from tests.support.visit import Visit
from tests.support.zygote import Zygote

RECEIPT = "receipt_80"
TOLD = (Operation.UPLOAD_SALE, Operation.RETURN_SALE)


@contextmanager
def beside(folder: Path) -> Iterator[SqlStore]:
    """What is in a folder, looked at without starting a counter on it."""
    location = StoreLocation(folder, region().id, training=True)
    store = open_store_beside(location, FileKeyStore(folder / "keys"), MovableClock())
    try:
        yield store
    finally:
        store.close()


@dataclass(frozen=True)
class Remains:
    """A folder, and the platform that knows nothing of its counter's fate."""

    folder: Path
    sandbox: RunningSandbox
    scene: Scene

    @property
    def order(self) -> dict[str, Any]:
        """What a victim has to be told."""
        return {
            "folder": str(self.folder),
            "ready": dict(self.sandbox.ready),
            "case_id": self.scene.case_id,
            "ahead_s": self.scene.ahead_s,
        }

    def as_found(self) -> None:
        """Both ledgers before anybody starts the counter again."""
        with beside(self.folder) as store:
            books(store, counts(self.sandbox.site)).never_wrong()

    def lives_on(self, finish: Callable[[Bench, int], CaseView] = whole_money) -> None:
        """The next start finds nothing wrong and brings the visit to its end."""
        self.as_found()
        printer = FiledPapers(self.folder / SHEETS)
        case_id, ahead_s = self.scene.case_id, self.scene.ahead_s
        with a_started_counter(self.sandbox.ready, self.folder, printer, ahead_s) as bench:
            books(bench.store, bench.platform_state()).never_wrong()
            our_side(bench.store, case_id).agrees()
            case = finish(bench, case_id)
            assert case.step is Step.CLOSED, case.banner
            bench.surface.deliver()
            all_is_back(bench, case_id)
        copies = printer.copies(RECEIPT)
        assert copies == sorted(set(copies)), copies


def all_is_back(bench: Bench, case_id: int) -> None:
    """No money stands, no box is sold, nothing waits."""
    both = books(bench.store, bench.platform_state())
    both.agree()
    assert both.ours == {}
    ours = our_side(bench.store, case_id)
    ours.agrees()
    assert ours.sending == 0
    assert bench.platform_state()["sold_codes"] == []
    with bench.store.reading() as unit:
        assert unit.outbox.items() == ()
        assert not unit.prints.waiting()
        case = unit.cases.get(case_id)
        if case.facts.settled is None and case.facts.cash_back is None:
            return
        if case.facts.cash_back is not None:
            cash_went_once(unit, case_id)
        for line in case.facts.lines:
            held = [x for x in unit.goods.lots(line.item_id) if x.hold is LotHold.QUARANTINE]
            assert sum(lot.on_hand for lot in held) == len(line.packs)


def cash_went_once(unit: Unit, case_id: int) -> None:
    """Cash leaves no trace at the platform: one entry, one slip, and a sale and a return told."""
    acts = [(row.act, row.subject) for row in unit.journal.rows()]  # type: ignore[attr-defined]  # the base's own
    assert acts.count(("cash_back", f"case {case_id}")) == 1
    kinds = [job.kind for job in unit.prints.of_case(case_id)]
    assert kinds.count(PrintKind.GIVEN_BACK) == 1
    told = [(one.operation, one.state) for one in unit.outbox.of_case(case_id)]
    assert told == [(each, OutboxState.DELIVERED) for each in TOLD]


class Morgue:
    """Lays out victims, one after the other."""

    def __init__(self, scenery: Scenery, zygote: Zygote) -> None:
        """Plays a money part in the zygote first: a victim that finds all warm costs half."""
        self._scenery = scenery
        self.zygote = zygote
        with self.laid_out(at_scan) as remains:
            zygote.rehearse("play", **remains.order, calm=False)

    @contextmanager
    def laid_out(self, play: Callable[[Visit], CaseView]) -> Iterator[Remains]:
        """A fresh copy of a scene with a platform that outlives whoever works on it."""
        scene = self._scenery.scene(play)
        folder = self._scenery.copy(scene)
        with opened(SandboxOptions(seed=1), scene.memory) as sandbox:
            yield Remains(folder, sandbox, scene)
        shutil.rmtree(folder)
