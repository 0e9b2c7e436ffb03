"""A platform that never answers a comparison, or nothing one can read: no doubt stays for ever.

A no is one day's matter (``test_kinds_a_platform_refuses.py``); silence may be a weekend's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.attempt import SILENCE, Attempt, Leg
from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.doubts.evidence import SILENT
from app.workflow.doubts.refused import LONG, Gaps
from app.workflow.doubts.views import Outcome
from app.workflow.returns import by_word
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter, region
from tests.unit.workflow.test_kinds_a_platform_refuses import (
    LOST,
    OTHER_OFFICE,
    lost,
    refund_lost,
    signed,
)
from tests.unit.workflow.test_lost_time import attempt_of

SILENCE_OR_RUBBISH = pytest.mark.parametrize("code", [Code.ANSWER_MISSING, Code.ANSWER_UNREADABLE])
Asked = Callable[[Any], bool]


def unanswered(small: SmallCounter, code: Code, asked: Asked = lambda _request: True) -> Any:
    """What ``asked`` names is answered by nothing that can be believed; returns what ends that."""
    fake = small.fake
    honest = fake._reconcile_lines

    def lines(message: Any) -> Any:
        if asked(message.draft.request):
            raise OutcomeUnknown(code)
        return honest(message)

    def answers() -> None:
        fake._reconcile_lines = honest  # type: ignore[method-assign]

    fake._reconcile_lines = lines  # type: ignore[method-assign]
    return answers


def at_the_other_office(request: Any) -> bool:
    return bool(request.clearing_office == OTHER_OFFICE)


def waited(small: SmallCounter, view: CaseView, most: timedelta) -> timedelta:
    """The lanes look as often as they do; how long until they leave it to a person, or ``most``."""
    began = small.clock.now()
    while small.clock.now() - began < most:
        if attempt_of(small, view).state is AttemptState.MANUAL:
            break
        small.clock.move(timedelta(minutes=30))
        day.put_right(small.till, None)
        small.surface.deliver()
    return small.clock.now() - began


@SILENCE_OR_RUBBISH
def test_a_settlement_nobody_tells_of_is_a_persons_behind_days(
    small: SmallCounter, code: Code
) -> None:
    small.fake._reverse = lambda message: None  # type: ignore[method-assign]
    view = lost(small)
    unanswered(small, code)
    assert LONG <= waited(small, view, 2 * LONG) < 2 * LONG
    assert attempt_of(small, view).reason == "statement_withheld"
    shown = small.surface.examine(view.case_id)
    assert [choice.what.key for choice in shown.choices] == ["doubt.found.unheard.absent"]
    signed(small, shown, Outcome.ABSENT)
    assert attempt_of(small, view).state is AttemptState.REVERSED


@SILENCE_OR_RUBBISH
def test_a_refund_nobody_tells_of_ends_on_a_word_behind_days(
    small: SmallCounter, code: Code
) -> None:
    view = refund_lost(small, booked=True)
    unanswered(small, code)
    assert LONG <= waited(small, view, 2 * LONG) < 2 * LONG
    shown = small.surface.examine(view.case_id)
    assert [choice.outcome for choice in shown.choices] == list(Outcome)
    signed(small, shown, Outcome.STANDS)
    ended = attempt_of(small, view)
    assert (ended.state, ended.by_word) == (AttemptState.REFUNDED, True)


def test_an_answer_that_comes_before_that_ends_it_by_itself(small: SmallCounter) -> None:
    view = refund_lost(small, booked=True)
    answers = unanswered(small, Code.ANSWER_MISSING)
    waited(small, view, LONG - timedelta(hours=12))
    assert attempt_of(small, view).state is not AttemptState.MANUAL
    answers()
    waited(small, view, timedelta(hours=12))
    assert attempt_of(small, view).state is AttemptState.REFUNDED


def of_an_unusual_kind_there(request: Any) -> bool:
    return at_the_other_office(request) and request.clearing_kind == "11"


def of_every_unusual_kind(request: Any) -> bool:
    return bool(request.clearing_kind in ("11", "21", "99"))


@pytest.mark.parametrize(
    "asked",
    [
        at_the_other_office,
        lambda request: bool(request.clearing_kind == "11"),
        of_an_unusual_kind_there,
        of_every_unusual_kind,
    ],
    ids=["office", "kind", "kind of one office", "every other kind"],
)
def test_one_that_never_answers_where_others_do_is_a_persons_behind_days(
    small: SmallCounter, asked: Asked
) -> None:
    """It may stand there: the machine proves nothing without it, however long that lasts."""
    small.till.shop = replace(small.till.shop, area=OTHER_OFFICE)
    view = lost(small)
    unanswered(small, Code.ANSWER_MISSING, asked)
    assert LONG <= waited(small, view, 2 * LONG) < 2 * LONG
    found = attempt_of(small, view)
    assert (found.state, found.reason) == (AttemptState.MANUAL, "statement_withheld")
    shown = small.surface.examine(view.case_id)
    assert "refused" in [row.key for row in shown.rows]
    assert [choice.what.key for choice in shown.choices] == ["doubt.found.partly.absent"]


def test_an_office_that_shows_it_is_heard_beside_one_that_is_silent(small: SmallCounter) -> None:
    asked_first = "310000"
    small.till.shop = replace(small.till.shop, area=asked_first)
    view = small.until(Step.SETTLE)
    small.fake._reverse = lambda message: None  # type: ignore[method-assign]
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    unanswered(small, LOST.code, lambda request: bool(request.clearing_office == asked_first))
    waited(small, view, timedelta(hours=12))
    assert attempt_of(small, view).reason == "still_active"


def test_silence_is_counted_anew_behind_an_answer(small: SmallCounter) -> None:
    """Two bad days with a good one between are no three bad ones, however often that comes."""
    view = lost(small)
    case, attempt = small.case(view), attempt_of(small, view)
    usual = small.profile.settle.clearing_kind
    place = (usual, OTHER_OFFICE)

    def look() -> Gaps:
        small.clock.move(timedelta(hours=9))
        return Gaps(small.till, case, attempt, usual, by_person=False)

    def silent() -> Gaps:
        gaps = look()
        gaps.note(place, LOST)
        return gaps

    for _ in range(2):
        for _ in range(8):
            assert silent().ends_it()
        look().heard(place)
    for _ in range(8):
        with pytest.raises(OutcomeUnknown):
            silent().passed()
    long_silent = silent()
    assert long_silent.passed() == ((place,), True)
    assert long_silent.ends_it(), "nothing is proved without the usual kind, whatever others say"
    long_silent.heard(("11", OTHER_OFFICE))
    assert long_silent.ends_it(), "an answer in another kind is none in the usual one"


def test_a_refund_is_waited_for_whatever_its_settlement_waited(small: SmallCounter) -> None:
    view = lost(small)
    case, attempt = small.case(view), attempt_of(small, view)
    usual = small.profile.settle.clearing_kind
    place = (usual, OTHER_OFFICE)

    def silent(about: Attempt) -> Gaps:
        gaps = Gaps(small.till, case, about, usual, by_person=False)
        gaps.note(place, LOST)
        return gaps

    for _ in range(2 * LONG // timedelta(hours=9)):
        small.clock.move(timedelta(hours=9))
        last = silent(attempt)
    assert last.passed() == ((place,), True)
    refund = replace(attempt, leg=Leg.REFUND, refund_message_id="P" + "2" * 29)
    with pytest.raises(OutcomeUnknown):
        silent(refund).passed()


def test_who_asks_in_vain_is_told_from_when_it_can_be_ended(small: SmallCounter) -> None:
    """A doubt that is a person's from the beginning: nobody else looks."""
    small.with_profile(region(reversible=()))
    view = lost(small)
    small.clock.move(timedelta(minutes=10))
    unanswered(small, Code.ANSWER_MISSING)
    small.surface.deliver()
    codes, began = [], small.clock.now()
    while small.clock.now() - began < 2 * LONG:
        shown = small.surface.examine(view.case_id)
        if shown.trouble is None:
            break
        codes.append(shown.trouble.code)
        small.clock.move(timedelta(hours=3))
        day.put_right(small.till, None)
    in_vain = [Code.EVIDENCE_MISSING, Code.EVIDENCE_MISSING]
    assert codes == in_vain + [Code.STATEMENT_NOT_GIVEN] * (len(codes) - 2)
    assert LONG <= small.clock.now() - began < LONG + timedelta(hours=12)
    signed(small, shown, Outcome.ABSENT)
    assert attempt_of(small, view).state is AttemptState.REVERSED


def test_a_silence_that_a_clock_ahead_dated_keeps_nobody_waiting(small: SmallCounter) -> None:
    view = refund_lost(small, booked=True)
    attempt = attempt_of(small, view)

    def silent(ahead: timedelta = timedelta()) -> None:
        with small.store.unit() as unit:
            unit.journal.write(small.clock.now() + ahead, 0, SILENT, attempt.message_id)

    silent(timedelta(days=30))
    small.clock.move(2 * SILENCE)
    for _ in range(by_word.TIMES):
        silent()
        small.clock.move(by_word.APART)
    with small.store.reading() as unit:
        found = by_word.signable_from(small.till, unit, view.case_id, attempt)
    assert found <= small.clock.now()
