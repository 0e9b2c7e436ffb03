"""Single records of both books about one line, and the platform's own formula over them.

Stock is the last count and everything after it: changes, purchases and returns added, sales and
goods sent back taken off (trace-and-stock T43, T44). The order is that of acceptance.
"""

from collections.abc import Iterable
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
