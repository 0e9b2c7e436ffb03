"""What a GS1 symbol of a drug says, and how sure that is (trace-and-stock 1.4).

Interpreting the text is handed in (``app.workflow.scans.gs1``); this is what the rules need of it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GS = "\x1d"
GTIN = 14
"""Digits of a product number inside GS1 texts."""


class Gs1Form(StrEnum):
    """Which text of a GS1 box a region is told (profile key gs1_string_form, T21)."""

    RAW = "raw"
    NO_SEPARATOR = "no_separator"
    BRACKETED = "bracketed"
    SERIAL = "serial"


class Gs1Fault(StrEnum):
    """Why a GS1 text names no single pack."""

    NO_PRODUCT = "no_product"
    NO_SERIAL = "no_serial"
    SEPARATOR_LOST = "separator_lost"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Gs1Element:
    """One application identifier and its value; ``open_ended`` needs a separator after it."""

    ai: str
    value: str
    open_ended: bool


@dataclass(frozen=True, slots=True)
class Gs1Pack:
    """One pack: product and serial number; what else the symbol prints about it."""

    gtin: str
    serial: str
    lot: str
    expires_on: date | None
    made_on: date | None
    elements: tuple[Gs1Element, ...]

    @property
    def identity(self) -> str:
        """The same for every scanner and every symbol of this pack: product and serial only."""
        return f"(01){self.gtin}(21){self.serial}"

    def told_as(self, form: Gs1Form) -> str:
        """The text a region wants for this pack."""
        match form:
            case Gs1Form.SERIAL:
                return self.serial
            case Gs1Form.BRACKETED:
                return "".join(f"({part.ai}){part.value}" for part in self.elements)
            case Gs1Form.NO_SEPARATOR:
                return "".join(part.ai + part.value for part in self.elements)
            case Gs1Form.RAW:
                return raw_text(self.elements)


@dataclass(frozen=True, slots=True)
class Gs1Load:
    """A case or a pallet: its own number, and what its label says of the packs inside.

    ``number`` is the SSCC, or product and serial of the case; ``gtin`` of what is inside or of the
    case itself; ``count`` packs inside, 0 where the label does not say.
    """

    number: str
    gtin: str
    count: int
    lot: str
    expires_on: date | None
    made_on: date | None


@dataclass(frozen=True, slots=True)
class Gs1Unsure:
    """No single pack. ``guesses`` are all that the text could mean where a separator was lost."""

    fault: Gs1Fault
    guesses: tuple[Gs1Pack, ...] = ()


Gs1Reading = Gs1Pack | Gs1Unsure


def is_gtin(text: str) -> bool:
    """Fourteen digits; other first parts of codes may be as long."""
    return len(text) == GTIN and text.isascii() and text.isdigit()


def is_case(gtin: str) -> bool:
    """Indicator digits 1 to 8 name a grouping of packs (GS1 General Specifications 2.1.7)."""
    return "1" <= gtin[:1] <= "8"


def unit_barcode(gtin: str) -> str:
    """EAN-13 of the pack that ``gtin`` names or groups: its own digits, its own check digit."""
    body = gtin[1:13]
    weighted = sum(int(c) * (3 if at % 2 else 1) for at, c in enumerate(body))
    return f"{body}{-weighted % 10}"


def raw_text(elements: tuple[Gs1Element, ...]) -> str:
    """Elements in printed order, a separator after each open-ended one but the last."""
    last = len(elements) - 1
    return "".join(
        part.ai + part.value + (GS if part.open_ended and at < last else "")
        for at, part in enumerate(elements)
    )


def unread(_text: str) -> Gs1Reading:
    """The reader of a grammar that was given none."""
    return Gs1Unsure(Gs1Fault.UNREADABLE)
