"""Drafted corrections when the shop went on: told live, once, and from the newest comparison."""

from datetime import timedelta
from typing import NoReturn

import pytest

from app.domain.books.stock import Remedy, StockCause
from app.domain.errors import Bug
from app.ports.copies import CopyMade
from app.simulation.goods.keeper import Keeper
from app.workflow import morning, startup
from app.workflow.stock_reconciling import looking, nightly
from app.workflow.stock_reconciling.comparing import compare_stock
from tests.support.stock_keeper import day_of, findings


class Shelf:
    """Where copies would lie; counts what was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def take(self) -> CopyMade:
        self.taken += 1
        return CopyMade("copy.backup")

    def newest(self) -> None:
        return None


def broken(*_args: object) -> NoReturn:
    raise StopIteration


def broken_by_name(*_args: object) -> NoReturn:
    raise Bug


def test_a_line_that_breaks_the_look_is_unnamed_and_takes_no_other_with_it(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = keeper.first_lot(keeper.items[0])
    keeper.change(lot, "102", 2)
    day = day_of(keeper)
    for fault in (broken, broken_by_name):
        monkeypatch.setattr(looking, "read_line", fault)
        compare_stock(keeper.till, day)
        (found,) = findings(keeper, day)
        assert (found.cause, found.upload_lot) == (StockCause.UNNAMED, lot.upload_lot)
        assert [one.draft.remedy for one in found.reasons if one.draft] == [Remedy.ASK]


def test_a_comparison_that_breaks_keeps_no_copy_back_and_is_said_in_the_morning(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    monkeypatch.setattr(keeper.till, "copies", shelf)
    keeper.clock.pass_time(14 * 3600)
    monkeypatch.setattr(nightly, "compare_stock", broken)
    with pytest.raises(StopIteration):
        startup.settle_unattended(keeper.till)
    assert shelf.taken == 1
    assert nightly.due(keeper.till) is None, "not in every round"
    rows = [one for one in morning.overnight(keeper.till).done if not one.well]
    assert [(one.job, one.at) for one in rows] == [(morning.NightJob.STOCK, keeper.clock.now())]
    monkeypatch.undo()
    keeper.clock.pass_time(nightly.AGAIN_AFTER / timedelta(seconds=1))
    assert nightly.compare_nightly(keeper.till) is not None
    assert all(one.well for one in morning.overnight(keeper.till).done)
