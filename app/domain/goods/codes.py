"""One grammar for whatever comes out of a scanner: what is this text, and why do we think so.

Order and patterns: identity-and-devices 2.1 and 7.3, trace-and-stock 1.1–1.4. Patterns that
regions may change are handed in.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.credential import id_number_valid

MAX_SCAN = 512
GS = "\x1d"


class ScanKind(StrEnum):
    """Every scan gets exactly one kind."""

    VOUCHER = "voucher"
    DRUG_TRACE = "drug_trace"
    PRODUCT_BARCODE = "product_barcode"
    PAYMENT = "payment"
    ID_NUMBER = "id_number"
    GS1 = "gs1"
    UDI = "udi"
    OPEN_PLATFORM = "open_platform"
    WEB_ADDRESS = "web_address"
    RECEIPT = "receipt"
    PRESCRIPTION = "prescription"
    """Looks like another kind; only who has the prescription at hand can tell."""
    CONTROL = "control"
    UNKNOWN = "unknown"


class Mend(StrEnum):
    """What was put right before the text was judged."""

    FULL_WIDTH = "full_width"
    SPACES = "spaces"
    HYPHENS = "hyphens"


@dataclass(frozen=True, slots=True)
class ScanGrammar:
    """Regional patterns (profile keys ec_qr_pattern, trace_pattern_20)."""

    voucher: re.Pattern[str]
    voucher_lenient: re.Pattern[str]
    trace: re.Pattern[str]


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """One judged scan. ``text`` is the mended text; it may be an e-voucher, so it is masked."""

    text: str
    kind: ScanKind
    unusual: bool = False
    mends: tuple[Mend, ...] = ()
    parts: dict[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Scan({self.kind.value}, {len(self.text)} characters)"


class DrugTraceCode(str):
    """药品追溯码 of one pack: 7 + 13 digits in the common form."""

    __slots__ = ()

    @property
    def prefix(self) -> str:
        """药品标识码: product and package level (T8)."""
        return self[:7]

    def spoken(self) -> str:
        """7 + 13 with one space, as boxes print it."""
        return f"{self[:7]} {self[7:]}" if len(self) == 20 else str(self)


_SPACED_DIGITS = re.compile(r"[0-9 \-]+", re.ASCII)


def _mend(raw: str) -> tuple[str, tuple[Mend, ...]]:
    mends: list[Mend] = []
    text = raw.strip(" \r\n\t")
    narrow = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or c == "\u3000" else c
        for c in text
    ).strip()
    if narrow != text:
        mends.append(Mend.FULL_WIDTH)
    if _SPACED_DIGITS.fullmatch(narrow):
        if " " in narrow:
            mends.append(Mend.SPACES)
        if "-" in narrow:
            mends.append(Mend.HYPHENS)
        narrow = narrow.replace(" ", "").replace("-", "")
    return narrow, tuple(mends)


def has_control(text: str) -> bool:
    """Control or invisible characters other than the GS1 separator."""
    return any(
        c != GS and unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for c in text
    )


def ean_valid(text: str) -> bool:
    """EAN-13 or EAN-8 with a right check digit."""
    if len(text) not in (8, 13) or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(c) for c in reversed(text)]
    return sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


_PAYMENT = re.compile(r"(1[0-5][0-9]{16}|(?:2[5-9]|30)[0-9]{14,22})", re.ASCII)
_OPEN_PLATFORM = re.compile(r"opc[0-9]{17}[0-9]{2}[0-9]{2}[0-9]{4}", re.ASCII)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_GS1_PLAIN = re.compile(r"01[0-9]{14}(?:1[0-7]|21|10)\S*", re.ASCII)
_GS1_BRACKETED = re.compile(r"\(01\)[0-9]{14}.*", re.ASCII)
_UDI = re.compile(r"MA\.156\.\S+", re.ASCII)
_RECEIPT = re.compile(r"[0-9]{4}-[0-9]{6}", re.ASCII)


def _digits_kind(text: str, grammar: ScanGrammar) -> Scan | None:
    if grammar.voucher.fullmatch(text):
        return Scan(text, ScanKind.VOUCHER)
    if grammar.trace.fullmatch(text):
        return Scan(text, ScanKind.DRUG_TRACE, unusual=not text.startswith("8"))
    if grammar.voucher_lenient.fullmatch(text):
        return Scan(text, ScanKind.VOUCHER, unusual=True)
    if ean_valid(text):
        return Scan(text, ScanKind.PRODUCT_BARCODE)
    if id_number_valid(text.upper()):
        return Scan(text.upper(), ScanKind.ID_NUMBER)
    if _PAYMENT.fullmatch(text):
        return Scan(text, ScanKind.PAYMENT)
    return None


def classify(raw: str, grammar: ScanGrammar) -> Scan:
    """Judge one scanned text. Never raises, never turns one kind into another silently."""
    if len(raw) > MAX_SCAN:
        return Scan(raw[:MAX_SCAN], ScanKind.UNKNOWN, unusual=True)
    if _RECEIPT.fullmatch(raw.strip()):
        return Scan(raw.strip(), ScanKind.RECEIPT)
    text, mends = _mend(raw)
    if has_control(text):
        return Scan(text, ScanKind.CONTROL, unusual=True)
    found = _digits_kind(text, grammar) or _other_kind(text)
    return Scan(found.text, found.kind, found.unusual, mends, found.parts)


def _other_kind(text: str) -> Scan:
    if _GS1_BRACKETED.fullmatch(text) or GS in text or _GS1_PLAIN.fullmatch(text):
        return Scan(text, ScanKind.GS1)
    for form, kind in (
        (_OPEN_PLATFORM, ScanKind.OPEN_PLATFORM),
        (_WEB, ScanKind.WEB_ADDRESS),
        (_UDI, ScanKind.UDI),
    ):
        if form.fullmatch(text):
            return Scan(text, kind)
    return Scan(text, ScanKind.UNKNOWN)


def guess(partial: str, grammar: ScanGrammar) -> ScanKind:
    """What a scan that is still arriving looks like (scan field, while characters come)."""
    text, _ = _mend(partial)
    if text.startswith("424"):
        return ScanKind.VOUCHER
    if text.startswith("69") and len(text) <= 13:
        return ScanKind.PRODUCT_BARCODE
    if text.isdigit() and len(text) <= 20:
        return ScanKind.DRUG_TRACE
    return classify(partial, grammar).kind
