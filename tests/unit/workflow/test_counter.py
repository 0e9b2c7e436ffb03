"""Whoever comes next: cases, signing in, the day, the start after a cut, upkeep."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Phase, Position, Signal, Step
from app.domain.errors import (
    Code,
    LocalTrouble,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.jobs.lane import Cancelled, CancelToken
from app.jobs.progress import no_report
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import counter, day
from app.workflow.moves import move
from app.workflow.people.signing import PAUSE, TRIES
from app.workflow.show import desk_of
from app.workflow.upkeep import startup
from app.workflow.upkeep.doctor import CheckRow, Finding, Health, examine
from tests.support.small_counter import (
    AUDITOR,
    CLERK,
    PATIENT_CODE,
    PHARMACIST,
    PIN,
    SmallCounter,
)
from tests.support.store_builders import a_return

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
REFUSED = PlatformRejected(Code.REFUSED)
UNSENT = NotSent(Code.DID_NOT_LEAVE)


def test_an_untouched_case_is_used_again_and_a_served_one_is_not(small: SmallCounter) -> None:
    view = small.surface.current()
    assert small.surface.next_customer(view.case_id).case_id == view.case_id
    done = small.until(Step.DONE)
    assert small.surface.next_customer(done.case_id).case_id != done.case_id
    assert [row.case_id for row in desk_of(small.till).finished] == [done.case_id]


def test_a_visit_of_nobody_leaves_no_row_behind(small: SmallCounter) -> None:
    first = small.until(Step.SCAN)
    second = small.surface.next_customer(first.case_id)
    refused = small.scan(second, "424" + "9" * 25).case
    assert (refused.step, refused.phase, refused.patient) == (Step.IDENTIFY, Phase.REJECTED, None)
    third = small.surface.next_customer(refused.case_id)
    assert third.case_id != second.case_id
    small.surface.unpark(first.case_id)
    desk = small.surface.desk()
    assert (desk.parked, desk.finished) == ((), ())
    assert [small.view(case).step for case in (second, third)] == [Step.CLOSED] * 2


def test_who_waits_is_parked_and_comes_back(small: SmallCounter) -> None:
    first = small.until(Step.SCAN)
    second = small.surface.next_customer(first.case_id)
    (row,) = small.surface.desk().parked
    assert (row.case_id, row.what.key, row.name) == (first.case_id, "parked.scan", "钱**")
    back = small.surface.unpark(first.case_id)
    assert (back.case_id, back.step) == (first.case_id, Step.SCAN)
    assert small.surface.desk().parked == ()
    assert small.view(second).step is Step.CLOSED
    fresh = small.surface.park(first.case_id, "取钱")
    assert fresh.case_id not in (first.case_id, second.case_id)


def test_work_is_given_up_where_that_is_harmless(small: SmallCounter) -> None:
    small.fake.script(Operation.AUTHORISE, UNSENT)
    view = small.identify(small.surface.current())
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        small.surface.proceed(view.case_id, no_report, token)
    assert small.surface.proceed(view.case_id, no_report, CancelToken()).step is Step.DOWNLOAD


@pytest.mark.parametrize("step", [Step.HAND_OVER, Step.DONE])
def test_nobody_leaves_a_settled_sale(small: SmallCounter, step: Step) -> None:
    view = small.until(step)
    assert not view.can_abandon
    with pytest.raises(OperatorInput) as refused:
        small.surface.abandon(view.case_id)
    assert refused.value.code is Code.ABANDON_REFUSED


def test_handing_over_needs_a_settlement(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with pytest.raises(OperatorInput) as early:
        small.surface.hand_over(view.case_id)
    assert early.value.code is Code.STEP_MOVED_ON


def test_the_file_of_a_case_is_shown_once_it_is_there(small: SmallCounter) -> None:
    view = small.until(Step.DOWNLOAD)
    with pytest.raises(OperatorInput):
        small.surface.document(view.case_id)
    assert small.surface.document(small.choose(view).case_id).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("step", "phase", "code"),
    [
        (Step.AUTHORISE, Phase.READY, Code.ANSWER_MISSING),
        (Step.AUDIT, Phase.UNKNOWN, Code.AUDIT_UNKNOWN),
        (Step.UPLOAD_SALE, Phase.UNKNOWN, Code.UPLOAD_UNKNOWN),
        (Step.RETURN_SALE, Phase.UNKNOWN, Code.UPLOAD_UNKNOWN),
    ],
)
def test_what_was_on_its_way_is_never_called_failed(
    small: SmallCounter, step: Step, phase: Phase, code: Code
) -> None:
    case = counter.current(small.till)
    with small.store.unit() as unit:
        at = unit.cases.save(replace(case, position=Position(step)))
        move(small.till, unit, at, Signal.SENT)
    small.store.on_commit(lambda: None)
    startup.wake(small.till)
    found = counter.get(small.till, case.case_id)
    assert found.position == Position(step, phase)
    assert found.facts.refusal is not None
    assert found.facts.refusal.code == code


def test_a_start_without_anything_open_moves_nothing(small: SmallCounter) -> None:
    case = counter.current(small.till)
    startup.wake(small.till)
    assert counter.get(small.till, case.case_id) == case
    assert startup.settle_open_ends(small.till) == 0


def test_a_stale_screen_moves_nothing(small: SmallCounter) -> None:
    case = counter.current(small.till)
    with small.store.unit() as unit, pytest.raises(OperatorInput) as stale:
        move(small.till, unit, case, Signal.REFUND)
    assert stale.value.code is Code.STEP_MOVED_ON


def test_a_wrong_pin_and_an_unknown_login_read_the_same(small: SmallCounter) -> None:
    found = []
    for login, pin in (("nobody", PIN), (CLERK, "000000")):
        with pytest.raises(OperatorInput) as wrong:
            small.surface.sign_in(login, pin)
        found.append((wrong.value.code, dict(wrong.value.params)))
    assert found == [(Code.SIGN_IN_WRONG, {})] * 2


def test_repeated_mistakes_cost_a_pause(small: SmallCounter) -> None:
    for _ in range(TRIES - 1):
        with pytest.raises(OperatorInput):
            small.surface.sign_in(CLERK, "000000")
    with pytest.raises(OperatorInput) as locked:
        small.surface.sign_in(CLERK, "000000")
    assert locked.value.code is Code.SIGN_IN_LOCKED
    with pytest.raises(OperatorInput) as still:
        small.surface.sign_in(CLERK, PIN)
    assert (still.value.code, still.value.params) == (Code.SIGN_IN_LOCKED, {"minutes": 6})
    small.clock.move(PAUSE)
    assert small.surface.sign_in(f" {CLERK} ", PIN).login == CLERK


def test_only_who_may_serve_signs_in_and_a_locked_till_works_for_nobody(
    small: SmallCounter,
) -> None:
    with pytest.raises(OperatorInput) as refused:
        small.surface.sign_in(AUDITOR, PIN)
    assert refused.value.code is Code.NOT_ALLOWED
    small.surface.lock()
    assert small.surface.desk().operator == ""
    small.clock.move(timedelta(days=1))
    for doing in (small.surface.lock, small.surface.start, small.surface.open_day):
        with pytest.raises(OperatorInput) as nobody:
            doing()
        assert nobody.value.code is Code.NOT_ALLOWED


def test_a_scan_at_a_locked_till_leaves_the_case_where_it_is(small: SmallCounter) -> None:
    view = small.surface.current()
    small.surface.lock()
    assert small.scan(view, PATIENT_CODE).spoken.verdict.key == "error.1603"
    small.surface.sign_in(CLERK, PIN)
    assert small.identify(view).step is Step.DOWNLOAD


def test_a_day_is_opened_once_and_again_tomorrow(small: SmallCounter) -> None:
    small.surface.open_day()
    assert small.fake.times(Operation.OPEN_DAY) == 1
    small.clock.move(timedelta(days=1))
    assert not small.surface.desk().day_open
    assert startup.begin_day(small.till)
    assert small.fake.times(Operation.OPEN_DAY) == 2


def test_a_closed_day_is_not_open(small: SmallCounter) -> None:
    day.close_day(small.till)
    assert not day.is_open(small.till)
    assert not small.surface.desk().day_open
    day.ensure_open(small.till)
    assert small.fake.times(Operation.OPEN_DAY) == 2
    assert day.is_open(small.till)


@pytest.mark.parametrize("trouble", [LOST, REFUSED, UNSENT])
def test_a_day_that_does_not_open_is_tried_again(small: SmallCounter, trouble: Trouble) -> None:
    small.clock.move(timedelta(days=1))
    small.fake.script(Operation.OPEN_DAY, trouble)
    assert not startup.begin_day(small.till)
    assert startup.begin_day(small.till)


def test_a_sign_in_the_platform_forgot_is_made_again(small: SmallCounter) -> None:
    small.fake.script(Operation.AUTHORISE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    view = small.identify(small.surface.current())
    assert (view.step, view.phase) == (Step.AUTHORISE, Phase.REJECTED)
    before = small.fake.senders[-1].sign_no
    view = small.surface.retry(view.case_id)
    assert view.step is Step.DOWNLOAD
    assert small.fake.senders[-1].sign_no != before


@pytest.mark.parametrize(
    ("age", "level"),
    [
        (timedelta(), "plain"),
        (timedelta(hours=1), "attention"),
        (timedelta(hours=12), "stop"),
    ],
)
def test_the_badge_grows_louder_with_age(small: SmallCounter, age: timedelta, level: str) -> None:
    assert small.surface.desk().badge.level == "none"
    with small.store.unit() as unit:
        unit.outbox.add(
            Operation.RETURN_SALE, "k", "l", a_return(), None, "示例片", small.clock.now()
        )
    small.clock.move(age)
    badge = small.surface.desk().badge
    assert (badge.count, badge.level, badge.stopped) == (1, level, 0)
    with small.store.unit() as unit:
        (item,) = unit.outbox.items()
        unit.outbox.settle(item.item_id, OutboxState.STOPPED, small.clock.now(), 3001, "")
    assert small.surface.desk().badge.level == "stop"


def test_unknown_money_is_louder_than_all(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    small.settle(view)
    badge = small.surface.desk().badge
    assert (badge.unknown_money, badge.count, badge.level) == (1, 0, "unknown")
    assert small.surface.desk().open_items == 1
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    assert badge.unknown_since == attempt.sent_at is not None
    small.surface.next_customer(view.case_id)
    (row,) = small.surface.desk().parked
    assert (row.what.key, row.money_unknown) == ("parked.unknown", True)


def test_a_record_that_waits_for_a_person_is_counted_on_every_page(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, LOST)
    small.surface.abandon(view.case_id)
    desk = small.surface.desk()
    assert (desk.badge.unknown_money, desk.open_items) == (0, 1)
    assert desk.open_items == len(small.surface.open_items())
    small.surface.next_customer(view.case_id)
    assert small.surface.desk().open_items == 1


def test_nobody_is_on_duty_until_a_pharmacist_shows_it(small: SmallCounter) -> None:
    assert small.surface.desk().pharmacist_on_duty == ""
    small.prove(small.until(Step.AUDIT))
    assert small.surface.desk().pharmacist_on_duty == "苏审方"


def test_a_pharmacist_who_signs_in_is_on_duty_for_this_day_only(small: SmallCounter) -> None:
    small.surface.sign_in(PHARMACIST, PIN)
    small.surface.sign_in(CLERK, PIN)
    assert small.surface.desk().pharmacist_on_duty == "苏审方"
    small.clock.move(timedelta(days=1))
    assert small.surface.desk().pharmacist_on_duty == ""


def test_nobody_is_on_duty_once_the_day_is_signed_out(small: SmallCounter) -> None:
    small.surface.sign_in(PHARMACIST, PIN)
    day.open_day(small.till)
    day.close_day(small.till)
    assert small.surface.desk().pharmacist_on_duty == ""


def test_a_served_customer_is_shown_with_the_end_of_the_visit(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    begun = small.clock.now()
    small.clock.move(timedelta(minutes=7))
    small.hand_over(view)
    (row,) = small.surface.desk().finished
    assert row.since == begun + timedelta(minutes=7)


def test_the_doctor_ends_no_round(small: SmallCounter) -> None:
    def broken() -> Finding:
        raise LocalTrouble(Code.STORE_CORRUPT)

    def missing() -> Finding:
        raise ImportError("no such library")

    probes = (
        ("fine", lambda: Finding(Health.OK, "x")),
        ("slow", lambda: Finding(Health.WARN, "y", "do this")),
        ("broken", broken),
        ("missing", missing),
    )
    assert examine(probes, lambda trouble: f"remedy {int(trouble.code)}") == (
        CheckRow("fine", "ok", "x", ""),
        CheckRow("slow", "warn", "y", "do this"),
        CheckRow("broken", "fail", "local 6005", "remedy 6005"),
        CheckRow("missing", "fail", "no such library", ""),
    )
