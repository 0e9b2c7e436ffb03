"""A live store: its settings, its keys and its province, with nothing of training in reach.

Loaded only where somebody asked for it (decisions 0005 and 0043).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.errors import Code, LocalTrouble
from app.jobs.clock import SystemClock
from app.jobs.stopwatch import Stopwatch
from app.jobs.training_platform import Wanted
from app.live.database import PASSWORD, url_of, with_password
from app.opening import PAPERS, SETTINGS, Behind, OpenCounter, tell, work_place
from app.ports.devices import RealParts
from app.profile.loader import DRESSED, OWN_REGIONS, load
from app.profile.settings import Installation, read_installation

if TYPE_CHECKING:
    from app.cli.doors import LiveWish
    from app.gateways.live_access import Secrets
    from app.jobs.progress import Report
    from app.ports.store import Store
    from app.profile.model import Profile
    from app.workflow.leases.seat import Seat
    from app.workflow.upkeep.doctor import Probe
    from localdb.keystore import KeyStore
    from localdb.opening import StoreLocation

_TRAINING = "training"
_KEYS_OF_BASES = "yaotai-bases"
DRESSES = frozenset({"settled_elsewhere"})
"""What a live region may wear; every other dress is for trying things out (docs/regions.md)."""
BOUND = "installation.institution"
_SPARE = ("publicKey", "libraryPassword", "terminalPassword", PASSWORD)


def region_of(installation: Installation) -> Profile:
    """The region of a live store. Raises ``LocalTrouble`` for one that is dressed for training."""
    settings = installation.settings
    if settings.regions:
        os.environ.setdefault(OWN_REGIONS, str(installation.path(settings.regions)))
    name, *dresses = settings.region.split(DRESSED)
    if name == _TRAINING or not DRESSES.issuperset(dresses):
        raise _mixed("region")
    loaded = load(settings.region)
    if any(origin.profile == _TRAINING for origin in loaded.origins.values()):
        raise _mixed("region")
    return loaded.profile


def require_apart(installation: Installation, practice: Path) -> None:
    """Nothing is shared with training (0005). ``practice`` is where training keeps its base.

    Raises ``LocalTrouble`` ``TRAINING_MIXED`` naming what is.
    """
    from resources.scenarios import load_demo_store

    settings, demo = installation.settings, load_demo_store(SystemClock().now().date())
    if settings.institution.code in (demo.store.code, demo.neighbour.code, demo.hospital.code):
        raise _mixed("institution.code")
    folder, keys = installation.folder, _key_folder(installation)
    held = installation.path(settings.keys.folder)
    for key, place in (("storage.folder", folder), ("storage.key_folder", keys)):
        if place is not None and _touches(place, practice):
            raise _mixed(key)
    for key, place in (
        ("storage.folder", folder),
        ("storage.key_folder", keys),
        ("keys.folder", held),
    ):
        if place is not None and any(place.glob(f"*-{_TRAINING}.*")):
            raise _mixed(key)
    if keys is not None and _touches(keys, folder):
        # whoever copies the base must not copy its key with it
        raise LocalTrouble(Code.SETTINGS_WRONG, what="storage.key_folder", reason="storage.folder")


def _touches(one: Path, other: Path) -> bool:
    first, second = one.resolve(), other.resolve()
    return first == second or first in second.parents or second in first.parents


def _mixed(what: str) -> LocalTrouble:
    return LocalTrouble(Code.TRAINING_MIXED, what=what)


def _key_folder(installation: Installation) -> Path | None:
    storage = installation.settings.storage
    if storage.key != "file":
        return None
    if not storage.key_folder:
        raise LocalTrouble(Code.SETTINGS_LACK, what="storage.key_folder")
    return installation.path(storage.key_folder)


def keys_of_base(installation: Installation) -> KeyStore:
    """Where the base's own key lies. Raises ``LocalTrouble`` where the system has no such place."""
    from localdb.keystore import FileKeyStore, KeyringKeyStore

    folder = _key_folder(installation)
    return KeyringKeyStore(_KEYS_OF_BASES) if folder is None else FileKeyStore(folder)


def secrets_here(installation: Installation) -> Secrets:
    """The store's keys as IT put them here."""
    from localdb.secret_files import SecretEntries, SecretFiles

    settings = installation.settings
    if settings.keys.store == "system":
        return SecretEntries(settings.institution.code)
    return SecretFiles(installation.path(settings.keys.folder))


def location_of(installation: Installation) -> StoreLocation:
    """Where the base lies: a file, or the store's server. Raises ``LocalTrouble``."""
    url = url_of(installation)
    return location_at(installation, url) if url else file_of(installation)


def file_of(installation: Installation) -> StoreLocation:
    from localdb.opening import StoreLocation

    return StoreLocation(installation.folder, installation.settings.region, training=False)


def location_at(installation: Installation, url: str) -> StoreLocation:
    """The store's server, with the password of this counter's role. Raises ``LocalTrouble``."""
    whole = with_password(url, secrets_here(installation)(PASSWORD))
    return replace(file_of(installation), url=whole, counter=installation.counter)


def real_parts(installation: Installation, said: RealParts) -> RealParts:
    """Things of the settings; what was said on the command line goes before."""
    named = installation.settings.devices
    return RealParts(
        cameras=said.cameras or tuple(named.camera),
        reader=said.reader or named.reader,
        serial_gun=said.serial_gun or named.gun,
        id_reader=said.id_reader or named.id_reader,
        receipts=said.receipts or named.receipt_printer,
        pages=said.pages or named.page_printer,
    )


@contextmanager
def open_live(
    installation: Installation,
    practice: Path,
    real: RealParts,
    papers: Path,
    report: Report = lambda _stage: None,
) -> Iterator[OpenCounter]:
    """Everything behind a live counter. Raises ``LocalTrouble`` before anything is written where
    the settings do not hold."""
    from app.crypto.self_check import self_check
    from app.gateways.assemble import open_platform
    from app.gateways.endings import endings_of
    from app.gateways.live_access import access_of
    from app.gateways.own_place import address_towards, network_name
    from app.workflow.till import Shop
    from devices.bench import RealBench
    from localdb.store import open_store

    tell(report, SETTINGS)
    require_apart(installation, practice)
    profile, clock = region_of(installation), SystemClock()
    access = access_of(profile, installation, secrets_here(installation))
    if not all(result.ok for result in self_check()):
        raise LocalTrouble(Code.CRYPTO_SELF_TEST)
    location, settings = location_of(installation), installation.settings
    with ExitStack() as doors:
        platform = open_platform(profile, access, clock)
        doors.callback(platform.close)
        tell(report, "base")
        location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = keys_of_base(installation)
        store = open_store(location, keys, clock)
        doors.callback(store.close)
        _bind(store, settings.institution.code)
        seat = _seat(installation, store, location, doors)
        tell(report, "devices")
        papers.mkdir(parents=True, exist_ok=True, mode=0o700)
        bench = RealBench(real_parts(installation, real), papers)
        doors.callback(bench.stop)
        shop = Shop(
            settings.institution.code,
            settings.institution.name,
            settings.institution.area,
            training=False,
            phone=settings.institution.phone,
            network_name=network_name(),
            address=address_towards(settings.addresses.core),
        )
        number = installation.counter
        behind = Behind(store, location, keys, platform, profile, shop, number, bench, seat)
        till, surface = work_place(behind, doors)
        till.endings = endings_of(installation)
        watch = Stopwatch(surface, lambda: platform.transport.waited_ms)
        yield OpenCounter(till, surface, store, bench, None, watch)


def _seat(
    installation: Installation, store: Store, location: StoreLocation, doors: ExitStack
) -> Seat | None:
    """This counter's own among several on one base; None where it has a base for itself.

    Raises ``LocalTrouble`` ``COUNTER_TAKEN``.
    """
    from time import sleep

    from app.workflow.leases.seat import seated
    from localdb.machine import place_of

    if not location.url:
        return None
    place = place_of(location.folder)
    return doors.enter_context(seated(store, SystemClock(), installation.counter, place, sleep))


def _bind(store: Store, institution: str) -> None:
    """A base belongs to one institution for good: its ids and books are that one's."""
    with store.reading() as unit:
        bound = unit.settings.get(BOUND)
    if bound is None:
        with store.unit() as unit:
            unit.settings.put(BOUND, institution)
    elif bound != institution:
        raise LocalTrouble(Code.OTHER_INSTITUTION, what=institution, wanted=bound)


class SecretPlace(Protocol):
    """Where a key can be put for good."""

    def keep(self, name: str, text: str) -> None: ...


class LiveStore:
    """``app.premises.Premises`` of a live store. Nothing is read before it is asked for."""

    training = False

    def __init__(self, wish: LiveWish) -> None:
        self._wish = wish

    @cached_property
    def installation(self) -> Installation:
        """Raises ``LocalTrouble`` naming what is wrong or missing."""
        return read_installation(self._wish.settings, self._wish.counter)

    @property
    def practice(self) -> Path:
        """Where training keeps its base here."""
        return self._wish.practice

    @property
    def region(self) -> str:
        """The region of the settings, looked at: it may be one of this installation's own."""
        return region_of(self.installation).id

    @property
    def folder(self) -> Path:
        return self.installation.folder

    def secret_names(self) -> tuple[str, ...]:
        """Every key this store may have, needed or not."""
        from app.gateways.live_access import secrets_of

        needed = secrets_of(region_of(self.installation), self.installation)
        return (*needed, *(name for name in _SPARE if name not in needed))

    def secret_entries(self) -> SecretPlace:
        """The key store of the system. Raises ``LocalTrouble`` where there is none."""
        from localdb.secret_files import SecretEntries

        return SecretEntries(self.installation.settings.institution.code)

    @property
    def overlays(self) -> tuple[str, ...]:
        return ()

    def location(self, _folder: Path | None, _region: str) -> StoreLocation:
        """The settings alone say where. Raises ``LocalTrouble``."""
        require_apart(self.installation, self._wish.practice)
        return location_of(self.installation)

    def keys(self, _location: StoreLocation) -> KeyStore:
        return keys_of_base(self.installation)

    def wanted(self, _folder: Path | None, region: str, real: RealParts) -> Wanted:
        """Papers count from the store's folder, which only the settings know."""
        return Wanted(Path(), region, Path(PAPERS), real=real)

    def open(
        self, wanted: Wanted, report: Report = lambda _stage: None
    ) -> AbstractContextManager[OpenCounter]:
        papers = self.folder / wanted.papers
        return open_live(self.installation, self._wish.practice, wanted.real, papers, report)

    def probes(self) -> tuple[tuple[str, Probe], ...]:
        """What the doctor asks of the settings, before anything they name is looked at."""
        from app.cli.output import sentence
        from app.live.probes import probes

        return probes(self, self._wish.practice, sentence)
