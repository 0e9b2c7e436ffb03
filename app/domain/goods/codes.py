"""One grammar for whatever comes out of a scanner: what is this text, and why do we think so.

Order and patterns: identity-and-devices 2.1 and 7.3, trace-and-stock 1.1–1.4. Patterns that
regions may change are handed in.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.credential import id_number_valid
from app.domain.goods.gs1 import GS as GS
from app.domain.goods.gs1 import Gs1Fault, Gs1Pack, Gs1Reading, Gs1Unsure, unread
from app.domain.goods.idcode import read as read_idcode

MAX_SCAN = 512
UNCODED = "uncoded"
"""How our own names of boxes without a code begin; no scan comes out like that."""


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
    SEPARATOR = "separator"
    """A scanner wrote the GS1 separator as text."""
    ADDRESS = "address"
    """The code was taken out of a web address by a rule of the list."""


class ScanReason(StrEnum):
    """Why a scan is of its kind, or of none."""

    VOUCHER_FORM = "voucher_form"
    TWENTY_EIGHT_DIGITS = "twenty_eight_digits"
    TWENTY_DIGITS = "twenty_digits"
    TWENTY_DIGITS_NOT_8 = "twenty_digits_not_8"
    PRODUCER_RULE = "producer_rule"
    ADDRESS_RULE = "address_rule"
    CHECK_DIGIT_RIGHT = "check_digit_right"
    ID_NUMBER_FORM = "id_number_form"
    PAYMENT_FORM = "payment_form"
    RECEIPT_FORM = "receipt_form"
    ON_PRESCRIPTION = "on_prescription"
    GS1_PACK = "gs1_pack"
    GS1_NO_PRODUCT = "gs1_no_product"
    GS1_NO_SERIAL = "gs1_no_serial"
    GS1_SEPARATOR_LOST = "gs1_separator_lost"
    GS1_UNREADABLE = "gs1_unreadable"
    MA_PACK = "ma_pack"
    DEVICE_CODE = "device_code"
    OPEN_PLATFORM_FORM = "open_platform_form"
    ADDRESS_UNKNOWN = "address_unknown"
    CONTROL_CHARACTERS = "control_characters"
    TOO_LONG = "too_long"
    NOTHING_READ = "nothing_read"
    NEARLY_TWENTY_DIGITS = "nearly_twenty_digits"
    CHECK_DIGIT_WRONG = "check_digit_wrong"
    NO_FORM_FITS = "no_form_fits"


_GS1_REASONS = {
    Gs1Fault.NO_PRODUCT: ScanReason.GS1_NO_PRODUCT,
    Gs1Fault.NO_SERIAL: ScanReason.GS1_NO_SERIAL,
    Gs1Fault.SEPARATOR_LOST: ScanReason.GS1_SEPARATOR_LOST,
    Gs1Fault.UNREADABLE: ScanReason.GS1_UNREADABLE,
}


@dataclass(frozen=True, slots=True)
class ListedForms:
    """Forms from ``resources/tables/trace_codes.toml``, asked after every national form.

    ``addresses`` hold the group ``code``; ``separators`` are texts that stand for 0x1D.
    """

    addresses: tuple[re.Pattern[str], ...] = ()
    producers: tuple[re.Pattern[str], ...] = ()
    separators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanGrammar:
    """Regional patterns (profile keys ec_qr_pattern, trace_pattern_20), the lists that ship, and
    who reads GS1."""

    voucher: re.Pattern[str]
    voucher_lenient: re.Pattern[str]
    trace: re.Pattern[str]
    listed: ListedForms = ListedForms()
    read_gs1: Callable[[str], Gs1Reading] = unread


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """One judged scan. ``text`` is the mended text; it may be an e-voucher, so it is masked.

    ``gs1`` is set exactly where the kind is GS1.
    """

    text: str
    kind: ScanKind
    reason: ScanReason
    unusual: bool = False
    mends: tuple[Mend, ...] = ()
    gs1: Gs1Reading | None = None

    def __repr__(self) -> str:
        return f"Scan({self.kind.value}, {len(self.text)} characters)"


class DrugTraceCode(str):
    """药品追溯码 of one pack: 7 + 13 digits in the common form, product and serial of GS1, or the
    whole of an MA code."""

    __slots__ = ()

    @property
    def prefix(self) -> str:
        """What names the product: 药品标识码, which also tells the package level (T8), GTIN, or the
        segments of an MA code before its data."""
        if self.startswith(_MA):
            idcode = read_idcode(self)
            return idcode.product if idcode is not None else self[:7]
        return self[4:18] if self.startswith("(01)") else self[:7]

    def spoken(self) -> str:
        """7 + 13 with one space, as boxes print it; a GS1 pack as its product and serial."""
        if self.startswith("(01)"):
            return f"{self[4:18]} {self[22:]}"
        return f"{self[:7]} {self[7:]}" if len(self) == 20 else str(self)


_EDGES = " \r\n\t"
_SPACED_DIGITS = re.compile(r"[0-9 \-]+", re.ASCII)


def _mend(raw: str) -> tuple[str, tuple[Mend, ...]]:
    mends: list[Mend] = []
    # a separator at either end stays: it proves that this scanner transmits them
    text = raw.strip(_EDGES)
    narrow = "".join(
        unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" or c == "\u3000" else c
        for c in text
    ).strip(_EDGES)
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
_GS1_BRACKETED = re.compile(r"\((?:01|02)\)[0-9]{14}.*|\(00\)[0-9]{18}.*", re.ASCII)
_GS1_MARKED = re.compile(r"\](?:C1|d2|Q3|e0|J1).+", re.ASCII | re.DOTALL)
_UDI = re.compile(r"MA\.156\.\S+", re.ASCII)
_MA = "MA."
_RECEIPT = re.compile(r"[0-9]{4}-[0-9]{6}", re.ASCII)
_NEARLY_TWENTY = re.compile(r"[0-9]{18,22}", re.ASCII)
_BARCODE_LENGTH = re.compile(r"[0-9]{8}|[0-9]{13}", re.ASCII)


def _digits_kind(text: str, grammar: ScanGrammar) -> Scan | None:
    if grammar.voucher.fullmatch(text):
        return Scan(text, ScanKind.VOUCHER, ScanReason.VOUCHER_FORM)
    if grammar.trace.fullmatch(text):
        usual = text.startswith("8")
        reason = ScanReason.TWENTY_DIGITS if usual else ScanReason.TWENTY_DIGITS_NOT_8
        return Scan(text, ScanKind.DRUG_TRACE, reason, unusual=not usual)
    if grammar.voucher_lenient.fullmatch(text):
        return Scan(text, ScanKind.VOUCHER, ScanReason.TWENTY_EIGHT_DIGITS, unusual=True)
    if ean_valid(text):
        return Scan(text, ScanKind.PRODUCT_BARCODE, ScanReason.CHECK_DIGIT_RIGHT)
    if id_number_valid(text.upper()):
        return Scan(text.upper(), ScanKind.ID_NUMBER, ScanReason.ID_NUMBER_FORM)
    if _PAYMENT.fullmatch(text):
        return Scan(text, ScanKind.PAYMENT, ScanReason.PAYMENT_FORM)
    return None


def classify(raw: str, grammar: ScanGrammar) -> Scan:
    """Judge one scanned text. Never raises, never turns one kind into another silently."""
    if len(raw) > MAX_SCAN:
        return Scan(raw[:MAX_SCAN], ScanKind.UNKNOWN, ScanReason.TOO_LONG, unusual=True)
    if _RECEIPT.fullmatch(raw.strip()):
        return Scan(raw.strip(), ScanKind.RECEIPT, ScanReason.RECEIPT_FORM)
    text, mends = _mend(raw)
    if has_control(text):
        return Scan(text, ScanKind.CONTROL, ScanReason.CONTROL_CHARACTERS, unusual=True)
    found = _digits_kind(text, grammar) or _other_kind(text, grammar) or _nearest(text)
    return replace(found, mends=(*mends, *found.mends))


def _other_kind(text: str, grammar: ScanGrammar) -> Scan | None:
    gs1 = _gs1(text, grammar)
    if gs1 is not None:
        return gs1
    if _OPEN_PLATFORM.fullmatch(text):
        return Scan(text, ScanKind.OPEN_PLATFORM, ScanReason.OPEN_PLATFORM_FORM)
    if _WEB.fullmatch(text):
        return _address(text, grammar)
    if _UDI.fullmatch(text):
        idcode = read_idcode(text)
        if idcode is not None and idcode.serial:
            return Scan(text, ScanKind.DRUG_TRACE, ScanReason.MA_PACK)
        return Scan(text, ScanKind.UDI, ScanReason.DEVICE_CODE)
    if any(form.fullmatch(text) for form in grammar.listed.producers):
        return Scan(text, ScanKind.DRUG_TRACE, ScanReason.PRODUCER_RULE)
    return None


def _gs1(text: str, grammar: ScanGrammar) -> Scan | None:
    plain = text
    for written in grammar.listed.separators:
        plain = plain.replace(written, GS)
    looks = _GS1_BRACKETED, _GS1_PLAIN, _GS1_MARKED
    if GS not in text and not any(form.fullmatch(plain.lstrip(GS)) for form in looks):
        return None
    reading = grammar.read_gs1(plain)
    sure = isinstance(reading, Gs1Pack)
    reason = ScanReason.GS1_PACK if sure else _GS1_REASONS[_fault(reading)]
    mends = (Mend.SEPARATOR,) if plain != text else ()
    return Scan(plain, ScanKind.GS1, reason, not sure, mends, reading)


def _fault(reading: Gs1Reading) -> Gs1Fault:
    return reading.fault if isinstance(reading, Gs1Unsure) else Gs1Fault.UNREADABLE


def _address(text: str, grammar: ScanGrammar) -> Scan:
    for form in grammar.listed.addresses:
        fits = form.fullmatch(text)
        if fits is not None and grammar.trace.fullmatch(fits["code"]):
            code, kind = fits["code"], ScanKind.DRUG_TRACE
            return Scan(code, kind, ScanReason.ADDRESS_RULE, mends=(Mend.ADDRESS,))
    return Scan(text, ScanKind.WEB_ADDRESS, ScanReason.ADDRESS_UNKNOWN)


def _nearest(text: str) -> Scan:
    """Nothing fits: what a person could put right."""
    reason = ScanReason.NO_FORM_FITS
    if not text:
        reason = ScanReason.NOTHING_READ
    elif _NEARLY_TWENTY.fullmatch(text):
        reason = ScanReason.NEARLY_TWENTY_DIGITS
    elif _BARCODE_LENGTH.fullmatch(text):
        reason = ScanReason.CHECK_DIGIT_WRONG
    return Scan(text, ScanKind.UNKNOWN, reason)


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
