"""What a victim plays: the money part of a visit, from the scanned boxes to the refund."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.workflow import day
from app.workflow.returns.compensate import PACE
from app.workflow.upkeep import startup
from app.workflow.views.case import CaseView
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support.copy_victim import backup, restore
from tests.support.counter import Bench, MovableClock
from tests.support.fuse import FiledPapers
from tests.support.ledgers import our_side
from tests.support.robot import MANAGER, Robot
from tests.support.scenes import a_started_counter, region
from tests.support.victim import SHEETS
from tests.support.visit import a_visit

DONE, GAVE_UP = 0, 3
PATIENCE = 12


def whole_money(bench: Bench, case_id: int) -> CaseView:
    """Upload, split, settle, hand over; then take back, refund, return."""
    case = bench.surface.view(case_id)
    if case.step is not Step.CLOSED and not _on_the_way_back(case):
        case = (
            Robot(a_visit(bench), case_id=case_id).serve() if case.step is not Step.DONE else case
        )
        bench.surface.print_waiting(lambda _progress: None)
        case = bench.surface.begin_return(case_id)
    return way_back(bench, case)


def _on_the_way_back(case: CaseView) -> bool:
    return case.step in (Step.TAKE_BACK, Step.REVOKE, Step.RETURN_SALE)


def way_back(bench: Bench, case: CaseView) -> CaseView:
    """From the boxes on the counter to a closed case."""
    if case.step is Step.TAKE_BACK:
        codes = our_side(bench.store, case.case_id).codes()
        case = bench.surface.take_back(case.case_id, codes)
    if case.step is not Step.CLOSED:
        case = Robot(a_visit(bench), case_id=case.case_id).serve()
    return case


def play(folder: str, ready: Mapping[str, Any], case_id: int, ahead_s: float, calm: bool) -> int:
    """A counter on ``folder``. ``calm`` tries again after each local failure, as a person would."""
    place = Path(folder)
    printer = FiledPapers(place / SHEETS)
    try:
        with a_started_counter(ready, place, printer, ahead_s) as bench:
            for _ in range(PATIENCE if calm else 1):
                try:
                    whole_money(bench, case_id)
                except LocalTrouble:
                    continue
                return DONE
    except LocalTrouble:
        return GAVE_UP
    return GAVE_UP


def sale_taken_back(bench: Bench, case_id: int) -> CaseView:
    """A sale that was told and never settled goes back by itself, before the day ends."""
    closed = _day_ended(bench)
    for _ in range(PATIENCE):
        if closed and bench.surface.view(case_id).step is Step.CLOSED:
            break
        # what was in doubt is told again after the next sign-in
        bench.pass_time(2 * PACE.total_seconds())
        day.ensure_open(bench.till)
        bench.surface.deliver()
        closed = _day_ended(bench)
    assert closed, "nobody could go home"
    return bench.surface.view(case_id)


def _day_ended(bench: Bench) -> bool:
    """Whether the day is closed; it is not while what died unheard may still arrive."""
    try:
        startup.end_day(bench.till)
    except OperatorInput as early:
        if early.code is not Code.DAY_SALE_STANDS:
            raise
        return False
    return True


def end_day(folder: str, ready: Mapping[str, Any], case_id: int, ahead_s: float, calm: bool) -> int:
    """A counter that closes its day over a sale nobody settled."""
    assert not calm
    place = Path(folder)
    with a_started_counter(ready, place, FiledPapers(place / SHEETS), ahead_s) as bench:
        sale_taken_back(bench, case_id)
    return DONE


def cash_given_back(bench: Bench, case_id: int) -> CaseView:
    """Four eyes, the slip, and the return that waits behind its sale."""
    case = bench.surface.view(case_id)
    if case.step is not Step.CLOSED:
        case = bench.surface.pay_back(case_id, *MANAGER)
    bench.surface.print_waiting(lambda _progress: None)
    for _ in range(PATIENCE):
        bench.surface.deliver()
        with bench.store.reading() as unit:
            if not unit.outbox.tally().count:
                break
        # what was on its way is told again once it can arrive no more
        bench.pass_time(600)
    return bench.surface.view(case_id)


def pay_back(
    folder: str, ready: Mapping[str, Any], case_id: int, ahead_s: float, calm: bool
) -> int:
    """A counter that gives the cash of a sale back."""
    assert not calm
    place = Path(folder)
    with a_started_counter(ready, place, FiledPapers(place / SHEETS), ahead_s) as bench:
        cash_given_back(bench, case_id)
    return DONE


def birth(folder: str) -> int:
    """The first start: key, base, schema."""
    place = Path(folder)
    keys = FileKeyStore(place / "keys")
    open_store(StoreLocation(place, "fujian", training=True), keys, MovableClock()).close()
    return DONE


FLOWS: Mapping[str, Callable[..., int]] = {
    "play": play,
    "end_day": end_day,
    "pay_back": pay_back,
    "birth": birth,
    "backup": backup,
    "restore": restore,
}


def warm() -> None:
    """What is read once is read before the first victim."""
    region()
