"""含麻黄碱类复方制剂: who bought, how many, and the register (trace-and-stock T58 to T60).

Without a prescription two packs a sale, and a limit for one person over some days; with one, who
bought is registered all the same. The stricter of the region and the store holds.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from app.domain.access import Act
from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.credential import IdNumber, PersonName, id_number_valid
from app.domain.errors import Code, OperatorInput
from app.domain.goods.controlled import PackLimit, ShownIdentity
from app.domain.goods.judging import Judgement, Light
from app.domain.goods.selling import Pack, SaleLine
from app.domain.goods.stock import Item
from app.domain.money import QUANTITY_SCALE, Quantity, quantity_text
from app.ports.stock_books import Registered
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.till import Till

RESIDENT_ID = "01"
_KEY = "stock.ephedrine"
_MOST_DAYS = 365


def limit_in(till: Till, unit: Unit) -> PackLimit:
    """What holds in this store: the region's, or the store's own where that is stricter."""
    rules = till.profile.rules
    region = PackLimit(
        rules.ephedrine_packs, rules.ephedrine_window_packs, rules.ephedrine_window_days
    )
    kept = unit.settings.get(_KEY)
    if kept is None:
        return region
    packs, days = (int(part) for part in kept.split("/"))
    return replace(region, per_window=min(packs, region.per_window), window_days=max(days, 1))


def limit(till: Till) -> PackLimit:
    """What holds in this store now."""
    with till.store.reading() as unit:
        return limit_in(till, unit)


def set_window(till: Till, packs: int, days: int) -> PackLimit:
    """The manager's own window. Raises ``OperatorInput``: ``NOT_ALLOWED``, ``LIMITS_WRONG``."""
    who = till.operator
    who.require(Act.SET_LIMITS)
    if not (1 <= packs <= till.profile.rules.ephedrine_window_packs and 1 <= days <= _MOST_DAYS):
        raise OperatorInput(Code.LIMITS_WRONG, what="ephedrine")
    with till.store.unit() as unit:
        unit.settings.put(_KEY, f"{packs}/{days}")
        unit.journal.write(
            till.clock.now(), who.staff_id, "set_ephedrine", "stock", f"{packs}/{days}"
        )
        return limit_in(till, unit)


def bought_in(lines: Iterable[SaleLine]) -> Fraction:
    """Packs on these lines; a part of a box is the fraction of its pack."""
    return sum((_packs_of(line, line.packs) for line in lines), Fraction(0))


def _packs_of(line: SaleLine, packs: Iterable[Pack]) -> Fraction:
    size = line.splitting.size
    return sum((Fraction(pack.pieces or size, size) for pack in packs), Fraction(0))


def over_sale(
    till: Till, unit: Unit, item: Item, lines: Iterable[SaleLine], size: int = 1
) -> Judgement | None:
    """A box too many of such drugs in one sale that nobody prescribed; None where it may join.

    Of a box with ``size`` pieces that may be sold singly one piece has to fit: how many are wanted
    is said after the scan, and judged then.
    """
    if not item.ephedrine:
        return None
    lines = tuple(lines)
    held = limit_in(till, unit)
    if not held.over_sale(_registered_in(unit, lines) + Fraction(1, size)):
        return None
    params = (("drug", item.name), ("count", held.per_sale))
    line = next((line.index for line in lines if line.item_id == item.item_id), None)
    return Judgement(Light.RED, Code.BUYER_LIMIT, line, None, params)


def require_fewer(
    till: Till, unit: Unit, item: Item, before: Iterable[SaleLine], after: Iterable[SaleLine]
) -> None:
    """Raises ``OperatorInput`` ``BUYER_LIMIT`` where more pieces than before are too many."""
    if not item.ephedrine:
        return
    packs, held = _registered_in(unit, tuple(after)), limit_in(till, unit)
    if held.over_sale(packs) and packs > _registered_in(unit, tuple(before)):
        raise OperatorInput(Code.BUYER_LIMIT, drug=item.name, count=held.per_sale)


def _registered_in(unit: Unit, lines: tuple[SaleLine, ...]) -> Fraction:
    registered = unit.goods.registered([line.item_id for line in lines])
    return bought_in(line for line in lines if line.item_id in registered)


def name_buyer(till: Till, case: CounterCase, name: str, id_number: str) -> CounterCase:
    """Who shows a document for this sale. Raises ``OperatorInput``: ``IDENTITY_INVALID``,
    ``BUYER_NOT_NOW`` away from the boxes."""
    if case.position.step is not Step.SCAN:
        raise OperatorInput(Code.BUYER_NOT_NOW)
    number = id_number.strip().upper()
    if not name.strip() or not id_number_valid(number):
        raise OperatorInput(Code.IDENTITY_INVALID)
    buyer = ShownIdentity(PersonName(name.strip()), RESIDENT_ID, IdNumber(number))
    with till.store.unit() as unit:
        return unit.cases.save(replace(case, facts=replace(case.facts, buyer=buyer, refusal=None)))


def require_buyer(till: Till, unit: Unit, case: CounterCase, *, prescribed: bool) -> CounterCase:
    """The case with its buyer where one is registered; the same case where nothing is.

    Raises ``OperatorInput``: ``BUYER_MISSING``, ``BUYER_LIMIT``, ``BUYER_WINDOW``.
    """
    lines = case.facts.lines
    registered = unit.goods.registered([line.item_id for line in lines])
    mine = [line for line in lines if line.item_id in registered]
    if not mine:
        return replace(case, facts=replace(case.facts, buyer=None))
    if prescribed:
        return replace(case, facts=replace(case.facts, buyer=_patient(case, mine)))
    buyer, limit = case.facts.buyer, limit_in(till, unit)
    if buyer is None:
        raise OperatorInput(Code.BUYER_MISSING, drug=mine[0].name)
    packs = bought_in(mine)
    if limit.over_sale(packs):
        raise OperatorInput(Code.BUYER_LIMIT, drug=mine[0].name, count=limit.per_sale)
    since = till.clock.now() - timedelta(days=limit.window_days)
    bought = unit.register.bought(buyer.id_number, since)
    if limit.over_window(bought, packs):
        shown = quantity_text(Quantity(math.ceil(bought * QUANTITY_SCALE)))
        raise OperatorInput(Code.BUYER_WINDOW, days=limit.window_days, count=shown)
    return case


def _patient(case: CounterCase, mine: list[SaleLine]) -> ShownIdentity:
    person = case.facts.person
    if person is None:
        raise OperatorInput(Code.BUYER_MISSING, drug=mine[0].name)
    return ShownIdentity(person.name, person.id_kind, person.id_number)


def register(till: Till, unit: Unit, case: CounterCase) -> None:
    """One row per lot, in the commit that makes it a sale; nothing for other sales."""
    buyer = case.facts.buyer
    if buyer is None:
        return
    lines = case.facts.lines
    registered = unit.goods.registered([line.item_id for line in lines])
    packs, pieces, sizes = Counter[int](), Counter[int](), dict[int, int]()
    for line in lines:
        for pack in line.packs if line.item_id in registered else ():
            packs[pack.lot_id] += not pack.pieces
            pieces[pack.lot_id] += pack.pieces
            sizes[pack.lot_id] = line.splitting.size
    for lot_id in sorted(packs):
        unit.register.enter(
            Registered(
                case.case_id,
                lot_id,
                packs[lot_id],
                case.facts.prescription is not None,
                till.clock.now(),
                today(till),
                till.operator.staff_id,
                buyer,
                pieces[lot_id],
                sizes[lot_id],
            )
        )


def entries(till: Till, first: date, last: date) -> tuple[Registered, ...]:
    """The register of some days, oldest first."""
    with till.store.reading() as unit:
        return unit.register.between(first, last)
