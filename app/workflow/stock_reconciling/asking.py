"""What the platform holds, page by page, and the single records it is made of.

A page that does not come is said, never guessed; a line that is down is not tried again and again
(trace-and-stock T48). Records are asked only of lines that differ (T46).
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from app.domain.books.stock import FailedPage, Record
from app.domain.books.stock_records import FiledRecord
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.domain.money import Quantity
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report
from app.ports import stock as g
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.calendar import today
from app.workflow.goods.kinds import change_kinds
from app.workflow.stock_reconciling.row_serials import lot_of, per_row
from app.workflow.till import Till

PAGES_AT_MOST = 5_000
"""Beyond any store: a platform that never says which page is its last is not followed further."""
UNANSWERED = (PlatformRejected, NotSent, OutcomeUnknown)
_KIND_BY_KIND = (
    Operation.QUERY_COUNTS,
    Operation.QUERY_CHANGES,
    Operation.QUERY_PURCHASES,
    Operation.QUERY_SALES,
)
P = TypeVar("P", g.StockPage, g.RecordPage)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How the fetching of figures went; ``first`` is the first trouble met, ``unread`` says why
    of each line whose figure was no figure, by store code and serial."""

    pages: int
    failed: tuple[FailedPage, ...]
    first: Trouble | None
    unread: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        return self.pages <= len(self.failed)


def offered(till: Till, operation: Operation) -> bool:
    """Whether this area answers such a question."""
    part = till.profile.operations.get(operation)
    return part is not None and part.enabled


def fetch_figures(till: Till, report: Report, cancel: CancelToken | None) -> Fetched:
    """Every page into the store, each in a commit of its own."""
    with till.store.unit() as unit:
        unit.stock_days.begin_answer()
    failed: list[FailedPage] = []
    first: Trouble | None = None
    unread: dict[tuple[str, str], str] = {}
    page, pages = 1, 1
    while page <= pages:
        if cancel is not None:
            cancel.check()
        if page > PAGES_AT_MOST:
            _log.warning("the stock has no last page; given up after %d", PAGES_AT_MOST)
            failed.append(FailedPage(page, int(Code.ANSWER_UNREADABLE)))
            break
        report(Progress("stock.pages", page, pages))
        try:
            answer = _figures(till, page, "")
        except UNANSWERED as trouble:
            _log.warning("page %d of the stock did not come: %s", page, trouble)
            first = first or trouble
            failed.append(FailedPage(page, int(trouble.code)))
            if isinstance(trouble, NotSent):
                rest = range(page + 1, pages + 1)
                failed += [FailedPage(number, int(trouble.code)) for number in rest]
                break
        else:
            with till.store.unit() as unit:
                unit.stock_days.keep_answer([_by_lot(till, unit, row) for row in answer.rows])
            unread |= {(one.store_code, one.upload_lot): one.why for one in answer.unread}
            last = answer.place.last
            pages = page if last else max(pages, answer.place.pages, page + 1)
        page += 1
    return Fetched(pages, tuple(failed), first, unread)


def figures_of(till: Till, store_code: str) -> dict[str, g.StockFigure]:
    """What the platform holds of one item now, by lot serial. Raises the trouble of the asking."""
    found: dict[str, g.StockFigure] = {}
    for answer in _pages(lambda page: _figures(till, page, store_code)):
        for row in answer.rows:
            if row.store_code == store_code:
                _add(till, found, row)
    return found


def _by_lot(till: Till, unit: Unit, row: g.StockFigure) -> g.StockFigure:
    lot = lot_of(unit, till.profile, row.store_code, row.upload_lot, row.lot_no)
    return row if lot == row.upload_lot else replace(row, upload_lot=lot)


def _add(till: Till, found: dict[str, g.StockFigure], row: g.StockFigure) -> None:
    """Rows of one lot are one figure where each has a serial of its own."""
    if not per_row(till.profile):
        found[row.upload_lot] = row
        return
    with till.store.reading() as unit:
        row = _by_lot(till, unit, row)
    known = found.get(row.upload_lot)
    sum_of = row.quantity if known is None else Quantity(known.quantity + row.quantity)
    found[row.upload_lot] = replace(row, quantity=sum_of)


def _figures(till: Till, page: int, store_code: str) -> g.StockPage:
    goods = till.platform.goods
    asked = g.QueryStock(page, till.profile.rules.page_size_max, store_code=store_code)
    return wire.consult(till, goods, asked, goods.query_stock, None).value


def records_offered(till: Till) -> bool:
    """Whether single records can be asked for at all."""
    return offered(till, Operation.QUERY_STOCK_TRAIL) or all(
        offered(till, operation) for operation in _KIND_BY_KIND
    )


def records_of(till: Till, store_code: str, upload_lot: str, since: date) -> list[FiledRecord]:
    """Every record on file of one line, in the order of acceptance.

    By the trail of all kinds where the area has it, else kind by kind. Raises the trouble of the
    asking: half a story is none.
    """
    trail = offered(till, Operation.QUERY_STOCK_TRAIL)
    operations: Sequence[Operation] = (Operation.QUERY_STOCK_TRAIL,) if trail else _KIND_BY_KIND
    inward = {code: way for code, (_, way) in change_kinds(till).items()}
    found: list[tuple[g.RecordRow, Operation]] = []
    # a serial of a row of its own is known by nobody before the row is seen
    named = "" if per_row(till.profile) else upload_lot
    for operation in operations:
        for page in _record_pages(till, operation, store_code, named, since):
            rows = page.rows if named == upload_lot else _of_lot(till, page.rows, upload_lot)
            found += [(row, operation) for row in rows]
    records = _grouped([_filed(row, operation, inward) for row, operation in found])
    return sorted(records, key=_accepted)


def _of_lot(till: Till, rows: Sequence[g.RecordRow], upload_lot: str) -> list[g.RecordRow]:
    with till.store.reading() as unit:
        return [
            row
            for row in rows
            if lot_of(unit, till.profile, row.store_code, row.upload_lot, row.lot_no) == upload_lot
        ]


def _record_pages(
    till: Till, operation: Operation, store_code: str, upload_lot: str, since: date
) -> Iterator[g.RecordPage]:
    goods = till.platform.goods
    size = till.profile.rules.page_size_max

    def ask(page: int) -> g.RecordPage:
        asked = g.QueryRecords(
            operation, since, today(till), page, size, store_code, upload_lot=upload_lot
        )
        return wire.consult(till, goods, asked, goods.query_records, None).value

    return _pages(ask)


def _pages(ask: Callable[[int], P]) -> Iterator[P]:
    for page in range(1, PAGES_AT_MOST + 1):
        answer = ask(page)
        yield answer
        if answer.place.last:
            return
    raise OutcomeUnknown(Code.ANSWER_UNREADABLE)


def _accepted(one: FiledRecord) -> tuple[bool, float, str]:
    """By moment, then by the platform's own number: several are accepted within a second."""
    at = one.accepted_at
    return at is None, at.timestamp() if at is not None else 0.0, one.record_no.zfill(20)


def _filed(row: g.RecordRow, operation: Operation, inward: dict[str, bool]) -> FiledRecord:
    record, quantity = _meaning(row, operation, inward)
    return FiledRecord(
        record,
        quantity,
        row.happened_at,
        row.accepted_at,
        row.document_no,
        row.record_no,
        (row.code,) if row.code else (),
    )


def _meaning(
    row: g.RecordRow, operation: Operation, inward: dict[str, bool]
) -> tuple[Record, Quantity]:
    """The kind and the signed effect: the trail signs amounts, single kinds say which way."""
    told = row.quantity if row.quantity is not None else Quantity(0)
    size = Quantity(abs(told))
    trail = operation is Operation.QUERY_STOCK_TRAIL
    match row.kind:
        case g.RecordKind.CHANGE:
            comes = told > 0 if trail else inward.get(row.change_kind, True)
            return Record.CHANGE, size if comes else Quantity(-size)
        case g.RecordKind.PURCHASE:
            back = told < 0 if trail else bool(row.returned)
            return (Record.SENT_BACK, Quantity(-size)) if back else (Record.PURCHASE, size)
        case g.RecordKind.SALE:
            came = told > 0 if trail else (told < 0 or bool(row.returned))
            return (Record.SALE_RETURN, size) if came else (Record.SALE, Quantity(-size))
        case _:
            return Record.COUNT, told


def _grouped(rows: Sequence[FiledRecord]) -> list[FiledRecord]:
    """One record for all rows of one number: a trail has a row for every box."""
    found: dict[object, FiledRecord] = {}
    for number, row in enumerate(rows):
        key: object = (row.record, row.record_no) if row.record_no else number
        known = found.get(key)
        if known is None:
            found[key] = row
        else:
            found[key] = FiledRecord(
                known.record,
                known.quantity,
                known.happened_at,
                known.accepted_at,
                known.document,
                known.record_no,
                (*known.codes, *row.codes),
            )
    return list(found.values())
