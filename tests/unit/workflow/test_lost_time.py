"""What the lost time had sent may arrive after the copy was put back: nobody signs it away."""

from datetime import timedelta

import pytest

from app.domain import settlement as s
from app.domain.case import Step
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.ports.recovery import Cause
from app.ports.store import OutboxState
from app.profile.loader import load, profile_folder
from app.profile.operations import Operation
from app.workflow.calendar import today
from app.workflow.cases.lines import codes_of
from app.workflow.cases.rules import settle_rules_of
from app.workflow.upkeep import recovering
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def restored(small: SmallCounter) -> None:
    """As a start finds a base that is not the newest."""
    witness = small.store._standing.witness
    assert witness is not None
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).begin(Cause.RESTORED, witness, 0)
    small.restart()


def attempt_of(small: SmallCounter, view: CaseView) -> s.Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def test_a_doubt_of_a_copy_is_not_ended_while_its_message_may_arrive(small: SmallCounter) -> None:
    """A simulated day (seed 3502): decided as absent at once, and booked a second later."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    small.settle(view)
    restored(small)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    shown = small.surface.examine(view.case_id)
    assert shown.choices == (), "said before it is refused"
    assert shown.trouble is not None
    assert shown.trouble.code == Code.STILL_ON_ITS_WAY
    evidence = small.surface.gather_evidence(view.case_id)
    assert not evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, AttemptState.REVERSED, "平台没有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(ON_ITS_WAY)
    assert small.surface.examine(view.case_id).choices
    evidence = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(evidence, AttemptState.REVERSED, "平台没有", BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_a_day_signs_nothing_away_that_may_still_arrive(small: SmallCounter) -> None:
    """A simulated day (seed 3360): compared and signed before the last message arrived."""
    restored(small)
    day = today(small.till)
    quiet = small.clock.now() + ON_ITS_WAY
    compared = small.surface.compare_money(day)
    assert compared.signable_from is not None
    assert abs(compared.signable_from - quiet) < timedelta(seconds=30), "said before it is refused"
    with pytest.raises(OperatorInput) as early:
        small.surface.sign_money(day, compared.run_no, BOSS, PIN, "")
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(ON_ITS_WAY)
    with pytest.raises(OperatorInput):
        small.surface.sign_money(day, compared.run_no, BOSS, PIN, "")
    assert small.surface.money(day).signable_from is not None, "it has to be compared again"
    compared = small.surface.compare_money(day)
    assert compared.signable_from is None
    assert small.surface.sign_money(day, compared.run_no, BOSS, PIN, "").missing == ()


def test_a_comparison_of_the_lost_time_signs_in_for_a_new_day(small: SmallCounter) -> None:
    """A simulated day (seed 3010): nothing else signs in while a recovery lasts over midnight."""
    restored(small)
    yesterday = today(small.till)
    small.clock.move(timedelta(days=1))
    small.fake.asked.clear()
    small.surface.compare_money(yesterday)
    asked = [operation for operation, _ in small.fake.asked]
    assert asked[0] is Operation.OPEN_DAY
    assert Operation.RECONCILE_TOTALS in asked
    with small.store.reading() as unit:
        opened = unit.days.current(small.till.counter_no, today(small.till))
    assert opened is not None
    small.surface.compare_money(yesterday)
    assert small.fake.times(Operation.OPEN_DAY) == 1


def believed_again(small: SmallCounter) -> None:
    with small.store.unit() as unit:
        SqlRecoveries(scope_of(unit)).end(small.clock.now())


def half_told(small: SmallCounter) -> CaseView:
    """A sale of which one line is accepted, and the customer is about to leave."""
    view = small.until(Step.SCAN)
    small.fake.script(Operation.UPLOAD_SALE)
    small.fake.script(Operation.UPLOAD_SALE, NotSent(Code.DID_NOT_LEAVE))
    view = small.finish(small.boxes(view))
    assert view.step is Step.UPLOAD_SALE
    return view


@pytest.mark.parametrize(
    ("lost", "state"), [(True, OutboxState.DELIVERED), (False, OutboxState.STOPPED)]
)
def test_what_the_lost_time_returned_is_no_dead_letter(
    small: SmallCounter, lost: bool, state: OutboxState
) -> None:
    """A simulated day (seed 4415): settled, refunded and returned after the copy; given up here."""
    view = half_told(small)
    small.fake.books.sold.clear()
    if lost:
        restored(small)
        believed_again(small)
    small.clock.move(ON_ITS_WAY)
    small.surface.abandon(view.case_id)
    small.surface.deliver()
    with small.store.reading() as unit:
        (told,) = [i for i in unit.outbox.items(open_only=False) if i.case_id == view.case_id]
    assert (told.operation, told.state) == (Operation.RETURN_SALE, state)


@pytest.mark.parametrize(("lost", "step"), [(True, Step.CLOSED), (False, Step.RETURN_SALE)])
def test_a_return_of_a_copy_that_was_made_in_the_lost_time_ends(
    small: SmallCounter, lost: bool, step: Step
) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, NotSent(Code.DID_NOT_LEAVE))
    view = small.surface.abandon(view.case_id)
    assert view.step is Step.RETURN_SALE
    small.fake.books.sold.clear()
    if lost:
        restored(small)
        believed_again(small)
    small.clock.move(ON_ITS_WAY)
    assert small.surface.retry(view.case_id).step is step


def test_no_region_lets_a_message_arrive_later_than_that() -> None:
    regions = [path.stem for path in profile_folder().glob("*.toml") if path.stem != "training"]
    assert regions
    for region in regions:
        quiet = load(region).profile.settle.quiescence_s
        assert timedelta(seconds=quiet) <= ON_ITS_WAY, region


@pytest.mark.parametrize(("begun", "doubted"), [(-1, True), (1, False)])
def test_a_refund_that_was_never_sent_is_doubted_where_it_was_begun_before_the_signature(
    small: SmallCounter, begun: int, *, doubted: bool
) -> None:
    """It has no time of sending; when it was prepared tells whether the lost time may have it."""
    done = small.until(Step.DONE)
    restored(small)
    believed_again(small)
    prepared, _ = s.step(
        attempt_of(small, done),
        s.BeginRefund(small.clock.now() + timedelta(minutes=begun), "P" + "2" * 29),
        settle_rules_of(small.till.profile),
    )
    with small.store.reading() as unit:
        assert recovering.doubt(unit, small.case(done), prepared) is doubted


def test_a_refund_waits_until_the_base_is_believed(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    begun = small.surface.begin_return(done.case_id)
    view = small.surface.take_back(begun.case_id, codes_of(small.case(done)))
    restored(small)
    with pytest.raises(OperatorInput) as early:
        small.surface.revoke(view.case_id, BOSS, PIN)
    assert early.value.code is Code.RECOVERY_OPEN
    assert attempt_of(small, view).state is AttemptState.SETTLED, "nor was anything begun"
