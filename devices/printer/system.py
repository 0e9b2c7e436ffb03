"""Pages to PDF and to the system's print queue. The one device module that knows Qt.

Works in the print lane: it needs a running ``QGuiApplication``, but not its thread.
"""

from functools import cache

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QTransform,
)

from app.domain.errors import Bug, Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import Framed, Loudness, Paper, PaperKind, Qr, Text
from devices.printer.ink import Box, Face, Mark, Modules, Page, Role, Shade, Stroke, Word
from devices.printer.layout import lay_out
from devices.printer.wording import ink_of, paper_words

# measured 1: Windows first, then what Linux distributions carry
SANS_FAMILIES = (
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
)
SERIF_FAMILIES = ("SimSun", "Noto Serif CJK SC", "Source Han Serif SC", *SANS_FAMILIES)
MONO_FAMILIES = ("Consolas", "DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono")
_FAMILIES = {Role.SANS: SANS_FAMILIES, Role.SERIF: SERIF_FAMILIES, Role.MONO: MONO_FAMILIES}

_DPI = 600
_HOLLOW_PX = 48
_MM_PER_INCH = 25.4


def _colour(shade: Shade) -> QColor:
    return QColor(ink_of("shade", shade.name.lower()))


@cache
def family_of(role: Role) -> str:
    """The first family of the role's list that this machine has.

    Falls back to any family that writes simplified Chinese. Raises ``DeviceTrouble`` where there
    is none: a receipt of empty boxes is no receipt.
    """
    there = set(QFontDatabase.families())
    for family in _FAMILIES[role]:
        if family in there:
            return family
    chinese = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    if chinese:
        return chinese[0]
    raise DeviceTrouble(Code.PRINTER_MISSING, reason="font")


def _font(face: Face, dots_per_mm: float) -> QFont:
    families = [family_of(face.role)]
    if face.role is Role.MONO:
        families.append(family_of(Role.SANS))
    font = QFont(families)
    font.setPixelSize(max(1, round(face.size * dots_per_mm)))
    font.setBold(face.bold)
    font.setKerning(False)  # so that a text is as wide as its characters, which are kept
    return font


class _Advances(dict[str, float]):
    """Width of each character of a face, in mm; asked for once in the life of a program."""

    def __init__(self, face: Face, dots_per_mm: float) -> None:
        super().__init__()
        self._face, self._dots_per_mm = face, dots_per_mm

    def __missing__(self, character: str) -> float:
        # a font belongs to the thread that asks
        metrics = QFontMetricsF(_font(self._face, self._dots_per_mm))
        wide = metrics.horizontalAdvance(character) / self._dots_per_mm
        self[character] = wide
        return wide


@cache
def _advances(face: Face, dots_per_mm: float) -> _Advances:
    return _Advances(face, dots_per_mm)


class QtMeasure:
    """Widths by the fonts of this machine, at the resolution that is printed.

    Raises ``DeviceTrouble`` where no font writes Chinese.
    """

    def __init__(self, dots_per_mm: float) -> None:
        family_of(Role.SANS)
        self._dots_per_mm = dots_per_mm

    def __call__(self, text: str, face: Face) -> float:
        return sum(map(_advances(face, self._dots_per_mm).__getitem__, text))


class _Pen:
    """Draws marks; the painter's unit is one dot of the device."""

    def __init__(self, painter: QPainter, dots_per_mm: float) -> None:
        self._painter = painter
        self._dots = dots_per_mm

    def draw(self, mark: Mark) -> None:
        match mark:
            case Word():
                self._word(mark)
            case Stroke():
                self._painter.setPen(self._pen(mark.width, mark.shade, dashed=mark.dashed))
                self._painter.drawLine(self._at(mark.x, mark.y), self._at(mark.x2, mark.y2))
            case Box():
                self._painter.setPen(self._pen(mark.width, mark.shade))
                size = QSizeF(mark.wide * self._dots, mark.high * self._dots)
                self._painter.drawRect(QRectF(self._at(mark.x, mark.y), size))
            case Modules():
                self._modules(mark)

    def _at(self, x: float, y: float) -> QPointF:
        return QPointF(x * self._dots, y * self._dots)

    def _pen(self, width: float, shade: Shade, *, dashed: bool = False) -> QPen:
        pen = QPen(_colour(shade))
        pen.setWidthF(width * self._dots)
        if dashed:
            pen.setDashPattern([4.0, 3.0])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def _word(self, word: Word) -> None:
        painter = self._painter
        painter.save()
        painter.translate(self._at(word.x, word.y))
        painter.rotate(word.angle)
        font = _font(word.face, self._dots)
        if word.shade is Shade.OUTLINE:
            # a receipt knows no grey: hollow letters leave what is above them readable
            painter.setPen(self._pen(0.12, word.shade))
            painter.drawPath(_hollow(word.text, font))
        else:
            painter.setFont(font)
            painter.setPen(_colour(word.shade))
            painter.drawText(QPointF(0, 0), word.text)
        painter.restore()

    def _modules(self, code: Modules) -> None:
        side = code.side * self._dots / len(code.rows)
        ground = QSizeF(code.side * self._dots, code.side * self._dots)
        # a watermark below would spoil the light cells
        self._painter.fillRect(
            QRectF(self._at(code.x, code.y), ground), QColor(ink_of("ground", "code"))
        )
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for row_no, row in enumerate(code.rows):
            for column, black in enumerate(row):
                if black:
                    x = code.x * self._dots + column * side
                    path.addRect(x, code.y * self._dots + row_no * side, side, side)
        self._painter.fillPath(path, _colour(Shade.BLACK))


def _hollow(text: str, font: QFont) -> QPainterPath:
    """Outlines of ``text`` without the strokes inside, from the painter's origin.

    Joining them breaks each curve into straight pieces, by the size it has then: drawn in full
    size first, the mark alone was two thirds of a receipt's bytes.
    """
    drawn = QFont(font)
    drawn.setPixelSize(_HOLLOW_PX)
    path = QPainterPath()
    path.addText(QPointF(0, 0), drawn, text)
    grow = font.pixelSize() / _HOLLOW_PX
    return QTransform.fromScale(grow, grow).map(path.simplified())


def _page_layout(page: Page) -> QPageLayout:
    size = QPageSize(
        QSizeF(page.wide, page.high),
        QPageSize.Unit.Millimeter,
        "",
        QPageSize.SizeMatchPolicy.ExactMatch,
    )
    return QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))


def _require_application() -> None:
    if QGuiApplication.instance() is None:
        # without it the first font aborts the whole program
        raise Bug(reason="printing needs a running QGuiApplication")


def _paint(device: QPagedPaintDevice, pages: tuple[Page, ...], dots_per_mm: float) -> bool:
    painter = QPainter()
    if not painter.begin(device):
        return False
    try:
        pen = _Pen(painter, dots_per_mm)
        for number, page in enumerate(pages):
            if number:
                device.newPage()
            for mark in page.marks:
                pen.draw(mark)
    finally:
        ended = painter.end()
    return ended


def render_pdf(paper: Paper) -> tuple[bytes, int]:
    """A paper as PDF with extractable text, and its number of pages."""
    _require_application()
    dots = _DPI / _MM_PER_INCH
    pages = lay_out(paper, QtMeasure(dots))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DPI)
    writer.setTitle(paper.title)
    writer.setCreator("Yaotai")
    writer.setPageLayout(_page_layout(pages[0]))
    _paint(writer, pages, dots)
    buffer.close()
    return bytes(content.data()), len(pages)


def load_type() -> None:
    """Load fonts and PDF writer ahead of the first paper, in the background.

    Raises ``DeviceTrouble`` where no font writes Chinese.
    """
    said = paper_words().page.format(page=1, pages=1)
    words = tuple(
        Text(said, loud, bold=bold, mono=mono)
        for loud in Loudness
        for bold, mono in ((False, False), (True, False), (False, True))
    )
    code = Qr(said, ())
    for kind, last in ((PaperKind.RECEIPT_80, code), (PaperKind.A4, Framed(words[:1], (code,)))):
        render_pdf(Paper(kind, said, "", (*words, last), watermark=said))


def queue_names() -> tuple[str, ...]:
    """Print queues of this machine."""
    from PySide6.QtPrintSupport import QPrinterInfo

    _require_application()
    return tuple(QPrinterInfo.availablePrinterNames())


class SystemPrinter:
    """A queue of the operating system. ``name`` empty means the default queue."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def print(self, paper: Paper) -> Printed:
        """Raises ``DeviceTrouble`` when there is no such queue or it takes nothing."""
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        _require_application()
        found = self._queue()
        if found is None:
            raise DeviceTrouble(Code.PRINTER_MISSING, name=self._name)
        printer = QPrinter(QPrinterInfo.printerInfo(found), QPrinter.PrinterMode.HighResolution)
        return print_on(printer, paper, found)

    def state(self) -> DeviceState:
        """Ready, or missing; a queue does not tell about its paper."""
        found = self._queue()
        if found is None:
            return DeviceState(DeviceStatus.MISSING, self._name, Code.PRINTER_MISSING)
        return DeviceState(DeviceStatus.READY, found)

    def _queue(self) -> str | None:
        from PySide6.QtPrintSupport import QPrinterInfo

        name = self._name or QPrinterInfo.defaultPrinterName()
        return name if name and name in queue_names() else None


def print_on(printer: QPagedPaintDevice, paper: Paper, target: str) -> Printed:
    """Lay out for the printer's own resolution and paint. Raises ``DeviceTrouble``."""
    dots = printer.logicalDpiX() / _MM_PER_INCH
    pages = lay_out(paper, QtMeasure(dots))
    printer.setPageLayout(_page_layout(pages[0]))
    if not _paint(printer, pages, dots):
        raise DeviceTrouble(Code.PRINTER_MISSING, name=target)
    return Printed(target, len(pages), 0)
