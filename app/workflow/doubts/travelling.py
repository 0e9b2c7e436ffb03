"""A record without an answer may still be on its way, and arrive after it was undone.

As with money (reliability 2.3): nothing is taken back, and no box freed, before a telling that was
not answered can no longer arrive.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import OutcomeUnknown, Trouble
from app.workflow.till import Till


def quiescence(till: Till) -> timedelta:
    """How long after its sending a message may still be booked in this region."""
    return timedelta(seconds=till.profile.settle.quiescence_s)


def unanswered(till: Till, facts: CaseFacts, trouble: Trouble) -> CaseFacts:
    """``facts`` with the moment noted from which a telling of this sale has no answer."""
    return noted(facts, till.clock.now()) if isinstance(trouble, OutcomeUnknown) else facts


def noted(facts: CaseFacts, at: datetime) -> CaseFacts:
    """As :func:`unanswered`, for a telling that was lost with the process."""
    return facts if facts.sale is None else replace(facts, sale=replace(facts.sale, unclear_at=at))


def may_arrive(till: Till, case: CounterCase) -> bool:
    """Whether an unanswered telling of this sale may still be on its way."""
    sale = case.facts.sale
    if sale is None or sale.unclear_at is None:
        return False
    return till.clock.now() < sale.unclear_at + quiescence(till)
