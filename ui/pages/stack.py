"""Every page by name, and which one a case is shown on."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from ui.page import Page
from ui.viewmodels.counter import Place, place_of

if TYPE_CHECKING:
    from app.workflow.views import CaseView
    from ui.pages.parts import PageKit

_PAGES = (
    ("identify", "IdentifyPage"),
    ("select", "SelectPage"),
    ("audit", "AuditPage"),
    ("scan", "ScanPage"),
    ("settle", "SettlePage"),
    ("settle_unknown", "SettleUnknownPage"),
    ("hand_over", "HandOverPage"),
    ("waiting", "WaitingPage"),
    ("where", "WherePage"),
    ("devices", "DevicesPage"),
)


def build_pages(kit: PageKit) -> Iterator[Page]:
    """The pages of the counter, one at a time; those of the desk only where their door is.

    Each is loaded when its turn comes: the sign-in page does not wait for the others.
    """
    for module, name in _PAGES:
        yield getattr(import_module(f"ui.pages.{module}"), name)(kit)
    if kit.day_end is not None:
        yield import_module("ui.pages.money").MoneyPage(kit, kit.day_end)
        yield import_module("ui.pages.day_end").DayEndPage(kit, kit.day_end)
    if kit.queue is not None:
        yield import_module("ui.pages.queue").QueuePage(kit, kit.queue)


def page_name(case: CaseView) -> str:
    """The page a case belongs on; a case that ended shows where everything is."""
    place = place_of(case)
    return "where" if place is Place.CLOSED else place.value
