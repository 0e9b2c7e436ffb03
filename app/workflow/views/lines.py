"""What the pages show of a line beside its boxes: parts of a box, and what came back of a sale."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.money import ZERO, Amounts, Fen, Price


@dataclass(frozen=True, slots=True)
class PartView:
    """One box pieces were taken from; ``left`` is what stays in it."""

    code: str
    pieces: int
    left: int


@dataclass(frozen=True, slots=True)
class SplitView:
    """Pieces of one line: wanted and taken, ``size`` in a pack. ``open_box`` is the code of the
    box to take from first, with its lot and what is left of it; empty where one is opened."""

    wanted: int
    taken: int
    unit: str
    size: int
    parts: tuple[PartView, ...] = ()
    open_box: str = ""
    open_lot: str = ""
    open_left: int = 0


@dataclass(frozen=True, slots=True)
class SplitOffer:
    """The box scanned last may be sold in parts: up to ``most`` of the ``size`` pieces in a pack.

    ``piece_price`` is what one piece costs, rounded; a part may be told as a share of the pack.
    """

    most: int
    size: int
    unit: str
    piece_price: Price


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One sold line: its codes, and which of them lie on the counter again."""

    index: int
    name: str
    specification: str
    lot_no: str
    sold: tuple[str, ...]
    back: tuple[str, ...]
    uncoded: int = 0
    """Sold boxes without a code: nothing scans them, a person counts them."""


@dataclass(frozen=True, slots=True)
class ReturnView:
    """退药 and 退款 of a whole sale. ``collecting``: boxes come back; else the money does.

    ``ready``: every box is back, or the refund may be sent once a second person agrees.
    """

    lines: tuple[ReturnLine, ...]
    back: int
    sold: int
    collecting: bool
    ready: bool
    amounts: Amounts
    settlement_id: str
    receipt_no: str
    settled_at: datetime | None
    elsewhere: bool = False
    """The money goes back in another product first; its number is written down."""
    self_pay: bool = False
    """Cash alone: it goes back here and no message moves it."""
    uncoded: int = 0
    """Boxes without a code that come back beside ``sold``."""
    unpaid: Fen = ZERO
    """What of the cash was never taken: nobody gives it back."""

    @property
    def cash(self) -> Fen:
        """What goes back over the counter."""
        return Fen(max(ZERO, self.amounts.cash - self.unpaid))
