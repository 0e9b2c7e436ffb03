"""What the commands ask of the rest of the house; ``app.main`` hands it over."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from app.domain.credential import CardFacts
    from app.jobs.lane import CancelToken
    from app.jobs.progress import Report
    from app.ports.catalogue import Hit
    from app.ports.devices import RealParts
    from app.ports.referee import Referee
    from app.ports.stock_books import Proof
    from app.ports.store import OutboxItem
    from app.workflow.upkeep.doctor import CheckRow


@dataclass(frozen=True, slots=True)
class LiveWish:
    """Which live store: another settings file than this machine's, ``3`` or ``store/3`` as counter.
    ``practice`` is where training keeps its base here."""

    settings: Path | None
    counter: str
    practice: Path


@dataclass(frozen=True, slots=True)
class LiveDoors:
    """The doors of a live store. ``region`` reads its settings and raises ``LocalTrouble``."""

    doors: Doors
    region: Callable[[], str]


@dataclass(frozen=True, slots=True)
class ProvisionWish:
    """``file``: people and drugs to be entered. ``keys``: a folder whose keys go into the key
    store of the system. ``reset``: whose PIN is made anew."""

    file: Path | None
    keys: Path | None
    reset: str = ""


@dataclass(frozen=True, slots=True)
class DemoWish:
    """How the demonstration is to be played."""

    identity: str
    picture: Path | None
    reader: str
    platform: Path | None
    resume: bool
    fault: str
    seed: int
    out: Path | None
    data_dir: Path | None
    profile: str
    theme: str
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class SandboxWish:
    """How the training platform is to be run."""

    port: int
    db: Path | None
    seed: int
    faults: tuple[str, ...]
    profile: str


@dataclass(frozen=True, slots=True)
class MoneyWish:
    """Which day is to be compared, and where its files go."""

    data_dir: Path | None
    profile: str
    day: date | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class StockDayWish:
    """Which day of stock is to be compared, and where its files go."""

    data_dir: Path | None
    profile: str
    day: date | None
    out: Path | None


@dataclass(frozen=True, slots=True)
class RehearsalWish:
    """``days`` random days from ``seed`` on with ``causes`` planted faults each, 0 for none."""

    seed: int
    days: int
    causes: int
    profile: str


@dataclass(frozen=True, slots=True)
class RehearsedDay:
    """One rehearsed day; ``said`` tells what was not named or named without reason, else empty."""

    number: int
    said: str


@dataclass(frozen=True, slots=True)
class DeliveryWish:
    """A table of a supplier. ``good_rows``: take them although others are wrong; ``check``: look
    only. ``out`` is where the report of errors goes."""

    data_dir: Path | None
    profile: str
    file: Path
    out: Path | None
    good_rows: bool
    check: bool


@dataclass(frozen=True, slots=True)
class CatalogueWish:
    """Which lists are to be brought here, all where none is named."""

    data_dir: Path | None
    profile: str
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenCode:
    """One code in a picture."""

    text: str
    symbology: str


@dataclass(frozen=True, slots=True)
class SimulationWish:
    """Which days are to be played. ``fault_rate`` is how often a message meets trouble, 0 to 1.

    ``unsealed``: messages and base without their ciphers, for speed.
    """

    seeds: int
    first: int
    visits: int
    fault_rate: float
    profile: str
    unsealed: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedSeed:
    """One day that was played; ``broken`` names the invariant that did not hold, or is empty,
    ``settled`` counts the settlements that the platform booked."""

    seed: int
    broken: str
    settled: int


class Doors(Protocol):
    """Everything that lies behind a door."""

    def live(self, wish: LiveWish) -> LiveDoors:
        """The doors of a live store in place of these. Nothing is read yet."""
        ...

    def provision(self, wish: ProvisionWish) -> Mapping[str, object]:
        """Enter what IT hands over: how many people, drugs and keys. Raises ``LocalTrouble``, also
        while a window holds the base."""
        ...

    def move_store(self, to: str) -> Mapping[str, object]:
        """Move the base to the server behind ``to``: where it is now, how many tables and rows.
        Raises ``LocalTrouble``, also while a window holds the base."""
        ...

    def play(self, wish: DemoWish) -> Mapping[str, object]:
        """Play one visit and return the report. Raises ``Trouble``."""
        ...

    def play_apart(self, options: Sequence[str]) -> Mapping[str, object]:
        """Play one visit by a program of its own; empty where it gave no report."""
        ...

    def require_faults(self, specs: tuple[str, ...], profile: str) -> None:
        """Before anything starts. Raises ``OperatorInput`` ``FAULT_UNKNOWN`` naming what there is.

        ``specs`` are written ``operation:fault[:times]``.
        """
        ...

    def serve(
        self, wish: SandboxWish, ready: Callable[[dict[str, object]], None], stop: threading.Event
    ) -> None: ...

    def pictures_in(self, path: Path) -> Sequence[Path]:
        """The pictures of a folder in natural order, or the file itself."""
        ...

    def codes_in(self, path: Path) -> Iterator[SeenCode]: ...

    def read_card(self, reader: str) -> CardFacts: ...

    def open_window(self, data_dir: Path | None, profile: str, real: RealParts) -> int:
        """Open the counter with ``real`` things in place of virtual ones; the window's status."""
        ...

    def checks(self, data_dir: Path | None, profile: str) -> tuple[CheckRow, ...]: ...

    def waiting(self, data_dir: Path | None, profile: str) -> tuple[OutboxItem, ...]: ...

    def work_queue(
        self, data_dir: Path | None, profile: str, item_id: int | None
    ) -> tuple[OutboxItem, ...]:
        """Tell one record, or all that is due; what is open then. Raises ``Trouble``, also while
        a window holds the base."""
        ...

    def reconcile_money(self, wish: MoneyWish) -> Mapping[str, object]:
        """Compare one day. Raises ``Trouble``, also while a window holds the base."""
        ...

    def reconcile_stock(self, wish: StockDayWish) -> Mapping[str, Any]:
        """Compare one day of stock. Raises ``Trouble``, also while a window holds the base."""
        ...

    def rehearse_stock(
        self, wish: RehearsalWish, told: Callable[[RehearsedDay], None]
    ) -> Mapping[str, Any]:
        """Play days with planted faults and compare each. Raises ``Trouble``."""
        ...

    def receive_delivery(self, wish: DeliveryWish) -> Mapping[str, Any]:
        """Judge a table and book what may be booked. Raises ``Trouble``, also while a window
        holds the base."""
        ...

    def bring_catalogue(
        self, wish: CatalogueWish, report: Report, cancel: CancelToken
    ) -> Mapping[str, Any]:
        """Bring lists up to date. Raises ``Trouble``, also while a window holds the base."""
        ...

    def search_catalogue(self, data_dir: Path | None, profile: str, typed: str) -> tuple[Hit, ...]:
        """What lies here, beside a running window too. Raises ``LocalTrouble``."""
        ...

    def platform_words(self, data_dir: Path | None, profile: str, table: str) -> Mapping[str, Any]:
        """Dictionaries of the platform beside our tables. Raises as ``bring_catalogue``."""
        ...

    def ledger_proof(self, data_dir: Path | None, profile: str) -> Proof:
        """Everything computed again from the stock ledger, beside a running window too."""
        ...

    def box_on_file(self, data_dir: Path | None, profile: str, code: str) -> Mapping[str, Any]:
        """What the platform has on file of one box, beside our ledger. Raises as
        ``bring_catalogue``, and ``OperatorInput`` for a box this store never had."""
        ...

    def journal_state(self, data_dir: Path | None, profile: str) -> Mapping[str, object]: ...

    def backup(
        self, data_dir: Path | None, profile: str, folder: Path | None, beside: str | None = None
    ) -> Mapping[str, object]:
        """Copy the base, beside a running window too, into ``folder`` or its usual place: where
        the copy lies, its SHA-256, how many commits and acts it holds, how many older ones went.
        ``beside`` names the second place of this copy and of every nightly one, ``-`` ends that.
        Raises ``LocalTrouble``."""
        ...

    def restore(self, data_dir: Path | None, profile: str, file: Path) -> Mapping[str, object]:
        """Put a copy in the place of the base. ``days`` (ISO) have to be compared before money
        moves again. Raises ``LocalTrouble``, also while a window holds the base."""
        ...

    def referee(self, profile: str) -> Referee:
        """A judge by the rules of this region. Raises ``LocalTrouble``."""
        ...

    def simulate(
        self, wish: SimulationWish, told: Callable[[SimulatedSeed], None]
    ) -> Mapping[str, object]:
        """Play days that never were and return the report. Raises ``Trouble``."""
        ...
