"""Two ledgers laid beside each other: every way in which they can disagree is noticed."""

from dataclasses import replace

import pytest

from app.domain.settlement import AttemptState
from tests.support.ledgers import Books

S = AttemptState
RIGHT = Books({"m1": S.SETTLED}, {"m1": 500}, {"m1": 500}, frozenset({"m1"}), ("m1",))


def test_ledgers_that_tell_the_same_agree() -> None:
    RIGHT.agree()
    Books({"m1": S.REVERSED}, {}, {}, frozenset(), ()).agree()


WRONG = {
    "nobody wrote down": replace(RIGHT, theirs={"m1": 500, "m2": 1}),
    "settled here": replace(RIGHT, theirs={}),
    "given up here": replace(RIGHT, attempts={"m1": S.REVERSED}, ours={}),
    "without a settlement": replace(RIGHT, receipts=("m1", "m2")),
    "two settlements": Books(
        {"m1": S.SETTLED, "m2": S.UNKNOWN},
        *({"m1": 500}, {"m1": 500, "m2": 500}),
        *(frozenset({"m1"}), ()),
    ),
}


@pytest.mark.parametrize(("words", "wrong"), WRONG.items(), ids=WRONG)
def test_a_contradiction_is_named(words: str, wrong: Books) -> None:
    with pytest.raises(AssertionError, match=words):
        wrong.never_wrong()


def test_another_amount_is_a_contradiction() -> None:
    with pytest.raises(AssertionError):
        replace(RIGHT, theirs={"m1": 501}).never_wrong()


@pytest.mark.parametrize("state", [S.SENDING, S.UNKNOWN, S.REVERSING, S.REFUND_UNKNOWN, S.MANUAL])
def test_a_doubt_may_stand_either_way_and_is_no_rest(state: AttemptState) -> None:
    for theirs in ({}, {"m1": 500}):
        doubtful = Books({"m1": state}, {}, theirs, frozenset(), ())
        doubtful.never_wrong()
        with pytest.raises(AssertionError):
            doubtful.agree()
