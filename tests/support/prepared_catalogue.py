"""A prepared catalogue: two hits, three lists."""

import threading

from app.domain.errors import Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report
from app.ports.catalogue import Entry, Hit, Listing
from app.workflow.catalogue.desk import CatalogueView, ListRow
from tests.support.views import before

OURS = Hit(
    Listing.DRUGS,
    Entry(
        "1", "XA01AA0001", "阿莫西林胶囊", "阿莫仙", "胶囊剂", "0.25g*24", "示例药厂", "国药准字H1"
    ),
    carried=True,
)
OTHER = Hit(Listing.INSURED, Entry("2", "XA01AA0002", "阿莫西林颗粒", valid=False), carried=False)
LISTS = CatalogueView(
    (
        ListRow(Listing.DRUGS, 203_114, 203_114, 203_114, before(hours=9), begun=True),
        ListRow(Listing.INSURED, 120_000, 120_000, 300_000, None, begun=True),
        ListRow(Listing.SHARES, 0, 0, 0, None, begun=False),
    )
)


class PreparedCatalogue:
    """Finds by the beginning of what was typed; a refresh goes on until it may end."""

    def __init__(self) -> None:
        self.typed: list[str] = []
        self.may_end = threading.Event()
        self.trouble: Trouble | None = None
        self.stopped = False

    def search_catalogue(self, typed: str) -> tuple[Hit, ...]:
        self.typed.append(typed)
        return (OURS, OTHER) if typed.startswith("a") else ()

    def catalogue(self) -> CatalogueView:
        return LISTS

    def refresh_catalogue(self, report: Report, cancel: CancelToken | None) -> CatalogueView:
        report(Progress("catalogue.insured", 150_000, 300_000))
        while not (self.may_end.wait(0.01) or (cancel is not None and cancel.cancelled)):
            continue
        self.stopped = cancel is not None and cancel.cancelled
        return CatalogueView(LISTS.lists, self.trouble)
