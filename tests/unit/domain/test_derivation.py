"""What the case learns from an attempt: the derivation table of architecture 7, row by row."""

from itertools import product

import pytest

from app.domain.attempt import Attempt, AttemptState, Leg
from app.domain.case import Signal
from app.domain.derivation import case_signal
from app.domain.money import Amounts, Fen
from app.domain.settlement import IllegalEvent

S, G = AttemptState, Signal
BILL = Amounts(Fen(1), Fen(1), Fen(0), Fen(0))
Row = tuple[AttemptState | None, AttemptState, Leg, str]
SETTLE, REFUND = Leg.SETTLE, Leg.REFUND

TABLE: dict[Row, Signal | None] = {
    (None, S.PREPARED, SETTLE, ""): None,
    (S.PREPARED, S.SENDING, SETTLE, ""): G.SENT,
    (S.PREPARED, S.REJECTED, SETTLE, "never_sent"): None,
    (S.SENDING, S.SETTLED, SETTLE, ""): G.CONFIRMED,
    (S.SENDING, S.REJECTED, SETTLE, "listed"): G.REJECTED,
    (S.SENDING, S.REJECTED, SETTLE, "not_sent"): G.NOT_SENT,
    (S.SENDING, S.UNKNOWN, SETTLE, "timeout"): G.UNCLEAR,
    (S.SENDING, S.UNKNOWN, SETTLE, "restarted"): G.CRASHED,
    (S.SENDING, S.MANUAL, SETTLE, "amounts_differ"): G.UNCLEAR,
    (S.UNKNOWN, S.REVERSING, SETTLE, ""): None,
    (S.REVERSING, S.REVERSED_UNCONFIRMED, SETTLE, ""): None,
    (S.REVERSED_UNCONFIRMED, S.REVERSING, SETTLE, ""): None,
    (S.UNKNOWN, S.MANUAL, SETTLE, ""): None,
    (S.REVERSING, S.MANUAL, SETTLE, ""): None,
    (S.REVERSED_UNCONFIRMED, S.MANUAL, SETTLE, ""): None,
    (S.UNKNOWN, S.SETTLED, SETTLE, ""): G.CONFIRMED,
    (S.MANUAL, S.SETTLED, SETTLE, ""): G.CONFIRMED,
    (S.REVERSED_UNCONFIRMED, S.REVERSED, SETTLE, ""): G.CLEARED,
    (S.MANUAL, S.REVERSED, SETTLE, ""): G.CLEARED,
    (S.SETTLED, S.REFUND_PREPARED, SETTLE, ""): None,
    (S.REFUND_PREPARED, S.SETTLED, REFUND, "never_sent"): None,
    (S.REFUND_PREPARED, S.REFUND_SENDING, REFUND, ""): G.SENT,
    (S.REFUND_SENDING, S.REFUNDED, REFUND, ""): G.CONFIRMED,
    (S.REFUND_SENDING, S.SETTLED, REFUND, "listed"): G.REJECTED,
    (S.REFUND_SENDING, S.SETTLED, REFUND, "not_sent"): G.NOT_SENT,
    (S.REFUND_SENDING, S.SETTLED, REFUND, "word:7"): G.NOT_SENT,
    (S.REFUND_SENDING, S.REFUND_UNKNOWN, REFUND, "timeout"): G.UNCLEAR,
    (S.REFUND_SENDING, S.REFUND_UNKNOWN, REFUND, "restarted"): G.CRASHED,
    (S.REFUND_SENDING, S.MANUAL, REFUND, "amounts_differ"): G.UNCLEAR,
    (S.REFUND_UNKNOWN, S.REFUNDED, REFUND, ""): G.CONFIRMED,
    (S.REFUND_REVERSING, S.REFUNDED, REFUND, ""): G.CONFIRMED,
    (S.MANUAL, S.REFUNDED, REFUND, ""): G.CONFIRMED,
    (S.REFUND_UNKNOWN, S.REFUND_REVERSING, REFUND, ""): None,
    (S.REFUND_UNKNOWN, S.MANUAL, REFUND, ""): None,
    (S.REFUND_REVERSING, S.MANUAL, REFUND, ""): None,
    (S.REFUND_REVERSING, S.SETTLED, REFUND, ""): G.CLEARED,
    (S.MANUAL, S.SETTLED, REFUND, ""): G.CLEARED,
}


def _attempt(state: AttemptState, leg: Leg, reason: str = "") -> Attempt:
    return Attempt("m1", state, BILL, leg=leg, reason=reason)


@pytest.mark.parametrize(("row", "signal"), TABLE.items(), ids=str)
def test_every_row_of_the_table(row: Row, signal: Signal | None) -> None:
    before, after, leg, reason = row
    start = _attempt(before, leg) if before else None
    assert case_signal(start, _attempt(after, leg, reason)) is signal


def test_every_other_pair_is_a_mistake() -> None:
    known = {(before, after) for before, after, *_ in TABLE}
    others = [
        (before, after)
        for before, after in product((None, *S), S)
        if before is not after and (before, after) not in known
    ]
    assert len(others) == 15 * 14 - 14 - len(known)
    for before, after in others:
        start = _attempt(before, SETTLE) if before else None
        with pytest.raises(IllegalEvent):
            case_signal(start, _attempt(after, SETTLE))


@pytest.mark.parametrize("state", S)
def test_staying_says_nothing(state: AttemptState) -> None:
    assert case_signal(_attempt(state, SETTLE), _attempt(state, SETTLE)) is None
