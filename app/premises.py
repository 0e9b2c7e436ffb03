"""Where a counter stands: among training people in one folder, or in a live store."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from app.jobs.training_platform import Wanted, default_folder
from app.opening import OVERLAY, PAPERS, OpenCounter, open_counter

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs.progress import Report
    from app.ports.devices import RealParts
    from app.workflow.upkeep.doctor import Probe
    from localdb.keystore import KeyStore
    from localdb.opening import StoreLocation


class Premises(Protocol):
    """Where a counter stands: among training people, or in a live store."""

    @property
    def training(self) -> bool: ...

    @property
    def overlays(self) -> tuple[str, ...]:
        """What is laid over the region here."""
        ...

    def location(self, folder: Path | None, region: str) -> StoreLocation: ...

    def keys(self, location: StoreLocation) -> KeyStore:
        """Where the base's own key lies."""
        ...

    def wanted(self, folder: Path | None, region: str, real: RealParts) -> Wanted:
        """Which counter a window opens; nothing is read yet."""
        ...

    def open(self, wanted: Wanted, report: Report = ...) -> AbstractContextManager[OpenCounter]: ...

    def probes(self) -> tuple[tuple[str, Probe], ...]: ...


class Practice:
    """The premises of training: everything in one folder, keys of the base beside it."""

    training = True
    overlays = (OVERLAY,)

    def location(self, folder: Path | None, region: str) -> StoreLocation:
        from localdb.opening import StoreLocation as Location

        return Location(folder or default_folder(), region, training=True)

    def keys(self, location: StoreLocation) -> KeyStore:
        from localdb.keystore import FileKeyStore

        return FileKeyStore(location.folder / "keys")

    def wanted(self, folder: Path | None, region: str, real: RealParts) -> Wanted:
        home = folder or default_folder()
        return Wanted(home, region, home / PAPERS, real=real)

    def open(
        self, wanted: Wanted, report: Report = lambda _stage: None
    ) -> AbstractContextManager[OpenCounter]:
        return open_counter(wanted, report)

    def probes(self) -> tuple[tuple[str, Probe], ...]:
        return ()
