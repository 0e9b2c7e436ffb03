"""What the platform answers, in our words."""

from dataclasses import dataclass
from datetime import date, datetime

from app.domain.books.money import Verdict
from app.domain.counter_case import Estimate
from app.domain.credential import EVoucherToken, IdNumber, PersonName, RxToken
from app.domain.prescription import Prescription, RxNumber, RxSummary
from app.domain.settlement import SettledFacts


@dataclass(frozen=True, slots=True)
class DayOpened:
    sign_no: str
    at: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """Who showed the e-voucher. ``token`` stays in memory."""

    name: PersonName
    id_kind: str
    id_number: IdNumber
    token: EVoucherToken
    area: str


@dataclass(frozen=True, slots=True)
class Authorised:
    """``own_tokens``: where a permission is for one prescription only, that of each."""

    rx_token: RxToken
    prescriptions: tuple[RxSummary, ...]
    own_tokens: tuple[tuple[RxNumber, RxToken], ...] = ()


@dataclass(frozen=True, slots=True)
class Downloaded:
    """``document`` is the file exactly as it came; nothing about it is trusted yet."""

    prescription: Prescription
    document: bytes
    rx_token: RxToken | None


@dataclass(frozen=True, slots=True)
class Verified:
    verify_serial: str
    digest: str
    certificate_serial: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditAccepted:
    audit_serial: str


@dataclass(frozen=True, slots=True)
class SaleAccepted:
    text: str


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One movement on record. ``returned`` None where the region does not say which way it went;
    ``receipt_no`` and ``visit_id`` are empty where it does not show them."""

    code: str
    upload_lot: str
    receipt_no: str
    visit_id: str
    returned: bool | None


@dataclass(frozen=True, slots=True)
class TrailFound:
    """``complete`` is False where more pages were not read: then nothing may be concluded."""

    rows: tuple[TrailRow, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Presettled:
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Settled:
    """``medins_setl_id`` is the one echo of our message id; empty where a region omits it."""

    facts: SettledFacts
    person_no: str
    message_id_echo: str


@dataclass(frozen=True, slots=True)
class Revoked:
    facts: SettledFacts
    person_no: str
    message_id_echo: str


@dataclass(frozen=True, slots=True)
class SettlementFound:
    facts: SettledFacts
    refunded: bool
    message_id_echo: str


@dataclass(frozen=True, slots=True)
class TotalsCompared:
    equal: bool
    result: str
    text: str


@dataclass(frozen=True, slots=True)
class FileStored:
    file_query_no: str
    filename: str


@dataclass(frozen=True, slots=True)
class StatementResult:
    """One line of the platform's statement. ``result`` as on the wire, ``verdict`` its meaning."""

    person_no: str
    visit_id: str
    settlement_id: str
    message_id: str
    result: str
    refunded: bool
    total: int
    fund: int
    account: int
    verdict: Verdict = Verdict.OTHER

    @property
    def gives_back(self) -> bool:
        """A refund: marked as one, or a line of its own with negative amounts (8.2)."""
        return self.refunded or self.total < 0


@dataclass(frozen=True, slots=True)
class FileFetched:
    content: bytes
    until: date | None
    made_at: datetime | None = None
    """The time written into it, read as UTC: nothing in it tells its zone."""
