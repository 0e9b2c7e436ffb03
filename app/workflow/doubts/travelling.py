"""A record without an answer may still be on its way, and arrive after it was undone.

As with money (reliability 2.3): nothing is taken back, and no box freed, before a telling that was
not answered can no longer arrive. How long that is counts by two clocks: the one on the wall, which
outlives a restart, and for what this process sent the steady one too, for a clock that is put
forward makes nothing arrive sooner. What another counter of the store sent is dated by its clock,
which may be behind ours by as much as a clock may be wrong.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.counter_case import CaseFacts, CounterCase, SaleRecord
from app.domain.errors import OutcomeUnknown, Trouble
from app.ports.messages import WireFacts
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.till import Till
from app.workflow.upkeep.timekeeping import TOLERANCE


def quiescence(till: Till) -> timedelta:
    """How long after its sending a message may still be booked in this region."""
    return timedelta(seconds=till.profile.settle.quiescence_s)


def quiet_from(till: Till, at: datetime, about: str) -> datetime:
    """From when nothing that left at ``at`` can arrive any more; ``about`` names it in ``sent``."""
    arrived, left = at + quiescence(till), till.sent.get(about)
    if left is None:
        return arrived
    waited = timedelta(seconds=till.clock.monotonic() - left)
    return max(arrived, till.clock.now() + quiescence(till) - waited)


def left_late(till: Till, about: str, facts: WireFacts | None) -> None:
    """A message left when its exchange began and no sooner: between its commit and its first byte
    it may have waited for a token, or until the library had another lane's message behind it."""
    if facts is not None and about in till.sent:
        left = till.clock.monotonic() - facts.took_ms / 1000
        till.sent[about] = max(till.sent[about], left)


def reversal_of(message_id: str) -> str:
    """The name of a reversal in ``sent``, whoever sent it: the engine or two people."""
    return f"reversal of {message_id}"


def reversal_act(original: Operation) -> str:
    """How the journal calls a reversal that two people sent from the comparison of a day."""
    return f"reverse_{original.value}"


def reversed_act(original: Operation) -> str:
    """How it calls the yes to one, or the statement that shows its line no more."""
    return f"reversed_{original.value}"


def page_reversal_until(till: Till, unit: Unit, message_id: str) -> datetime | None:
    """From when a reversal of this message that two people sent can arrive no more; None where
    nobody sent one. The events of an attempt know nothing of it, the journal does."""
    originals = (Operation.SETTLE, Operation.REVOKE_SETTLEMENT)
    asked = [unit.journal.newest(reversal_act(one), message_id) for one in originals]
    last = max((at for at in asked if at is not None), default=None)
    return None if last is None else quiet_from(till, last, reversal_of(message_id))


def _telling_of(sale: SaleRecord) -> str:
    return f"telling of {sale.sale_serial}"


def unanswered(till: Till, facts: CaseFacts, trouble: Trouble) -> CaseFacts:
    """``facts`` with the moment noted from which a telling of this sale has no answer."""
    return noted(till, facts) if isinstance(trouble, OutcomeUnknown) else facts


def noted(till: Till, facts: CaseFacts) -> CaseFacts:
    """As :func:`unanswered`, for a telling that was lost with the process."""
    if facts.sale is None:
        return facts
    till.sent[_telling_of(facts.sale)] = till.clock.monotonic()
    return replace(facts, sale=replace(facts.sale, unclear_at=till.clock.now()))


def may_arrive(till: Till, case: CounterCase) -> bool:
    """Whether an unanswered telling of this sale may still be on its way."""
    until = arrives_until(till, case)
    return until is not None and till.clock.now() < until


def arrives_until(till: Till, case: CounterCase) -> datetime | None:
    """Until when an unanswered telling of this sale may arrive; None where every one was heard."""
    sale = case.facts.sale
    if sale is None or sale.unclear_at is None:
        return None
    until = quiet_from(till, sale.unclear_at, _telling_of(sale))
    return until if case.counter_no == till.counter_no else until + TOLERANCE
