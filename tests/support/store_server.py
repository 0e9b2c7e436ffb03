"""Counters of one store at its own server: real processes, each with its lease, folder and key."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.gateways.access import access_from_ready
from app.gateways.assemble import open_platform
from app.jobs.clock import SystemClock
from app.profile.loader import load
from app.workflow import day
from app.workflow.cases.assistance import load_assistance
from app.workflow.leases.holding import BEAT, FencedStore, Holding
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from app.workflow.upkeep.startup import wake
from localdb.keystore import FileKeyStore
from localdb.machine import place_of
from localdb.opening import StoreLocation
from localdb.postgres.moving import move_base
from localdb.store import open_store
from tests.support.counter import CLERK, Bench, KeptPapers, MovableClock
from tests.support.furnished import demo_of, furnish, pin_matches

REGION = "fujian"
ROOT = Path(__file__).parents[2]


def furnish_server(folder: Path, url: str) -> None:
    """The furnished base of the demo store, moved from the file of counter 1 to the server."""
    first = folder / "1"
    furnish(first, REGION)
    file = StoreLocation(first, REGION, training=True)
    there = StoreLocation(first, REGION, training=True, url=url, counter=1)
    move_base(file, there, FileKeyStore(first / "keys"), SystemClock(), "test")


def join(folder: Path, number: int) -> None:
    """Another counter gets the key of the store, and nothing else."""
    keys = folder / str(number) / "keys"
    keys.mkdir(parents=True, mode=0o700)
    for key in (folder / "1" / "keys").glob("*.key"):
        shutil.copy2(key, keys / key.name)


@dataclass
class ServerBench(Bench):
    """A counter with its lease; whoever has the bench beats."""

    @property
    def holding(self) -> Holding:
        assert self.till.holding is not None
        return self.till.holding

    def live_on(self, seconds: float) -> None:
        """Time passes here and at the platform; the counter beats and has its rounds."""
        step = BEAT.total_seconds()
        for _ in range(int(seconds // step) + 1):
            self.pass_time(step)
            self.holding.beat()
            self.surface.deliver()


@contextmanager
def a_counter_at_server(
    ready: Mapping[str, Any], folder: Path, url: str, number: int
) -> Iterator[ServerBench]:
    """Counter ``number`` of the store, signed in. Its things lie in ``folder``/number."""
    home, clock, printer = folder / str(number), MovableClock(), KeptPapers()
    profile, demo = load(REGION, "training").profile, demo_of(datetime.now(UTC).date())
    location = StoreLocation(home, REGION, training=True, url=url, counter=number)
    with ExitStack() as doors:
        store = open_store(location, FileKeyStore(home / "keys"), clock)
        doors.callback(store.close)
        platform = open_platform(profile, access_from_ready(ready), SystemClock())
        doors.callback(platform.close)
        holding = Holding(store, clock, number, place_of(home), str(id(store)))
        inherited = holding.take(clock.pass_time)
        doors.callback(holding.leave)
        shop = Shop(demo.store.code, demo.store.name, demo.store.area, training=True)
        printers, fenced = Printers(printer, printer), FencedStore(store, holding)
        hints = load_assistance()
        till = Till(fenced, platform, profile, clock, shop, number, printers, hints)
        till.holding = holding
        surface = Surface(till, pin_matches)
        wake(till, inherited=inherited)
        surface.sign_in(*CLERK)
        day.ensure_open(till)
        yield ServerBench(ready, home, demo, clock, store, platform, till, surface, printer)


def victim(
    folder: Path, ready: Mapping[str, Any], url: str, number: int, act: str
) -> "subprocess.Popen[bytes]":
    """Another process as this counter, which dies in the middle of ``act``."""
    file = folder / "ready.json"
    file.write_text(json.dumps(dict(ready)), encoding="utf-8")
    told = (str(folder), str(file), url, str(number), act)
    command = (sys.executable, "-m", "tests.support.server_victim", *told)
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe)
