"""Items, lots and which lot to take first (trace-and-stock 2.4, 3.3)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.money import Price


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
    """One goods-receipt line. ``upload_lot`` is ours, ``lot_no`` the maker's (T42)."""

    lot_id: int
    item_id: int
    upload_lot: str
    lot_no: str
    made_on: date
    expires_on: date
    on_hand: int
    hold: LotHold

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
