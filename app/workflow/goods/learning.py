"""标识码: what boxes teach of the drug their first part names, and a manager's word on it (T11).

Learned is unverified: the scan reminds until a manager has confirmed, and what was learned never
takes the place of what is known, nor of something learned before.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.access import Act
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.gs1 import is_gtin, unit_barcode
from app.domain.goods.learning import LearnedPrefix, PrefixOrigin, PrefixState
from app.domain.goods.receipt import ReceiptLine
from app.domain.goods.stock import Item
from app.ports.store import Unit
from app.workflow.cases.lines import NOT_CARRIED
from app.workflow.till import Till


def from_receipt(till: Till, unit: Unit, line: ReceiptLine) -> None:
    """Boxes taken in on a line of a delivery note say what their first part means."""
    learn(till, unit, unit.goods.item(line.item_id), line.codes, PrefixOrigin.RECEIPT)


def from_sale(till: Till, unit: Unit, case: CounterCase) -> None:
    """Boxes handed over in a sale, in the commit that ends it."""
    for line in case.facts.lines:
        codes = [DrugTraceCode(pack.code) for pack in line.packs if pack.code is not None]
        if line.item_id != NOT_CARRIED and codes:
            learn(till, unit, unit.goods.item(line.item_id), codes, PrefixOrigin.SALE)


def learn(
    till: Till, unit: Unit, item: Item, codes: Iterable[DrugTraceCode], origin: PrefixOrigin
) -> None:
    """What is not known by its prefix yet is learned, unverified; never over what is known."""
    seen = Counter(code.prefix for code in codes)
    for prefix, count in sorted(seen.items()):
        if prefix in item.prefixes or _own_barcode(item, prefix):
            continue
        if unit.prefixes.known(prefix) is not None:
            # known for another drug: the mismatch was a person's word on one box, no lesson
            continue
        unit.prefixes.learn(
            LearnedPrefix(
                prefix,
                item.item_id,
                origin,
                till.clock.now(),
                till.operator.staff_id,
                count,
                PrefixState.UNVERIFIED,
            )
        )


def _own_barcode(item: Item, prefix: str) -> bool:
    return is_gtin(prefix) and item.product_barcode == unit_barcode(prefix)


def refuse_other(unit: Unit, prefix: str, item_id: int) -> None:
    """Raises ``OperatorInput`` ``PREFIX_DIFFERS`` where boxes with this first part were of another
    drug so far: whoever is right, it is not overridden in silence."""
    learned = [one for one in unit.prefixes.learned(prefix) if one.state is PrefixState.UNVERIFIED]
    if learned and all(one.item_id != item_id for one in learned):
        known, wanted = unit.goods.item(learned[0].item_id), unit.goods.item(item_id)
        raise OperatorInput(Code.PREFIX_DIFFERS, prefix=prefix, known=known.name, drug=wanted.name)


@dataclass(frozen=True, slots=True)
class PrefixRow:
    """One lesson that waits. ``others``: what else the same first part was seen for."""

    learned: LearnedPrefix
    item: Item
    staff: str
    others: tuple[str, ...]


def listed(till: Till) -> tuple[PrefixRow, ...]:
    """What waits for a manager, oldest first."""
    with till.store.reading() as unit:
        return tuple(_row(unit, one) for one in unit.prefixes.open())


def _row(unit: Unit, learned: LearnedPrefix) -> PrefixRow:
    others = tuple(
        unit.goods.item(one.item_id).name
        for one in unit.prefixes.learned(learned.prefix)
        if one.item_id != learned.item_id and one.state is not PrefixState.REFUSED
    )
    staff = unit.people.get(learned.staff_id).name
    return PrefixRow(learned, unit.goods.item(learned.item_id), staff, others)


def judge(till: Till, prefix: str, item_id: int, *, right: bool) -> tuple[PrefixRow, ...]:
    """A manager's word. Confirmed, the first part names this drug from now on.

    Raises ``OperatorInput``: ``NOT_ALLOWED``, ``STEP_MOVED_ON`` for what does not wait,
    ``PREFIX_DIFFERS`` where it is known for another drug or another lesson waits: that one is
    refused first.
    """
    who = till.operator
    who.require(Act.SET_LIMITS)
    with till.store.unit() as unit:
        waiting = [one for one in unit.prefixes.open() if one.prefix == prefix]
        mine = next((one for one in waiting if one.item_id == item_id), None)
        if mine is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        if right:
            _refuse_clash(unit, mine, waiting)
        state = PrefixState.CONFIRMED if right else PrefixState.REFUSED
        now = till.clock.now()
        unit.prefixes.judge(mine, state, who.staff_id, now)
        subject = f"{prefix} {unit.goods.item(item_id).store_code}"
        unit.journal.write(now, who.staff_id, "judge_prefix", subject, state.value)
    return listed(till)


def _refuse_clash(unit: Unit, mine: LearnedPrefix, waiting: list[LearnedPrefix]) -> None:
    known = unit.prefixes.known(mine.prefix)
    others = [one.item_id for one in waiting if one.item_id != mine.item_id]
    if known is not None:
        others = [known]
    if others:
        raise OperatorInput(
            Code.PREFIX_DIFFERS,
            prefix=mine.prefix,
            known=unit.goods.item(others[0]).name,
            drug=unit.goods.item(mine.item_id).name,
        )
