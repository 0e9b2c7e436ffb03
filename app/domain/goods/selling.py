"""Lines of one sale: the boxes and parts of boxes taken for each prescribed drug."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import NEVER_SPLIT, Splitting, share_of
from app.domain.goods.stock import Item
from app.domain.money import NOTHING, ZERO, Fen, Price, Quantity, line_amount, packs


@dataclass(frozen=True, slots=True)
class Pack:
    """One box taken into the sale, or a part of one: ``pieces`` is nought for a whole box.

    ``share`` is the part in packs, ``fee`` what it costs in fen; both nought for a whole box.
    """

    code: DrugTraceCode | None
    lot_id: int
    scanned_at: datetime
    source: str
    amber: int | None = None
    params: tuple[tuple[str, str | int], ...] = ()
    acknowledged_by: int | None = None
    reason: str = ""
    key: str = ""
    """What claims the box in the store where it has no code; empty where ``code`` does."""
    told: str = ""
    """What the region is told in place of ``code``; empty where the code itself."""
    pieces: int = 0
    share: Quantity = NOTHING
    fee: Fen = ZERO

    @property
    def claim(self) -> str:
        """What claims the box in the store: its code, or a name of our own."""
        return self.code or self.key

    @property
    def waiting(self) -> bool:
        """An amber that nobody has acknowledged yet."""
        return self.amber is not None and self.acknowledged_by is None


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One prescribed drug, matched to an item of the store, and the boxes taken for it.

    ``needed`` whole boxes and ``pieces`` single ones (trace-and-stock T28); a part of a box, or of
    several, makes the pieces up. ``split``: prescribed by the piece, and refused (1505).
    """

    index: int
    rx_line: int | None
    item_id: int
    name: str
    specification: str
    maker: str
    needed: int
    price: Price
    packs: tuple[Pack, ...] = ()
    split: bool = False
    pieces: int = 0
    splitting: Splitting = NEVER_SPLIT

    @property
    def whole(self) -> tuple[Pack, ...]:
        """Boxes that are sold whole."""
        return tuple(pack for pack in self.packs if not pack.pieces)

    @property
    def parts(self) -> tuple[Pack, ...]:
        """Boxes of which a part is sold."""
        return tuple(pack for pack in self.packs if pack.pieces)

    @property
    def missing(self) -> int:
        """Whole boxes that were not scanned yet."""
        return self.needed - len(self.whole)

    @property
    def missing_pieces(self) -> int:
        return self.pieces - sum(pack.pieces for pack in self.packs)

    @property
    def boxes(self) -> int:
        """How many boxes it takes as far as is known: whole ones, opened ones, one more to open."""
        return self.needed + len(self.parts) + (self.missing_pieces > 0)

    @property
    def sold_quantity(self) -> Quantity:
        """The whole boxes."""
        return packs(self.needed)

    @property
    def full(self) -> bool:
        return self.missing == 0 and self.missing_pieces == 0

    @property
    def amount(self) -> Fen:
        """Fen for all needed boxes and pieces; of pieces still missing, as of one more box."""
        rest = self.missing_pieces
        share = share_of(max(0, rest), self.splitting.size)
        expected = self.splitting.fee(self.price, rest, share) if rest > 0 else 0
        whole = line_amount(self.price, self.sold_quantity)
        return Fen(whole + sum(part.fee for part in self.parts) + expected)

    def with_pack(self, pack: Pack) -> "SaleLine":
        return replace(self, packs=(*self.packs, pack))

    def without(self, code: str) -> "SaleLine":
        return replace(self, packs=tuple(p for p in self.packs if p.claim != code))


def with_room(lines: tuple[SaleLine, ...], item: Item) -> tuple[SaleLine, ...]:
    """Lines of a sale nobody prescribed, with room for one more box of ``item``."""
    if all(line.item_id != item.item_id for line in lines):
        index = max((line.index for line in lines), default=0) + 1
        new = SaleLine(
            index,
            None,
            item.item_id,
            item.name,
            item.specification,
            item.maker,
            1,
            item.retail_price,
        )
        return (*lines, new)
    return tuple(
        replace(line, needed=len(line.whole) + 1) if line.item_id == item.item_id else line
        for line in lines
    )


def with_loose_room(
    lines: tuple[SaleLine, ...], item: Item, splitting: Splitting, pieces: int
) -> tuple[SaleLine, ...]:
    """The same, with room for ``pieces`` more of an opened box of ``item``."""
    if all(line.item_id != item.item_id for line in lines):
        lines = tuple(
            replace(line, needed=0) if line.item_id == item.item_id else line
            for line in with_room(lines, item)
        )
    return tuple(
        replace(
            line,
            pieces=sum(pack.pieces for pack in line.packs) + pieces,
            splitting=splitting,
        )
        if line.item_id == item.item_id
        else line
        for line in lines
    )


def without_room(lines: tuple[SaleLine, ...]) -> tuple[SaleLine, ...]:
    """The same lines with as many boxes and pieces as lie on the counter; an empty line goes."""
    return tuple(
        replace(line, needed=len(line.whole), pieces=sum(p.pieces for p in line.packs))
        for line in lines
        if line.packs
    )


def total(lines: tuple[SaleLine, ...]) -> Fen:
    """Sum over lines, in fen."""
    return Fen(sum(line.amount for line in lines))


def complete(lines: tuple[SaleLine, ...]) -> bool:
    """Every box of every line has been scanned, and every amber acknowledged."""
    return bool(lines) and all(
        line.full and not any(pack.waiting for pack in line.packs) for line in lines
    )
