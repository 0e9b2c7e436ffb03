"""A paper becomes pages: flow, page breaks, head, foot, copy mark, training marks (ui 11, 12)."""

import math
from collections.abc import Iterator

from app.ports.paper import Align, Framed, Loudness, Paper, PaperKind, Text
from devices.printer.blocks import STYLES, Chunk, Style, Typesetter
from devices.printer.ink import Face, Mark, Measure, Page, Role, Shade, Word, moved
from devices.printer.wording import copy_mark, paper_words

_A4_HIGH = 297.0
_FOOT_HIGH = 10.0
_STRIP_END = 8.0
_WATERMARK_EVERY = 120.0


def lay_out(paper: Paper, measure: Measure) -> tuple[Page, ...]:
    """Pages of a paper in mm; a receipt is one page as long as it has to be."""
    style = STYLES[paper.kind]
    setter = Typesetter(style, measure)
    if paper.kind is PaperKind.A4:
        return _sheets(paper, style, setter, measure)
    return (_strip(paper, style, setter, measure),)


def _loud_lines(setter: Typesetter, *texts: str) -> Iterator[Chunk]:
    for text in texts:
        if text:
            yield from setter.chunks(Text(text, Loudness.EMPH, bold=True, align=Align.CENTRE))


def _title(paper: Paper, setter: Typesetter) -> tuple[Chunk, ...]:
    if not paper.title:
        return ()
    return setter.chunks(Text(paper.title, Loudness.TITLE, align=Align.CENTRE))


def _strip(paper: Paper, style: Style, setter: Typesetter, measure: Measure) -> Page:
    chunks = list(_loud_lines(setter, paper.watermark, paper.banner, copy_mark(paper.copy_no)))
    chunks += _title(paper, setter)
    for block in paper.blocks:
        chunks += setter.chunks(block)
    for foot in (paper.foot_left, paper.foot_right):
        if foot:
            chunks += setter.chunks(Text(foot, Loudness.NOTE, align=Align.CENTRE))
    chunks += _loud_lines(setter, paper.banner)
    marks: list[Mark] = []
    y = style.margin
    for chunk in chunks:
        marks += [moved(mark, style.margin, y) for mark in chunk.marks]
        y += chunk.high
    high = y + _STRIP_END
    under = _strip_watermarks(paper.watermark, style, high, measure)
    return Page(style.wide, high, (*under, *marks))


def _strip_watermarks(text: str, style: Style, high: float, measure: Measure) -> tuple[Mark, ...]:
    if not text:
        return ()
    count = max(1, math.ceil(high / _WATERMARK_EVERY))
    return tuple(
        _diagonal(text, style.wide, (n + 0.5) * high / count, measure, 30.0, Shade.OUTLINE)
        for n in range(count)
    )


def _diagonal(
    text: str, wide: float, middle: float, measure: Measure, angle: float, shade: Shade
) -> Word:
    """A word across the page, centred on (wide / 2, middle), rising to the right."""
    unit = measure(text, Face(10.0, Role.SANS, bold=True)) or 1.0
    size = 10.0 * (wide * 0.72) / unit
    face = Face(size, Role.SANS, bold=True)
    length = measure(text, face)
    turn = math.radians(angle)
    across, down = length / 2, size * 0.35
    x = wide / 2 - across * math.cos(turn) + down * math.sin(turn)
    y = middle + across * math.sin(turn) + down * math.cos(turn)
    return Word(x, y, text, face, shade, -angle)


def _sheets(paper: Paper, style: Style, setter: Typesetter, measure: Measure) -> tuple[Page, ...]:
    head = tuple(_loud_lines(setter, paper.banner))
    head_high = sum(chunk.high for chunk in head)
    top = style.margin + head_high
    bottom = _A4_HIGH - style.margin - _FOOT_HIGH - head_high
    flows = _flow(paper, style, setter, top, bottom)
    return tuple(
        Page(
            style.wide,
            _A4_HIGH,
            (
                *_sheet_watermark(paper.watermark, style, measure),
                *_placed(head, style.margin, style.margin),
                *marks,
                *_placed(head, style.margin, bottom),
                *_foot(paper, style, setter, measure, number, len(flows)),
            ),
        )
        for number, marks in enumerate(flows, 1)
    )


def _flow(
    paper: Paper, style: Style, setter: Typesetter, top: float, bottom: float
) -> list[list[Mark]]:
    """Marks of each page between ``top`` and ``bottom``."""
    flows: list[list[Mark]] = [[]]
    opening = (*_loud_lines(setter, copy_mark(paper.copy_no)), *_title(paper, setter))
    flows[0] += _placed(opening, style.margin, top)
    y = top + sum(chunk.high for chunk in opening)
    for block in paper.blocks:
        for chunk in setter.chunks(block):
            if chunk.floats:
                flows[-1] += _placed((chunk,), style.margin, top)
                continue
            if y + chunk.high > bottom and flows[-1]:
                flows.append([])
                y = top
            # a framed foot stands at the foot of its page
            at = max(y, bottom - chunk.high) if isinstance(block, Framed) else y
            flows[-1] += _placed((chunk,), style.margin, at)
            y = at + chunk.high
    return flows


def _placed(chunks: tuple[Chunk, ...], x: float, y: float) -> Iterator[Mark]:
    for chunk in chunks:
        for mark in chunk.marks:
            yield moved(mark, x, y)
        y += chunk.high


def _sheet_watermark(text: str, style: Style, measure: Measure) -> tuple[Mark, ...]:
    if not text:
        return ()
    return (_diagonal(text, style.wide, _A4_HIGH / 2, measure, 30.0, Shade.FAINT),)


def _foot(
    paper: Paper, style: Style, setter: Typesetter, measure: Measure, number: int, pages: int
) -> Iterator[Mark]:
    note = setter.face(Loudness.NOTE)
    face = Face(note.size * 0.8, note.role)
    y = _A4_HIGH - style.margin
    centre = paper_words().page.format(page=number, pages=pages)
    if paper.foot_left:
        yield Word(style.margin, y, paper.foot_left, face)
    yield Word((style.wide - measure(centre, face)) / 2, y, centre, face)
    if paper.foot_right:
        right = style.wide - style.margin - measure(paper.foot_right, face)
        yield Word(right, y, paper.foot_right, face)
