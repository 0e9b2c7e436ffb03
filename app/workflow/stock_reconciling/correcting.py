"""One key applies a drafted correction: it is queued here, and the delivery lane tells it.

Nothing here moves our own ledger: it is the truth a correction brings the platform to. A count is
refused while a record of its lot is on its way: it would swallow or repeat it (T44).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.access import Act, Operator
from app.domain.books.stock import Draft, Reason, Record, Remedy, StockFinding, StockRun
from app.domain.errors import Code, OperatorInput
from app.domain.goods.stock import Lot
from app.domain.money import Quantity
from app.ports import requests as q
from app.ports import stock as g
from app.ports.store import OutboxItem, OutboxMove, OutboxNote, OutboxState, Unit
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.cases.required import required
from app.workflow.goods import telling
from app.workflow.stock_reconciling.our_books import AGAIN, operation_of, read_line
from app.workflow.stock_reconciling.remaking import remake, sale_of_draft
from app.workflow.till import Till
from app.workflow.upkeep import recovering
from app.workflow.uploads.erasing import require_alone
from app.workflow.uploads.given_back import require_standing

_AWAKE = frozenset({OutboxState.STOPPED, OutboxState.UNKNOWN})
_LEAVES = OutboxMove.SENDING
_RUNS = 400
"""Days whose comparisons are looked at for a newer one: more than a year."""
_TOLD = frozenset({OutboxState.DELIVERED, OutboxState.VOIDED})


def apply_draft(till: Till, day: date, run_no: int, finding_no: int, number: int) -> None:
    """Queue the correction of one cause; ``number`` counts its reasons from 0.

    Raises ``OperatorInput``: ``STEP_MOVED_ON`` where the day was compared again, nothing is drafted
    or it is applied already; ``STOCK_WENT_ON`` where the line has to be compared again first;
    ``QUEUE_NOT_DRAINED``; ``NOT_ALLOWED`` where nothing is told for it.
    """
    who = till.operator
    who.require(Act.STOCK)
    with till.store.unit() as unit:
        recovering.require_believed(unit)
        run, found, reason = _drafted(unit, day, run_no, finding_no, number)
        draft = required(reason.draft, "no draft")
        _require_alone(unit, run, found)
        key = _queue(till, unit, run, found, draft)
        _note(till, unit, who, run, found, number, key)


def _drafted(
    unit: Unit, day: date, run_no: int, finding_no: int, number: int
) -> tuple[StockRun, StockFinding, Reason]:
    run, found = unit.stock_days.get(day), unit.stock_days.finding(day, finding_no)
    stands = run is not None and run.run_no == run_no and found is not None
    if run is None or found is None or not stands or not 0 <= number < len(found.reasons):
        raise OperatorInput(Code.STEP_MOVED_ON)
    reason = found.reasons[number]
    if reason.draft is None or reason.draft.applied_at is not None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return run, found, reason


def _require_alone(unit: Unit, run: StockRun, found: StockFinding) -> None:
    """A draft belongs to the newest comparison, and to nothing a count of its lot has mended:
    told behind either, the same cause would be corrected twice. Raises ``STOCK_WENT_ON``."""
    if any(one.cut_off > run.cut_off for one in unit.stock_days.newest(_RUNS)):
        raise OperatorInput(Code.STOCK_WENT_ON)
    drafts = [one.draft for one in found.reasons if one.draft is not None]
    counted = any(one.remedy is Remedy.COUNT and one.applied_at is not None for one in drafts)
    if counted or any(
        isinstance(item.request, g.CountStock) and item.born_at > run.cut_off
        for serial in _serials(unit, found)
        for item in unit.outbox.of_lot(serial)
    ):
        raise OperatorInput(Code.STOCK_WENT_ON)


def _note(
    till: Till,
    unit: Unit,
    who: Operator,
    run: StockRun,
    found: StockFinding,
    number: int,
    key: str,
) -> None:
    now = till.clock.now()
    reason = found.reasons[number]
    draft = replace(
        required(reason.draft, "no draft"), applied_at=now, applied_by=who.name, applied_key=key
    )
    reasons = list(found.reasons)
    reasons[number] = replace(reason, draft=draft)
    unit.stock_days.amend(run, replace(found, reasons=tuple(reasons)))
    text = f"{reason.cause.value} {draft.remedy.value} {key}"
    unit.journal.write(now, who.staff_id, "correct_stock", found.store_code, text)


def _queue(till: Till, unit: Unit, run: StockRun, found: StockFinding, draft: Draft) -> str:
    match draft.remedy:
        case Remedy.RESEND:
            return _resend(till, unit, run, draft)
        case Remedy.RETURN_SALE:
            return _return(till, unit, run, draft)
        case Remedy.COUNT:
            return _count(till, unit, found)
        case _:
            raise OperatorInput(Code.NOT_ALLOWED, act=draft.remedy.value)


def offered(till: Till, found: StockFinding) -> StockFinding:
    """The finding with such drafts alone as one key can do; in place of the others what a person
    can: count the lot, count each of several lots, or ask."""
    return replace(
        found,
        reasons=tuple(
            replace(one, draft=_offered(till, found, one.draft)) if one.draft else one
            for one in found.reasons
        ),
    )


def _offered(till: Till, found: StockFinding, draft: Draft) -> Draft:
    if draft.remedy not in (Remedy.RESEND, Remedy.RETURN_SALE, Remedy.COUNT):
        return draft
    if draft.remedy is not Remedy.COUNT and _makeable(till, draft):
        return draft
    nothing = Draft(Remedy.ASK, None, draft.upload_lot, Quantity(0), None)
    if found.ours is None or found.ours < 0 or not telling.wanted(till, Operation.COUNT_STOCK):
        return nothing
    with till.store.reading() as unit:
        single = len(_serials(unit, found)) == 1
    remedy = Remedy.COUNT if single else Remedy.COUNT_BY_HAND
    return Draft(remedy, Record.COUNT, draft.upload_lot, found.ours, found.ours)


def _makeable(till: Till, draft: Draft) -> bool:
    """Whether its record is kept, or everything it is made of."""
    record = required(draft.record, "a draft that tells nothing")
    if not telling.wanted(till, operation_of(record)):
        return False
    if draft.record_id is not None:
        return True
    if record in (Record.SALE, Record.SALE_RETURN):
        return draft.line is not None
    return record is not Record.ERASURE and (draft.event_id, draft.part_id) != (None, None)


def _serials(unit: Unit, found: StockFinding) -> set[str]:
    serials = {unit.goods.lot(lot_id).upload_lot for lot_id in found.lots}
    return {one for one in serials if found.upload_lot in ("", one)}


def lot_of(unit: Unit, found: StockFinding) -> Lot:
    """The lot a correction of this line is told under. Raises ``OperatorInput`` without one."""
    lots = [unit.goods.lot(lot_id) for lot_id in found.lots]
    mine = [lot for lot in lots if found.upload_lot in ("", lot.upload_lot)]
    if len({lot.upload_lot for lot in mine}) != 1:
        raise OperatorInput(Code.NOT_ALLOWED, act="count")
    return mine[0]


def live_figure(till: Till, unit: Unit, found: StockFinding) -> Quantity:
    """What our ledger comes to for this line now: the shop goes on after a comparison."""
    lots = [unit.goods.lot(lot_id) for lot_id in found.lots]
    mine = [lot for lot in lots if found.upload_lot in ("", lot.upload_lot)]
    return read_line(till, unit, mine).ours


def _count(till: Till, unit: Unit, found: StockFinding) -> str:
    """The figure as it stands, which has to be the one that was shown."""
    figure = live_figure(till, unit, found)
    key = queue_count(till, unit, lot_of(unit, found), figure)
    if figure != found.ours:
        raise OperatorInput(Code.STOCK_WENT_ON)
    return key


def queue_count(till: Till, unit: Unit, lot: Lot, figure: Quantity) -> str:
    """盘存 of one lot with the figure of our books. Raises ``OperatorInput``: a record of the lot
    is on its way, or the area takes no counts."""
    if not telling.wanted(till, Operation.COUNT_STOCK):
        raise OperatorInput(Code.NOT_ALLOWED, act="count")
    flying = telling.in_flight(unit).get(lot.upload_lot, 0)
    if flying:
        raise OperatorInput(Code.QUEUE_NOT_DRAINED, count=flying)
    item = unit.goods.item(lot.item_id)
    on = today(till)
    number = unit.settings.next_number(f"stock.Q.{on:%Y%m%d}")
    key = f"Q{on:%Y%m%d}{till.counter_no:02}{number:04}"
    request = g.CountStock(telling.told_lot(item, lot), telling.counted(figure), on)
    telling.queue(till, unit, Operation.COUNT_STOCK, key, lot, item, request)
    return key


def _resend(till: Till, unit: Unit, run: StockRun, draft: Draft) -> str:
    item = unit.outbox.item(draft.record_id) if draft.record_id is not None else None
    if item is not None and item.state in _AWAKE:
        return _wake(till, unit, run, item)
    if item is not None and item.state in _TOLD:
        return _repeat(till, unit, run, item)
    if item is not None:
        raise OperatorInput(Code.RECORD_ON_ITS_WAY)
    return remake(till, unit, draft)


def _wake(till: Till, unit: Unit, run: StockRun, item: OutboxItem) -> str:
    """A stopped or doubtful record goes on; its own rule decides what the answer means.

    Raises ``OperatorInput``: ``SALE_GIVEN_BACK``, ``ERASE_OTHERS``; ``STOCK_WENT_ON`` where it was
    told since the comparison: that telling may still arrive, and what was seen was seen before it.
    """
    require_standing(unit, item)
    require_alone(unit, item)
    told = (note.at for note in unit.outbox.history(item.item_id) if note.move is _LEAVES)
    if any(at > run.cut_off for at in told):
        raise OperatorInput(Code.STOCK_WENT_ON)
    now = till.clock.now()
    unit.outbox.settle(item.item_id, OutboxState.WAITING, now, None, "")
    staff_id = till.operator.staff_id
    unit.outbox.note(item.item_id, OutboxNote(now, OutboxMove.RELEASED, staff_id=staff_id))
    return item.business_key


def _repeat(till: Till, unit: Unit, run: StockRun, item: OutboxItem) -> str:
    """Told before and not on file there: the same record under a key of its own.

    Raises ``OperatorInput``: ``SALE_GIVEN_BACK``; ``RECORD_ON_ITS_WAY`` where one that a person put
    right, or another repetition, is open by now.
    """
    if item.state is OutboxState.VOIDED:
        require_standing(unit, item)
    base = item.business_key.partition(AGAIN)[0]
    same = [
        one for one in _told_under(unit, item.lane_key, base) if one.operation is item.operation
    ]
    if any(one.state not in _TOLD for one in same):
        raise OperatorInput(Code.RECORD_ON_ITS_WAY)
    _require_none_since(unit, run, same)
    key = f"{base}{AGAIN}{len(same)}"
    unit.outbox.add(
        item.operation,
        key,
        item.lane_key,
        item.request,
        item.case_id,
        item.summary,
        till.clock.now(),
    )
    return key


def _told_under(unit: Unit, lane_key: str, base: str) -> list[OutboxItem]:
    """A record and its repetitions."""
    return [
        one for one in unit.outbox.of_lot(lane_key) if one.business_key.partition(AGAIN)[0] == base
    ]


def _require_none_since(unit: Unit, run: StockRun, told: Sequence[OutboxItem]) -> None:
    """Told since the comparison: only the next one knows whether it is still missing."""
    since = [
        note.at
        for one in told
        for note in unit.outbox.history(one.item_id)
        if note.move in (OutboxMove.DELIVERED, OutboxMove.ALREADY_THERE)
    ]
    if any(at > run.cut_off for at in (*since, *(one.born_at for one in told))):
        raise OperatorInput(Code.STOCK_WENT_ON)


def _return(till: Till, unit: Unit, run: StockRun, draft: Draft) -> str:
    """3506 of a sale that stands there twice; the boxes stay sold, so none is named.

    Raises ``OperatorInput`` ``QUEUE_NOT_DRAINED`` while one for this sale is on its way: a day
    compared meanwhile drafts it once more.
    """
    sold = sale_of_draft(till, unit, draft)
    bare = replace(sold.line, trace_codes=())
    request = q.ReturnSale(
        line=bare,
        buyer=sold.buyer,
        receipt_no=sold.receipt_no,
        sale_serial=sold.sale_serial,
        returned_at=till.clock.now(),
        operator_name=till.operator.name,
        rx_number=sold.prescriber.rx_number,
    )
    base = f"{sold.sale_serial}-{sold.line.index}-twice"
    told = _told_under(unit, draft.upload_lot, base)
    flying = sum(one.state not in _TOLD for one in told)
    if flying:
        raise OperatorInput(Code.QUEUE_NOT_DRAINED, count=flying)
    _require_none_since(unit, run, told)
    key = f"{base}{AGAIN}{len(told)}"
    unit.outbox.add(
        Operation.RETURN_SALE,
        key,
        draft.upload_lot,
        request,
        None,
        sold.line.name,
        till.clock.now(),
    )
    return key
