"""What an attempt is made of, and the words that the engine hands on."""

from dataclasses import replace
from datetime import timedelta

from app.domain import settlement
from app.domain.attempt import (
    DEAD,
    Attempt,
    AttemptState,
    Command,
    SettleRules,
    StatusQuery,
)
from app.domain.money import Amounts, Fen

BACKOFF = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=15))


def test_which_attempts_are_live_and_open() -> None:
    bill = Amounts(Fen(100), Fen(0), Fen(0), Fen(100))
    attempts = {state: Attempt("m1", state, bill) for state in AttemptState}
    assert {AttemptState.REJECTED, AttemptState.REVERSED, AttemptState.REFUNDED} == DEAD
    assert {state for state, attempt in attempts.items() if not attempt.live} == DEAD
    at_rest = DEAD | {AttemptState.SETTLED}
    assert {state for state, attempt in attempts.items() if not attempt.open} == at_rest


def test_it_is_asked_for_by_the_end_of_the_message_that_is_looked_for() -> None:
    """查询号 of page and waiting slip: of a refund in doubt the refund's."""
    bill = Amounts(Fen(100), Fen(0), Fen(0), Fen(100))
    settling = Attempt("H3501000000120260302093010001", AttemptState.UNKNOWN, bill)
    assert settling.query_no == "93010001"
    refunding = replace(settling, refund_message_id="H3501000000120260302101500007")
    assert refunding.query_no == "01500007"


def test_waits_grow_to_the_last_gap() -> None:
    quiet = timedelta(seconds=120)
    rules = SettleRules(quiet, True, True, StatusQuery.NONE, True, BACKOFF, max_reversals=4)
    gaps = [rules.wait_after(tries) for tries in range(5)]
    assert gaps == [BACKOFF[0], BACKOFF[0], BACKOFF[1], BACKOFF[2], BACKOFF[2]]


def test_the_engine_hands_on_its_words() -> None:
    assert settlement.Command is Command
    assert all(hasattr(settlement, name) for name in settlement.__all__)
