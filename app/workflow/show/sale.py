"""The lines of a sale: needed and scanned, which lot first, and what belongs to which line."""

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.overrides import reasons_for
from app.domain.goods.parts import piece_price
from app.domain.goods.selling import Pack, SaleLine, total
from app.domain.goods.stock import Item, Storage, first_out
from app.domain.money import in_cash
from app.ports.store import Unit
from app.workflow.calendar import today
from app.workflow.cases.lines import NOT_CARRIED, splitting_of
from app.workflow.steps.scan import open_boxes, prescribed
from app.workflow.till import Till
from app.workflow.views.case import (
    BannerKind,
    BannerView,
    DrugLineView,
    Params,
    PartView,
    ReturnLine,
    ReturnView,
    Say,
    ScanLogRow,
    ScanView,
    SlotState,
    SplitOffer,
    SplitView,
)


def scan_view(till: Till, unit: Unit, case: CounterCase) -> ScanView:
    lines = case.facts.lines
    shown = line_views(till, unit, case)
    return ScanView(
        lines=shown,
        scanned=sum(len(line.packs) for line in lines),
        needed=sum(line.boxes for line in lines),
        log=_log(lines),
        earlier_lots=any(
            pack.amber == Code.SCAN_EARLIER_LOT for line in lines for pack in line.packs
        ),
        total=total(lines),
    )


def line_views(till: Till, unit: Unit, case: CounterCase) -> tuple[DrugLineView, ...]:
    """Every line of the sale; the first open one is current."""
    lines = case.facts.lines
    current = next((line.index for line in lines if not line.full), None)
    return tuple(_line(till, unit, case, line, line.index == current) for line in lines)


def _line(till: Till, unit: Unit, case: CounterCase, line: SaleLine, current: bool) -> DrugLineView:
    carried = line.item_id != NOT_CARRIED
    item = unit.goods.item(line.item_id) if carried else None
    lots = unit.goods.lots(line.item_id) if carried else ()
    first = first_out(lots, today(till))
    last = line.packs[-1].lot_id if line.packs else None
    taken = first if last is None else next((lot for lot in lots if lot.lot_id == last), None)
    classes = till.profile.tables.get("pay_class", {})
    return DrugLineView(
        index=line.index,
        name=line.name,
        specification=line.specification,
        maker=line.maker,
        lot_no=taken.lot_no if taken else "",
        expires_on=taken.expires_on if taken else None,
        first_lot_no=first.lot_no if first else "",
        first_lot_expires=first.expires_on if first else None,
        needed=line.boxes,
        scanned=len(line.packs),
        codes=tuple(pack.code for pack in line.packs if pack.code is not None),
        state=_state(line, current, carried),
        message=_message(line, carried),
        price=line.price,
        amount=line.amount,
        pay_class=classes.get(item.pay_class, item.pay_class) if item else "",
        reasons=_reasons(line),
        uncoded=tuple(pack.claim for pack in line.packs if pack.code is None),
        split=_split(till, unit, line) if line.pieces else None,
        opens=_offer(till, unit, case, line, item),
        cold=item is not None and item.storage is Storage.COLD,
    )


def _offer(
    till: Till, unit: Unit, case: CounterCase, line: SaleLine, item: Item | None
) -> SplitOffer | None:
    """What may be taken of the box scanned last, by the rules of ``steps.split``."""
    code = line.packs[-1].code if line.packs else None
    if code is None or item is None or prescribed(till, case):
        return None
    splitting = splitting_of(till.profile, item)
    if splitting.size < 2:
        return None
    box = unit.goods.box(DrugTraceCode(code))
    left = box.without(case.case_id) if box is not None else None
    most = left.free if left is not None and left.parts else splitting.size - 1
    price = piece_price(line.price, splitting.size)
    return SplitOffer(most, splitting.size, splitting.unit, price)


def _split(till: Till, unit: Unit, line: SaleLine) -> SplitView:
    """Pieces of a line, and the open box they come from first."""
    parts = tuple(
        PartView(part.code or "", part.pieces, box.free)
        for part in line.parts
        if (box := unit.goods.box(DrugTraceCode(part.claim))) is not None
    )
    taken = frozenset(part.claim for part in line.parts)
    waiting = open_boxes(till, unit, line.item_id) if line.missing_pieces > 0 else ()
    first = next((box for box in waiting if box.code not in taken), None)
    return SplitView(
        wanted=line.pieces,
        taken=line.pieces - line.missing_pieces,
        unit=line.splitting.unit,
        size=line.splitting.size,
        parts=parts,
        open_box=first.code if first is not None else "",
        open_lot=unit.goods.lot(first.lot_id).lot_no if first is not None else "",
        open_left=first.free if first is not None else 0,
    )


def return_view(unit: Unit, case: CounterCase) -> ReturnView:
    """What was sold, and what of it lies on the counter again."""
    facts, step = case.facts, case.position.step
    settled = facts.settled
    lines = tuple(_return_line(unit, line, facts.back) for line in facts.lines)
    sold = sum(len(line.sold) for line in lines)
    back = sum(len(line.back) for line in lines)
    collecting = step is Step.TAKE_BACK
    asked = case.position.phase in (Phase.READY, Phase.REJECTED)
    return ReturnView(
        lines=lines,
        back=back,
        sold=sold,
        collecting=collecting,
        ready=back == sold if collecting else asked,
        amounts=settled.amounts if settled else in_cash(total(facts.lines)),
        settlement_id=settled.settlement_id if settled else "",
        receipt_no=facts.sale.receipt_no if facts.sale else "",
        settled_at=facts.settled_at if settled else facts.handed_over_at,
        elsewhere=facts.elsewhere is not None,
        self_pay=settled is None,
        uncoded=sum(line.uncoded for line in lines),
        unpaid=facts.still_to_pay,
    )


def _return_line(unit: Unit, line: SaleLine, back: tuple[str, ...]) -> ReturnLine:
    sold = tuple(pack.code for pack in line.packs if pack.code is not None)
    lot = unit.goods.lot(line.packs[0].lot_id).lot_no if line.packs else ""
    here = tuple(code for code in sold if code in back)
    bare = len(line.packs) - len(sold)
    return ReturnLine(line.index, line.name, line.specification, lot, sold, here, bare)


def _state(line: SaleLine, current: bool, carried: bool) -> SlotState:
    if not carried:
        return SlotState.RED
    if any(pack.waiting for pack in line.packs):
        return SlotState.AMBER
    if line.full:
        return SlotState.COMPLETE
    if current:
        return SlotState.CURRENT
    return SlotState.PARTLY if line.packs else SlotState.WAITING


def _message(line: SaleLine, carried: bool) -> BannerView | None:
    if not carried:
        missing: Params = (("drug", line.name),)
        code = Code.SPLIT_NOT_SOLD if line.split else Code.ITEM_NOT_CARRIED
        return BannerView(BannerKind.STOP, int(code), missing)
    waiting = next((pack for pack in line.packs if pack.waiting), None)
    if waiting is None or waiting.amber is None:
        return None
    params: Params = (("drug", line.name), *(p for p in waiting.params if p[0] != "drug"))
    soon = waiting.amber == Code.SCAN_EXPIRES_SOON
    kind = BannerKind.STOP if soon else BannerKind.ATTENTION
    return BannerView(kind, waiting.amber, params, offers=("acknowledge",))


def _logged(pack: Pack) -> str:
    if pack.waiting:
        return "scanlog.amber"
    if pack.pieces:
        return "scanlog.part"
    return "scanlog.taken" if pack.code is not None else "scanlog.uncoded"


def _pieces(line: SaleLine, pack: Pack) -> Params:
    return (("pieces", pack.pieces), ("unit", line.splitting.unit)) if pack.pieces else ()


def _reasons(line: SaleLine) -> tuple[str, ...]:
    waiting = next((pack for pack in line.packs if pack.waiting), None)
    return tuple(reason.value for reason in reasons_for(waiting.amber)) if waiting else ()


def _log(lines: tuple[SaleLine, ...]) -> tuple[ScanLogRow, ...]:
    """Boxes in the sale, newest first; refusals are told by the scan field as they happen."""
    rows = [
        ScanLogRow(
            at=pack.scanned_at,
            what=line.name,
            verdict=Say(_logged(pack), _pieces(line, pack)),
            mark="attention" if pack.waiting else "ok",
        )
        for line in lines
        for pack in line.packs
    ]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True))
