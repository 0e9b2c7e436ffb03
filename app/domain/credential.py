"""Who stands at the counter. Values about people mask themselves; only ``reveal()`` shows them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from app.domain.money import Fen


class Masked:
    """A text that never appears in a log, a traceback or a formatted string by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself. Call it only to send, to compare, or on the working page."""
        return self._text

    def masked(self) -> str:
        """What may be read by bystanders and in logs."""
        return "•" * min(len(self._text), 6)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    def __str__(self) -> str:
        return self.masked()

    def __format__(self, spec: str) -> str:
        return format(self.masked(), spec)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._text == other._text

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._text))

    def __bool__(self) -> bool:
        return bool(self._text)

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return (type(self), (self._text,))


class PersonName(Masked):
    """姓名; masked as the first character and stars (ui 9.9)."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:1]}**" if self._text else ""


class IdNumber(Masked):
    """证件号码; masked as first four, stars, last four."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:4]}****{self._text[-4:]}" if len(self._text) >= 12 else "****"


class PhoneNumber(Masked):
    """联系电话."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:3]}****{self._text[-4:]}" if len(self._text) >= 9 else "****"


class PersonNumber(Masked):
    """人员编号 of the platform."""

    __slots__ = ()

    def masked(self) -> str:
        return f"…{self._text[-4:]}"


class CardNumber(Masked):
    """社会保障卡卡号, nine characters."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:1]}…{self._text[-2:]}"


class CardSerial(Masked):
    """卡识别码, 32 hex digits."""

    __slots__ = ()

    def masked(self) -> str:
        return f"…{self._text[-4:]}"


class VoucherCode(Masked):
    """The text of an e-voucher picture; used once, never on disk (identity-and-devices 2.2)."""

    __slots__ = ()

    def masked(self) -> str:
        return f"{self._text[:3]}…{self._text[-2:]} ({len(self._text)})"


class EVoucherToken(Masked):
    """医保电子凭证令牌: who the person is. In memory for the current case only."""

    __slots__ = ()


class RxToken(Masked):
    """电子处方令牌: permission to get one prescription (decision record 0001 on keeping it)."""

    __slots__ = ()


class Secret(Masked):
    """Keys, app secrets, PINs."""

    __slots__ = ()

    def masked(self) -> str:
        return "••••••"


class Medium(StrEnum):
    """How identity was shown."""

    VOUCHER = "voucher"
    SOCIAL_CARD = "social_card"
    ID_CARD = "id_card"
    TYPED = "typed"
    RX_CODE = "rx_code"


class CredentialKind(StrEnum):
    """就诊凭证类型."""

    VOUCHER = "voucher"
    ID_CARD = "id_card"
    SOCIAL_CARD = "social_card"


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a social-security card told (identity-and-devices 3.3, 3.4); name may be protected."""

    card_no: CardNumber
    card_serial: CardSerial
    name: PersonName | None
    id_number: IdNumber | None
    spec_version: str
    issuing_area: str
    valid_until: date | None
    reset_form: str


@dataclass(frozen=True, slots=True)
class Identity:
    """One proof of identity. The e-voucher token is not part of it: tokens live in memory only."""

    medium: Medium
    kind: CredentialKind
    name: PersonName | None
    id_number: IdNumber | None
    card_no: CardNumber | None
    card_serial: CardSerial | None
    area: str
    obtained_at: datetime
    provenance: str


@dataclass(frozen=True, slots=True)
class Insurance:
    """One insurance row of a person (core-platform 4.2). ``balance`` in fen."""

    kind: str
    person_kind: str
    status: str
    area: str
    balance: Fen
    employer: str

    @property
    def active(self) -> bool:
        return self.status == "1"


@dataclass(frozen=True, slots=True)
class Person:
    """An insured person as the platform knows them."""

    person_no: PersonNumber
    name: PersonName
    id_kind: str
    id_number: IdNumber
    gender: str
    birth_date: date | None
    age: str
    insurances: tuple[Insurance, ...]

    def preferred_insurance(self, order: tuple[str, ...]) -> int | None:
        """Index of the row to settle with: active rows by ``order``, then any active row."""
        active = [i for i, row in enumerate(self.insurances) if row.active]
        for kind in order:
            for index in active:
                if self.insurances[index].kind == kind:
                    return index
        return active[0] if active else None


_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_ID_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)


def id_number_valid(text: str) -> bool:
    """GB 11643: 18 characters, a real birth date, check character."""
    if _ID_FORM.fullmatch(text) is None:
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(d) * w for d, w in zip(text[:17], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == text[17]


def birth_date_of(id_number: IdNumber) -> date | None:
    """Birth date inside a resident ID number, or None."""
    text = id_number.reveal()
    return (
        date(int(text[6:10]), int(text[10:12]), int(text[12:14])) if id_number_valid(text) else None
    )


def same_person(
    name_a: PersonName | None,
    id_a: IdNumber | None,
    name_b: PersonName | None,
    id_b: IdNumber | None,
) -> bool | None:
    """True or False where both sides know enough, None where they cannot be compared."""
    if id_a and id_b:
        return id_a.reveal().upper() == id_b.reveal().upper()
    if name_a and name_b:
        return name_a.reveal() == name_b.reveal()
    return None
