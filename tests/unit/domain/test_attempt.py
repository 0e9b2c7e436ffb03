"""What an attempt is made of, and the words that the engine hands on."""

from datetime import timedelta

from app.domain import settlement
from app.domain.attempt import Command, SettleRules, StatusQuery

BACKOFF = (timedelta(seconds=5), timedelta(seconds=15), timedelta(minutes=15))


def test_waits_grow_to_the_last_gap() -> None:
    quiet = timedelta(seconds=120)
    rules = SettleRules(quiet, True, True, StatusQuery.NONE, True, BACKOFF, max_reversals=4)
    gaps = [rules.wait_after(tries) for tries in range(5)]
    assert gaps == [BACKOFF[0], BACKOFF[0], BACKOFF[1], BACKOFF[2], BACKOFF[2]]


def test_the_engine_hands_on_its_words() -> None:
    assert settlement.Command is Command
    assert all(hasattr(settlement, name) for name in settlement.__all__)
