"""The rule table of waiting records: every class of answer, every remedy, every bound."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import (
    Bug,
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.uploads import (
    SHORTEST,
    AnswerClass,
    Fate,
    Pace,
    Remedy,
    UploadRules,
    classify,
    in_doubt_next,
    judge,
)

PACE = Pace(timedelta(seconds=15), 4, timedelta(hours=1), 3)
UNSENT = NotSent(Code.DID_NOT_LEAVE)
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
FORGED = OutcomeUnknown(Code.ANSWER_FORGED)
REFUSED = PlatformRejected(Code.SALE_REFUSED)
SIGN_IN = PlatformRejected(Code.SIGN_IN_REQUIRED)
THERE = PlatformRejected(Code.CODE_SOLD_ELSEWHERE)
BROKEN = OperatorInput(Code.IDENTITY_NEEDED_AGAIN)


def rules(doubt: Remedy = Remedy.RETRY, **by_code: Remedy) -> UploadRules:
    return UploadRules(
        {
            AnswerClass.NOT_SENT: Remedy.RETRY,
            AnswerClass.SIGN_IN: Remedy.RETRY,
            AnswerClass.REFUSED: Remedy.STOP,
            AnswerClass.BROKEN: Remedy.STOP,
            AnswerClass.UNCLEAR: doubt,
            AnswerClass.FORGED: doubt,
        },
        {Code[name]: remedy for name, remedy in by_code.items()},
        frozenset({Code.CODE_SOLD_ELSEWHERE}),
    )


@pytest.mark.parametrize(
    ("trouble", "answer"),
    [
        (UNSENT, AnswerClass.NOT_SENT),
        (LOST, AnswerClass.UNCLEAR),
        (FORGED, AnswerClass.FORGED),
        (SIGN_IN, AnswerClass.SIGN_IN),
        (REFUSED, AnswerClass.REFUSED),
        (BROKEN, AnswerClass.BROKEN),
        (Bug(), AnswerClass.BROKEN),
    ],
)
def test_every_trouble_has_one_class(trouble: Trouble, answer: AnswerClass) -> None:
    assert classify(trouble) is answer


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize(
    ("trouble", "tries", "fate"),
    [
        (UNSENT, 1, Fate.AGAIN),
        (UNSENT, 500, Fate.AGAIN),
        (LOST, 1, Fate.IN_DOUBT),
        (LOST, 500, Fate.IN_DOUBT),
        (FORGED, 1, Fate.IN_DOUBT),
        (SIGN_IN, 2, Fate.AGAIN),
        (SIGN_IN, 3, Fate.STOPPED),
        (REFUSED, 1, Fate.STOPPED),
        (BROKEN, 1, Fate.STOPPED),
    ],
)
def test_where_an_answer_leaves_a_record(
    trouble: Trouble, tries: int, fate: Fate, told: bool
) -> None:
    assert judge(rules(), PACE, trouble, tries, told_before=told) is fate


def test_already_there_is_success_only_where_the_first_telling_may_have_arrived() -> None:
    assert judge(rules(), PACE, THERE, 2, told_before=True) is Fate.DELIVERED
    assert judge(rules(), PACE, THERE, 1, told_before=False) is Fate.STOPPED


def test_a_rule_for_a_code_speaks_before_its_class() -> None:
    own = rules(SALE_REFUSED=Remedy.RETRY, DID_NOT_LEAVE=Remedy.STOP)
    assert judge(own, PACE, REFUSED, 1, told_before=False) is Fate.AGAIN
    assert judge(own, PACE, REFUSED, 3, told_before=False) is Fate.STOPPED
    assert judge(own, PACE, UNSENT, 1, told_before=False) is Fate.STOPPED


@pytest.mark.parametrize("code", [None, Code.ANSWER_MISSING, Code.ANSWER_FORGED, Code.BUG])
@pytest.mark.parametrize("doubt", list(Remedy))
def test_a_record_in_doubt_goes_on_as_its_region_says(doubt: Remedy, code: Code | None) -> None:
    assert in_doubt_next(rules(doubt), PACE, code, 2) is doubt
    last = Remedy.STOP if doubt is Remedy.RETRY else doubt
    assert in_doubt_next(rules(doubt), PACE, code, 3) is last


def test_a_code_may_be_asked_about_where_its_class_is_told_again() -> None:
    own = rules(ANSWER_MISSING=Remedy.QUERY)
    assert in_doubt_next(own, PACE, Code.ANSWER_MISSING, 1) is Remedy.QUERY
    assert in_doubt_next(own, PACE, Code.ANSWER_UNREADABLE, 1) is Remedy.RETRY


@given(tries=st.integers(0, 10_000), chance=st.floats(0, 1))
def test_the_gap_stays_within_its_bounds(tries: int, chance: float) -> None:
    assert SHORTEST <= PACE.gap(tries, chance) <= PACE.longest_gap


def test_the_widest_gap_grows_and_then_stays() -> None:
    seconds = [PACE.gap(tries, 1.0).total_seconds() for tries in range(1, 7)]
    assert seconds == [15, 60, 240, 960, 3600, 3600]
    assert PACE.gap(4, 0.5) == timedelta(seconds=480)
