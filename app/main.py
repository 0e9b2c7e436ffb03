"""Composition root: the only place that sees all doors, and wires them once."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.dispatch import dispatch
from app.cli.doors import CheckRow, DemoWish, SandboxWish, SeenCode
from app.domain.credential import CardFacts
from app.domain.errors import Code, LocalTrouble
from app.jobs.child import ChildFailed, ChildProcess, own_program
from app.jobs.clock import SystemClock
from app.ports.devices import Printer
from app.ports.store import OutboxItem
from app.profile.loader import load

if TYPE_CHECKING:
    from app.workflow.surface import Surface
    from app.workflow.till import Till
    from localdb.store import SqlStore

COUNTER_NO = 1
OVERLAY = "training"
PLATFORM_WAIT_S = 60.0


def default_folder() -> Path:
    """Where this user's training base lives when nobody says otherwise."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "yaotai"


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A counter ready for its first sign-in, and the platform's ready line behind it."""

    till: "Till"
    surface: "Surface"
    store: "SqlStore"
    ready: Mapping[str, object]


@contextmanager
def training_platform(
    ready_file: Path | None, db: Path | None, seed: int, fault: str, profile: str
) -> Iterator[Mapping[str, object]]:
    """The ready line of a platform that already runs, or of a child process started here."""
    if ready_file is not None:
        yield json.loads(ready_file.read_text(encoding="utf-8"))
        return
    command = own_program("sandbox", "--with-parent", "--seed", str(seed), "--profile", profile)
    command += ["--db", str(db)] if db else []
    command += ["--fault", fault] if fault else []
    try:
        child = ChildProcess(command, PLATFORM_WAIT_S)
    except (ChildFailed, OSError) as failed:
        raise LocalTrouble(Code.PLATFORM_NOT_STARTED) from failed
    try:
        yield json.loads(child.ready_line)
    finally:
        child.stop()


@contextmanager
def training_counter(
    folder: Path, profile_id: str, ready: Mapping[str, object], printers: tuple[Printer, Printer]
) -> Iterator[OpenCounter]:
    """Open the encrypted base, the platform and the till of the demo store."""
    from app.crypto.pins import pin_matches
    from app.gateways.access import access_from_ready
    from app.gateways.assemble import open_platform
    from app.workflow.assistance import load_assistance
    from app.workflow.startup import wake
    from app.workflow.surface import Surface
    from app.workflow.till import Printers, Shop, Till
    from localdb.keystore import FileKeyStore
    from localdb.opening import StoreLocation
    from localdb.seeding import seed_demo
    from localdb.store import open_store
    from resources.scenarios import load_demo_store

    clock = SystemClock()
    profile = load(profile_id, OVERLAY).profile
    demo = load_demo_store(clock.now().date())
    location = StoreLocation(folder, profile_id, training=True)
    with ExitStack() as doors:
        store = open_store(location, FileKeyStore(folder / "keys"), clock)
        doors.callback(store.close)
        seed_demo(store, demo, clock.now())
        platform = open_platform(profile, access_from_ready(ready), clock)
        doors.callback(platform.close)
        shop = Shop(demo.store.code, demo.store.name, demo.store.area, training=True)
        till = Till(
            store, platform, profile, clock, shop, COUNTER_NO, Printers(*printers), load_assistance()
        )
        wake(till)
        yield OpenCounter(till, Surface(till, pin_matches), store, ready)


class House:
    """Everything behind the doors, as the commands ask for it. Imports happen when asked."""

    def play(self, wish: DemoWish) -> Mapping[str, object]:
        from app.stage import play

        return play(wish)

    def serve(
        self, wish: SandboxWish, ready: Callable[[dict[str, object]], None], stop: threading.Event
    ) -> None:
        from app.sandbox.server import SandboxOptions, serve

        options = SandboxOptions(wish.port, wish.db, wish.seed, wish.faults, wish.profile)
        serve(options, ready, stop)

    def codes_in(self, path: Path) -> Iterator[SeenCode]:
        from devices.code.pictures import decode_file

        for found in decode_file(path):
            yield SeenCode(found.text, found.symbology)

    def read_card(self, reader: str) -> CardFacts:
        from devices.card.pcsc import PcscCardReader

        source = PcscCardReader(reader)
        try:
            return source.read()
        finally:
            source.stop()

    def open_window(self, data_dir: Path | None, profile: str) -> int:
        from app.stage import open_window

        return open_window(data_dir or default_folder(), profile)

    def checks(self, data_dir: Path | None) -> tuple[CheckRow, ...]:
        from app.stage import checks

        return checks(data_dir or default_folder())

    def waiting(self, data_dir: Path | None, profile: str) -> tuple[OutboxItem, ...]:
        with self._beside(data_dir, profile) as store, store.reading() as unit:
            return unit.outbox.items()

    def journal_state(self, data_dir: Path | None, profile: str) -> Mapping[str, object]:
        from localdb.journal import journal_report

        with self._beside(data_dir, profile) as store:
            return journal_report(store)

    @contextmanager
    def _beside(self, data_dir: Path | None, profile: str) -> Iterator["SqlStore"]:
        from localdb.keystore import FileKeyStore
        from localdb.opening import StoreLocation
        from localdb.store import open_store_beside

        folder = data_dir or default_folder()
        location = StoreLocation(folder, profile, training=True)
        store = open_store_beside(location, FileKeyStore(folder / "keys"), SystemClock())
        try:
            yield store
        finally:
            store.close()


def run(arguments: Sequence[str] | None = None) -> None:
    """``yaotai``."""
    sys.exit(dispatch(arguments, House))
