"""What papers and tables have in common: marks of training, and the A4 that is signed and filed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from app.domain.errors import Code, OperatorInput
from app.ports.paper import (
    Align,
    Block,
    Gap,
    Loudness,
    Paper,
    PaperKind,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
)
from app.ports.workbook import Column, Kind, Workbook
from app.workflow.calendar import CHINA
from app.workflow.papers.words import word
from app.workflow.till import Shop, Till


def marked(shop: Shop, paper: Paper) -> Paper:
    """Training says so across every paper and above it (ui 11)."""
    if not shop.training:
        return paper
    return replace(
        paper, watermark=word("common.training_mark"), banner=word("common.training_banner")
    )


def marked_name(shop: Shop, name: str) -> str:
    """Training says so in the name of every file that is handed on (ui 11)."""
    return f"{word('common.training_qr')}-{name}" if shop.training else name


def filed(
    till: Till,
    name: str,
    title: str,
    notes: Sequence[str],
    body: Sequence[Block],
    signs: tuple[SignatureLine, ...],
    foot: str,
) -> Paper:
    """A4, flowing over as many pages as ``body`` needs, with room for signatures."""
    blocks = (
        Text(title, Loudness.TITLE, bold=True, align=Align.CENTRE),
        *(Text(note, Loudness.NOTE) for note in notes),
        Rule(),
        *body,
        Rule(),
        Gap(0.5),
        SignatureRow(signs),
    )
    made = Paper(PaperKind.A4, till.shop.name, marked_name(till.shop, name), blocks)
    return marked(till.shop, replace(made, foot_right=foot))


class Signed(Protocol):
    """A signature under a compared day."""

    @property
    def name(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def note(self) -> str: ...


def signed_notes(part: str, signed: Sequence[Signed]) -> tuple[str, ...]:
    """Every signature under a compared day, said as ``part`` of the words says it."""
    return tuple(
        word(f"{part}.signed", name=one.name, at=at_text(one.at), note=one.note or "—")
        for one in signed
    )


def signatures(part: str, compared_by: str, signed: Sequence[Signed]) -> tuple[SignatureLine, ...]:
    """Room for whoever compared and for whoever signs; the last one's name stands there."""
    last = signed[-1].name if signed else ""
    return (
        SignatureLine(word(f"{part}.sign_compared"), note=compared_by),
        SignatureLine(word(f"{part}.sign_manager"), note=last),
    )


def heading(shop: Shop, title: str, notes: Sequence[str]) -> tuple[str, ...]:
    """What a table says above itself; paper says it in its own way."""
    marks = (word("common.training_banner"),) if shop.training else ()
    return (*marks, f"{shop.name} {title}", *notes)


def columns(part: str, named: Sequence[tuple[str, int, Kind]]) -> tuple[Column, ...]:
    """Columns of a table, called as ``part`` of the words has it."""
    return tuple(Column(word(f"{part}.{name}"), width, kind) for name, width, kind in named)


def kept(till: Till, book: Workbook, act: str = "", about: str = "") -> str:
    """The name under which the table is kept; who took it out is journalled where ``act`` says.

    Raises ``OperatorInput`` where tables have no place, ``LocalTrouble``.
    """
    books = till.printers.books
    if books is None:
        raise OperatorInput(Code.NOT_ALLOWED, act="export")
    if act:
        with till.store.unit() as unit:
            unit.journal.write(till.clock.now(), till.operator.staff_id, act, about)
    return books.keep(book)


def at_text(moment: datetime | None) -> str:
    """A moment on the platform's clock; — for none."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if moment else "—"
