"""The correction of each cause, ready to be told, with the figure it leads to.

What is missing is told again. What stands there twice as a sale is returned; any other wrong figure
is put right by a count of the lot, which is what a count is for (trace-and-stock 2.4, 2.7).
"""

from collections.abc import Sequence

from app.domain.books.stock import Draft, Record, Remedy, StockCause
from app.domain.books.stock_records import OurRecord
from app.domain.money import Quantity

_ASK = frozenset(
    {
        StockCause.TWO_SOURCES,
        StockCause.SOLD_ELSEWHERE,
        StockCause.UNKNOWN_LOT_THERE,
        StockCause.FIGURE_CONTRADICTS_RECORDS,
        StockCause.UNNAMED,
    }
)
_COUNTED = frozenset(
    {
        StockCause.RETURN_TWICE,
        StockCause.PURCHASE_TWICE,
        StockCause.SENT_BACK_TWICE,
        StockCause.CHANGE_TWICE,
        StockCause.COUNT_TOO_LATE,
        StockCause.COUNT_NOT_TOLD,
        StockCause.OPENING_NOT_TOLD,
        StockCause.WRONG_QUANTITY,
        StockCause.WRONG_DIRECTION,
        StockCause.WRONG_LOT,
        StockCause.ERASED_THERE,
        StockCause.ERASURE_NOT_TOLD,
        StockCause.DAILY_PUSH,
        StockCause.NOT_WANTED,
    }
)
_RESENT = frozenset(
    {
        StockCause.SALE_REFUSED,
        StockCause.SALE_NEVER_TOLD,
        StockCause.SALE_LOST,
        StockCause.RETURN_NOT_TOLD,
        StockCause.PURCHASE_NOT_TOLD,
        StockCause.CHANGE_NOT_TOLD,
        StockCause.SENT_BACK_NOT_TOLD,
        StockCause.ANSWER_LOST,
    }
)


def draft_of(
    cause: StockCause,
    effect: Quantity,
    upload_lot: str,
    records: Sequence[OurRecord],
    ours: Quantity,
    theirs: Quantity,
) -> Draft | None:
    """None where nothing has to be done. A count can tell no figure below nought."""
    after = Quantity(theirs + effect)
    about = records[0] if records else None
    if cause in _RESENT and about is not None:
        return _told_of(Remedy.RESEND, about.record, upload_lot, after, about)
    if cause is StockCause.ERASURE_NOT_TOLD and about is not None and about.erasure_id is not None:
        gone = Quantity(abs(about.quantity))
        return Draft(Remedy.RESEND, Record.ERASURE, upload_lot, gone, after, about.erasure_id)
    if cause is StockCause.SALE_TWICE and about is not None:
        return _told_of(Remedy.RETURN_SALE, Record.SALE_RETURN, upload_lot, after, about)
    if cause in _COUNTED and ours >= 0:
        return Draft(Remedy.COUNT, Record.COUNT, upload_lot, ours, ours)
    if cause is StockCause.PRICE_DIFFERS:
        return Draft(Remedy.PRICE, None, upload_lot, Quantity(0), None)
    if cause is StockCause.UNIT_FACTOR:
        return Draft(Remedy.MAP, None, upload_lot, Quantity(0), None)
    if cause in _ASK or cause in _COUNTED:
        return Draft(Remedy.ASK, None, upload_lot, Quantity(0), None)
    return None


def _told_of(
    remedy: Remedy, record: Record, upload_lot: str, after: Quantity, about: OurRecord
) -> Draft:
    return Draft(
        remedy,
        record,
        upload_lot,
        Quantity(abs(about.quantity)),
        after,
        about.record_id,
        about.event_id,
        case_id=about.case_id,
        line=about.line,
        part_id=about.part_id,
    )
