"""A platform that compares a pharmacy's kind alone, and says no to every other: no doubt stays
for ever.

A settlement without an answer is looked for under every kind of the region's table (0055). A no
to a kind this institution is never cleared under says nothing of the others, and a person has to
be able to end what the machine cannot.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.attempt import SILENCE
from app.domain.books.money import Cause, GroupState, Repair
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.ports.replies import TotalsCompared
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.calendar import CHINA, today
from app.workflow.cases.lines import codes_of
from app.workflow.doubts.travelling import reversed_act
from app.workflow.doubts.views import DoubtView, Outcome
from app.workflow.reconciling import comparing
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_lost_time import attempt_of

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
OTHER_OFFICE = "350200"


def pharmacies_alone(small: SmallCounter) -> None:
    fake, usual = small.fake, small.profile.settle.clearing_kind
    honest = fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_kind != usual:
            raise PlatformRejected(Code.REFUSED, platform_text="该机构无此清算类别")
        return honest(message)

    fake._reconcile_lines = lines  # type: ignore[method-assign]


def lost(small: SmallCounter) -> CaseView:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST)
    return small.settle(view)


def test_a_doubt_comes_to_rest_where_other_kinds_are_refused(small: SmallCounter) -> None:
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(8 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED, "eight hours, and no end"


def test_a_manager_may_end_it_where_other_kinds_are_refused(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)
    pharmacies_alone(small)
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.MANUAL
    assert small.surface.examine(view.case_id).choices, "nothing is offered, to anybody, ever"


def test_a_no_of_a_moment_ends_no_doubt(small: SmallCounter) -> None:
    """It may stand under the kind that is refused just now."""
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(2 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED_UNCONFIRMED


def test_who_decides_sees_what_was_not_compared(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)
    pharmacies_alone(small)
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    shown = small.surface.examine(view.case_id)
    missing = [row.ours for row in shown.rows if row.key == "refused"]
    assert [str(text).split()[0] for text in missing] == ["门诊", "住院", "其他"]
    (choice,) = shown.choices
    assert choice.what.key == "doubt.found.partly.absent"
    small.surface.decide_doubt(shown, choice.outcome, "", "经办机构查过", BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.REVERSED


@pytest.mark.parametrize("trouble", [PlatformRejected(Code.REFUSED), LOST])
def test_an_office_that_never_tells_keeps_nobody_for_ever(
    small: SmallCounter, trouble: PlatformRejected | OutcomeUnknown
) -> None:
    """Of the usual kind it proves more than a kind nobody clears by: the machine stays out of it,
    and a person is asked behind several hours of the same."""
    small.with_profile(region(reversible=()))
    small.till.shop = replace(small.till.shop, area=OTHER_OFFICE)
    view = lost(small)
    honest = small.fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_office == OTHER_OFFICE:
            raise trouble
        return honest(message)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    for _ in range(2):
        assert not small.surface.examine(view.case_id).choices
        small.clock.move(timedelta(hours=1))
    assert small.surface.examine(view.case_id).choices


def test_a_platform_that_gives_no_statement_at_all_proves_nothing(small: SmallCounter) -> None:
    small.with_profile(region(reversible=()))
    view = lost(small)

    def lines(message: Any) -> Any:
        raise PlatformRejected(Code.REFUSED)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    small.clock.move(timedelta(minutes=10))
    small.surface.deliver()
    for _ in range(5):
        assert not small.surface.examine(view.case_id).choices
        small.clock.move(timedelta(hours=1))


def test_a_region_names_the_kinds_of_a_proof(small: SmallCounter) -> None:
    small.with_profile(region(compared_kinds=()))
    view = lost(small)
    pharmacies_alone(small)
    for _ in range(10):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_an_office_that_refuses_for_hours_hands_the_doubt_to_a_person(small: SmallCounter) -> None:
    """It may stand there: the machine decides nothing, and a person can."""
    small.till.shop = replace(small.till.shop, area=OTHER_OFFICE)
    view = lost(small)
    honest = small.fake._reconcile_lines

    def lines(message: Any) -> Any:
        if message.draft.request.clearing_office == OTHER_OFFICE:
            raise PlatformRejected(Code.REFUSED)
        return honest(message)

    small.fake._reconcile_lines = lines  # type: ignore[method-assign]
    for _ in range(4 * 60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
        if attempt_of(small, view).state is AttemptState.MANUAL:
            break
    found = attempt_of(small, view)
    assert (found.state, found.reason) == (AttemptState.MANUAL, "statement_withheld")
    assert small.surface.examine(view.case_id).choices
    with small.store.reading() as unit:
        rows = unit.journal.rows()  # type: ignore[attr-defined]  # the base's own
    (shown,) = [row for row in rows if row.act.startswith("evidence_")]
    assert f"{small.profile.settle.clearing_kind} {OTHER_OFFICE}" in shown.reason.split(", ")


def no_statements(small: SmallCounter) -> Any:
    """Every one is refused, for good; returns what ends that."""
    fake = small.fake
    honest = fake._reconcile_lines

    def lines(message: Any) -> Any:
        raise PlatformRejected(Code.REFUSED)

    def answers() -> None:
        fake._reconcile_lines = honest  # type: ignore[method-assign]

    fake._reconcile_lines = lines  # type: ignore[method-assign]
    return answers


def refund_lost(small: SmallCounter, *, booked: bool) -> CaseView:
    """Its answer is lost, and a reversal is said to be done and does nothing."""
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    small.fake._reverse = lambda message: None  # type: ignore[method-assign]
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST, booked=booked)
    return small.surface.revoke(view.case_id, BOSS, PIN)


def until_a_persons(small: SmallCounter, view: CaseView) -> timedelta:
    """The lanes look as often as they do; how long until nothing but a person is left."""
    began = small.clock.now()
    for _ in range(4 * 30):
        if attempt_of(small, view).state is AttemptState.MANUAL:
            return small.clock.now() - began
        small.clock.move(timedelta(minutes=15))
        day.put_right(small.till, None)
        small.surface.deliver()
    raise AssertionError(f"nobody can end it: {attempt_of(small, view).state}")


def signed(small: SmallCounter, shown: DoubtView, outcome: Outcome) -> None:
    with pytest.raises(OperatorInput) as where:
        small.surface.decide_doubt(shown, outcome, " ", "一直没有明细", BOSS, PIN)
    assert where.value.code is Code.STATEMENT_MISSING
    small.surface.decide_doubt(shown, outcome, "经办机构电话核实", "一直没有明细", BOSS, PIN)


@pytest.mark.parametrize(
    ("outcome", "ends"),
    [(Outcome.STANDS, AttemptState.REFUNDED), (Outcome.ABSENT, AttemptState.SETTLED)],
)
def test_a_refund_whose_statement_is_refused_for_good_ends_on_a_word(
    small: SmallCounter, outcome: Outcome, ends: AttemptState
) -> None:
    view = refund_lost(small, booked=outcome is Outcome.STANDS)
    no_statements(small)
    assert until_a_persons(small, view) >= SILENCE
    assert attempt_of(small, view).reason == "statement_withheld"
    shown = small.surface.examine(view.case_id)
    assert [choice.outcome for choice in shown.choices] == list(Outcome)
    assert (shown.source.key, shown.needs_statement) == ("doubt.source.withheld", True)
    assert "refused" in [row.key for row in shown.rows]
    signed(small, shown, outcome)
    ended = attempt_of(small, view)
    assert (ended.state, ended.by_word) == (ends, True)


def test_what_rests_on_a_word_is_compared_by_line_where_totals_agree(small: SmallCounter) -> None:
    """A word that is wrong and another fault of the same amount hide each other in a total."""
    view, on = refund_lost(small, booked=False), today(small.till)
    answers = no_statements(small)
    until_a_persons(small, view)
    signed(small, small.surface.examine(view.case_id), Outcome.STANDS)
    answers()
    equal = TotalsCompared(equal=True, result="0", text="")
    small.fake._reconcile_totals = lambda message: equal  # type: ignore[method-assign]
    found = comparing.compare_day(small.till, on)
    assert {part.state for part in found.groups} == {GroupState.EQUAL}
    assert [one.cause for one in found.differences] == [Cause.WORD_NOT_REFUNDED]


def test_a_reversal_nobody_answered_is_not_called_done_by_half_a_comparison(
    small: SmallCounter,
) -> None:
    """What could not be looked at shows no line either."""
    view, on = refund_lost(small, booked=False), today(small.till)
    answers = no_statements(small)
    until_a_persons(small, view)
    signed(small, small.surface.examine(view.case_id), Outcome.STANDS)
    answers()
    (found,) = comparing.compare_day(small.till, on).differences

    def lost_with_the_line(message: Any) -> Any:
        no_statements(small)
        raise LOST

    small.fake._reverse = lost_with_the_line  # type: ignore[method-assign]
    small.surface.reverse_stray(on, found.message_id, BOSS, PIN)
    with small.store.reading() as unit:
        assert unit.journal.newest(reversed_act(Operation.SETTLE), found.message_id) is None
    answers()
    again = comparing.compare_day(small.till, on).differences
    assert [one.cause for one in again] == [Cause.WORD_NOT_REFUNDED]


def test_a_statement_that_comes_back_ends_a_refund_by_itself(small: SmallCounter) -> None:
    """An office that gives none at night has not refused for good."""
    view = refund_lost(small, booked=True)
    answers = no_statements(small)
    for _ in range(4 * 12):
        small.clock.move(timedelta(minutes=15))
        day.put_right(small.till, None)
        small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REFUND_REVERSING
    answers()
    small.clock.move(timedelta(hours=1))
    small.surface.deliver()
    assert attempt_of(small, view).state is AttemptState.REFUNDED


def test_a_statement_that_comes_back_binds_who_was_asked_for_a_word(small: SmallCounter) -> None:
    view = refund_lost(small, booked=True)
    answers = no_statements(small)
    until_a_persons(small, view)
    shown = small.surface.examine(view.case_id)
    answers()
    with pytest.raises(OperatorInput) as changed:
        small.surface.decide_doubt(shown, Outcome.ABSENT, "电话", "一直没有明细", BOSS, PIN)
    assert changed.value.code is Code.EVIDENCE_CONTRADICTS
    (choice,) = small.surface.examine(view.case_id).choices
    assert choice.what.key == "doubt.found.refund.stands"


def settlement_unheard(small: SmallCounter) -> tuple[CaseView, Any]:
    small.fake._reverse = lambda message: None  # type: ignore[method-assign]
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    answers = no_statements(small)
    assert until_a_persons(small, view) >= SILENCE
    assert attempt_of(small, view).reason == "statement_withheld"
    return view, answers


def test_a_settlement_of_which_nothing_is_told_can_be_said_not_to_stand(
    small: SmallCounter,
) -> None:
    """That it stands says nobody without its figures: it is taken back at the office first."""
    view, _ = settlement_unheard(small)
    shown = small.surface.examine(view.case_id)
    assert [choice.what.key for choice in shown.choices] == ["doubt.found.unheard.absent"]
    with pytest.raises(OperatorInput):
        small.surface.decide_doubt(shown, Outcome.STANDS, "电话", "核实", BOSS, PIN)
    signed(small, shown, Outcome.ABSENT)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_a_wrong_word_about_a_settlement_is_found_by_the_comparison(small: SmallCounter) -> None:
    view, answers = settlement_unheard(small)
    on = attempt_of(small, view).sent_at
    signed(small, small.surface.examine(view.case_id), Outcome.ABSENT)
    answers()
    assert on is not None
    found = comparing.compare_day(small.till, on.astimezone(CHINA).date()).differences
    assert [(one.cause, one.repair) for one in found] == [(Cause.DEAD_HERE, Repair.REVERSE)]


def test_a_settlement_that_was_answered_can_be_said_to_stand_as_it_was(small: SmallCounter) -> None:
    """Answered with other amounts than the estimate's: its figures are known. The page says from
    when; a wrong word is found."""

    def change(answer: Any) -> Any:
        told = answer.facts.amounts
        fund, account = Fen(told.fund - 1), Fen(told.account + 1)
        amounts = replace(told, fund=fund, account=account)
        return replace(answer, facts=replace(answer.facts, amounts=amounts))

    view, began = small.until(Step.SETTLE), small.clock.now()
    small.fake.script(Operation.SETTLE, change=change)
    view = small.settle(view)
    assert attempt_of(small, view).reason == "amounts_differ"
    small.fake.books.settlements.clear()
    answers, codes = no_statements(small), []
    for _ in range(40):
        shown = small.surface.examine(view.case_id)
        if shown.trouble is None:
            break
        codes.append(shown.trouble.code)
        small.clock.move(timedelta(hours=1))
        day.put_right(small.till, None)
    assert small.clock.now() - began >= SILENCE
    assert (codes[0], codes[-1]) == (Code.REFUSED, Code.STATEMENT_NOT_GIVEN)
    assert [choice.what.key for choice in shown.choices] == [
        "doubt.found.unheard.stands",
        "doubt.found.unheard.absent",
    ]
    signed(small, shown, Outcome.STANDS)
    ended = attempt_of(small, view)
    assert (ended.state, ended.by_word) == (AttemptState.SETTLED, True)
    on = began.astimezone(CHINA).date()
    unseen = {one.cause for one in comparing.compare_day(small.till, on).differences}
    assert Cause.WORD_NOT_STANDING not in unseen, "said of it by a statement that never came"
    answers()
    (found,) = comparing.compare_day(small.till, on).differences
    assert found.cause is Cause.WORD_NOT_STANDING
