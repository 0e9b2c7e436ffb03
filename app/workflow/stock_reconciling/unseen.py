"""What figures do not show: two faults of one lot that come to nought, and prices nobody told.

Both are looked for within bounds, so that a large store's night does not become a morning.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.books.stock import LineState, Reason, StockCause, StockFact, StockFinding
from app.domain.books.stock_across import Told
from app.domain.books.stock_drafts import draft_of
from app.domain.books.stock_naming import Named, name
from app.domain.books.stock_replay import replay
from app.domain.goods.movements import StockMove
from app.domain.goods.stock import Item
from app.domain.money import Quantity, price_text
from app.ports.stock_days import ComparedLine, PriceApart
from app.ports.store import Unit
from app.workflow.cases.lines import sold_lines
from app.workflow.stock_reconciling import asking
from app.workflow.stock_reconciling.asking import UNANSWERED
from app.workflow.stock_reconciling.looking import SecondLook, reasons_of
from app.workflow.till import Till

MOVED_AT_MOST = 300
"""Equal lines looked at record by record in one comparison, a question each."""
PRICES_AT_MOST = 500
SALES_LOOKED_AT = 50
"""So many sales of an item back a price there may be one that was told."""
_UNPLAIN = frozenset({StockCause.UNNAMED, StockCause.FIGURE_CONTRADICTS_RECORDS})


def moved_lately(till: Till) -> tuple[ComparedLine, ...]:
    """Equal lines with a movement since the last day somebody signed; none where the platform
    shows no records."""
    if not asking.records_offered(till):
        return ()
    with till.store.reading() as unit:
        signed = unit.stock_days.last_signed()
        since = signed.cut_off if signed is not None else None
        return unit.stock_days.equal_moved(since, MOVED_AT_MOST)


def cancelling(look: SecondLook, compared: ComparedLine) -> Told | None:
    """The faults of a line whose figures agree; None where not every one is plainly named."""
    line = look.line(compared)
    shown = look.fetched(line)
    if line.item is None or not line.lots or shown is None:
        return None
    ours = look.ours(line)
    if ours.ours != shown.quantity:
        # it moved since its page came: the next comparison sees it
        return None
    try:
        filed = look.filed(line, ours)
    except UNANSWERED:
        return None
    named = name(replace(look.question(line, ours, shown), filed=filed))
    if not _plain(named):
        return None
    return look.made(line, ours.ours, shown, reasons_of(named), replay(ours.records)), named


def _plain(named: Sequence[Named]) -> bool:
    causes = {one.reason.cause for one in named}
    waits = any(one.reason.state is LineState.NEEDS_ACTION for one in named)
    return waits and not causes & _UNPLAIN


def with_prices(
    till: Till, look: SecondLook, findings: Sequence[StockFinding]
) -> list[StockFinding]:
    """The findings, and prices there that nothing of ours says as a cause of their own."""
    with till.store.reading() as unit:
        apart = [
            (one, item)
            for one in unit.stock_days.prices_apart(PRICES_AT_MOST)
            if (item := unit.goods.item_by_store_code(one.store_code)) is not None
            and not _was_told(unit, item, one)
        ]
    found = list(findings)
    for one, item in apart:
        reason = _reason(one, item)
        place = (one.store_code, one.upload_lot)
        at = next((n for n, f in enumerate(found) if (f.store_code, f.upload_lot) == place), None)
        if at is None:
            line = look.line(ComparedLine(*place, None, None))
            shown = look.fetched(line)
            ours = shown.quantity if shown is not None else None
            found.append(look.made(line, ours, shown, [reason]))
        elif not _in_other_units(found[at]):
            found[at] = replace(found[at], reasons=(*found[at].reasons, reason))
    return found


def _was_told(unit: Unit, item: Item, apart: PriceApart) -> bool:
    """Whether a sale of ours went out at this price: the next one brings the new."""
    sold = [
        (movement.at, movement.case_id)
        for lot in unit.goods.lots(item.item_id)
        for movement in (
            *unit.stock.movements(lot.lot_id),
            *(part.as_movement() for part in unit.stock.parts(lot.lot_id)),
        )
        if movement.move is StockMove.SOLD and movement.case_id is not None
    ]
    cases = {case_id for _, case_id in sorted(sold)[-SALES_LOOKED_AT:]}
    return any(
        line.price == apart.theirs
        for case_id in cases
        for line in sold_lines(unit, unit.cases.get(case_id))
    )


def _in_other_units(found: StockFinding) -> bool:
    return any(one.cause is StockCause.UNIT_FACTOR for one in found.reasons)


def _reason(apart: PriceApart, item: Item) -> Reason:
    evidence = (
        (StockFact.OUR_PRICE, price_text(item.retail_price)),
        (StockFact.THEIR_PRICE, price_text(apart.theirs)),
    )
    nothing = Quantity(0)
    cause = StockCause.PRICE_DIFFERS
    draft = draft_of(cause, nothing, apart.upload_lot, (), nothing, nothing)
    return Reason(cause, nothing, evidence, draft)
