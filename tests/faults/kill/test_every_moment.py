"""The process dies at any moment of a visit; the next start finishes it, once.

The child works against a platform that lives on in the parent and a base in a folder; it ends
with ``os._exit`` at one numbered moment. Afterwards a patient person serves on from the folder.
"""

import pytest

from app.domain.case import Phase, Step
from app.domain.settlement import AttemptState
from app.profile.loader import load
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store_beside
from tests.faults.kill.conftest import Deathbed, Mortuary
from tests.support.counter import Bench, MovableClock, a_counter_at
from tests.support.fuse import FiledPapers
from tests.support.ledgers import OurSide, our_side
from tests.support.robot import Robot
from tests.support.victim import SHEETS
from tests.support.visit import a_visit

RECEIPT = "receipt_80"
THE_CASE = 1
MONEY = ("2101A", "2102A", "3505")
"""Numbers on the wire of the region under test whose loss costs money or goods."""
SHARDS = 8


def representative(moments: tuple[str, ...]) -> list[int]:
    """Around money and paper every edge, elsewhere one in twelve; numbers count from 1."""
    edges = [
        number
        for number, name in enumerate(moments, 1)
        if name in ("before 2102A", "after 2102A", "after 3505", f"after {RECEIPT}", "after a4")
    ]
    settled = moments.index("after 2102A") + 1
    around = [settled - 3, settled - 2, settled + 1]
    return sorted({*edges, *around, *range(6, len(moments), 20)})


def test_the_undisturbed_visit_talks_about_money_once(moments: tuple[str, ...]) -> None:
    for number in MONEY:
        assert moments.count(f"before {number}") == moments.count(f"after {number}") == 1
    assert moments[moments.index("before 2102A") - 1] == "commit"
    assert len(representative(moments)) <= 12


def test_a_visit_survives_the_death_of_its_counter(
    mortuary: Mortuary, moments: tuple[str, ...]
) -> None:
    for number in representative(moments):
        dies_and_lives_on(mortuary, moments, number)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_visit_survives_death_at_every_moment(
    mortuary: Mortuary, moments: tuple[str, ...], shard: int
) -> None:
    for number in range(1 + shard, len(moments) + 1, SHARDS):
        dies_and_lives_on(mortuary, moments, number)


def dies_and_lives_on(mortuary: Mortuary, moments: tuple[str, ...], number: int) -> None:
    with mortuary.victim(number) as left:
        assert left.moments == moments[:number]
        try:
            _as_found(left)
            printer = FiledPapers(left.folder / SHEETS)
            with a_counter_at(left.ready, left.folder, printer) as bench:
                _finished(bench, printer)
        except BaseException as broken:
            broken.add_note(f"died at moment {number}: {moments[number - 1]}")
            raise


def _as_found(left: Deathbed) -> None:
    """What the dead process committed last is already whole."""
    profile = load("fujian", "training").profile
    location = StoreLocation(left.folder, profile.id, training=True)
    store = open_store_beside(location, FileKeyStore(left.folder / "keys"), MovableClock())
    try:
        with store.reading() as unit:
            begun = bool(unit.cases.unfinished(1)) or bool(
                unit.cases.finished(1, MovableClock().now().replace(year=2000))
            )
        if not begun:
            return
        ours = our_side(store, THE_CASE)
    finally:
        store.close()
    ours.agrees()
    if FiledPapers(left.folder / SHEETS).copies(RECEIPT):
        assert ours.settled() == 1


def _finished(bench: Bench, printer: FiledPapers) -> None:
    robot = Robot(a_visit(bench))
    if not _served(bench):
        case = robot.serve()
        assert case.case_id == THE_CASE
    bench.surface.print_waiting(lambda _progress: None)
    ours = our_side(bench.store, THE_CASE)
    assert ours.cases[0].position.step is Step.DONE, robot.seen
    ours.agrees()
    _money_stands_once(bench, ours)
    copies = printer.copies(RECEIPT)
    assert copies
    assert copies.count(1) <= 1, copies
    assert copies == sorted(set(copies)), copies
    with bench.store.reading() as unit:
        assert not unit.prints.waiting()


def _served(bench: Bench) -> bool:
    since = bench.clock.now().replace(year=2000)
    with bench.store.reading() as unit:
        return any(case.case_id == THE_CASE for case in unit.cases.finished(1, since))


def _money_stands_once(bench: Bench, ours: OurSide) -> None:
    state = bench.platform_state()
    attempt = ours.attempts[THE_CASE]
    assert attempt is not None
    assert attempt.state is AttemptState.SETTLED
    assert state["settlements"].get("active") == 1
    assert state["sold_codes"] == ours.codes()
    assert ours.codes()
    assert ours.cases[0].position.phase is Phase.READY
    assert ours.sending == 0
    with bench.store.reading() as unit:
        assert unit.attempts.open_attempts(1) == ()
        assert unit.outbox.items() == ()
