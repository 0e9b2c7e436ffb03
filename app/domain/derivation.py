"""What a case learns from its attempt: the derivation table of architecture 7, a total function."""

from app.domain.attempt import Attempt, AttemptState, Leg
from app.domain.case import Signal
from app.domain.settlement import IllegalEvent

_SILENT: frozenset[tuple[AttemptState | None, AttemptState]] = frozenset(
    {
        (None, AttemptState.PREPARED),
        (AttemptState.PREPARED, AttemptState.REJECTED),
        (AttemptState.UNKNOWN, AttemptState.REVERSING),
        (AttemptState.REVERSING, AttemptState.REVERSED_UNCONFIRMED),
        (AttemptState.REVERSED_UNCONFIRMED, AttemptState.REVERSING),
        (AttemptState.UNKNOWN, AttemptState.MANUAL),
        (AttemptState.REVERSING, AttemptState.MANUAL),
        (AttemptState.REVERSED_UNCONFIRMED, AttemptState.MANUAL),
        (AttemptState.SETTLED, AttemptState.REFUND_PREPARED),
        (AttemptState.REFUND_PREPARED, AttemptState.SETTLED),
        (AttemptState.REFUND_UNKNOWN, AttemptState.REFUND_REVERSING),
        (AttemptState.REFUND_UNKNOWN, AttemptState.MANUAL),
        (AttemptState.REFUND_REVERSING, AttemptState.MANUAL),
    }
)


def case_signal(before: Attempt | None, after: Attempt) -> Signal | None:
    """What the case learns from this transition (architecture 7, derivation table).

    None where the case does not move. Raises ``IllegalEvent`` for a pair outside the table.
    """
    pair = (before.state if before else None, after.state)
    if pair[0] is pair[1] or pair in _SILENT:
        return None
    signal = _signal_into(pair[0], after)
    if before is not None and before.state is AttemptState.MANUAL and before.leg is Leg.REFUND:
        signal = Signal.CLEARED if after.state is AttemptState.SETTLED else signal
    if signal is None:
        raise IllegalEvent(*pair)
    return signal


def _signal_into(before: AttemptState | None, after: Attempt) -> Signal | None:
    s = AttemptState
    match before, after.state:
        case (s.PREPARED, s.SENDING) | (s.REFUND_PREPARED, s.REFUND_SENDING):
            return Signal.SENT
        case (s.SENDING | s.UNKNOWN, s.SETTLED):
            return Signal.CONFIRMED
        case (s.SENDING, s.REJECTED) | (s.REFUND_SENDING, s.SETTLED):
            # what stands by a word says nothing else; there, a no ends with a person
            unsent = after.reason == "not_sent" or after.by_word
            return Signal.NOT_SENT if unsent else Signal.REJECTED
        case (s.SENDING, s.UNKNOWN | s.MANUAL) | (s.REFUND_SENDING, s.REFUND_UNKNOWN | s.MANUAL):
            return Signal.CRASHED if after.reason == "restarted" else Signal.UNCLEAR
        case (s.REVERSED_UNCONFIRMED, s.REVERSED) | (s.MANUAL, s.REVERSED):
            return Signal.CLEARED
        case (s.MANUAL, s.SETTLED):
            return Signal.CONFIRMED
        case (s.REFUND_REVERSING, s.SETTLED):
            return Signal.CLEARED
        case (s.REFUND_SENDING | s.REFUND_UNKNOWN | s.REFUND_REVERSING | s.MANUAL, s.REFUNDED):
            return Signal.CONFIRMED
        case _:
            return None
