"""Nobody at the other end, a day that is not open, and people who may not: on it goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.crypto.pins import pin_matches
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.money import Fen
from app.sandbox.server import running_sandbox
from app.workflow import day
from app.workflow.surface import Surface
from app.workflow.upkeep import startup
from localdb.store import scope_of
from tests.support.counter import CLERK, Bench, KeptPapers, a_counter_at
from tests.support.detour import Detour, a_detour
from tests.support.outcome import ends_well, nothing_outside, pass_time_there
from tests.support.robot import Robot
from tests.support.sentence import banner_says, scan_says, trouble_says
from tests.support.visit import Visit, a_visit

PAYS_IN_CASH = "p08"
"""Insured as a resident, without an account."""


@pytest.fixture
def detour() -> Iterator[Detour]:
    with a_detour() as standing:
        yield standing


@pytest.fixture
def behind(tmp_path: Path, detour: Detour) -> Iterator[Bench]:
    """A counter that speaks to its platform through the detour."""
    with (
        running_sandbox(seed=1) as sandbox,
        a_counter_at(detour.road(sandbox.ready), tmp_path, KeptPapers()) as opened,
    ):
        yield opened


def test_nobody_listening_is_said_at_every_step_and_healed_by_repeating(
    behind: Bench, detour: Detour
) -> None:
    visit = a_visit(behind)
    case = visit.start()
    code = behind.voucher(visit.person.id_no)
    doings = (
        (Step.IDENTIFY, lambda: behind.scan(case, code).case),
        (Step.DOWNLOAD, lambda: visit.choose(behind.surface.view(case.case_id))),
        (Step.AUDIT, lambda: visit.audit(behind.surface.view(case.case_id))),
        (Step.UPLOAD_SALE, lambda: visit.finish(behind.surface.view(case.case_id))),
        (Step.SETTLE, lambda: visit.settle(behind.surface.view(case.case_id))),
    )
    for step, do in doings:
        now = behind.surface.view(case.case_id)
        if step is Step.AUDIT:
            visit.prove(now)
        if step is Step.UPLOAD_SALE:
            visit.scan(now)
        sent = behind.platform_state()
        detour.vanish()
        silent = do()
        assert banner_says(silent) == Code.DID_NOT_LEAVE, step
        detour.appear()
        assert behind.platform_state() == sent
        after = behind.surface.retry(case.case_id) if step is Step.UPLOAD_SALE else do()
        assert after.banner is None, (step, after.banner)
    assert behind.platform_state()["settlements"] == {"active": 1}
    ends_well(visit)


def test_an_unreachable_decoder_at_audit_is_spoken(behind: Bench, detour: Detour) -> None:
    visit = a_visit(behind)
    case = visit.until(Step.AUDIT)
    code = behind.voucher(behind.demo.pharmacists[0].id_no)
    detour.vanish()
    outcome = behind.scan(case, code)
    assert outcome.spoken.verdict.key == f"error.{int(Code.DID_NOT_LEAVE)}"
    detour.appear()
    assert behind.scan(case, code).case.review is not None
    ends_well(visit)


@pytest.mark.parametrize("call", ["query_person", "upload_sale", "presettle", "settle"])
def test_a_day_that_is_not_open_is_opened_and_the_visit_goes_on(bench: Bench, call: str) -> None:
    bench.fault(call, "day_not_open")
    robot = Robot(a_visit(bench))
    assert robot.serve().step is Step.DONE
    assert Code.SIGN_IN_REQUIRED in robot.seen
    assert bench.platform_state()["settlements"] == {"active": 1}


@pytest.mark.usefixtures("its_day_is_moved")
def test_a_counter_left_on_over_night_serves_the_next_morning(bench: Bench) -> None:
    visit = a_visit(bench)
    visit.start()
    pass_time_there(bench, 86_400)
    with bench.store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql("DELETE FROM business_day")
    ends_well(visit)


@pytest.mark.usefixtures("its_day_is_moved")
def test_a_sign_in_the_platform_has_forgotten_is_renewed_by_scanning_again(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.start()
    pass_time_there(bench, 86_400)
    assert banner_says(visit.identify(case)) == Code.SIGN_IN_REQUIRED
    assert visit.identify(case).banner is None
    ends_well(visit)


def test_cash_too_short_is_told_in_money_and_nothing_is_sent(bench: Bench) -> None:
    visit = Visit(bench, next(p for p in bench.demo.persons if p.key == PAYS_IN_CASH))
    case = visit.until(Step.SETTLE)
    assert case.settle is not None
    assert case.settle.amounts is not None
    due = case.settle.amounts.cash
    assert due > 0
    with pytest.raises(OperatorInput) as short:
        bench.surface.settle(case.case_id, Fen(due - 1))
    assert trouble_says(short.value) == Code.CASH_SHORT
    assert bench.platform_state()["settlements"] == {}
    assert bench.surface.view(case.case_id) == case
    ends_well(visit)


def test_wrong_pins_lock_the_door_and_time_opens_it(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.start()
    bench.surface.lock()
    door = Surface(bench.till, pin_matches)
    locked = bench.scan(case, bench.voucher(visit.person.id_no))
    assert scan_says(locked) == Code.NOT_ALLOWED
    assert locked.case == case
    codes = [refused_sign_in(door, "1001", "000000") for _ in range(6)]
    assert codes == [Code.SIGN_IN_WRONG] * 4 + [Code.SIGN_IN_LOCKED] * 2
    assert refused_sign_in(door, "nobody", "000000", plain=True) == Code.SIGN_IN_WRONG
    assert refused_sign_in(door, *CLERK) == Code.SIGN_IN_LOCKED
    bench.clock.pass_time(301)
    door.sign_in(*CLERK)
    bench.clock.offset -= bench.clock.offset
    nothing_outside(bench)
    ends_well(visit)


def refused_sign_in(door: Surface, login: str, pin: str, *, plain: bool = False) -> int:
    with pytest.raises(OperatorInput) as refused:
        door.sign_in(login, pin)
    return int(refused.value.code) if plain else trouble_says(refused.value)


def test_a_day_whose_closing_got_lost_can_be_closed_again(bench: Bench) -> None:
    """The platform signed out; its answer never came. Asked again it says: nobody is signed in."""
    bench.fault("close_day", "drop_after")
    with pytest.raises(OutcomeUnknown):
        startup.end_day(bench.till)
    assert day.is_open(bench.till)
    startup.end_day(bench.till)
    assert not day.is_open(bench.till)
