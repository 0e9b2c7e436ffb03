"""Money: one message at most, every answer classed, every doubt brought to rest by evidence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import settlement as s
from app.domain.case import Phase, Step
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.money import Fen
from app.domain.prescription import RxNumber
from app.domain.settlement import AttemptState, StatusQuery
from app.ports.store import MessageState
from app.profile.operations import Operation
from app.workflow import counter, resolving, settling
from app.workflow.views.case import CaseView, Whereabouts
from localdb.schema.messages import message
from localdb.store import scope_of
from tests.support.fake_platform import Booked
from tests.support.small_counter import (
    BOSS,
    CAPSULES,
    EARLY,
    PATIENT_CODE,
    PIN,
    RX,
    SmallCounter,
    region,
)

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)


def attempt_of(small: SmallCounter, view: CaseView) -> s.Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def unknown(small: SmallCounter, *, booked: bool, trouble: Trouble = LOST) -> CaseView:
    """A settlement whose answer never came."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, trouble, booked=booked)
    view = small.settle(view)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    return view


def resolve(small: SmallCounter, rounds: int = 8) -> None:
    """Let time pass, one waiting time after the other."""
    for _ in range(rounds):
        small.clock.move(timedelta(seconds=20))
        small.surface.deliver()


@pytest.mark.parametrize(
    ("trouble", "phase"),
    [
        (PlatformRejected(Code.SETTLEMENT_REFUSED, platform_text="余额不足"), Phase.REJECTED),
        (NotSent(Code.DID_NOT_LEAVE), Phase.READY),
    ],
)
def test_a_settlement_that_certainly_did_not_happen_is_made_again(
    small: SmallCounter, trouble: Trouble, phase: Phase
) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, trouble)
    view = small.settle(view)
    assert (view.step, view.phase) == (Step.SETTLE, phase)
    assert attempt_of(small, view).state is AttemptState.REJECTED
    if phase is Phase.REJECTED:
        with pytest.raises(OperatorInput):
            small.settle(view)
        view = small.surface.retry(view.case_id)
    assert small.settle(view).step is Step.HAND_OVER
    assert len(small.fake.books.settlements) == 1


def _foreign_echo(answer: Any) -> Any:
    return replace(answer, message_id_echo="P" + "0" * 29)


def _foreign_person(answer: Any) -> Any:
    return replace(answer, person_no="another")


@pytest.mark.parametrize("change", [_foreign_echo, _foreign_person])
def test_an_answer_for_another_is_no_answer(small: SmallCounter, change: Any) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, change=change)
    view = small.settle(view)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == Code.ANSWER_FORGED
    resolve(small)
    assert small.view(view).phase is Phase.READY
    assert small.fake.books.settlements == {}


def test_an_answer_seen_before_is_no_answer(small: SmallCounter) -> None:
    small.fake.script(Operation.PRESETTLE, platform_ref="9" * 20)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, platform_ref="9" * 20)
    assert small.settle(view).phase is Phase.UNKNOWN


def test_other_amounts_wait_for_the_manager(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)

    def other(answer: Any) -> Any:
        amounts = replace(answer.facts.amounts, cash=Fen(0), account=Fen(1_434))
        return replace(answer, facts=replace(answer.facts, amounts=amounts))

    small.fake.script(Operation.SETTLE, change=other)
    view = small.settle(view)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert view.unknown is not None
    assert [row.what.key for row in view.unknown.timeline] == [
        "timeline.sending",
        "timeline.manual",
    ]
    resolve(small)
    assert attempt_of(small, view).state is AttemptState.MANUAL


@pytest.mark.parametrize("booked", [True, False])
def test_a_lost_answer_is_reversed_and_proved_absent(small: SmallCounter, booked: bool) -> None:
    view = unknown(small, booked=booked)
    assert view.money.where is Whereabouts.UNKNOWN
    assert (view.settle, view.can_abandon) == (None, False)
    assert view.unknown is not None
    assert view.unknown.next_at == view.unknown.sent_at + QUIET
    small.surface.deliver()
    assert small.fake.times(Operation.REVERSE) == 0
    resolve(small)
    view = small.view(view)
    assert (view.phase, view.banner is not None and view.banner.code) == (
        Phase.READY,
        Code.FOUND_ABSENT,
    )
    assert small.fake.books.settlements == {}
    assert small.fake.times(Operation.REVERSE) == 1
    assert small.settle(view).step is Step.HAND_OVER
    assert len(small.fake.books.settlements) == 1


def test_while_money_is_unknown_the_same_person_pays_nowhere(small: SmallCounter) -> None:
    first = unknown(small, booked=True)
    view = second_visit(small, first)
    assert view.settle is not None
    assert [row.key for row in view.settle.conditions if not row.met] == ["free"]
    assert not view.settle.ready
    with pytest.raises(OperatorInput) as busy:
        small.settle(view)
    assert busy.value.code is Code.PRESCRIPTION_LIVE_ELSEWHERE
    resolve(small)
    # it was split while the first one may have stood
    renewed = small.settle(small.view(view))
    assert renewed.banner is not None
    assert renewed.banner.code == Code.ESTIMATE_RENEWED
    assert small.settle(renewed).step is Step.HAND_OVER


@pytest.mark.parametrize("rounds", [1, 2])
def test_a_reversal_that_is_not_answered_is_sent_again(small: SmallCounter, rounds: int) -> None:
    view = unknown(small, booked=True)
    for _ in range(rounds):
        small.fake.script(Operation.REVERSE, LOST)
    resolve(small)
    assert small.fake.times(Operation.REVERSE) == rounds + 1
    assert small.view(view).phase is Phase.READY


def test_a_reversal_refused_too_often_waits_for_the_manager(small: SmallCounter) -> None:
    small.with_profile(region(max_reversals=3, backoff_s=(5,)))
    view = unknown(small, booked=True)
    for _ in range(3):
        small.fake.script(Operation.REVERSE, PlatformRejected(Code.REFUSED, platform_code="-7"))
    resolve(small)
    view = small.view(view)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert view.banner is not None
    assert (view.phase, view.banner.code) == (Phase.UNKNOWN, Code.MANAGER_NEEDED)
    assert small.view(view).can_abandon is False


def test_where_nothing_is_reversible_the_manager_is_needed_at_once(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = unknown(small, booked=True)
    resolve(small, 1)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert small.fake.times(Operation.REVERSE) == 0


@pytest.mark.parametrize(
    "operation", [Operation.UPLOAD_FILE, Operation.RECONCILE_LINES, Operation.DOWNLOAD_FILE]
)
def test_a_comparison_that_fails_is_made_again(small: SmallCounter, operation: Operation) -> None:
    view = unknown(small, booked=True)
    small.fake.script(operation, LOST)
    resolve(small, 1)
    assert attempt_of(small, view).state is AttemptState.REVERSED_UNCONFIRMED
    resolve(small)
    assert small.view(view).phase is Phase.READY


def test_a_settlement_that_still_stands_is_reversed_again(small: SmallCounter) -> None:
    view = unknown(small, booked=True)
    message_id = attempt_of(small, view).message_id
    kept = small.fake.books.settlements[message_id]
    small.fake.script(
        Operation.UPLOAD_FILE,
        change=lambda stored: _put_back(small, message_id, kept, stored),
    )
    resolve(small)
    assert small.fake.times(Operation.REVERSE) == 2
    assert small.view(view).phase is Phase.READY


def _put_back(small: SmallCounter, message_id: str, kept: Booked, stored: Any) -> Any:
    small.fake.books.settlements[message_id] = kept
    return stored


def test_settlements_of_others_are_named_in_the_comparison(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    view = unknown_again(small, done)
    resolve(small)
    assert small.view(view).phase is Phase.READY
    assert len(small.fake.books.settlements) == 1


def second_visit(small: SmallCounter, first: CaseView) -> CaseView:
    """The same person with another prescription, ready to settle."""
    minted = small.fake.minted["350100199001010013"]
    number = RxNumber(RX[:-1] + "2")
    minted[0] = replace(
        minted[0],
        summary=replace(minted[0].summary, rx_number=number),
        prescription=replace(minted[0].prescription, rx_number=number),
    )
    view = small.identify(small.surface.next_customer(first.case_id))
    view = small.audit(small.prove(small.surface.choose(view.case_id, number)))
    for code in (EARLY[2], EARLY[3], CAPSULES[1]):
        view = small.scan(view, code).case
    return small.finish(view)


def unknown_again(small: SmallCounter, done: CaseView) -> CaseView:
    view = second_visit(small, done)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    view = small.settle(view)
    assert view.phase is Phase.UNKNOWN
    return view


@pytest.mark.parametrize("booked", [True, False])
def test_where_a_message_can_be_asked_for_it_is_asked_first(
    small: SmallCounter, booked: bool
) -> None:
    small.with_profile(region(status_query=StatusQuery.BY_MESSAGE_ID))
    view = unknown(small, booked=booked)
    resolve(small)
    view = small.view(view)
    assert small.fake.times(Operation.QUERY_SETTLEMENT) == 1
    if booked:
        assert view.step is Step.HAND_OVER
        assert view.banner is not None
        assert view.banner.code == Code.FOUND_SETTLED
        assert small.fake.times(Operation.REVERSE) == 0
    else:
        assert (view.step, view.phase) == (Step.SETTLE, Phase.READY)
        assert small.fake.times(Operation.REVERSE) == 1


def _cut_after(small: SmallCounter, view: CaseView, commits: int) -> None:
    class PowerCut(Exception):
        pass

    seen = 0

    def count() -> None:
        nonlocal seen
        seen += 1
        if seen == commits:
            raise PowerCut

    small.store.on_commit(count)
    with pytest.raises(PowerCut):
        small.settle(view)
    small.restart()


def test_a_cut_before_the_wire_leaves_nothing_behind(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    _cut_after(small, view, 1)
    assert small.fake.times(Operation.SETTLE) == 0
    assert attempt_of(small, view).state is AttemptState.REJECTED
    view = small.scan(view, PATIENT_CODE).case
    assert small.settle(view).step is Step.HAND_OVER


def test_a_cut_on_the_wire_is_unknown_and_is_resolved(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    _cut_after(small, view, 2)
    view = small.view(view)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == Code.SETTLEMENT_UNKNOWN
    resolve(small)
    assert small.view(view).phase is Phase.READY


def test_a_prepared_attempt_blocks_leaving(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with small.store.unit() as unit:
        settling._prepare(small.till, unit, small.case(view), None)
    with pytest.raises(OperatorInput) as refused:
        counter.abandon(small.till, small.case(view))
    assert refused.value.code is Code.ABANDON_REFUSED


def test_a_second_attempt_of_one_case_is_refused(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with small.store.unit() as unit:
        settling._prepare(small.till, unit, small.case(view), None)
    with pytest.raises(OperatorInput) as live:
        settling.settle(small.till, small.case(view), Fen(100_000))
    assert live.value.code is Code.PRESCRIPTION_LIVE_ELSEWHERE


def test_an_event_without_effect_moves_nothing(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    attempt, case = attempt_of(small, view), small.case(view)
    with small.store.unit() as unit:
        moved = settling.transition(
            small.till, unit, case, attempt, s.ClockReached(small.clock.now())
        )
    assert (moved.case, moved.attempt, moved.commands) == (case, attempt, ())


def test_the_message_of_a_doubtful_answer_stays_unknown(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, change=_foreign_echo)
    view = small.settle(view)

    with small.store.reading() as unit:
        row = (
            scope_of(unit)
            .connection.execute(
                message.select().where(message.c.message_id == attempt_of(small, view).message_id)
            )
            .one()
        )
    assert row.state == MessageState.UNKNOWN


def test_the_bill_is_the_same_for_both_messages(small: SmallCounter) -> None:
    small.until(Step.HAND_OVER)
    asked = dict(small.fake.asked)
    assert asked[Operation.PRESETTLE].bill == asked[Operation.SETTLE].bill


def test_the_boss_alone_resolves_nothing_at_the_till(small: SmallCounter) -> None:
    view = unknown(small, booked=True)
    small.surface.sign_in(BOSS, PIN)
    with pytest.raises(OperatorInput) as stays:
        small.surface.retry(view.case_id)
    assert stays.value.code is Code.STEP_MOVED_ON


def test_reversal_classes() -> None:
    nothing = PlatformRejected(Code.REVERSAL_NOTHING_FOUND)
    assert resolving._refusal_class(nothing) is s.ReversalResult.NO_SUCH
    assert resolving._refusal_class(PlatformRejected(Code.REFUSED)) is s.ReversalResult.REFUSED
