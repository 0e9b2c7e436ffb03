"""The prescription as a sheet of paper: the PDF a hospital has sealed and a pharmacy reads."""

import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import segno
from reportlab.lib.pagesizes import A5
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
_WIDTH, _HEIGHT = A5
_LEFT, _RIGHT = 12 * mm, _WIDTH - 12 * mm
_TOP = _HEIGHT - 12 * mm
_LINE = 5.2 * mm
_PER_PAGE = 4


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One drug: ``drug`` and ``amount`` as printed, ``usage`` in words."""

    drug: str
    amount: str
    usage: str


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """All that stands on the paper, as text."""

    hospital: str
    rx_number: str
    rx_trace_code: str
    visit_no: str
    name: str
    gender: str
    age: str
    weight_kg: str
    department: str
    scheme: str
    diagnosis: str
    allergies: str
    issued_at: str
    valid_until: str
    doctor: str
    pharmacist: str
    lines: tuple[SheetLine, ...]


@cache
def words() -> Mapping[str, Any]:
    """``resources/templates/outpatient_prescription.toml``."""
    path = resources.files("resources") / "templates" / "outpatient_prescription.toml"
    return tomllib.loads(path.read_text("utf-8"))


@cache
def font() -> str:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    return FONT


def prescription_pdf(sheet: Sheet) -> bytes:
    """One A5 page, the same bytes for the same sheet. Raises ``ValueError`` past four drugs."""
    if not 1 <= len(sheet.lines) <= _PER_PAGE:
        raise ValueError("a sheet holds one to four drugs")
    target = io.BytesIO()
    page = Canvas(target, pagesize=A5, invariant=1, pageCompression=1)
    page.setTitle(f"{sheet.hospital} {words()['title']}")
    page.setAuthor(sheet.hospital)
    _watermark(page)
    y = _heading(page, sheet)
    y = _facts(page, sheet, y)
    _drugs(page, sheet, y)
    _signatures(page, sheet)
    page.showPage()
    page.save()
    return target.getvalue()


def _write(page: Canvas, x: float, y: float, text: str, size: float = 9) -> None:
    page.setFont(font(), size)
    page.drawString(x, y, text)


def _centred(page: Canvas, y: float, text: str, size: float) -> None:
    page.setFont(font(), size)
    page.drawCentredString(_WIDTH / 2, y, text)


def _pair(page: Canvas, x: float, y: float, label: str, value: str) -> None:
    """``label：value`` with a rule under the value, as forms have it."""
    shown = f"{words()[label]}："
    _write(page, x, y, shown)
    start = x + pdfmetrics.stringWidth(shown, font(), 9)
    _write(page, start + 1 * mm, y, value)


def _rule(page: Canvas, y: float, width: float = 0.5) -> None:
    page.setLineWidth(width)
    page.line(_LEFT, y, _RIGHT, y)


def _watermark(page: Canvas) -> None:
    """Training paper can never pass as real paper."""
    page.saveState()
    page.setFillColorRGB(0.86, 0.90, 0.98)
    page.translate(_WIDTH / 2, _HEIGHT / 2)
    page.rotate(35)
    page.setFont(font(), 96)
    page.drawCentredString(0, -30, words()["training"])
    page.restoreState()
    page.setFillColorRGB(0, 0, 0)


def _heading(page: Canvas, sheet: Sheet) -> float:
    _centred(page, _TOP - 4 * mm, sheet.hospital, 14)
    _centred(page, _TOP - 11 * mm, words()["title"], 13)
    page.rect(_RIGHT - 18 * mm, _TOP - 6 * mm, 18 * mm, 8 * mm)
    page.setFont(font(), 10)
    page.drawCentredString(_RIGHT - 9 * mm, _TOP - 3.4 * mm, words()["category"])
    _symbol(page, sheet.rx_trace_code, _LEFT, _TOP - 14 * mm, 18 * mm)
    return float(_TOP - 20 * mm)


def _symbol(page: Canvas, text: str, x: float, y: float, side: float) -> None:
    """The QR symbol of ``text``, quiet zone included, as one filled path."""
    rows = [tuple(row) for row in segno.make_qr(text, error="m").matrix_iter(border=2)]
    size = side / len(rows)
    path = page.beginPath()
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                path.rect(x + across * size, y + side - (down + 1) * size, size, size)
    page.drawPath(path, stroke=0, fill=1)


def _facts(page: Canvas, sheet: Sheet, y: float) -> float:
    middle = _LEFT + 74 * mm
    known = words()
    rows = (
        (("number", sheet.rx_number), ("visit_no", sheet.visit_no)),
        (("trace", sheet.rx_trace_code), ("fee", f"{known['fee_insured']} {sheet.scheme}")),
        (("name", sheet.name), ("gender", known["genders"].get(sheet.gender, sheet.gender))),
        (
            ("age", f"{sheet.age}{known['age_unit']}"),
            ("weight", f"{sheet.weight_kg}{known['weight_unit']}"),
        ),
        (("department", sheet.department), ("allergies", sheet.allergies or known["no_allergies"])),
        (("issued", sheet.issued_at), ("diagnosis", sheet.diagnosis)),
        (("until", sheet.valid_until), None),
    )
    _rule(page, y + 4 * mm)
    for first, second in rows:
        _pair(page, _LEFT, y, *first)
        if second is not None:
            _pair(page, middle, y, *second)
        y -= _LINE
    _rule(page, y + 3 * mm)
    return y


def _drugs(page: Canvas, sheet: Sheet, y: float) -> None:
    _write(page, _LEFT, y - 3 * mm, words()["mark"], 15)
    y -= 10 * mm
    for place, line in enumerate(sheet.lines, 1):
        _write(page, _LEFT + 4 * mm, y, f"{place}. {line.drug}", 10)
        page.setFont(font(), 10)
        page.drawRightString(_RIGHT, y, line.amount)
        _write(page, _LEFT + 9 * mm, y - _LINE, f"{words()['usage']}：{line.usage}")
        y -= 2.4 * _LINE
    _centred(page, y, words()["below"], 9)


def _signatures(page: Canvas, sheet: Sheet) -> None:
    y = 44 * mm
    _rule(page, y + 6 * mm)
    middle = _LEFT + 62 * mm
    signed = words()["signed"]
    _pair(page, _LEFT, y, "doctor", f"{sheet.doctor}{signed}")
    _pair(page, middle, y, "reviewer", f"{sheet.pharmacist}{signed}")
    _pair(page, _LEFT, y - 1.4 * _LINE, "dispenser", "")
    _pair(page, middle, y - 1.4 * _LINE, "deliverer", "")
    _rule(page, y - 2 * _LINE)
    y -= 2.9 * _LINE
    for note in words()["notes"]:
        _write(page, _LEFT, y, note, 7.5)
        y -= 3.8 * mm
    _centred(page, 8 * mm, words()["training_note"], 7)
