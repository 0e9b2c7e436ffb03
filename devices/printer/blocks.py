"""Each block of a paper as marks of known height (ui 12). No toolkit, no page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import zxingcpp

from app.ports.paper import (
    Align,
    Block,
    Corner,
    FieldRow,
    Framed,
    Gap,
    Loudness,
    Pair,
    PaperKind,
    Qr,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
    TraceCodes,
)
from devices.printer.ink import (
    Box,
    Face,
    Mark,
    Measure,
    Modules,
    Role,
    Shade,
    Stroke,
    Word,
    moved,
)
from devices.printer.wording import code_lines, paper_words
from devices.printer.wrap import wrap

_ASCENT = 0.8


@dataclass(frozen=True, slots=True)
class Style:
    """Sizes of one kind of paper in mm; ``line`` is the line pitch in ems."""

    wide: float
    margin: float
    sizes: dict[Loudness, float]
    line: float
    role: Role
    mono: float
    qr: float
    split_codes: bool = False

    @property
    def inner(self) -> float:
        return self.wide - 2 * self.margin


_RECEIPT_SIZES = {
    Loudness.NOTE: 2.2,
    Loudness.BODY: 2.6,
    Loudness.EMPH: 2.9,
    Loudness.TITLE: 3.8,
    Loudness.DOUBLE: 5.2,
}
_A4_SIZES = {
    Loudness.NOTE: 3.4,
    Loudness.BODY: 4.2,
    Loudness.EMPH: 4.6,
    Loudness.TITLE: 6.4,
    Loudness.DOUBLE: 8.4,
}
STYLES = {
    # 576 and 384 dots at 203 dpi
    PaperKind.RECEIPT_80: Style(80, 4, _RECEIPT_SIZES, 1.32, Role.SANS, 0.94, 22),
    PaperKind.RECEIPT_58: Style(58, 5, _RECEIPT_SIZES, 1.32, Role.SANS, 0.94, 20, True),
    PaperKind.A4: Style(210, 16, _A4_SIZES, 1.55, Role.SERIF, 0.82, 30),
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Marks that stay together on one page; their origin is the chunk's upper left corner."""

    high: float
    marks: tuple[Mark, ...] = ()
    floats: bool = False


class Typesetter:
    """Turns blocks into chunks for one width of one kind of paper."""

    def __init__(self, style: Style, measure: Measure, *, width: float | None = None) -> None:
        self._style = style
        self._measure = measure
        self._width = style.inner if width is None else width

    def chunks(self, block: Block | Framed) -> tuple[Chunk, ...]:
        """One block in pieces that may stand on different pages."""
        match block:
            case Text():
                return tuple(self._text(block))
            case Pair():
                return tuple(self._pair(block))
            case FieldRow():
                return (self._fields(block),)
            case Rule():
                return (self._rule(block),)
            case Gap():
                return (Chunk(block.lines * self._pitch(Loudness.BODY)),)
            case TraceCodes():
                return tuple(self._codes(block))
            case Qr():
                return (self._qr(block),)
            case Corner():
                return (self._corner(block),)
            case SignatureRow():
                # more than two abreast leave no room for a hand
                pairs = (block.lines[n : n + 2] for n in range(0, len(block.lines), 2))
                return tuple(self._signatures(pair) for pair in pairs)
            case Framed():
                return (self._framed(block),)

    def face(self, loud: Loudness, *, bold: bool = False, mono: bool = False) -> Face:
        """Type for a loudness; titles are bold by themselves."""
        style = self._style
        loud_enough = loud in (Loudness.TITLE, Loudness.DOUBLE)
        size = style.sizes[loud] * (style.mono if mono else 1.0)
        return Face(size, Role.MONO if mono else style.role, bold or loud_enough)

    def _pitch(self, loud: Loudness) -> float:
        return self._style.sizes[loud] * self._style.line

    def _row(self, words: Sequence[Word], loud: Loudness, lines: int = 1) -> Chunk:
        return Chunk(self._pitch(loud) * lines, tuple(words))

    def _base(self, loud: Loudness, line: int = 0) -> float:
        pitch, size = self._pitch(loud), self._style.sizes[loud]
        return line * pitch + (pitch - size) / 2 + size * _ASCENT + size * 0.06

    def _text(self, text: Text) -> Iterator[Chunk]:
        face = self.face(text.loud, bold=text.bold, mono=text.mono)
        indent = text.indent * self._style.sizes[Loudness.BODY]
        for line in wrap(text.text, face, self._width - indent, self._measure):
            free = self._width - indent - self._measure(line, face)
            shift = {Align.LEFT: 0.0, Align.CENTRE: free / 2, Align.RIGHT: free}[text.align]
            yield self._row(
                [Word(indent + max(0.0, shift), self._base(text.loud), line, face)], text.loud
            )

    def _pair(self, pair: Pair) -> Iterator[Chunk]:
        face = self.face(pair.loud, bold=pair.bold)
        gap = face.size
        right = self._measure(pair.right, face)
        room = max(self._width - right - gap, self._width / 3)
        lines = wrap(pair.left, face, room, self._measure)
        base = self._base(pair.loud)
        for line in lines[:-1]:
            yield self._row([Word(0, base, line, face)], pair.loud)
        end = Word(max(0.0, self._width - right), base, pair.right, face)
        if self._measure(lines[-1], face) + gap + right <= self._width:
            yield self._row([Word(0, base, lines[-1], face), end], pair.loud)
        else:
            yield self._row([Word(0, base, lines[-1], face)], pair.loud)
            yield from self._text(Text(pair.right, pair.loud, pair.bold, Align.RIGHT))

    def _fields(self, row: FieldRow) -> Chunk:
        words: list[Word] = []
        most, left = 1, 0.0
        label_face = self.face(Loudness.BODY)
        for field in row.fields:
            room = self._width * field.share / 100
            label = paper_words().field.format(label=field.label, value="")
            face = self.face(Loudness.BODY, bold=field.bold, mono=field.mono)
            start = self._measure(label, label_face)
            words.append(Word(left, self._base(Loudness.BODY), label, label_face))
            space = max(room - start - face.size / 2, room / 4)
            lines = wrap(field.value, face, space, self._measure)
            for number, line in enumerate(lines):
                words.append(Word(left + start, self._base(Loudness.BODY, number), line, face))
            most, left = max(most, len(lines)), left + room
        return self._row(words, Loudness.BODY, most)

    def _rule(self, rule: Rule) -> Chunk:
        high = self._pitch(Loudness.BODY) * 0.7
        stroke = Stroke(0, high / 2, self._width, high / 2, 0.25, rule.dashed)
        return Chunk(high, (stroke,))

    def _codes(self, codes: TraceCodes) -> Iterator[Chunk]:
        face = self.face(Loudness.BODY, mono=True)
        columns = max(1, codes.columns)
        room = self._width / columns
        for start in range(0, len(codes.codes), columns):
            group = codes.codes[start : start + columns]
            yield self._code_row(group, face, room)

    def _code_row(self, group: Sequence[str], face: Face, room: float) -> Chunk:
        words: list[Word] = []
        most = 1
        for column, code in enumerate(group):
            lines = code_lines(code, split=self._style.split_codes)
            if any(self._measure(line, face) > room for line in lines):
                lines = code_lines(code, split=True)
            fitting = [part for line in lines for part in wrap(line, face, room, self._measure)]
            for number, line in enumerate(fitting):
                base = self._base(Loudness.BODY, number)
                words.append(Word(column * room, base, line, face))
            most = max(most, len(fitting))
        return self._row(words, Loudness.BODY, most)

    def _qr(self, qr: Qr) -> Chunk:
        rows = qr_modules(qr.text)
        # three printer dots a cell keep a code readable off paper
        side = min(max(self._style.qr, len(rows) * 0.376), self._width)
        marks: list[Mark] = [Modules(0, 0, side, rows)]
        beside = side + self._style.sizes[Loudness.BODY]
        room, base = self._width - beside, 0.0
        under = room < self._width / 4
        if under:
            beside, room, base = 0.0, self._width, side
        words = [chunk for text in qr.captions for chunk in self._narrow(room, text)]
        for chunk in words:
            marks += [moved(mark, beside, base) for mark in chunk.marks]
            base += chunk.high
        return Chunk(max(side, base) + 1.0, tuple(marks))

    def _narrow(self, width: float, text: str) -> tuple[Chunk, ...]:
        inner = Typesetter(self._style, self._measure, width=width)
        return inner.chunks(Text(text, Loudness.BODY))

    def _corner(self, corner: Corner) -> Chunk:
        face = self.face(Loudness.BODY)
        wide = self._measure(corner.text, face) + 2 * face.size * 0.8
        high = face.size * 1.8
        left = self._width - wide
        return Chunk(
            0.0,
            (
                Box(left, 0, wide, high),
                Word(left + face.size * 0.8, high * 0.66, corner.text, face),
            ),
            floats=True,
        )

    def _signatures(self, lines: tuple[SignatureLine, ...]) -> Chunk:
        # room for a hand: two body lines
        high = self._pitch(Loudness.BODY) * 1.8
        gap = self._style.sizes[Loudness.BODY] * 1.6
        room = self._width if len(lines) == 1 else (self._width - gap) / 2
        marks: list[Mark] = []
        for column, line in enumerate(lines):
            left = column * (room + gap)
            marks += [moved(mark, left, 0) for mark in self._signature(line, room, high)]
        return Chunk(high, tuple(marks))

    def _signature(self, line: SignatureLine, room: float, high: float) -> Iterator[Mark]:
        face, small = self.face(Loudness.BODY), self.face(Loudness.NOTE)
        label = paper_words().field.format(label=line.label, value="")
        start = self._measure(label, face)
        base = high - face.size * 0.4
        yield Word(0, base, label, face)
        yield Stroke(start, high - 0.3, room, high - 0.3, 0.15, shade=Shade.GREY)
        after = start + face.size * 0.3
        if line.seal:
            seal = self.face(Loudness.BODY, bold=True)
            wide = self._measure(line.seal, seal) + face.size
            yield Box(after, high - face.size * 1.8, wide, face.size * 1.7, 0.3, Shade.SEAL)
            yield Word(after + face.size / 2, base - face.size * 0.1, line.seal, seal, Shade.SEAL)
            after += wide + face.size * 0.4
        if line.note:
            yield Word(after, base, line.note, small, Shade.GREY)

    def _framed(self, framed: Framed) -> Chunk:
        pad = self._style.sizes[Loudness.BODY] * 0.8
        split = self._width * 0.55
        sides = (
            (framed.left, 0.0, split),
            (framed.right, split, self._width - split),
        )
        marks: list[Mark] = []
        high = 0.0
        for blocks, left, room in sides:
            inner = Typesetter(self._style, self._measure, width=room - 2 * pad)
            y = pad
            for block in blocks:
                for chunk in inner.chunks(block):
                    marks += [moved(mark, left + pad, y) for mark in chunk.marks]
                    y += chunk.high
            high = max(high, y + pad)
        marks.append(Box(0, 0, self._width, high))
        marks.append(Stroke(split, 0, split, high))
        return Chunk(high + pad, tuple(marks))


def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """The cells of a QR code without quiet zone, rows from the top."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    return tuple(tuple(cell == 0 for cell in row) for row in rows)
