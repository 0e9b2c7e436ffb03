"""Items, lots and which lot to take first (trace-and-stock 2.4, 3.3)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.money import NOTHING, Price, Quantity, packs


class Storage(StrEnum):
    """Where it has to lie: room temperature, cool, or 2 to 8 degrees (trace-and-stock T63)."""

    ROOM = "room"
    COOL = "cool"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class Item:
    """A drug as this store sells it."""

    item_id: int
    store_code: str
    national_code: str
    generic_name: str
    product_name: str
    dose_form: str
    specification: str
    maker: str
    approval_no: str
    product_barcode: str
    prefixes: frozenset[str]
    needs_prescription: bool
    pay_class: str
    retail_price: Price
    unit: str
    initials: str
    shelf: str
    storage: Storage = Storage.ROOM
    ephedrine: bool = False
    pieces: int = 1
    """How many single ones a pack holds; 1 where the pack is the smallest thing sold."""
    piece_unit: str = ""
    splits: bool = False
    """Whether this store sells parts of a pack."""

    @property
    def name(self) -> str:
        """What the counter calls it."""
        return self.generic_name


class LotHold(StrEnum):
    """Why a lot may not be sold."""

    NONE = "none"
    QUARANTINE = "quarantine"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Lot:
    """One goods-receipt line. ``upload_lot`` is ours, ``lot_no`` the maker's (T42).

    ``on_hand`` counts whole packs; ``loose`` the pieces left in opened ones, which are
    ``loose_share`` of a pack.
    """

    lot_id: int
    item_id: int
    upload_lot: str
    lot_no: str
    made_on: date
    expires_on: date
    on_hand: int
    hold: LotHold
    loose: int = 0
    loose_share: Quantity = NOTHING

    @property
    def quantity(self) -> Quantity:
        """Everything that lies there, in packs."""
        return Quantity(packs(self.on_hand) + self.loose_share)

    def sellable(self, today: date) -> bool:
        """Not expired and not held; the expiry date itself is the last day of sale."""
        return self.hold is LotHold.NONE and self.expires_on >= today


def first_out(lots: tuple[Lot, ...], today: date) -> Lot | None:
    """FEFO: the sellable lot on hand that expires first; never an expired one."""
    ready = [lot for lot in lots if lot.on_hand > 0 and lot.sellable(today)]
    return min(ready, key=lambda lot: (lot.expires_on, lot.lot_id), default=None)


def on_hand(lots: tuple[Lot, ...], today: date) -> int:
    """Packs that could be sold today."""
    return sum(lot.on_hand for lot in lots if lot.sellable(today))
