"""Single records of both books about one line, and the platform's own formula over them.

Stock is the last count and everything after it: changes, purchases and returns added, sales and
goods sent back taken off (trace-and-stock T43, T44). The order is that of acceptance.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.books.stock import Record
from app.domain.money import Quantity


class RecordFate(StrEnum):
    """How far a record of ours has come, as our own books know it."""

    ACCEPTED = "accepted"
    ON_ITS_WAY = "on_its_way"
    IN_DOUBT = "in_doubt"
    REFUSED = "refused"
    GIVEN_UP = "given_up"
    NOT_WANTED = "not_wanted"
    NEVER_MADE = "never_made"


@dataclass(frozen=True, slots=True)
class OurRecord:
    """What our books say should stand there, in the order our ledger has it.

    ``quantity`` is the signed effect, of a count the figure. ``opening`` marks what lay there when
    the ledger began. ``erased`` is the fate of the deletion that took this record back. ``line`` is
    the number of the reported line of a visit, ``part_id`` the movement where only pieces moved,
    ``erasure_id`` the record of the deletion.
    """

    record: Record
    quantity: Quantity
    fate: RecordFate
    happened_at: datetime
    accepted_at: datetime | None = None
    document: str = ""
    codes: tuple[str, ...] = ()
    opening: bool = False
    erased: RecordFate | None = None
    event_id: int | None = None
    record_id: int | None = None
    case_id: int | None = None
    messages: tuple[int, ...] = ()
    said: str = ""
    line: int | None = None
    part_id: int | None = None
    erasure_id: int | None = None


@dataclass(frozen=True, slots=True)
class FiledRecord:
    """One record the platform shows, in the order it accepted them; ``quantity`` as in ours."""

    record: Record
    quantity: Quantity
    happened_at: datetime | None
    accepted_at: datetime | None = None
    document: str = ""
    record_no: str = ""
    codes: tuple[str, ...] = ()


def figure(records: Iterable[tuple[Record, Quantity]]) -> Quantity:
    """The platform's formula."""
    total = 0
    for record, quantity in records:
        total = quantity if record is Record.COUNT else total + quantity
    return Quantity(total)


def without_untold(records: Sequence[OurRecord]) -> tuple[OurRecord, ...]:
    """``records`` without sales that were given up together with their return: nobody was told of
    either, and nobody has to be (0063). A count between both was told without the boxes: then both
    stay, and what is missing there is named.
    """
    gone: set[int] = set()
    begun: dict[tuple[int, int], int] = {}
    for at, one in enumerate(records):
        if one.record is Record.COUNT:
            begun.clear()
        if one.fate is not RecordFate.GIVEN_UP or one.case_id is None or one.line is None:
            continue
        key = one.case_id, one.line
        if one.record is Record.SALE:
            begun[key] = at
        elif one.record is Record.SALE_RETURN and key in begun:
            gone |= {begun.pop(key), at}
    return tuple(one for at, one in enumerate(records) if at not in gone)
