"""Why a count changed: the words of the stock ledger (trace-and-stock 2.2, 2.5)."""

from enum import StrEnum


class StockMove(StrEnum):
    """One movement of one lot. ``OPENING`` is what lay there when the ledger began."""

    OPENING = "opening"
    RECEIVED = "received"
    SENT_BACK = "sent_back"
    SOLD = "sold"
    RETURNED = "returned"
    CHANGED = "changed"
    COUNTED = "counted"
    ERASED = "erased"


class PartMove(StrEnum):
    """One movement of pieces of an opened box. ``CHANGED``: what was left of it went away.
    ``RELEASED``: what had come back goes from quarantine into the box, one row for each side."""

    OPENED = "opened"
    SOLD = "sold"
    RETURNED = "returned"
    CHANGED = "changed"
    RELEASED = "released"


INWARD = frozenset({StockMove.OPENING, StockMove.RECEIVED, StockMove.RETURNED})
OUTWARD = frozenset({StockMove.SOLD, StockMove.SENT_BACK})
AT_COUNTER = frozenset({StockMove.SOLD, StockMove.RETURNED})
"""They hang on a case; everything else hangs on a note."""


class NoteKind(StrEnum):
    """A paper of the back room: one note, one line per lot."""

    OPENING = "opening"
    RECEIPT = "receipt"
    SENT_BACK = "sent_back"
    CHANGE = "change"
    COUNT = "count"
    ERASURE = "erasure"
