"""What a back room does all day, and everything of it arrives."""

from app.domain.goods.stock import Item
from app.simulation.goods.keeper import Keeper

_NONE: frozenset[str] = frozenset()
_INWARD, _OUTWARD = ("101", "103", "106", "110"), ("102", "104", "105", "107")


def honest_act(keeper: Keeper, *, counts: bool, without: frozenset[str] | set[str] = _NONE) -> None:
    """One act on an item that is not in ``without``; a count only where ``counts``."""
    chance = keeper.chance
    items = [one for one in keeper.items if one.store_code not in without]
    item = next(one for one in chance.sample(items, len(items)) if keeper.lots(one))
    acts = [_sell, _sell, _sell, _change, _receive, _send_back, _return]
    if counts:
        acts.append(_count)
    chance.choice(acts)(keeper, item)
    keeper.wait(chance.randint(1, 30))
    if chance.random() < 0.8:
        keeper.tell()


def _sell(keeper: Keeper, item: Item) -> None:
    lot = keeper.first_lot(item)
    keeper.sell(lot, min(len(keeper.boxes(lot)), keeper.chance.randint(1, 2)))


def _change(keeper: Keeper, item: Item) -> None:
    lot = keeper.first_lot(item)
    if keeper.chance.random() < 0.5:
        keeper.change(lot, keeper.chance.choice(_INWARD), keeper.chance.randint(1, 3))
    elif lot.on_hand > 2 and len(keeper.boxes(lot)) > 2:
        keeper.change(lot, keeper.chance.choice(_OUTWARD), keeper.chance.randint(1, 2))


def _receive(keeper: Keeper, item: Item) -> None:
    keeper.receive(item, keeper.chance.randint(1, 12))


def _send_back(keeper: Keeper, item: Item) -> None:
    lot = keeper.receive(item, keeper.chance.randint(4, 12))
    keeper.wait(1)
    keeper.send_back(lot, keeper.chance.randint(1, 3))


def _return(keeper: Keeper, item: Item) -> None:
    visit = keeper.sell(keeper.first_lot(item), 1)
    keeper.tell()
    keeper.wait(keeper.chance.randint(1, 60))
    keeper.take_back(visit)


def _count(keeper: Keeper, item: Item) -> None:
    lots = keeper.lots(item)
    keeper.count(lots, keeper.chance.choice((-1, 0, 0, 1)))
