"""Lists brought here: page by page or as a file, cut off at any moment, gone on with from its mark.

Rows and mark are one commit, so that a power cut costs one page. Nothing here holds up a sale: no
unit of the counter's own base is open while a page is on its way or written.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports import catalogue as k
from app.ports import circulation as c
from app.ports.stock import PagePlace
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.till import Till

FIRST_DAY = date(2000, 1, 1)
"""Before any list: everything has changed since."""
BATCH = 500
"""Rows of a file in one commit."""


def offered(till: Till) -> tuple[k.Listing, ...]:
    """Lists this region gives out."""
    operations = till.profile.operations
    return tuple(
        listing
        for listing, operation in k.OPERATION_OF.items()
        if operation in operations and operations[operation].enabled
    )


def refresh(
    till: Till,
    catalogue: k.LocalCatalogue,
    listing: k.Listing,
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> k.ListMark:
    """Bring one list up to date. Raises the trouble of the exchange, or ``Cancelled``: what has
    come so far stays, and the next call goes on behind it."""
    watch = cancel or CancelToken()
    if listing in k.BY_VERSION:
        return _by_version(till, catalogue, listing, report, watch)
    return _by_page(till, catalogue, listing, report, watch)


def refresh_all(
    till: Till,
    catalogue: k.LocalCatalogue,
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> dict[k.Listing, Trouble | None]:
    """Every list in turn, as at night; one that fails does not hold up the others."""
    learn_barcodes(till, catalogue)
    ended: dict[k.Listing, Trouble | None] = {}
    for listing in offered(till):
        try:
            refresh(till, catalogue, listing, report, cancel)
            ended[listing] = None
        except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
            ended[listing] = trouble
    return ended


def learn_barcodes(till: Till, catalogue: k.LocalCatalogue) -> None:
    """The platform's lists have no product barcodes: those of this store's items are ours."""
    with till.store.reading() as unit:
        pairs = unit.goods.barcodes()
    catalogue.learn_barcodes(pairs)


def _round(
    till: Till, catalogue: k.LocalCatalogue, listing: k.Listing, since: date, version: str
) -> k.ListMark:
    """The round that was cut off, or a fresh one behind the last that ended."""
    before = catalogue.mark(listing)
    if before is not None and before.finished_at is None:
        return before
    if before is not None:
        since, version = before.next_since, before.version
    # rows that change while the round runs come again with the next: its own first day counts
    return k.ListMark(listing, since, version, 0, 0, 0, today(till), None)


def _by_page(
    till: Till,
    catalogue: k.LocalCatalogue,
    listing: k.Listing,
    report: Report,
    watch: CancelToken,
) -> k.ListMark:
    mark = _round(till, catalogue, listing, FIRST_DAY, "")
    while True:
        watch.check()
        rows, place = _page(till, listing, mark)
        done = mark.done + len(rows)
        ended = till.clock.now() if place.last else None
        total = max(place.total, done)
        mark = replace(mark, page=mark.page + 1, done=done, total=total, finished_at=ended)
        catalogue.take(mark, rows)
        report(Progress(f"catalogue.{listing.value}", done, total))
        if place.last:
            return mark


def _page(till: Till, listing: k.Listing, mark: k.ListMark) -> tuple[tuple[k.Row, ...], PagePlace]:
    size, page = till.profile.rules.page_size_max, mark.page + 1
    if listing is k.Listing.CIRCULATED:
        centre = till.platform.rxcentre
        asked = c.QueryCatalogue(page, size)
        found = wire.consult(till, centre, asked, centre.query_catalogue, None).value
        rows = tuple(_circulated(drug) for drug in found.rows)
        return rows, PagePlace(page, page, mark.done + len(rows), found.last)
    core = till.platform.catalogue
    query = k.QueryList(listing, mark.since, page, size)
    answer = wire.consult(till, core, query, core.query_list, None).value
    return answer.rows, answer.place


def _circulated(drug: c.CirculatedDrug) -> k.Entry:
    return k.Entry(
        row_no=drug.national_code,
        code=drug.national_code,
        name=drug.generic_name,
        brand=drug.product_name,
        dose_form=drug.dose_form,
        specification=drug.specification,
        maker=drug.maker,
        approval_no=drug.approval_no,
        unit=drug.pack_unit,
    )


def _by_version(
    till: Till,
    catalogue: k.LocalCatalogue,
    listing: k.Listing,
    report: Report,
    watch: CancelToken,
) -> k.ListMark:
    """Fetch what is newer until nothing is (7.4); a file that came is read in to its end first."""
    first = till.profile.catalogue.first_version
    while True:
        watch.check()
        before = catalogue.mark(listing)
        cut_off = before is not None and before.finished_at is None
        mark = _round(till, catalogue, listing, FIRST_DAY, first)
        archive = catalogue.file(listing) if cut_off else None
        if archive is None:
            fetched = _fetch(till, catalogue, mark)
            if fetched is None:
                return _rested(till, catalogue, mark)
            mark, archive = fetched
        _read_in(till, catalogue, mark, archive, report, watch)


def _rested(till: Till, catalogue: k.LocalCatalogue, mark: k.ListMark) -> k.ListMark:
    rested = replace(mark, page=0, finished_at=till.clock.now())
    catalogue.take(rested, ())
    return rested


def _fetch(
    till: Till, catalogue: k.LocalCatalogue, mark: k.ListMark
) -> tuple[k.ListMark, bytes] | None:
    """The next file, durable before its mark; None where nothing is newer."""
    core = till.platform.catalogue
    asked = k.FetchList(mark.listing, mark.version)
    newer = wire.consult(till, core, asked, core.fetch_list, None).value
    if newer.count == 0:
        return None
    file = k.DownloadList(mark.listing, newer.file_query_no, newer.filename)
    archive = wire.consult(till, core, file, core.download_list, None).value
    catalogue.keep_file(mark.listing, archive)
    begun = replace(mark, page=0, done=0, total=newer.count, finished_at=None)
    catalogue.take(begun, ())
    return begun, archive


def _read_in(
    till: Till,
    catalogue: k.LocalCatalogue,
    mark: k.ListMark,
    archive: bytes,
    report: Report,
    watch: CancelToken,
) -> None:
    """Batches from the mark on. The newest version is looked for in all rows, those that are here
    already too: a file keeps no order. It is what the next fetch asks behind."""
    newest, seen = mark.version, 0
    try:
        for batch in _batches(till.platform.catalogue.rows_of(mark.listing, archive)):
            watch.check()
            newest = max([newest, *(row.version for row in batch)], key=_order)
            seen += len(batch)
            if seen <= mark.page:
                continue
            mark = replace(mark, page=seen, done=seen, total=max(mark.total, seen))
            catalogue.take(mark, batch)
            report(Progress(f"catalogue.{mark.listing.value}", seen, mark.total))
        if newest == mark.version:
            raise OutcomeUnknown(Code.ANSWER_UNREADABLE, what="version")
    except OutcomeUnknown:
        # a file that cannot be read is fetched anew, and from its beginning
        catalogue.drop_file(mark.listing)
        catalogue.take(replace(mark, page=0, done=0), ())
        raise
    ended = replace(mark, version=newest, page=0, finished_at=till.clock.now())
    catalogue.take(ended, ())
    catalogue.drop_file(mark.listing)


def _order(version: str) -> tuple[int, str]:
    """Versions are numbers of growing length, or texts that sort."""
    return (len(version), version) if version.isdigit() else (0, version)


def _batches(rows: Iterator[k.Entry]) -> Iterator[list[k.Entry]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
