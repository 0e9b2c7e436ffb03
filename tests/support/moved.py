"""A copied counter made at home again: tests copy folders, and a copy in a shop is found out."""

from dataclasses import replace
from pathlib import Path

from localdb.keystore import FileKeyStore
from localdb.machine import this_machine
from localdb.opening import StoreKeys, StoreLocation
from localdb.witness import Witness


def at_home(folder: Path, region: str = "fujian") -> None:
    """Let the mark beside the key speak of this copy, and of no commit after the copied base."""
    location, keys = StoreLocation(folder, region, training=True), FileKeyStore(folder / "keys")
    master = keys.load(location.name)
    if master is None:
        return
    path = keys.mark_of(location.name)
    witness = Witness(path, StoreKeys.of(master).mark, this_machine)
    if witness.mark is not None:
        witness.mark = replace(witness.mark, file=path.stat().st_ino, unit=0)
        witness.taken()
    witness.close()
