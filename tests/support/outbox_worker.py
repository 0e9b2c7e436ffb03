"""Drains an outbox in a process of its own, beside others at the same base, or dies over it.

``python -m tests.support.outbox_worker FOLDER READY_FILE NAME BURNS_AT``; 0 burns nothing. Every
commit, every first byte and every answer is one line of ``NAME.log``.

The base of a counter is held by one process. A base that several share comes with PostgreSQL;
what must hold then is the outbox itself, so these workers hold locks of their own, and each keeps
the mark of the base as if alone: a mark that is taken back knows less, never more.
"""

import json
import sys
from pathlib import Path

from app.gateways.access import access_from_ready
from app.gateways.assemble import open_platform
from app.jobs.clock import SystemClock
from app.profile.loader import load
from app.workflow import day, delivery
from app.workflow.cases.assistance import load_assistance
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from localdb.engine import open_engines
from localdb.keystore import FileKeyStore
from localdb.machine import this_machine
from localdb.opening import InstanceLock, OpenedBase, StoreKeys, StoreLocation
from localdb.store import SqlStore
from localdb.witness import Witness
from resources.scenarios import load_demo_store
from tests.support.counter import CLERK, pin_matches
from tests.support.fuse import FiledPapers, Fuse
from tests.support.noon import follow

PATIENCE_S = 60.0


def shared_store(folder: Path, name: str) -> SqlStore:
    """The base in ``folder`` beside whoever else works on it."""
    location = StoreLocation(folder, "fujian", training=True)
    keystore = FileKeyStore(folder / "keys")
    master = keystore.load(location.name)
    if master is None:
        raise SystemExit("no key")
    keys = StoreKeys.of(master)
    engines = open_engines(location.base, keys.cipher)
    witness = Witness(keystore.mark_of(location.name), keys.mark, this_machine)
    opened = OpenedBase(engines, keys, InstanceLock(folder / f"{name}.lock"))
    return SqlStore(opened, SystemClock(), witness)


def main(folder: Path, ready_file: Path, name: str, burns_at: int) -> None:
    ready = json.loads(ready_file.read_text(encoding="utf-8"))
    clock, profile = SystemClock(), load("fujian", "training").profile
    store = shared_store(folder, name)
    platform = open_platform(profile, access_from_ready(ready), clock)
    fuse = Fuse(folder / f"{name}.log", burns_at)
    shop = load_demo_store(clock.now().date()).store
    papers = FiledPapers(folder / "sheets.txt")
    till = Till(
        store,
        platform,
        profile,
        clock,
        Shop(shop.code, shop.name, shop.area, training=True),
        1,
        Printers(papers, papers),
        load_assistance(),
    )
    try:
        Surface(till, pin_matches).sign_in(*CLERK)
        day.ensure_open(till)
        fuse.watch(store, platform)
        _drain(till)
    finally:
        platform.close()
        store.close()
        fuse.close()


def _drain(till: Till) -> None:
    end = till.clock.monotonic() + PATIENCE_S
    while till.clock.monotonic() < end:
        delivery.deliver_due(till)
        with till.store.reading() as unit:
            if not unit.outbox.tally().count:
                return
    raise SystemExit("the outbox did not drain")


if __name__ == "__main__":
    follow()
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
