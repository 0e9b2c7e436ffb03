"""What a back room does all day, and everything of it arrives."""

from app.domain.goods.stock import Item
from app.simulation.goods.keeper import Keeper

_NONE: frozenset[str] = frozenset()
_LOST = ("104", "105")
_INWARD, _OUTWARD = ("101", "103", "106", "110"), ("102", "104", "105", "107")


def honest_act(keeper: Keeper, *, counts: bool, without: frozenset[str] | set[str] = _NONE) -> None:
    """One act on an item that is not in ``without``; a count only where ``counts``."""
    chance = keeper.chance
    items = [one for one in keeper.items if one.store_code not in without]
    item = next(one for one in chance.sample(items, len(items)) if keeper.lots(one))
    acts = [_sell, _sell, _sell, _change, _receive, _send_back, _return]
    if item.splits:
        # few drugs are: where one is met, what can be done with its pieces is done
        acts += [_sell_part, _sell_part, _sell_part, _return_part, _put_back, _write_off]
    if counts:
        acts.append(_count)
    chance.choice(acts)(keeper, item)
    keeper.wait(chance.randint(1, 30))
    if chance.random() < 0.8:
        keeper.tell()


def _sell(keeper: Keeper, item: Item) -> None:
    lot = keeper.first_lot(item)
    keeper.sell(lot, min(len(keeper.boxes(lot)), keeper.chance.randint(1, 2)))


def _sell_part(keeper: Keeper, item: Item) -> None:
    _sold_part(keeper, item)


def _sold_part(keeper: Keeper, item: Item) -> int:
    """Of an opened box what is left of it or less, or of a new one, with whole boxes or without."""
    chance = keeper.chance
    free = [box for box in keeper.opened(item) if box.free]
    if free and chance.random() < 0.7:
        box = chance.choice(free)
        return keeper.sell_opened(box.code, chance.randint(1, box.free))
    return keeper.sell(keeper.first_lot(item), chance.choice((0, 0, 1)), _pieces(keeper, item))


def _pieces(keeper: Keeper, item: Item) -> int:
    return keeper.chance.randint(1, item.pieces - 1)


def _return_part(keeper: Keeper, item: Item) -> None:
    visit = _sold_part(keeper, item)
    keeper.tell()
    keeper.wait(keeper.chance.randint(1, 60))
    keeper.take_back(visit)


def _put_back(keeper: Keeper, item: Item) -> None:
    """What came back lies in its box again, and is sold from there."""
    _return_part(keeper, item)
    box = keeper.chance.choice([box for box in keeper.opened(item) if box.back])
    keeper.surface.release_pieces(box.code, "验收合格")
    if keeper.chance.random() < 0.5:
        keeper.sell_opened(box.code, keeper.chance.randint(1, box.back))


def _write_off(keeper: Keeper, item: Item) -> None:
    """Some of what is left, or all of it with what came back."""
    chance = keeper.chance
    if not keeper.opened(item):
        _sell_part(keeper, item)
    for box in keeper.opened(item)[:1]:
        least = 0 if chance.random() < 0.5 or not box.free else chance.randint(0, box.free - 1)
        keeper.surface.write_off(box.code, chance.choice(_LOST), least, "受潮")


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
