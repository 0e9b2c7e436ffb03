"""A full disk, a locked base, a commit that fails anywhere: nothing is lost, and on it goes."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble
from app.workflow.views.case import Whereabouts
from localdb.opening import StoreLocation
from tests.support.counter import Bench
from tests.support.failing_disk import FailingCommits, full_disk, locked_base
from tests.support.ledgers import our_side
from tests.support.outcome import ends_well, nothing_outside
from tests.support.robot import Robot
from tests.support.sentence import trouble_says
from tests.support.visit import a_visit


def test_a_disk_that_fills_up_stops_the_case_and_a_cleared_one_lets_it_end(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.DOWNLOAD)
    with full_disk(bench.store):
        with pytest.raises(LocalTrouble) as full:
            visit.choose(case)
        assert trouble_says(full.value) == Code.DISK_FULL
    nothing_outside(bench)
    ends_well(visit)


def test_a_locked_base_is_named_and_the_same_act_works_later(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.start()
    code = bench.voucher(visit.person.id_no)
    location = StoreLocation(bench.folder, bench.till.profile.id, training=True)
    with locked_base(bench.folder, location):
        with pytest.raises(LocalTrouble) as locked:
            bench.scan(case, code)
        assert trouble_says(locked.value) == Code.STORE_LOCKED
        assert bench.surface.view(case.case_id) == case
    assert bench.scan(case, code).case.patient is not None
    ends_well(visit)


def sending(bench: Bench) -> int:
    return our_side(bench.store).sending


def test_a_row_left_sending_is_closed_when_the_resolver_next_passes(bench: Bench) -> None:
    """The outcome of a message could not be committed; the program went on."""
    store = FailingCommits(bench.store, 13)
    bench.till.store = store
    robot = Robot(a_visit(bench))
    with pytest.raises(LocalTrouble):
        robot.serve()
    assert sending(bench) == 1
    bench.surface.deliver()
    assert sending(bench) == 1, "it may still be on its way"
    bench.pass_time(3600)
    bench.surface.deliver()
    assert sending(bench) == 0


COMMITS = 35
"""One more than the visit has: the last of these fails nothing."""
ALWAYS = (11, 19, 24, 28, 29, 30)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, marks=() if n in ALWAYS else pytest.mark.deep, id=f"commit {n}")
        for n in range(1, COMMITS + 1)
    ],
)
def test_any_commit_may_fail_once(bench: Bench, number: int) -> None:
    store = FailingCommits(bench.store, number)
    bench.till.store = store
    robot, seen = Robot(a_visit(bench)), list[int]()
    while True:
        try:
            case = robot.serve()
            break
        except LocalTrouble as trouble:
            seen.append(trouble_says(trouble))
    assert case.step is Step.DONE, robot.seen
    assert case.money.where is Whereabouts.THEIRS
    assert seen == ([Code.STORE_FAILED] if number < COMMITS else [])
    state = bench.platform_state()
    assert state["settlements"].get("active") == 1
    with bench.store.reading() as unit:
        lines = unit.cases.get(case.case_id).facts.lines
    assert state["sold_codes"] == sorted(str(p.code) for line in lines for p in line.packs)
