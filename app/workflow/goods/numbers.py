"""Numbers of the back room: notes, and one serial for every goods-receipt line (T42)."""

from app.domain.goods.codes import UNCODED, DrugTraceCode
from app.domain.goods.movements import NoteKind
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.till import Till

_LETTERS = {
    NoteKind.RECEIPT: "R",
    NoteKind.SENT_BACK: "B",
    NoteKind.CHANGE: "C",
    NoteKind.COUNT: "K",
    NoteKind.ERASURE: "E",
}


def note_no(till: Till, unit: Unit, kind: NoteKind) -> str:
    """Letter, day, counter, and a number of the day: unique in this store."""
    day = f"{today(till):%Y%m%d}"
    letter = _LETTERS[kind]
    number = unit.settings.next_number(f"stock.{letter}.{day}")
    return f"{letter}{day}{till.counter_no:02}{number:04}"


def uncoded(unit: Unit) -> DrugTraceCode:
    """What stands in the ledger for a box without a code; nothing a scanner could read."""
    number = unit.settings.next_number(UNCODED)
    return DrugTraceCode(f"{UNCODED}-{number}")


def upload_lot(till: Till, unit: Unit) -> str:
    """Serial of one goods-receipt line, never the maker's lot; 30 characters at most."""
    number = unit.settings.next_number("stock.lot")
    return f"L{today(till):%y%m%d}{till.counter_no:02}{number:06}"
