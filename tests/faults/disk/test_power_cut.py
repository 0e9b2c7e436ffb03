"""The power goes: every disk that writes and syncs of a money part may leave behind is opened.

The writes of one undisturbed money part are recorded together with the platform's memory after
each message. A crash image is whole, forgets no synced commit, and never contradicts the
platform; some are served to their end.
"""

import random
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.server import SandboxOptions, opened
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation, open_base
from localdb.store import SqlStore, scope_of
from tests.support.counter import MovableClock
from tests.support.crash_images import OPTIONS, Event, Medium, Mode, Sent, Sync, recorded
from tests.support.ledgers import books
from tests.support.morgue import Remains
from tests.support.moved import at_home
from tests.support.sampling import seed
from tests.support.scenes import Scene, Scenery, at_scan, region
from tests.support.strace import watched
from tests.support.torn_wire import Act, Talk, a_torn_wire, last_answer
from tests.support.zygote import Ended, Zygote

NAMES = ("fujian-training.db", "fujian-training.db-wal")
CALLS = ("upload_sale", "presettle", "settle", "revoke_settlement", "return_sale")
AT_EACH_COMMIT, SERVED = 200, 10
SHARDS, IN_EACH_SHARD = 8, 500


@dataclass(frozen=True)
class Recording:
    """What happened to the disk, in order; the platform's memory before and after each message."""

    scene: Scene
    events: list[Event]
    memories: list[bytes]

    def memory_at(self, event: int) -> bytes:
        """The platform's after the last request whose body had left."""
        return self.memories[self.messages_at(event)]

    def messages_at(self, event: int) -> int:
        seen = self.events[: event + 1]
        return sum(isinstance(e, Sent) and not e.starts for e in seen)

    def medium_at(self, event: int) -> Medium:
        medium = Medium({n: (self.scene.folder / n).read_bytes() for n in NAMES if self._had(n)})
        for passed in self.events[: event + 1]:
            medium.take(passed)
        return medium

    def _had(self, name: str) -> bool:
        return (self.scene.folder / name).exists()

    def lay_out(self, image: Mapping[str, bytes], folder: Path) -> None:
        shutil.copytree(self.scene.folder, folder)
        for name in NAMES:
            (folder / name).unlink(missing_ok=True)
        for name, content in image.items():
            (folder / name).write_bytes(content)
        at_home(folder)


class Desk:
    """Opens crash images of one recording."""

    def __init__(self, recording: Recording, space: Path) -> None:
        self.recording = recording
        self.space = space
        self._count = 0

    def opened(self, image: Mapping[str, bytes], event: int, *, serve: bool) -> int:
        """Check one image; the number of its last commit."""
        self._count += 1
        folder = self.space / f"image-{self._count}"
        self.recording.lay_out(image, folder)
        memory = self.recording.memory_at(event)
        with started(folder) as store:
            books(store, active_in(memory)).never_wrong()
            number = last_commit(store)
        if serve:
            with opened(SandboxOptions(seed=1), memory) as sandbox:
                Remains(folder, sandbox, self.recording.scene).lives_on()
        shutil.rmtree(folder)
        return number

    @cached_property
    def durable(self) -> list[int]:
        """The commit that every image after an event must hold, by event."""
        found: list[int] = []
        number, dice = 0, random.Random(0)  # noqa: S311 nothing is left to chance here
        for index, event in enumerate(self.recording.events):
            if isinstance(event, Sync):
                medium = self.recording.medium_at(index)
                number = self.opened(medium.image(Mode.NONE, dice), index, serve=False)
            found.append(number)
        return found

    def cut_at(self, event: int, mode: Mode, dice: random.Random, *, serve: bool) -> None:
        try:
            image = self.recording.medium_at(event).image(mode, dice)
            assert self.opened(image, event, serve=serve) >= self.durable[event]
        except BaseException as broken:
            broken.add_note(f"power cut behind event {event}, {mode}, seed {seed()}")
            raise


@contextmanager
def started(folder: Path) -> Iterator[SqlStore]:
    """The base as a start finds it, checked as a start checks it; nothing is recovered yet."""
    location, clock = StoreLocation(folder, region().id, training=True), MovableClock()
    store = SqlStore(open_base(location, FileKeyStore(folder / "keys"), clock.now()), clock)
    try:
        yield store
    finally:
        store.close()


def last_commit(store: SqlStore) -> int:
    with store.reading() as unit:
        number = scope_of(unit).connection.exec_driver_sql("SELECT number FROM unit_mark")
        return int(number.scalar_one())


def active_in(memory: bytes) -> dict[str, Any]:
    """The active settlements in a platform's memory, as its state page shows them."""
    db = sqlite3.connect(":memory:")
    db.deserialize(memory)
    rows = db.execute("SELECT msgid, total_fen FROM settlement WHERE state='active'").fetchall()
    db.close()
    return {"active_settlements": [{"msgid": row[0], "total_fen": row[1]} for row in rows]}


@pytest.fixture(scope="module")
def desk(scenery: Scenery, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    space = tmp_path_factory.mktemp("power")
    return Desk(record(scenery, zygote, space / "log"), space)


def record(scenery: Scenery, zygote: Zygote, log: Path) -> Recording:
    """One money part, undisturbed but for being watched."""
    scene = scenery.scene(at_scan)
    folder, memories = scenery.copy(scene), [scene.memory]
    with opened(SandboxOptions(seed=1), scene.memory) as sandbox, a_torn_wire() as wire:

        async def remembered(talk: Talk) -> None:
            answer = await talk.answer()
            memories.append(sandbox.site.state.image())
            await talk.say(last_answer(answer))

        acts: list[Act] = [remembered] * 4
        ready = wire.road(sandbox.ready, *CALLS)
        for call in CALLS:
            wire.plan(call, *acts)
        order = {"ready": ready, "case_id": scene.case_id, "ahead_s": scene.ahead_s}
        pid = zygote.stopped("play", folder=str(folder), calm=False, **order)
        with watched(pid, *OPTIONS, "-o", str(log)):
            assert zygote.ended() == Ended(0, 0)
        wire.quiet()
    return Recording(scene, recorded(log, folder, NAMES), memories)


def test_the_recording_holds_a_whole_money_part(desk: Desk) -> None:
    recording = desk.recording
    last = len(recording.events) - 1
    assert recording.messages_at(last) == len(recording.memories) - 1 == 7
    assert sum(isinstance(event, Sync) for event in recording.events) > 20
    assert desk.durable[-1] >= 20 + desk.durable[0]
    assert desk.durable == sorted(desk.durable)
    held = [len(active_in(memory)["active_settlements"]) for memory in recording.memories]
    assert held == [0, 0, 0, 0, 1, 0, 0, 0]


def test_two_hundred_disks_after_a_power_cut(desk: Desk) -> None:
    # a choice of tests, not a secret
    dice = random.Random(f"{seed()} power")  # noqa: S311
    for number in range(AT_EACH_COMMIT):
        event = dice.randrange(len(desk.recording.events))
        mode = list(Mode)[number % len(Mode)]
        serve = number % (AT_EACH_COMMIT // SERVED) == 0
        desk.cut_at(event, mode, dice, serve=serve)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_thousands_of_disks_after_a_power_cut(desk: Desk, shard: int) -> None:
    dice = random.Random(f"{seed()} power {shard}")  # noqa: S311 a choice of tests
    events = range(shard, len(desk.recording.events), SHARDS)
    for event in events:
        for mode in Mode:
            desk.cut_at(event, mode, dice, serve=event % 10 == shard)
    for _ in range(max(0, IN_EACH_SHARD - len(events) * len(Mode))):
        mode = dice.choice([Mode.REORDERED, Mode.TORN])
        desk.cut_at(dice.choice(events), mode, dice, serve=False)


def test_a_disk_that_never_syncs_would_be_found_out(desk: Desk) -> None:
    """The check has teeth: without syncs the settlement is at the platform and nowhere else."""
    recording = desk.recording
    sent = [i for i, e in enumerate(recording.events) if isinstance(e, Sent) and not e.starts]
    settled = next(i for i in sent if recording.messages_at(i) == 4)
    unsynced = [e for e in recording.events[: settled + 1] if not isinstance(e, Sync)]
    careless = Desk(replace(recording, events=unsynced), desk.space / "careless")
    image = careless.recording.medium_at(len(unsynced) - 1).image(Mode.NONE, random.Random(0))  # noqa: S311
    with pytest.raises(AssertionError, match="nobody wrote down"):
        careless.opened(image, len(unsynced) - 1, serve=False)
