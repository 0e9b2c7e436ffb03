"""A sale for cash on its way back, cut at any moment, and out of a copy."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import (
    Code,
    LocalTrouble,
)
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.sandbox.ledger import PlatformLedger
from app.simulation.invariants import Books, broken
from app.workflow.returns import pay_back
from app.workflow.upkeep.recovering import ON_ITS_WAY
from localdb.ledger import read_ledger
from tests.support.cash_back import (
    boss_of,
    boxes_back,
    held,
    paid_back,
    refused,
    slips,
    states,
    told_round,
)
from tests.support.failing_disk import FailingCommits
from tests.support.small_counter import (
    SmallCounter,
)
from tests.unit.workflow.test_limits_without_a_line import PowerCut, cut
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_self_pay import FREE, shop, sold

__all__ = ["shop"]

BOTH = FREE[:2]


def nothing_broken(shop: SmallCounter) -> None:
    """The rules of simulated days over both books, as they stand now."""
    sold = dict.fromkeys(shop.fake.books.sold, 1)
    theirs = PlatformLedger({}, sold, frozenset())
    assert list(broken(Books(read_ledger(shop.store), theirs))) == []


@pytest.mark.parametrize("moment", range(1, 7))
def test_a_power_cut_behind_any_commit_loses_and_doubles_nothing(
    shop: SmallCounter, moment: int
) -> None:
    """begin, two boxes, the taking back, the second person, the cash: whatever stands, the rest
    follows once."""
    done = sold(shop, *BOTH)
    shop.surface.deliver()
    passed: list[int] = []

    def burn() -> None:
        passed.append(1)
        if len(passed) == moment:
            cut()

    shop.store.on_commit(burn)
    with pytest.raises(PowerCut):
        paid_back(shop, boxes_back(shop, done, *BOTH))
    shop.restart()
    nothing_broken(shop)
    case = shop.case(done)
    if case.position.step is not Step.CLOSED:
        here = shop.surface.current()
        assert here.case_id == done.case_id
        for code in (box for box in BOTH if box not in case.facts.back):
            here = shop.scan(here, code).case
        if here.step is Step.TAKE_BACK:
            here = shop.surface.take_back(here.case_id, BOTH)
        paid_back(shop, here)
    closed = shop.view(done)
    assert (closed.step, held(shop, closed), len(slips(shop))) == (Step.CLOSED, 2, 1)
    told_round(shop)
    assert (shop.fake.books.sold, shop.surface.queue()) == ({}, ())
    assert shop.fake.times(Operation.RETURN_SALE) == 1
    nothing_broken(shop)
    assert [row.case_id for row in shop.surface.desk().finished] == [done.case_id]


def test_a_commit_that_failed_paid_nothing_out(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    failing = FailingCommits(shop.store, fails_at=2)
    shop.till.store = failing  # type: ignore[assignment] # the store behind it
    with pytest.raises(LocalTrouble):
        paid_back(shop, view)
    assert failing.commits == 2
    shop.restart()
    case = shop.case(view)
    assert (case.position.step, case.facts.cash_back, held(shop, view)) == (Step.REVOKE, None, 0)
    assert slips(shop) == []
    assert paid_back(shop, view).step is Step.CLOSED


def test_it_is_one_commit(shop: SmallCounter) -> None:
    view = boxes_back(shop, sold(shop, FREE[0]), FREE[0])
    second = boss_of(shop)
    commits: list[int] = []
    shop.store.on_commit(lambda: commits.append(1))
    pay_back.pay_back(shop.till, shop.case(view), second)
    assert len(commits) == 1


def test_a_copy_pays_nothing_back_before_it_is_believed(shop: SmallCounter) -> None:
    """And then it takes the sale back there, whatever the lost time told of it."""
    done = sold(shop, FREE[0])
    restored(shop)
    view = boxes_back(shop, done, FREE[0])
    assert refused(lambda: paid_back(shop, view)) is Code.RECOVERY_OPEN
    assert shop.view(view).step is Step.REVOKE
    with shop.store.unit() as unit:
        unit.recoveries.end(shop.clock.now())
    # the lost time had told it
    shop.fake.books.sold[FREE[0]] = "told in the lost time"
    closed = paid_back(shop, view)
    assert OutboxState.VOIDED not in states(shop, closed)
    shop.clock.move(ON_ITS_WAY)
    told_round(shop)
    assert (shop.fake.books.sold, shop.surface.queue()) == ({}, ())
    assert [paper.copy_no for paper in slips(shop)] == [1]


def test_a_slip_the_lost_time_may_have_printed_comes_out_as_a_copy(shop: SmallCounter) -> None:
    paid_back(shop, boxes_back(shop, sold(shop, FREE[0]), FREE[0]))
    shop.clock.move(timedelta(minutes=1))
    restored(shop)
    assert slips(shop) == []
    with shop.store.unit() as unit:
        unit.recoveries.end(shop.clock.now())
    assert [paper.copy_no for paper in slips(shop)] == [2]
