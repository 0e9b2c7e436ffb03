"""The functions of the page of catalogues with the till bound; ``surface`` hands them out."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Bug, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import Report, no_report
from app.ports import catalogue as k
from app.workflow.catalogue.downloading import learn_barcodes, offered, refresh
from app.workflow.till import Till


@dataclass(frozen=True, slots=True)
class ListRow:
    """One list: how much of it lies here. ``finished_at`` None: never brought whole, or cut off."""

    listing: k.Listing
    rows: int
    done: int
    total: int
    finished_at: datetime | None
    begun: bool


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """``trouble`` is what kept the last refresh from its end, None where nothing did."""

    lists: tuple[ListRow, ...]
    trouble: Trouble | None = None


class CatalogueDesk:
    """目录. Searching asks the local catalogue only; refreshing may be stopped and gone on with."""

    _till: Till

    @property
    def _catalogue(self) -> k.LocalCatalogue:
        if self._till.catalogue is None:
            raise Bug(what="a counter without a catalogue")
        return self._till.catalogue

    def search_catalogue(self, typed: str) -> tuple[k.Hit, ...]:
        """By initials, words of the name, national code or barcode; fast enough for every key."""
        return self._catalogue.search(typed)

    def catalogue(self) -> CatalogueView:
        """Asks nobody."""
        rows = []
        for listing in offered(self._till):
            mark = self._catalogue.mark(listing)
            finished = mark.finished_at if mark else None
            rows.append(
                ListRow(
                    listing,
                    self._catalogue.count(listing),
                    mark.done if mark else 0,
                    mark.total if mark else 0,
                    finished,
                    mark is not None,
                )
            )
        return CatalogueView(tuple(rows))

    def refresh_catalogue(
        self, report: Report = no_report, cancel: CancelToken | None = None
    ) -> CatalogueView:
        """Every list in turn, from where each was cut off; stopping keeps what has come.

        A trouble ends it and is in the view: lists behind it have had no turn.
        """
        learn_barcodes(self._till, self._catalogue)
        trouble: Trouble | None = None
        try:
            for listing in offered(self._till):
                refresh(self._till, self._catalogue, listing, report, cancel)
        except Cancelled:
            trouble = None
        except (PlatformRejected, NotSent, OutcomeUnknown) as met:
            trouble = met
        return CatalogueView(self.catalogue().lists, trouble)
