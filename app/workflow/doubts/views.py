"""未结事项 and 裁定 as shown: frozen snapshots, sentences as keys, every boolean decided here."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.money import Fen
from app.workflow.views.case import BannerView, Say


class Subject(StrEnum):
    """What is not known, or not finished."""

    SETTLEMENT = "settlement"
    REFUND = "refund"
    AUDIT = "audit"
    SALE = "sale"
    SALE_RETURN = "sale_return"
    RECORD = "record"
    CASH = "cash"


class Outcome(StrEnum):
    """What a person may find: the message in doubt stands at the platform, or never arrived."""

    STANDS = "stands"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One thing that is not at rest. ``decidable``: a named person may end it now.

    ``item_id`` names a record of the queue; it is mended there. ``since`` is when it was told.
    """

    case_id: int | None
    item_id: int | None
    subject: Subject
    name: str
    receipt_no: str
    since: datetime
    known: Say
    next: Say
    next_at: datetime | None
    who: Say
    code: int | None
    decidable: bool
    waits_for_person: bool
    amount: Fen | None = None
    """Of money: the whole settlement."""
    counter: int | None = None
    """The other counter whose visit it is: it is not opened here. None: this one."""
    off: bool = False
    """That one is off, and nobody goes on for it."""

    @property
    def visit_here(self) -> bool:
        """Whether the visit may be brought to this counter."""
        return self.case_id is not None and self.counter is None

    @property
    def key(self) -> str:
        return f"item:{self.item_id}" if self.case_id is None else f"case:{self.case_id}"


Shown = Fen | Say | str | None


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One fact, ours beside the platform's; ``agrees`` None where there is nothing to compare."""

    key: str
    ours: Shown
    theirs: Shown
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One outcome the evidence supports, and what it leads to."""

    outcome: Outcome
    what: Say
    effect: Say


@dataclass(frozen=True, slots=True)
class DoubtView:
    """What a person decides about. No choices: nothing can be decided now, ``trouble`` says why.

    ``needs_statement``: the platform offered no evidence, so the person says what its own pages
    show. ``evidence`` is handed back with the decision, unread.
    """

    item: OpenItem
    rows: tuple[CompareRow, ...]
    source: Say
    fetched_at: datetime
    valid_until: datetime
    choices: tuple[Choice, ...]
    needs_statement: bool
    trouble: BannerView | None
    evidence: object
