"""Which lot of ours a row of the platform belongs to, where every reported row has its own serial.

There the serial of a sale says nothing about a lot (trace-and-stock T41): the row is of the lot of
that maker's number, and of two deliveries of one such lot, of the one our sale under it went off.
"""

from collections.abc import Sequence

from app.domain.goods.stock import Lot
from app.ports.store import Unit
from app.profile.model import Profile
from app.profile.serials import told_serial
from app.workflow.cases.lines import sold_lines


def per_row(profile: Profile) -> bool:
    """Whether a serial names a reported row instead of a lot."""
    return profile.rules.bchno_mode == "per_row"


def lot_of(unit: Unit, profile: Profile, store_code: str, serial: str, maker_lot: str) -> str:
    """The serial of our lot; ``serial`` itself where nothing of ours answers to it."""
    if not serial or not per_row(profile):
        return serial
    item = unit.goods.item_by_store_code(store_code)
    lots = unit.goods.lots(item.item_id) if item is not None else ()
    if any(lot.upload_lot == serial for lot in lots):
        return serial
    named = [lot for lot in lots if lot.lot_no == maker_lot] if maker_lot else list(lots)
    if len(named) == 1:
        return named[0].upload_lot
    return _sold_under(unit, profile, named or lots, serial) or serial


def _sold_under(unit: Unit, profile: Profile, lots: Sequence[Lot], serial: str) -> str:
    """The lot of the sold line that was told under ``serial``; empty where none was."""
    visits = {
        moved.case_id
        for lot in lots
        for moved in unit.stock.movements(lot.lot_id)
        if moved.case_id is not None
    }
    for case_id in visits:
        case = unit.cases.get(case_id)
        if case.facts.sale is None:
            continue
        for line in sold_lines(unit, case):
            told = told_serial(profile, line.upload_lot, case.facts.sale.sale_serial, line.index)
            if told == serial:
                return line.upload_lot
    return ""
