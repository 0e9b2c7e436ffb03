"""One shop: counters on one base, in front of one platform; all of it can die and come back."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from app.gateways.access import access_from_ready
from app.gateways.assemble import OpenPlatform, open_platform
from app.gateways.transport.in_process import InProcessTransport
from app.ports.devices import ScannedText, ScanSource
from app.ports.paper import Paper
from app.sandbox.in_process import in_process_sandbox
from app.simulation.clock import PlatformTime, PlayedClock
from app.simulation.fate import Fate
from app.simulation.links import FrailPrinter, FrailStore, PlatformLink, Watch
from app.simulation.templates import PLATFORM_SEED, Templates, space
from app.workflow.cases.assistance import Assistance, load_assistance
from app.workflow.surface import Surface
from app.workflow.till import Printers, Till
from app.workflow.till import Shop as Institution
from app.workflow.views.case import CaseView
from localdb.backups import put_back, take
from localdb.keystore import FileKeyStore
from localdb.store import SqlStore, open_store
from resources.scenarios import DemoOperator

CLERK = "clerk"
COUNTERS = (1, 2)
"""Counter numbers; each has its own message sequence and its own person."""


@dataclass
class Counter:
    """One counter as it stands now; replaced whole when the power comes back."""

    number: int
    login: str
    till: Till
    surface: Surface

    def scan(self, case: CaseView, text: str) -> CaseView:
        scanned = ScannedText(text, ScanSource.WEDGE, self.till.clock.monotonic())
        return self.surface.accept(case.case_id, scanned).case


SheetSeen = Callable[[Paper], None]


@dataclass
class Shop:
    """Everything of one seed. ``see_sheet`` looks at every sheet before it comes out."""

    templates: Templates
    folder: Path
    clock: PlayedClock
    fate: Fate
    link: PlatformLink
    see_sheet: SheetSeen
    chance: Random
    store: SqlStore = field(init=False)
    counters: dict[int, Counter] = field(default_factory=dict)
    starts: int = 0
    written: int = 0

    def start(self) -> None:
        """Open the base and every counter, as after a power cut. Raises ``LocalTrouble``.

        The power may go again while it comes back: raises ``PowerGone`` then.
        """
        self.starts += 1
        location = self.templates.location(self.folder)
        keys = FileKeyStore(self.folder / "keys")
        self.store = open_store(location, keys, self.clock, self.templates.engines)
        self.store.on_commit(self._count)
        platform = self._platform()
        for number, member in zip(COUNTERS, self._clerks(), strict=False):
            self.counters[number] = self._counter(number, member.login, platform)

    def _count(self) -> None:
        self.written += 1

    def stop(self) -> None:
        """The process is gone; what it committed is not."""
        self.counters.clear()
        self.store.close()

    def copied(self) -> Path:
        """A copy as the night makes one, beside the running counters. Raises ``LocalTrouble``."""
        location = self.templates.location(self.folder)
        keys = FileKeyStore(self.folder / "keys")
        return take(location, keys, self.clock, self.folder / "backups").file

    def put_back(self, file: Path) -> None:
        """As ``yaotai restore`` on a shop that is closed. Raises ``LocalTrouble``."""
        location = self.templates.location(self.folder)
        put_back(location, FileKeyStore(self.folder / "keys"), self.clock, file)

    def _clerks(self) -> list[DemoOperator]:
        """Different people who may serve."""
        return [member for member in self.templates.demo.operators if CLERK in member.roles]

    def _platform(self) -> OpenPlatform:
        access = access_from_ready(self.link.sandbox.ready)
        carrier = InProcessTransport(self.link.carry, self.clock)
        return open_platform(self.templates.profile, access, self.clock, carrier)

    def _counter(self, number: int, login: str, platform: OpenPlatform) -> Counter:
        store = self.templates.demo.store
        printer = FrailPrinter(self.fate, self.see_sheet)
        till = Till(
            FrailStore(self.store, self.fate),
            platform,
            self.templates.profile,
            self.clock,
            Institution(store.code, store.name, store.area, training=True),
            number,
            Printers(printer, printer),
            assistance(),
            chance=self.chance.random,
        )
        till.chance = lambda: 1.0  # the widest gap: a seed is one exact run
        return Counter(number, login, till, Surface(till, _knows_their_pin))


@cache
def assistance() -> Assistance:
    """The rules that ship, read once."""
    return load_assistance()


def _knows_their_pin(_kept: str, _pin: str) -> bool:
    """Everybody: what a PIN costs to check is no part of a day's risks."""
    return True


@contextmanager
def a_shop(
    made: Templates, clock: PlayedClock, fate: Fate, chance: Random, watch: Watch, see: SheetSeen
) -> Iterator[Shop]:
    """Copies of both templates, not started yet. Nothing of it is left afterwards."""
    time = PlatformTime(clock)
    with (
        space() as folder,
        in_process_sandbox(
            made.profile, made.demo, PLATFORM_SEED, time, chance, made.image
        ) as sandbox,
    ):
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        link = PlatformLink(sandbox, clock, fate, watch)
        yield Shop(made, folder, clock, fate, link, see, chance)
