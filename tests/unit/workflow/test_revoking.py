"""A refund: one message, believed only where it is about this refund and for the whole amount."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

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
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.cases.lines import codes_of
from app.workflow.views.case import CaseView, Say, StopState
from tests.support.small_counter import BOSS, PIN, SmallCounter

S = AttemptState
UNSENT, LOST = NotSent(Code.DID_NOT_LEAVE), OutcomeUnknown(Code.ANSWER_MISSING)


def at_refund(small: SmallCounter) -> CaseView:
    """A finished visit whose boxes lie on the counter again."""
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    return small.surface.take_back(done.case_id, codes_of(small.case(done)))


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def revoked(small: SmallCounter) -> CaseView:
    return small.surface.revoke(at_refund(small).case_id, BOSS, PIN)


def test_a_whole_refund_is_believed_and_the_sale_goes_back(small: SmallCounter) -> None:
    closed = revoked(small)
    assert (closed.step, state_of(small, closed)) == (Step.CLOSED, S.REFUNDED)
    assert closed.stops[-1].result == Say("rail.returned")
    assert {stop.state for stop in closed.stops[:-1]} == {StopState.DONE}
    assert closed.where[-1].detail == Say("light.goods.quarantined")


def without_person(answer: Any) -> Any:
    return replace(answer, person_no="")


def without_echo(answer: Any) -> Any:
    return replace(answer, message_id_echo="")


@pytest.mark.parametrize("change", [without_person, without_echo])
def test_what_a_region_leaves_out_of_a_refund_is_no_doubt(
    small: SmallCounter, change: Callable[[Any], Any]
) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=change)
    assert state_of(small, revoked(small)) is S.REFUNDED


def of_somebody_else(answer: Any) -> Any:
    return replace(answer, person_no="another")


def to_another_message(answer: Any) -> Any:
    return replace(answer, message_id_echo="P" + "0" * 29)


@pytest.mark.parametrize("change", [of_somebody_else, to_another_message])
def test_a_refund_of_another_is_a_security_event(
    small: SmallCounter, change: Callable[[Any], Any]
) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=change)
    view = revoked(small)
    assert (view.step, view.phase) == (Step.REVOKE, Phase.UNKNOWN)
    assert state_of(small, view) is S.REFUND_UNKNOWN
    assert view.banner is not None
    assert view.banner.code == Code.ANSWER_FORGED


def less(answer: Any) -> Any:
    amounts = answer.facts.amounts
    smaller = replace(amounts, total=Fen(amounts.total + 1), fund=Fen(min(0, amounts.fund + 1)))
    return replace(answer, facts=replace(answer.facts, amounts=smaller))


def test_a_refund_of_another_amount_is_for_a_person(small: SmallCounter) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=less)
    view = revoked(small)
    assert state_of(small, view) is S.MANUAL
    assert view.banner is not None
    assert view.banner.code == Code.AMOUNTS_DIFFER


def test_nobody_says_of_a_refund_that_may_still_arrive_that_it_did_not_happen(
    small: SmallCounter,
) -> None:
    """The statement shows the settlement; the refund is answered there, and not yet in it."""
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=less)
    view = revoked(small)
    books = small.fake.books.settlements
    books.update({key: replace(one, refunded=False) for key, one in books.items()})
    evidence = small.surface.gather_evidence(view.case_id)
    assert evidence.active
    with pytest.raises(OperatorInput) as early:
        small.surface.decide_unknown(evidence, S.SETTLED, "对账没有", BOSS, PIN)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    small.clock.move(timedelta(seconds=small.profile.settle.quiescence_s))
    evidence = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(evidence, S.SETTLED, "对账没有", BOSS, PIN)
    assert state_of(small, view) is S.SETTLED


@pytest.mark.parametrize(
    ("trouble", "phase", "state", "code"),
    [
        (
            PlatformRejected(Code.REFUND_REFUSED, platform_text="不得撤销"),
            *(Phase.REJECTED, S.SETTLED, Code.REFUND_REFUSED),
        ),
        (NotSent(Code.DID_NOT_LEAVE), Phase.READY, S.SETTLED, Code.DID_NOT_LEAVE),
        (
            OutcomeUnknown(Code.ANSWER_MISSING),
            *(Phase.UNKNOWN, S.REFUND_UNKNOWN, Code.REFUND_UNKNOWN),
        ),
        (
            OutcomeUnknown(Code.ANSWER_FORGED),
            *(Phase.UNKNOWN, S.REFUND_UNKNOWN, Code.ANSWER_FORGED),
        ),
    ],
)
def test_every_other_answer_has_its_own_sentence(
    small: SmallCounter, trouble: Trouble, phase: Phase, state: AttemptState, code: Code
) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, trouble)
    view = revoked(small)
    assert (view.step, view.phase, state_of(small, view)) == (Step.REVOKE, phase, state)
    assert view.banner is not None
    assert view.banner.code == code
    if phase is Phase.REJECTED:
        again = small.surface.revoke(view.case_id, BOSS, PIN)
        assert state_of(small, again) is S.REFUNDED


def test_nothing_is_refunded_before_its_boxes_are_back(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    begun = small.surface.begin_return(done.case_id)
    with pytest.raises(OperatorInput) as refused:
        small.surface.revoke(begun.case_id, BOSS, PIN)
    assert refused.value.code is Code.STEP_MOVED_ON


def test_a_refund_in_doubt_is_not_sent_again(small: SmallCounter) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, OutcomeUnknown(Code.ANSWER_MISSING))
    view = revoked(small)
    with pytest.raises(OperatorInput) as refused:
        small.surface.revoke(view.case_id, BOSS, PIN)
    assert refused.value.code is Code.STEP_MOVED_ON


def test_a_refund_of_a_new_day_signs_in_before_it_is_sent(small: SmallCounter) -> None:
    """A simulated day (seed 1, no trouble at all): past midnight every refund was refused for ever,
    as nobody signed in before it."""
    view = at_refund(small)
    small.clock.move(timedelta(days=1))
    small.fake.asked.clear()
    assert small.surface.revoke(view.case_id, BOSS, PIN).step is Step.CLOSED
    assert [operation for operation, _ in small.fake.asked][:2] == [
        Operation.OPEN_DAY,
        Operation.REVOKE_SETTLEMENT,
    ]


def test_a_refund_refused_for_want_of_a_sign_in_is_signed_in_for(small: SmallCounter) -> None:
    forgotten = PlatformRejected(Code.SIGN_IN_REQUIRED)
    small.fake.script(Operation.REVOKE_SETTLEMENT, forgotten)
    view = revoked(small)
    assert (view.step, view.phase) == (Step.REVOKE, Phase.REJECTED)
    small.fake.asked.clear()
    assert small.surface.revoke(view.case_id, BOSS, PIN).step is Step.CLOSED
    assert small.fake.times(Operation.OPEN_DAY) == 1


def test_what_happens_to_the_visit_meanwhile_costs_a_refund_nothing(small: SmallCounter) -> None:
    """The queue writes into the same visit when its sale arrives; the refund is on the wire."""
    view = at_refund(small)
    honest = small.fake._revoke

    def meanwhile(message: Any) -> Any:
        with small.store.unit() as unit:
            unit.cases.save(unit.cases.get(view.case_id))
        return honest(message)

    small.fake._revoke = meanwhile  # type: ignore[method-assign] # the books, and a second lane
    closed = small.surface.revoke(view.case_id, BOSS, PIN)
    assert state_of(small, closed) is S.REFUNDED
    assert closed.step is Step.CLOSED


@pytest.mark.parametrize("trouble", [UNSENT, LOST])
def test_nor_does_it_hide_what_became_of_it(small: SmallCounter, trouble: Trouble) -> None:
    view = at_refund(small)

    def meanwhile(_message: Any) -> Any:
        with small.store.unit() as unit:
            unit.cases.save(unit.cases.get(view.case_id))
        raise trouble

    small.fake._revoke = meanwhile  # type: ignore[method-assign] # the books, and a second lane
    small.surface.revoke(view.case_id, BOSS, PIN)
    assert state_of(small, view) is (S.SETTLED if trouble is UNSENT else S.REFUND_UNKNOWN)


def test_who_agreed_to_a_refund_is_in_the_journal(small: SmallCounter) -> None:
    """The till knows who asked for it; the other pair of eyes stands nowhere else."""
    view = revoked(small)
    with small.store.reading() as unit:
        boss, attempt = unit.people.by_login(BOSS), unit.attempts.of_case(view.case_id)
        rows = unit.journal.rows()  # type: ignore[attr-defined]  # the base's own
    assert boss is not None
    assert attempt is not None
    agreed = [(row.staff_id, row.subject) for row in rows if row.act == "refund"]
    assert agreed == [(boss.staff_id, attempt.message_id)]
