"""What proves a cause: the numbers under which both sides find the records it was read from."""

from collections.abc import Iterable
from fractions import Fraction

from app.domain.books.stock import StockEvidence, StockFact
from app.domain.books.stock_records import FiledRecord, OurRecord
from app.domain.money import quantity_text

SHOWN = 50
"""So many pieces of evidence are kept of one side; a lot may have thousands of records."""


def of_ours(records: Iterable[OurRecord]) -> tuple[StockEvidence, ...]:
    """Movement, waiting record, visit, messages, boxes, and what the platform said."""
    found: list[StockEvidence] = []
    for one in records:
        found.append((StockFact.HAPPENED_AT, one.happened_at.isoformat(timespec="seconds")))
        found.append((StockFact.QUANTITY, quantity_text(one.quantity)))
        numbers = (
            (StockFact.MOVEMENT, one.event_id),
            (StockFact.PART, one.part_id),
            (StockFact.RECORD, one.record_id),
            (StockFact.CASE, one.case_id),
        )
        found += [(fact, str(number)) for fact, number in numbers if number is not None]
        found += [(StockFact.MESSAGE, str(row)) for row in one.messages]
        found += [(StockFact.CODE, code) for code in one.codes]
        texts = ((StockFact.DOCUMENT, one.document), (StockFact.PLATFORM_SAID, one.said))
        found += [(fact, text) for fact, text in texts if text]
    return tuple(found[:SHOWN])


def of_filed(records: Iterable[FiledRecord]) -> tuple[StockEvidence, ...]:
    """The platform's number and moment of each record."""
    found: list[StockEvidence] = []
    for one in records:
        found.append((StockFact.ON_FILE, one.record_no or quantity_text(one.quantity)))
        if one.accepted_at is not None:
            at = one.accepted_at.isoformat(timespec="seconds")
            found.append((StockFact.ON_FILE_AT, at))
        found += [(StockFact.CODE, code) for code in one.codes]
    return tuple(found[:SHOWN])


def of_factor(factor: Fraction) -> StockEvidence:
    """Packs there for one pack here."""
    return StockFact.FACTOR, f"{factor.numerator}/{factor.denominator}"
