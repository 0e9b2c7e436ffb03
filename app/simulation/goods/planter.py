"""Plants one fault between two books: what the store does, and what becomes of it on the way.

It knows how a fault is made and nothing of how it might be found: not a word of the comparison is
known here, and the comparison never sees these names.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from app.domain.goods.stock import Item, Lot
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.sandbox.core.goods.planting import plant
from app.simulation.goods.keeper import Keeper

IN, OUT = "101", "102"


class Planted(StrEnum):
    """What was done to the books."""

    LOST_SALE = "lost_sale"
    LOST_RETURN = "lost_return"
    LOST_DELIVERY = "lost_delivery"
    LOST_CHANGE = "lost_change"
    LOST_SUPPLIER_RETURN = "lost_supplier_return"
    LOST_COUNT = "lost_count"
    DOUBLED_SALE = "doubled_sale"
    DOUBLED_RETURN = "doubled_return"
    DOUBLED_DELIVERY = "doubled_delivery"
    DOUBLED_CHANGE = "doubled_change"
    DOUBLED_SUPPLIER_RETURN = "doubled_supplier_return"
    REFUSED_SALE = "refused_sale"
    REFUSED_CHANGE = "refused_change"
    GIVEN_UP_SALE = "given_up_sale"
    GIVEN_UP_DELIVERY = "given_up_delivery"
    UNHEARD_CHANGE = "unheard_change"
    WAITING_SALE = "waiting_sale"
    OVERTAKEN_COUNT = "overtaken_count"
    ALTERED_AMOUNT = "altered_amount"
    TURNED_CHANGE = "turned_change"
    MISFILED_SALE = "misfiled_sale"
    WIPED_SALES = "wiped_sales"
    FOREIGN_SALE = "foreign_sale"
    STRANGE_LOT = "strange_lot"
    OTHER_UNIT = "other_unit"
    OTHER_PRICE = "other_price"


class Planter:
    """At work in one store. Returns the serials of the lots a fault was planted on."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._chance = keeper.chance

    def plant(self, what: Planted, item: Item, lot: Lot) -> tuple[str, ...]:
        """Do it now, on one lot of one item."""
        return _DONE[what](self, item, lot)

    def _ask(self, **asked: object) -> None:
        plant(self._keeper.sandbox.site, asked)

    def _spoil(self, how: str, kind: str, lot: Lot) -> None:
        self._ask(spoils=how, kind=kind, lot=lot.upload_lot)

    def _few(self) -> int:
        return self._chance.randint(1, 3)

    def _sell(self, item: Item, lot: Lot) -> int:
        """A few boxes; of a drug that is sold singly often a part of one more, or that alone."""
        pieces = self._chance.randint(1, item.pieces - 1) if item.splits else 0
        if not pieces or self._chance.random() < 0.3:
            return self._keeper.sell(lot, self._few())
        return self._keeper.sell(lot, self._chance.choice((0, 1, 2)), pieces)

    def _sale(self, how: str) -> Callable[[Item, Lot], tuple[str, ...]]:
        def done(item: Item, lot: Lot) -> tuple[str, ...]:
            self._spoil(how, "sale", lot)
            self._sell(item, lot)
            self._keeper.tell()
            return (lot.upload_lot,)

        return done

    def lost_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        return self._sale("lose")(item, lot)

    def doubled_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        return self._sale("double")(item, lot)

    def _return(self, how: str, item: Item, lot: Lot) -> tuple[str, ...]:
        visit = self._sell(item, lot)
        self._keeper.tell()
        self._keeper.wait(7)
        self._spoil(how, "sale_return", lot)
        self._keeper.take_back(visit)
        self._keeper.tell()
        return (lot.upload_lot,)

    def lost_return(self, item: Item, lot: Lot) -> tuple[str, ...]:
        return self._return("lose", item, lot)

    def doubled_return(self, item: Item, lot: Lot) -> tuple[str, ...]:
        return self._return("double", item, lot)

    def _delivery(self, how: str, item: Item) -> tuple[str, ...]:
        self._ask(spoils=how, kind="receipt")
        lot = self._keeper.receive(item, self._chance.randint(2, 20))
        self._keeper.tell()
        return (lot.upload_lot,)

    def lost_delivery(self, item: Item, _lot: Lot) -> tuple[str, ...]:
        return self._delivery("lose", item)

    def doubled_delivery(self, item: Item, _lot: Lot) -> tuple[str, ...]:
        return self._delivery("double", item)

    def _change(self, how: str, lot: Lot) -> tuple[str, ...]:
        self._spoil(how, "change", lot)
        self._keeper.change(lot, self._chance.choice((IN, OUT)), self._few())
        self._keeper.tell()
        return (lot.upload_lot,)

    def lost_change(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        return self._change("lose", lot)

    def doubled_change(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        return self._change("double", lot)

    def _supplier(self, how: str, item: Item) -> tuple[str, ...]:
        lot = self._keeper.receive(item)
        self._keeper.tell()
        self._spoil(how, "supplier_return", lot)
        self._keeper.wait(3)
        self._keeper.send_back(lot, self._few())
        self._keeper.tell()
        return (lot.upload_lot,)

    def lost_supplier_return(self, item: Item, _lot: Lot) -> tuple[str, ...]:
        return self._supplier("lose", item)

    def doubled_supplier_return(self, item: Item, _lot: Lot) -> tuple[str, ...]:
        return self._supplier("double", item)

    def lost_count(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        self._spoil("lose", "count", lot)
        self._keeper.count([lot], self._chance.choice((-2, -1, 1, 2)))
        self._keeper.tell()
        return (lot.upload_lot,)

    def overtaken_count(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        """A count that arrives behind what was sold after it."""
        self._spoil("reorder", "count", lot)
        self._keeper.count([lot], self._chance.choice((-1, 0, 1)))
        self._keeper.tell()
        self._keeper.wait(5)
        self._keeper.sell(lot, self._few())
        self._keeper.tell()
        return (lot.upload_lot,)

    def refused_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        self._sell(item, lot)
        self._meet(Operation.UPLOAD_SALE, "refused")
        return (lot.upload_lot,)

    def refused_change(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        self._keeper.change(lot, self._chance.choice((IN, OUT)), self._few())
        self._meet(Operation.CHANGE_STOCK, "refused")
        return (lot.upload_lot,)

    def unheard_change(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        """It never arrived, and nobody can know."""
        self._keeper.change(lot, self._chance.choice((IN, OUT)), self._few())
        self._meet(Operation.CHANGE_STOCK, "unheard")
        return (lot.upload_lot,)

    def waiting_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        """Sold last of all, still in the queue."""
        self._sell(item, lot)
        return (lot.upload_lot,)

    def _meet(self, operation: Operation, what: str) -> None:
        self._keeper.road.meets[operation.value] = [what]
        self._keeper.tell()
        self._keeper.road.meets.clear()

    def _give_up(self, operation: Operation) -> None:
        with self._keeper.store.unit() as unit:
            for item in unit.outbox.items():
                if item.operation is operation:
                    now = self._keeper.clock.now()
                    unit.outbox.settle(item.item_id, OutboxState.VOIDED, now, None, "")

    def given_up_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        self._sell(item, lot)
        self._give_up(Operation.UPLOAD_SALE)
        return (lot.upload_lot,)

    def given_up_delivery(self, item: Item, _lot: Lot) -> tuple[str, ...]:
        lot = self._keeper.receive(item, self._chance.randint(2, 20))
        self._give_up(Operation.RECEIVE)
        return (lot.upload_lot,)

    def altered_amount(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        self._keeper.change(lot, self._chance.choice((IN, OUT)), self._few())
        self._keeper.tell()
        self._ask(plant="alter", kind="change", lot=lot.upload_lot, by=self._few())
        return (lot.upload_lot,)

    def turned_change(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        self._keeper.change(lot, self._chance.choice((IN, OUT)), self._few())
        self._keeper.tell()
        self._ask(plant="turn", kind="change", lot=lot.upload_lot)
        return (lot.upload_lot,)

    def misfiled_sale(self, item: Item, lot: Lot) -> tuple[str, ...]:
        other = self._keeper.receive(item)
        self._keeper.sell(lot, self._few())
        self._keeper.tell()
        self._ask(plant="misfile", kind="sale", lot=lot.upload_lot, to=other.upload_lot)
        return lot.upload_lot, other.upload_lot

    def wiped_sales(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        for _ in range(2):
            self._keeper.sell(lot, 1)
            self._keeper.tell()
            self._keeper.wait(2)
        self._ask(plant="wipe", kind="sale", lot=lot.upload_lot)
        return (lot.upload_lot,)

    def foreign_sale(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        at = self._keeper.sandbox.site.clock.now().isoformat(" ", "seconds")
        self._ask(plant="intrude", kind="", lot=lot.upload_lot, by=self._few(), to=at)
        return (lot.upload_lot,)

    def strange_lot(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        at = self._keeper.sandbox.site.clock.now().isoformat(" ", "seconds")
        self._ask(plant="strange_lot", kind="", lot=lot.upload_lot, by=self._few(), to=at)
        return (f"X{lot.upload_lot}",)

    def other_unit(self, _item: Item, lot: Lot) -> tuple[str, ...]:
        self._keeper.sell(lot, self._few())
        self._keeper.tell()
        self._ask(plant="scale", kind="", lot=lot.upload_lot, by=self._chance.choice((10, 20, 24)))
        return (lot.upload_lot,)

    def other_price(self, item: Item, lot: Lot) -> tuple[str, ...]:
        """The price lies on the drug: every lot shows it."""
        self._ask(plant="reprice", kind="", lot=lot.upload_lot, by=self._chance.choice((7, 13)))
        with self._keeper.store.reading() as unit:
            return tuple(one.upload_lot for one in unit.goods.lots(item.item_id))


_DONE: Mapping[Planted, Callable[[Planter, Item, Lot], tuple[str, ...]]] = {
    what: getattr(Planter, what.value) for what in Planted
}
AT_THE_END = (
    Planted.OTHER_UNIT,
    Planted.WIPED_SALES,
    Planted.OTHER_PRICE,
    Planted.UNHEARD_CHANGE,
    Planted.WAITING_SALE,
)
"""Nothing may be told behind these, or they would not be what they are: last of all, so ordered."""
