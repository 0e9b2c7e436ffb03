"""A whole counter for tests: real training platform, real encrypted store, papers in a list."""

import json
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.gateways.access import access_from_ready
from app.gateways.assemble import OpenPlatform, open_platform
from app.jobs.clock import SystemClock
from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    Printed,
    Printer,
    ScannedText,
    ScanSource,
)
from app.ports.paper import Paper
from app.profile.loader import load
from app.sandbox.server import running_sandbox
from app.workflow import day
from app.workflow.cases.assistance import load_assistance
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from app.workflow.upkeep.startup import wake
from app.workflow.views.case import CaseView, ScanOutcome
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from resources.scenarios import DemoStore
from tests.support.furnished import demo_of, furnish, pin_matches

CLERK = ("1001", "246810")
PHARMACIST = ("2001", "135790")


class MovableClock:
    """Real time plus an offset that a test may move forward."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def monotonic(self) -> float:
        return self.now().timestamp()

    def pass_time(self, seconds: float) -> None:
        self.offset += timedelta(seconds=seconds)


@dataclass
class KeptPapers:
    """A printer that keeps what it printed."""

    papers: list[Paper] = field(default_factory=list)

    def print(self, paper: Paper) -> Printed:
        self.papers.append(paper)
        return Printed(paper.filename, 1, 0)

    def state(self) -> DeviceState:
        return DeviceState(DeviceStatus.VIRTUAL, "kept")


@dataclass
class Bench:
    """One counter, signed in, with the platform behind it."""

    ready: Mapping[str, Any]
    folder: Path
    demo: DemoStore
    clock: MovableClock
    store: SqlStore
    platform: OpenPlatform
    till: Till
    surface: Surface
    printer: Printer

    def post(self, name: str, body: Mapping[str, object]) -> Any:
        """Call a control endpoint of the platform."""
        request = urllib.request.Request(
            self.ready["endpoints"][name],
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def platform_state(self) -> dict[str, Any]:
        """What the platform has committed."""
        with urllib.request.urlopen(self.ready["endpoints"]["state"], timeout=10) as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def fault(self, operation: str, fault: str, times: int = 1) -> None:
        self.post("faults", {"operation": operation, "fault": fault, "times": times})

    def pass_time(self, seconds: float) -> None:
        """Time passes here and at the platform alike."""
        self.clock.pass_time(seconds)
        self.post("clock", {"ahead_s": seconds})

    def let_arrive(self) -> None:
        """Until nothing that was told without an answer can arrive any more."""
        self.pass_time(self.till.profile.settle.quiescence_s + 1.0)

    def voucher(self, id_no: str) -> str:
        return str(self.post("issue_evoucher", {"id_no": id_no})["evoucher"])

    def scan(self, case: CaseView, text: str, source: ScanSource = ScanSource.WEDGE) -> ScanOutcome:
        return self.surface.accept(case.case_id, ScannedText(text, source, self.clock.monotonic()))

    def restart(self) -> None:
        """Close everything and start again from the same folder, as after a power cut."""
        self.close()
        self.store, self.platform, self.till, self.surface = _open(
            self.ready, self.folder, self.demo, self.clock, self.printer, lambda *_doors: None
        )

    def close(self) -> None:
        self.platform.close()
        self.store.close()


Watch = Callable[[SqlStore, OpenPlatform], None]
"""Sees store and wire of a counter before anything happens at it."""


def _open(
    ready: Mapping[str, Any],
    folder: Path,
    demo: DemoStore,
    clock: MovableClock,
    printer: Printer,
    watch: Watch,
) -> tuple[SqlStore, OpenPlatform, Till, Surface]:
    profile = load(ready["profile"], "training").profile
    location = StoreLocation(folder, profile.id, training=True)
    furnish(folder, profile.id)
    store = open_store(location, FileKeyStore(folder / "keys"), clock)
    # The doors of the platform look at the time of day, which no test can move.
    platform = open_platform(profile, access_from_ready(ready), SystemClock())
    watch(store, platform)
    shop = Shop(demo.store.code, demo.store.name, demo.store.area, training=True)
    till = Till(
        store, platform, profile, clock, shop, 1, Printers(printer, printer), load_assistance()
    )
    surface = Surface(till, pin_matches)
    wake(till)
    surface.sign_in(*CLERK)
    day.ensure_open(till)
    return store, platform, till, surface


@contextmanager
def a_counter_at(
    ready: Mapping[str, Any],
    folder: Path,
    printer: Printer,
    watch: Watch = lambda *_doors: None,
) -> Iterator[Bench]:
    """A counter on whatever base ``folder`` holds, in front of a platform that runs."""
    demo, clock = demo_of(datetime.now(UTC).date()), MovableClock()
    opened = _open(ready, folder, demo, clock, printer, watch)
    bench = Bench(ready, folder, demo, clock, *opened, printer)
    try:
        yield bench
    finally:
        bench.close()


@contextmanager
def a_counter(folder: Path, faults: tuple[str, ...] = (), region: str = "") -> Iterator[Bench]:
    """A counter with a fresh base in ``folder`` and its own training platform, as ``region`` is.

    Without a region it is the one that training extends.
    """
    with (
        running_sandbox(seed=1, faults=faults, profile=region) as sandbox,
        a_counter_at(sandbox.ready, folder, KeptPapers()) as bench,
    ):
        yield bench
