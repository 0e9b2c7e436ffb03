"""Electronic prescriptions as the prescription centre lists, delivers and vouches for them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from app.domain.credential import IdNumber, PersonName
from app.domain.money import Price, Quantity, whole_packs


class RxNumber(str):
    """医保处方编号: a string of up to 30 digits or letters, never a number."""

    __slots__ = ()
    _form = re.compile(r"[0-9A-Za-z-]{1,40}", re.ASCII)

    def __new__(cls, text: str) -> Self:
        if cls._form.fullmatch(text) is None:
            raise ValueError("not a prescription number")
        return super().__new__(cls, text)


class RxTraceCode(str):
    """处方追溯码: of the prescription, not of a pack."""

    __slots__ = ()


class RxScheme(StrEnum):
    """处方附加属性: which scheme pays."""

    DUAL_CHANNEL = "dual_channel"
    OUTPATIENT_POOL = "outpatient_pool"
    OTHER = "other"


class RxState(StrEnum):
    """Whether a listed prescription can be taken here, and why not."""

    AVAILABLE = "available"
    OURS = "ours"
    HELD_ELSEWHERE = "held_elsewhere"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RxSummary:
    """One row of the authorised list. ``key`` is what the download names (profile rx_key)."""

    rx_number: RxNumber
    key: str
    state: RxState
    state_text: str
    hospital: str
    department: str
    doctor: str
    diagnosis: str
    scheme: RxScheme
    issued_at: datetime
    valid_until: datetime
    drugs: tuple[str, ...]
    held_since: datetime | None

    def state_at(self, now: datetime) -> RxState:
        """The listed state, corrected by the clock: a listed prescription may expire in hand."""
        if self.state in (RxState.AVAILABLE, RxState.OURS) and now >= self.valid_until:
            return RxState.EXPIRED
        return self.state

    def left(self, now: datetime) -> timedelta:
        """Time left; negative once expired."""
        return self.valid_until - now


class ItemKind(StrEnum):
    """处方项目分类."""

    WESTERN = "western"
    PATENT = "patent"
    HERBAL = "herbal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RxLine:
    """One drug of a prescription. ``amount`` and ``unit`` are those of dispensing and payment."""

    index: int
    national_code: str
    kind: ItemKind
    generic_name: str
    product_name: str
    dose_form: str
    specification: str
    maker: str
    amount: Quantity
    unit: str
    single_dose: str
    frequency: str
    per_day: str
    route: str
    days: str
    over_the_counter: bool
    price: Price | None
    taken: bool

    @property
    def boxes(self) -> int | None:
        """Whole packs, or None where the line is in split units."""
        return whole_packs(self.amount)


@dataclass(frozen=True, slots=True)
class Prescription:
    """The structured part of a downloaded prescription."""

    rx_number: RxNumber
    rx_trace_code: RxTraceCode
    kind_name: str
    scheme: RxScheme
    hospital: str
    hospital_code: str
    department: str
    doctor: str
    doctor_code: str
    hospital_pharmacist: str
    visit_record: str
    patient_name: PersonName
    patient_id: IdNumber | None
    gender: str
    age: str
    weight_kg: str
    diagnosis: str
    diagnosis_code: str
    allergies: str
    pregnant: bool
    issued_at: datetime
    valid_until: datetime
    lines: tuple[RxLine, ...]


class DocumentKind(StrEnum):
    """Format of the prescription file, decided by its first bytes."""

    PDF = "pdf"
    OFD = "ofd"
    UNKNOWN = "unknown"


def document_kind(content: bytes) -> DocumentKind:
    """What the file claims to be."""
    if content.startswith(b"%PDF-"):
        return DocumentKind.PDF
    if content.startswith(b"PK\x03\x04"):
        return DocumentKind.OFD
    return DocumentKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The stored file: ``digest`` is the SM3 of exactly the stored bytes, lower-case hex."""

    kind: DocumentKind
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verification:
    """Proof that the shown bytes carry a valid insurance e-signature."""

    verify_serial: str
    digest: str
    signer: str
    certificate_serial: str
    signed_at: datetime | None
    at: datetime
