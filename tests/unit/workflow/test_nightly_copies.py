"""A copy every night, by itself: when it is due, what a failure leaves, who sees it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.ports.copies import CopyMade
from app.workflow.calendar import CHINA
from app.workflow.upkeep.copying import AGAIN_AFTER, copy_nightly, copy_state
from localdb.backups import NightlyCopies, name_second_place, place_of, second_place
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from tests.support.small_counter import SmallCounter

HOUR = timedelta(hours=1)


class Shelf:
    """Copies that cost nothing; ``trouble`` is raised once."""

    def __init__(self, small: SmallCounter) -> None:
        self._clock = small.clock
        self.made: list[datetime] = []
        self.trouble: LocalTrouble | None = None

    def take(self) -> CopyMade:
        trouble, self.trouble = self.trouble, None
        if trouble is not None:
            raise trouble
        self.made.append(self._clock.now())
        return CopyMade("copy.backup")

    def newest(self) -> datetime | None:
        return self.made[-1] if self.made else None


@pytest.fixture
def shelf(small: SmallCounter) -> Shelf:
    made = Shelf(small)
    small.till.copies = made
    return made


def at_hour(small: SmallCounter, hour: int) -> None:
    local = small.clock.now().astimezone(CHINA)
    ahead = (hour - local.hour) % 24 or 24
    small.clock.move(local.replace(hour=local.hour, minute=0, second=0) - local + ahead * HOUR)


def test_the_lane_copies_once_a_night_and_a_day_old_copy_at_any_hour(
    small: SmallCounter, shelf: Shelf
) -> None:
    at_hour(small, 10)
    small.surface.deliver()
    small.surface.deliver()
    assert len(shelf.made) == 1, "the first round of a counter that has none"
    at_hour(small, 22)
    assert copy_nightly(small.till) is None
    at_hour(small, 23)
    small.surface.lock()
    small.surface.deliver()
    assert len(shelf.made) == 2, "in the night, also with nobody at the till"
    at_hour(small, 4)
    assert copy_nightly(small.till) is None
    small.clock.move(20 * HOUR)
    assert copy_nightly(small.till) is not None, "switched off at night, and it is a day old"


def test_a_failed_copy_is_tried_again_later_and_seen_until_one_is_made(
    small: SmallCounter, shelf: Shelf
) -> None:
    shelf.trouble = LocalTrouble(Code.DISK_FULL)
    assert small.surface.deliver() >= 0
    state = copy_state(small.till)
    assert state is not None
    assert (state.code, state.newest, state.wants_person) == (Code.DISK_FULL, None, True)
    assert copy_nightly(small.till) is None, "not again at once"
    small.clock.move(AGAIN_AFTER)
    assert copy_nightly(small.till) is not None
    after = small.surface.copy_state()
    assert after is not None
    assert (after.code, after.wants_person) == (None, False)
    small.clock.move(40 * HOUR)
    late = copy_state(small.till)
    assert late is not None
    assert late.wants_person, "nobody was here for two nights"


def test_a_copy_from_a_time_to_come_is_no_copy_of_now(small: SmallCounter, shelf: Shelf) -> None:
    shelf.made.append(small.clock.now() + timedelta(days=400))
    assert copy_nightly(small.till) is not None


def test_a_counter_without_copies_says_nothing(small: SmallCounter) -> None:
    assert copy_nightly(small.till) is None
    assert copy_state(small.till) is None


def test_every_copy_lies_in_the_second_place_as_well(small: SmallCounter, tmp_path: Path) -> None:
    location = StoreLocation(small.folder, "fujian", training=True)
    copies = NightlyCopies(location, FileKeyStore(small.folder / "keys"), small.clock)
    small.till.copies = copies
    beside = tmp_path / "beside"
    name_second_place(location, beside)
    assert second_place(location) == beside
    made = copy_nightly(small.till)
    assert made is not None
    assert Path(made.second).read_bytes() == Path(made.file).read_bytes()
    assert copies.newest() == small.clock.now().replace(microsecond=0)

    beside.chmod(0o700)
    name_second_place(location, small.folder / "no" / "place.db" / "x")
    (small.folder / "no").write_text("a file where a folder is wanted", encoding="utf-8")
    small.clock.move(25 * HOUR)
    assert copy_nightly(small.till) is None
    state = copy_state(small.till)
    assert state is not None
    assert state.code == Code.COPY_NOT_BESIDE
    assert len(list(place_of(location).iterdir())) == 2, "the first place has it all the same"
    name_second_place(location, None)
    assert second_place(location) is None
