"""What may be done with a case where it stands."""

from datetime import datetime

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code
from app.domain.settlement import Attempt, AttemptState
from app.workflow.till import Till

PRESCRIPTION, SELF_PAY = "prescription", "self_pay"
"""The routes a visit takes."""
ENDS = frozenset({Step.DONE, Step.CLOSED})
GOING_BACK = frozenset({Step.TAKE_BACK, Step.REVOKE})
_PREPARED = frozenset({AttemptState.PREPARED, AttemptState.REFUND_PREPARED})


def can_abandon(till: Till, case: CounterCase, attempt: Attempt | None) -> bool:
    """Architecture 6 and 7: never while SENT, UNKNOWN, or while an attempt is prepared."""
    step, phase = case.position.step, case.position.phase
    if step in ENDS or step is Step.RETURN_SALE or phase in (Phase.SENT, Phase.UNKNOWN):
        return False
    if step is Step.HAND_OVER and till.route(case.route).settles:
        return False
    return attempt is None or attempt.state not in _PREPARED


def began(case: CounterCase) -> datetime:
    """When somebody came: the counter's visit is opened before, and begins with who it is."""
    return case.facts.identity.obtained_at if case.facts.identity else case.opened_at


def sold_for_cash(till: Till, case: CounterCase) -> bool:
    """Whether goods went over the counter for cash alone: what may come back, and is no matter of
    any settlement."""
    return not till.route(case.route).settles and case.facts.handed_over_at is not None


def record_open(case: CounterCase) -> bool:
    """Whether something of a visit without money in doubt is not at rest."""
    step = case.position.step
    going_back = step in GOING_BACK or step is Step.RETURN_SALE
    return going_back or case.position.phase is Phase.UNKNOWN


def waits_for_sign_in(case: CounterCase) -> bool:
    """Whether the return of this sale was refused for a sign-in alone: the platform looked at no
    record, so that there is nothing to decide."""
    refused = case.position.step is Step.RETURN_SALE and case.position.phase is Phase.REJECTED
    refusal = case.facts.refusal
    return refused and refusal is not None and refusal.code == Code.SIGN_IN_REQUIRED
