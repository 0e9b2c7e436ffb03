"""Every page by name, and which one a case is shown on."""

from app.workflow.views import CaseView
from ui.page import Page
from ui.pages.audit import AuditPage
from ui.pages.devices import DevicesPage
from ui.pages.hand_over import HandOverPage
from ui.pages.identify import IdentifyPage
from ui.pages.parts import PageKit
from ui.pages.queue import QueuePage
from ui.pages.scan import ScanPage
from ui.pages.select import SelectPage
from ui.pages.settle import SettlePage
from ui.pages.settle_unknown import SettleUnknownPage
from ui.pages.waiting import WaitingPage
from ui.pages.where import WherePage
from ui.viewmodels.counter import Place, place_of

_CASE_PAGES = (IdentifyPage, SelectPage, AuditPage, ScanPage, SettlePage, SettleUnknownPage)
_REST = (HandOverPage, WaitingPage, WherePage, DevicesPage)


def build_pages(kit: PageKit) -> dict[str, Page]:
    """All pages of the counter; ``queue`` only where its door is there."""
    pages: list[Page] = [make(kit) for make in (*_CASE_PAGES, *_REST)]
    if kit.queue is not None:
        pages.append(QueuePage(kit, kit.queue))
    return {page.name: page for page in pages}


def page_name(case: CaseView) -> str:
    """The page a case belongs on; a case that ended shows where everything is."""
    place = place_of(case)
    return "where" if place is Place.CLOSED else place.value
