"""The register of ephedrine-containing compounds on A4, as an inspector asks for it (T58)."""

from datetime import date

from app.domain.access import Act
from app.domain.errors import Code, OperatorInput
from app.ports.paper import (
    Block,
    Field,
    FieldRow,
    Gap,
    Pair,
    Paper,
    SignatureLine,
)
from app.ports.stock_books import Registered
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.goods.controlled import entries
from app.workflow.papers.filed import filed
from app.workflow.papers.words import word
from app.workflow.till import Till

ACT = "print_register"


def print_register(till: Till, first: date, last: date) -> str:
    """Put the register of some days on paper, people in full: that is what it is for.

    Who printed it is journalled. Raises ``OperatorInput`` ``NOT_ALLOWED``, ``REGISTER_EMPTY`` where
    nothing was sold, ``DeviceTrouble``.
    """
    who = till.operator
    who.require(Act.REVEAL)
    found = entries(till, first, last)
    if not found:
        raise OperatorInput(Code.REGISTER_EMPTY)
    with till.store.unit() as unit:
        said = f"{first.isoformat()} {last.isoformat()} {len(found)}"
        unit.journal.write(till.clock.now(), who.staff_id, ACT, "ephedrine", said)
    return till.printers.page.print(register_paper(till, found, first, last)).target


def register_paper(till: Till, found: tuple[Registered, ...], first: date, last: date) -> Paper:
    """One block a sale: what, how much, which lot, to whom, by whom."""
    days = word("register.days", first=first.isoformat(), last=last.isoformat(), count=len(found))
    blocks: list[Block] = []
    with till.store.reading() as unit:
        for number, entry in enumerate(found, 1):
            blocks += _entry(unit, number, entry)
    signs = (SignatureLine(word("register.keeper")), SignatureLine(word("register.checked")))
    name = word("register.filename", first=first.isoformat(), last=last.isoformat())
    title, foot = word("register.title"), word("register.foot")
    return filed(till, name, title, (days,), blocks, signs, foot)


def _entry(unit: Unit, number: int, entry: Registered) -> list[Block]:
    lot = unit.goods.lot(entry.lot_id)
    item = unit.goods.item(lot.item_id)
    at = f"{entry.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    whole = word("register.packs", count=entry.packs, unit=item.unit)
    part = word("register.pieces", count=entry.pieces, unit=item.piece_unit)
    sold = " ".join(said for said, some in ((whole, entry.packs), (part, entry.pieces)) if some)
    kind = "register.on_prescription" if entry.on_prescription else "register.without"
    clerk = unit.people.get(entry.staff_id).name
    return [
        Pair(f"{number}. {item.name} {item.specification}", sold, bold=True),
        FieldRow(
            (
                Field(word("register.maker"), item.maker, 60),
                Field(word("register.lot"), lot.lot_no, 24, mono=True),
                Field(word("register.kind"), word(kind), 16),
            )
        ),
        FieldRow(
            (
                Field(word("register.buyer"), entry.buyer.name.reveal(), 60),
                Field(word("register.id_number"), entry.buyer.id_number.reveal(), 40, mono=True),
            )
        ),
        FieldRow(
            (
                Field(word("register.clerk"), clerk, 60),
                Field(word("register.at"), at, 40),
            )
        ),
        Gap(0.3),
    ]
