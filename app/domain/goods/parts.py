"""拆零: one box sold in parts. It keeps its code; what is left of it is counted piece by piece.

A piece is the smallest thing handed out (a tablet, a sachet). Every part also has a share of the
pack, in ten-thousandths, because regions count in packs of four decimals (trace-and-stock 2.3):
the shares of all parts of one box always come to exactly one pack, whatever the pack holds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.errors import Code, OperatorInput
from app.domain.money import QUANTITY_SCALE, Fen, Price, Quantity, line_amount, packs

MOST_PIECES = 1_000
"""Above it the share of one piece could no longer be told with four decimals."""


class PartState(StrEnum):
    """What became of a part: it lies in an open sale, was sold, came back into quarantine, was
    written off, or after it came back was released into its box."""

    RESERVED = "reserved"
    SOLD = "sold"
    RETURNED = "returned"
    GONE = "gone"
    RELEASED = "released"


NO_SALE = 0
"""The sale of a part that was written off."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one sale takes of one box. ``share`` is what a region is told of it, in packs."""

    case_id: int
    pieces: int
    share: Quantity
    state: PartState = PartState.RESERVED


class BoxState(StrEnum):
    """``SEALED``: nothing was ever sold of it. ``OPEN``: pieces are left, on the shelf or in
    quarantine. ``CLOSED``: the last piece was sold, or written off."""

    SEALED = "sealed"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OpenBox:
    """One box and everything that was taken of it; ``size`` is how many pieces a pack holds."""

    code: str
    lot_id: int
    size: int
    parts: tuple[Part, ...] = ()

    @property
    def free(self) -> int:
        """Pieces that may still be sold: neither in a sale, nor sold, nor in quarantine."""
        return self.size - sum(part.pieces for part in self._out)

    @property
    def _out(self) -> tuple[Part, ...]:
        """What is not in the box; a part that was released is in it again."""
        return tuple(part for part in self.parts if part.state is not PartState.RELEASED)

    @property
    def sold(self) -> int:
        return self._of(PartState.SOLD)

    @property
    def back(self) -> int:
        """Pieces that came back and lie in quarantine."""
        return self._of(PartState.RETURNED)

    @property
    def left(self) -> int:
        """Pieces in the store: free, in open sales, or back in quarantine."""
        return self.size - self.sold - self._of(PartState.GONE)

    def _of(self, state: PartState) -> int:
        return sum(part.pieces for part in self.parts if part.state is state)

    @property
    def state(self) -> BoxState:
        if all(part.state is PartState.RESERVED for part in self.parts):
            return BoxState.SEALED
        return BoxState.OPEN if self.left else BoxState.CLOSED

    def take(self, case_id: int, wanted: int) -> Part:
        """What a sale may take: ``wanted`` pieces, or as many as are left.

        The share follows what stays behind, so that no rounding adds up and the last part has the
        rest. It is never nothing, whatever came back and was released in between. Raises
        ``OperatorInput`` ``SCAN_BOX_USED_UP`` for a box with nothing free.
        """
        pieces = min(wanted, self.free)
        if pieces < 1:
            raise OperatorInput(Code.SCAN_BOX_USED_UP, left=self.free)
        here = packs(1) - sum(part.share for part in self._out)
        behind = min(share_of(self.free - pieces, self.size), here - 1)
        return Part(case_id, pieces, Quantity(here - behind))

    def with_part(self, part: Part) -> "OpenBox":
        return replace(self, parts=(*self.parts, part))

    def without(self, case_id: int) -> "OpenBox":
        """The same box where an abandoned sale lets go of its part."""
        kept = tuple(p for p in self.parts if not _reserved_by(p, case_id))
        return replace(self, parts=kept)

    def moved(self, case_id: int, before: PartState, after: PartState) -> "OpenBox":
        """The same box where the part of one sale was sold, or came back."""
        parts = tuple(
            replace(p, state=after) if p.case_id == case_id and p.state is before else p
            for p in self.parts
        )
        return replace(self, parts=parts)


def _reserved_by(part: Part, case_id: int) -> bool:
    return part.case_id == case_id and part.state is PartState.RESERVED


def share_of(pieces: int, size: int) -> Quantity:
    """``pieces`` of a pack that holds ``size``, in packs, half up."""
    return Quantity((pieces * QUANTITY_SCALE * 2 + size) // (2 * size))


@dataclass(frozen=True, slots=True)
class Measure:
    """The words of one drug's pack, and how many pieces it holds: 盒, 24, 片."""

    unit: str
    size: int
    piece_unit: str


ROUNDED_AT_MOST = 100
"""Ten-thousandths of a pack: as far a told amount may lie beside its pieces, for counts are told
with two decimals (``inv_cnt`` N16,2, core-platform 6.2)."""


def in_pieces(amount: Quantity, size: int) -> tuple[int, int] | None:
    """Whole packs and the nearest number of pieces in ``amount`` without its sign; None where it is
    no number of pieces."""
    whole, rest = divmod(abs(amount), QUANTITY_SCALE)
    pieces = (rest * size * 2 + QUANTITY_SCALE) // (QUANTITY_SCALE * 2)
    if abs(share_of(pieces, size) - rest) > ROUNDED_AT_MOST:
        return None
    return (whole + 1, 0) if pieces == size else (whole, pieces)


def piece_price(pack: Price, size: int) -> Price:
    """What one piece costs, in millionths of a yuan, half up."""
    return Price((pack * 2 + size) // (2 * size))


@dataclass(frozen=True, slots=True)
class Splitting:
    """How one drug may be split, and how its region counts parts.

    ``size`` is 1 for what is never split; ``by_piece``: a part is told as a number of pieces at a
    price per piece, else as a share of a pack at the price of a pack. ``coded``: under the code of
    the box, or under ``filler`` where there is one; else without a code (trace-and-stock T29).
    """

    size: int = 1
    unit: str = ""
    by_piece: bool = False
    coded: bool = True
    filler: str = ""

    def fee(self, pack: Price, pieces: int, share: Quantity) -> Fen:
        """What a part costs: exactly the price times the count as they are told; all of a box that
        was opened is told as a box."""
        if pieces == self.size:
            return line_amount(pack, packs(1))
        if self.by_piece:
            return line_amount(piece_price(pack, self.size), packs(pieces))
        return line_amount(pack, share)


NEVER_SPLIT = Splitting()
