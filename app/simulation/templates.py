"""What every seed begins with, made once: an encrypted base and a platform's memory."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import msgspec

from app.profile.loader import load
from app.profile.model import Profile
from app.sandbox.in_process import in_process_sandbox
from app.simulation.clock import PlatformTime, PlayedClock
from app.workflow.reconciling.comparing import OFFICES
from localdb.engine import SameEngines
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.seeding import seed_demo
from localdb.store import open_store
from resources.scenarios import DemoPrescription, DemoStore, load_demo_store

OVERLAY = "training"
UNSEALED = "centre_by_core"
"""The prescription centre's messages in frames of the core platform, neither signed nor sealed."""
PLATFORM_SEED = 1
WORTH_A_VISIT = frozenset({"valid", "soon_expiring"})
"""States of a prescription for which somebody comes."""
VISITS_A_SET = 8
"""So many visits do the prescriptions of the scenario feed; beyond, people find theirs used."""
_MEMORY = Path("/dev/shm")  # noqa: S108 - memory where there is some, else the usual place


@dataclass(frozen=True, slots=True)
class Templates:
    """``folder`` holds a furnished base; ``image`` is the platform's furnished memory."""

    profile: Profile
    demo: DemoStore
    folder: Path
    image: bytes
    engines: SameEngines
    sealed: bool = True

    def location(self, folder: Path) -> StoreLocation:
        return StoreLocation(folder, self.profile.id, training=True)


def _one_by_one(profile: Profile) -> Profile:
    """Records are told in one order: which of two threads comes first is no seed's decision."""
    uploads = msgspec.structs.replace(profile.uploads, at_once=1)
    return msgspec.structs.replace(profile, uploads=uploads)


def fed(demo: DemoStore, visits: int) -> DemoStore:
    """The scenario with prescriptions and goods for a day of so many visits."""
    sets = -(-visits // VISITS_A_SET)

    def copies(rx: DemoPrescription) -> int:
        return sets if rx.state in WORTH_A_VISIT else 1

    written = (
        replace(rx, key=f"{rx.key}X{number}" if number else rx.key)
        for rx in demo.prescriptions
        for number in range(copies(rx))
    )
    stocked = (
        replace(item, lots=tuple(replace(lot, quantity=lot.quantity * sets) for lot in item.lots))
        for item in demo.items
    )
    return replace(demo, prescriptions=tuple(written), items=tuple(stocked))


@contextmanager
def templates(
    region: str, *, sealed: bool = True, visits: int = VISITS_A_SET
) -> Iterator[Templates]:
    """Furnish both sides for one process and days of up to so many visits; gone afterwards.
    Raises ``LocalTrouble``.

    Unless ``sealed``, messages are handed over as plain text, and the base is a bare file: the same
    program without its ciphers.
    """
    clock = PlayedClock()
    profile = _one_by_one(load(region if sealed else f"{region}+{UNSEALED}", OVERLAY).profile)
    engines = SameEngines(sealed=sealed)
    demo = fed(load_demo_store(clock.now().date()), visits)
    with space() as folder:
        location = StoreLocation(folder, profile.id, training=True)
        store = open_store(location, FileKeyStore(folder / "keys"), clock, engines)
        try:
            seed_demo(store, demo, clock.now())
            with store.unit() as unit:
                # a shop that has served all of them before: whose offices clear is no news to it
                offices = {row.area for person in demo.persons for row in person.insurances}
                unit.settings.put(OFFICES, " ".join(sorted(offices)))
        finally:
            store.close()
        drawn = Random("furnished")  # noqa: S311 - repeatable on purpose
        time = PlatformTime(clock)
        with in_process_sandbox(profile, demo, PLATFORM_SEED, time, drawn) as made:
            image = made.site.state.image()
        yield Templates(profile, demo, folder, image, engines, sealed)


@contextmanager
def space() -> Iterator[Path]:
    """A folder in memory where the system has one: a simulated day syncs, but waits for no disk."""
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
