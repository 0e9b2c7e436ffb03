"""A receipt as ESC/POS bytes for printers that take no pictures of pages, and where they go.

Chinese goes out in the national set (GB 18030), two columns a character. Training paper cannot
carry a word across the page here: it says it at head and foot and every twelve centimetres.
"""

import errno
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from escpos.printer import Dummy

from app.domain.errors import Bug, Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import (
    Align,
    Block,
    Corner,
    FieldRow,
    Framed,
    Gap,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Qr,
    Rule,
    SignatureRow,
    Text,
    TraceCodes,
)
from devices.printer.ink import Face
from devices.printer.wording import code_lines, copy_mark, paper_words
from devices.printer.wrap import wrap

COLUMNS = {PaperKind.RECEIPT_80: 48, PaperKind.RECEIPT_58: 32}
_LINES_IN_12_CM = 32
_QR_LINES = 8
_FACE = Face(1.0)
_CHINESE_ON, _CHINESE_OFF = b"\x1c\x26", b"\x1c\x2e"
_CHINESE_SINGLE, _CHINESE_DOUBLE = b"\x1c\x21\x00", b"\x1c\x21\x0c"
_QR_CELL_DOTS = 4
_LOUD = frozenset({Loudness.TITLE, Loudness.DOUBLE})


def columns_of(text: str, _face: Face = _FACE) -> float:
    """Columns of a text: what the national set writes in more than one byte takes two."""
    return sum(2 if len(c.encode("gb18030", "replace")) > 1 else 1 for c in text)


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line, or a QR code where ``qr`` is set. Double takes two columns for one."""

    text: str = ""
    double: bool = False
    bold: bool = False
    align: Align = Align.LEFT
    qr: str = ""


def _spread(left: str, right: str, columns: int) -> Iterator[str]:
    room = max(columns - int(columns_of(right)) - 1, columns // 3)
    *before, last = wrap(left, _FACE, room, columns_of)
    yield from before
    free = columns - int(columns_of(last)) - int(columns_of(right))
    if free >= 1:
        yield last + " " * free + right
    else:
        yield last
        yield " " * max(0, columns - int(columns_of(right))) + right


def _codes(codes: TraceCodes, columns: int) -> Iterator[Line]:
    # two abreast want 2 × 25 columns; no receipt printer has them
    narrow = columns < 40
    for code in codes.codes:
        for part in code_lines(code, split=narrow):
            for piece in wrap(part, _FACE, columns, columns_of):
                yield Line(piece)


def _words(text: str, columns: int, loud: Loudness, *, bold: bool, align: Align) -> Iterator[Line]:
    double = loud in _LOUD
    room = columns // 2 if double else columns
    for piece in wrap(text, _FACE, room, columns_of):
        yield Line(piece, double, bold or loud is Loudness.EMPH, align)


def _lines(block: Block | Framed, columns: int) -> Iterator[Line]:
    match block:
        case Text():
            yield from _words(block.text, columns, block.loud, bold=block.bold, align=block.align)
        case Pair():
            double = block.loud in _LOUD
            room = columns // 2 if double else columns
            for piece in _spread(block.left, block.right, room):
                yield Line(piece, double, block.bold)
        case FieldRow():
            for field in block.fields:
                text = paper_words().field.format(label=field.label, value=field.value)
                for piece in wrap(text, _FACE, columns, columns_of):
                    yield Line(piece, bold=field.bold)
        case Rule():
            yield Line("-" * columns)
        case Gap():
            yield Line()
        case TraceCodes():
            yield from _codes(block, columns)
        case Qr():
            yield Line(qr=block.text)
            for caption in block.captions:
                yield from _words(caption, columns, Loudness.BODY, bold=False, align=Align.LEFT)
        case Corner():
            yield Line(block.text, bold=True, align=Align.RIGHT)
        case SignatureRow():
            for line in block.lines:
                label = paper_words().field.format(label=line.label, value=line.seal or line.note)
                yield Line(label)
                yield Line()
        case Framed():
            for inner in (*block.left, *block.right):
                yield from _lines(inner, columns)


def lines_of(paper: Paper) -> tuple[Line, ...]:
    """Everything a receipt says, in order. Raises ``Bug`` for A4."""
    columns = COLUMNS.get(paper.kind)
    if columns is None:
        raise Bug(reason="an A4 paper does not fit a receipt printer")
    marks = [Line(t, bold=True, align=Align.CENTRE) for t in (paper.watermark, paper.banner) if t]
    copy = copy_mark(paper.copy_no)
    lines = [*marks, *([Line(copy, bold=True, align=Align.CENTRE)] if copy else [])]
    title = Text(paper.title, Loudness.TITLE, align=Align.CENTRE)
    since = 0
    for block in (*((title,) if paper.title else ()), *paper.blocks):
        for line in _lines(block, columns):
            high = _QR_LINES if line.qr else 1 + line.double
            if marks and since + high > _LINES_IN_12_CM:
                lines += marks
                since = 0
            lines.append(line)
            since += high
    lines += [
        Line(text, align=Align.CENTRE) for text in (paper.foot_left, paper.foot_right) if text
    ]
    return (*lines, *marks)


def _safe(text: str) -> bytes:
    """The text in the printer's set; a control character would be a command."""
    kept = "".join(c for c in text if unicodedata.category(c) != "Cc")
    # the half-width yen sign is no character of GBK printers, the full-width one is
    return kept.replace("\u00a5", "\uffe5").encode("gb18030", "replace")


def render_escpos(paper: Paper) -> bytes:
    """A receipt as bytes, paper cut at the end."""
    printer = Dummy()
    printer.hw("INIT")
    printer._raw(_CHINESE_ON)
    for line in lines_of(paper):
        if line.qr:
            printer.set(align="center")
            printer.qr(line.qr, native=True, size=_QR_CELL_DOTS)
            continue
        align = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right"}[line.align]
        printer.set(
            align=align,
            bold=line.bold,
            double_width=line.double,
            double_height=line.double,
            normal_textsize=not line.double,
        )
        printer._raw(_CHINESE_DOUBLE if line.double else _CHINESE_SINGLE)
        printer._raw(_safe(line.text) + b"\n")
    printer._raw(_CHINESE_OFF)
    printer.cut()
    return bytes(printer.output)


class Port(Protocol):
    """Where bytes for a printer go. ``send`` raises ``OSError``."""

    name: str

    def send(self, content: bytes) -> None: ...

    def there(self) -> bool: ...


class FilePort:
    """A device file or a plain file; bytes are added at its end."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path

    def send(self, content: bytes) -> None:
        # no O_CREAT: a printer that was just pulled must not become a plain file
        port = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            sent = 0
            while sent < len(content):
                sent += os.write(port, content[sent:])
        finally:
            os.close(port)

    def there(self) -> bool:
        return self._path.exists()


class EscPosPrinter:
    """A receipt printer that understands ESC/POS."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._empty = False

    def print(self, paper: Paper) -> Printed:
        """Raises ``DeviceTrouble``: out of paper where the system tells so, else missing."""
        content = render_escpos(paper)
        if not self._port.there():
            raise DeviceTrouble(Code.PRINTER_MISSING, name=self._port.name)
        try:
            self._port.send(content)
        except OSError as refused:
            # the kernel's printer driver says "no space left" for "no paper left"
            self._empty = refused.errno == errno.ENOSPC
            code = Code.PRINTER_OUT_OF_PAPER if self._empty else Code.PRINTER_MISSING
            raise DeviceTrouble(code, name=self._port.name) from refused
        self._empty = False
        return Printed(self._port.name, 1, len(content))

    def state(self) -> DeviceState:
        """Ready, missing, or out of paper as the last print found it."""
        if not self._port.there():
            return DeviceState(DeviceStatus.MISSING, self._port.name, Code.PRINTER_MISSING)
        if self._empty:
            return DeviceState(DeviceStatus.ATTENTION, self._port.name, Code.PRINTER_OUT_OF_PAPER)
        return DeviceState(DeviceStatus.READY, self._port.name)
