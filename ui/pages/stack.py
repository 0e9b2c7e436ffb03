"""Every page by name, and which one a case is shown on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from ui.keys import Act, Key
from ui.page import Page
from ui.text import tr

if TYPE_CHECKING:
    from app.workflow.views.case import CaseView
    from ui.page import PageKit
    from ui.shell import MainWindow

_PAGES = (
    ("identify", "IdentifyPage"),
    ("select", "SelectPage"),
    ("audit", "AuditPage"),
    ("scan", "ScanPage"),
    ("settle", "SettlePage"),
    ("settle_unknown", "SettleUnknownPage"),
    ("hand_over", "HandOverPage"),
    ("give_back", "GiveBackPage"),
    ("waiting", "WaitingPage"),
    ("where", "WherePage"),
    ("devices", "DevicesPage"),
)
_BACK_ROOM = (
    ("receipt", "ReceiptPage"),
    ("count", "CountPage"),
    ("change", "ChangePage"),
    ("shelf", "ShelfPage"),
    ("buyer", "BuyerPage"),
    ("overrides", "OverridesPage"),
    ("opened", "OpenedPage"),
    ("prefixes", "PrefixesPage"),
    ("records", "RecordsPage"),
    ("limits", "StockLimitsPage"),
    ("staff", "StaffPage"),
)
DESK_PAGES = frozenset(
    {
        "parcels",
        "catalogue",
        "queue",
        "devices",
        "waiting",
        "where",
        "open_items",
        "decide",
        "money",
        "day_end",
        "referee",
    }
    | {"goods_in", "stock_count", "stock_change", "shelf", "buyer", "overrides", "opened"}
    | {"prefixes", "overview", "stock_day", "records", "stock_limits", "staff"}
)
"""Pages that belong to no step of a visit."""


def build_pages(kit: PageKit) -> Iterator[Page]:
    """The pages of the counter, one at a time; some only where their doors are.

    Each is loaded when its turn comes: the sign-in page does not wait for the others. First the
    one that says why no case is taken: it may be needed when nothing more can be read.
    """
    yield import_module("ui.pages.local_trouble").LocalTroublePage()
    for module, name in _PAGES:
        yield getattr(import_module(f"ui.pages.{module}"), name)(kit)
    if kit.day_end is not None:
        yield import_module("ui.pages.money").MoneyPage(kit, kit.day_end)
        yield import_module("ui.pages.day_end").DayEndPage(kit, kit.day_end)
    if kit.stock_day is not None:
        yield import_module("ui.pages.stock_day.page").StockDayPage(kit, kit.stock_day)
        yield import_module("ui.pages.overview").OverviewPage(kit, kit.stock_day)
    if kit.parcels is not None:
        yield import_module("ui.pages.parcels").ParcelsPage(kit, kit.parcels)
    if kit.catalogue is not None:
        yield import_module("ui.pages.catalogue").CataloguePage(kit, kit.catalogue)
    if kit.queue is not None:
        yield import_module("ui.pages.queue").QueuePage(kit, kit.queue)
    if kit.stock is not None:
        for module, name in _BACK_ROOM:
            made = getattr(import_module(f"ui.pages.stock.{module}"), name)
            yield made(kit, kit.stock)
    if kit.referee is not None:
        yield import_module("ui.pages.referee").RefereePage(kit, kit.referee)
    if kit.doubts is not None:
        yield import_module("ui.pages.open_items").OpenItemsPage(kit, kit.doubts)
        yield import_module("ui.pages.decide").DecidePage(kit, kit.doubts)


def desk_acts(window: MainWindow, show: Callable[[str], None]) -> tuple[Act, ...]:
    """The keys of the desk pages that are there; each opens its page, or leaves it again."""
    return tuple(
        Act(key, tr(f"pages.{name}.title"), partial(show, name))
        for key, name in (
            (Key.PARCELS, "parcels"),
            (Key.CATALOGUE, "catalogue"),
            (Key.OVERVIEW, "overview"),
            (Key.MONEY, "money"),
            (Key.STOCK_DAY, "stock_day"),
            (Key.DAY_END, "day_end"),
            (Key.GOODS_IN, "goods_in"),
            (Key.COUNT, "stock_count"),
            (Key.CHANGE, "stock_change"),
            (Key.SHELF, "shelf"),
            (Key.OPEN_BOXES, "opened"),
            (Key.PREFIXES, "prefixes"),
            (Key.BUYER, "buyer"),
            (Key.OVERRIDES, "overrides"),
            (Key.RECORDS, "records"),
            (Key.STOCK_LIMITS, "stock_limits"),
            (Key.STAFF, "staff"),
        )
        if window.page(name) is not None
    )


def page_name(case: CaseView) -> str:
    """The page a case belongs on; a case that ended shows where everything is."""
    from ui.viewmodels.places import Place, place_of

    place = place_of(case)
    return "where" if place is Place.CLOSED else place.value
