"""A day of stock in one furnished store: what was planted, what was found."""

from contextlib import AbstractContextManager
from datetime import date

from app.domain.books.stock import StockFinding
from app.profile.model import Profile
from app.simulation.goods.keeper import Keeper, a_keeper, whole_region
from app.simulation.goods.planter import Planted, Planter
from app.simulation.templates import Templates
from app.workflow.calendar import CHINA
from app.workflow.stock_reconciling.comparing import compare_stock


def opened(made: Templates, profile: Profile | None = None) -> AbstractContextManager[Keeper]:
    return a_keeper(made, profile or whole_region(made.profile), "a day")


def day_of(keeper: Keeper) -> date:
    return keeper.clock.now().astimezone(CHINA).date()


def findings(keeper: Keeper, day: date) -> tuple[StockFinding, ...]:
    with keeper.store.reading() as unit:
        return unit.stock_days.findings(day)


def planted(keeper: Keeper, what: Planted) -> tuple[date, StockFinding]:
    """One fault on the first item, compared as in the morning after."""
    item = keeper.items[0]
    Planter(keeper).plant(what, item, keeper.first_lot(item))
    day = day_of(keeper)
    compare_stock(keeper.till, day)
    found = findings(keeper, day)
    return day, found[0]
