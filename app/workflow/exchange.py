"""One message around the wire: intent committed, bytes exchanged, outcome committed.

No transaction is open while bytes travel; nothing here repeats a message.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from app.domain.case import Kind, Signal, Step
from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports.messages import Answer, Committed, Draft, Staged, WireFacts
from app.ports.platform import Sender, Stamp
from app.ports.replies import FileFetched, Revoked, Settled
from app.ports.requests import DownloadFile
from app.ports.store import MessageState, Unit
from app.profile.operations import Operation
from app.workflow.calendar import CHINA, sign_no_of
from app.workflow.moves import (
    message_state_of,
    move,
    refusal_of,
    signal_of,
    unclear,
    wire_facts_of,
)
from app.workflow.till import Till
from app.workflow.upkeep.timekeeping import TOLERANCE, hear, latest_time, put_right

Q = TypeVar("Q")
R = TypeVar("R")


class Composer(Protocol):
    """What every neighbour offers: a request becomes a draft, purely."""

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]: ...


def stage(till: Till, unit: Unit, door: Composer, request: Q, case_id: int | None) -> Staged[Q]:
    """Allot a message id and write the row; usable after the unit has committed."""
    now = till.clock.now()
    put_right(till, unit)
    stamp = unit.messages.stamp(till.shop.institution_code, till.counter_no, now)
    sender = till.sender(sign_no_of(till, unit))
    return unit.messages.stage(door.compose(request, sender, stamp), case_id)


def consult(
    till: Till,
    door: Composer,
    request: Q,
    send: Callable[[Committed[Q]], Answer[R]],
    case_id: int | None,
    conclude: Callable[[Unit, R], None] | None = None,
) -> Answer[R]:
    """One exchange whose sending moves no case. Raises the trouble of it after booking it.

    ``conclude`` writes what follows from an answer into the commit that books it.
    """
    with till.store.unit() as unit:
        staged = stage(till, unit, door, request, case_id)
    return dispatch(till, staged, send, conclude)


def answer_to(
    till: Till, staged: Staged[Q], send: Callable[[Committed[Q]], Answer[R]]
) -> Answer[R]:
    """Send a staged message, once. Raises the trouble of the exchange.

    Yes or no, an answer whose platform serial stands in our books already belongs to an earlier
    message: it says nothing about this one (reliability 2.2). So does a file of an earlier moment,
    and, of a time before it was sent, a no, a file, whatever a question about money is told, and a
    yes to anything else that bears no echo: an answer that was lost stands in no book of ours, and
    these name nothing that they are about.
    """
    if till.holding is not None:
        till.holding.require_sure()
    asked_at = latest_time(till)
    try:
        answer = send(staged.committed())
    except PlatformRejected as refused:
        seen = wire_facts_of(refused)
        if till.profile.operations[staged.draft.operation].kind is not Kind.ASK:
            _require_of_now(till, seen, asked_at)
        _require_new(till, seen)
        raise
    if _fits_others(till, staged.draft.operation, answer.value):
        _require_of_now(till, answer.facts, asked_at)
    if isinstance(answer.value, FileFetched):
        _require_made_now(answer.value, answer.facts, asked_at)
    fetched = isinstance(staged.draft.request, DownloadFile)
    _require_new(till, answer.facts, ONE_MOMENT if fetched else None)
    return answer


DATED_QUESTIONS = frozenset(
    {Operation.QUERY_SETTLEMENT, Operation.RECONCILE_LINES, Operation.PRESETTLE}
)
"""What money in doubt ends by, and what it is sent by: true once is not true now."""


def _fits_others(till: Till, operation: Operation, value: object) -> bool:
    """Whether a yes would, held back on its way, be believed of a later message too.

    One to money may bear our message id. One to a record or a reversal bears nothing; a sign-in
    moves nothing, and is how the platform's time is heard.
    """
    if till.profile.operations[operation].kind is Kind.ASK:
        return operation in DATED_QUESTIONS
    if operation is Operation.OPEN_DAY:
        return False
    return not (isinstance(value, Settled | Revoked) and value.message_id_echo)


ONE_MOMENT = timedelta(seconds=4)
"""Two results that a platform makes in a row may be equal: archives tell time by two seconds."""


_WHOLE_SECONDS = timedelta(seconds=1)
"""The platform's time comes in whole seconds: so much may be missing of either of two."""


def _require_of_now(till: Till, facts: WireFacts | None, asked_at: datetime | None) -> None:
    """What has no echo of its message would, held back on the way, fit every later one.

    The platform dates its answers; what it said before the message left is about another one.
    ``asked_at`` is the latest time the platform was heard to tell of late, carried on from answers
    that were some moments on their way: never ahead, and not set back by one that is old itself.
    Before its first time our clock has to do, as far as it is trusted.
    """
    if facts is None or facts.platform_at is None:
        return
    earliest = till.clock.now() - timedelta(milliseconds=facts.took_ms) - TOLERANCE
    if asked_at is not None:
        earliest = asked_at - _WHOLE_SECONDS
    if facts.platform_at < earliest:
        raise _not_to_this(facts, "of_before")


def _require_made_now(file: FileFetched, facts: WireFacts, asked_at: datetime | None) -> None:
    """A result is made in the comparison right before it is fetched, and tells when (0049).

    Its maker's clock is nobody's that answers, so that it gets the tolerance of ours; its zone is
    told by nothing: China's, or none.
    """
    if file.made_at is None:
        return
    told = asked_at or facts.started_at
    readings = (file.made_at.replace(tzinfo=zone) for zone in (CHINA, UTC))
    if not any(abs(made - told) <= TOLERANCE for made in readings):
        raise _not_to_this(facts, "of_before")


def _not_to_this(facts: WireFacts, failure: str) -> OutcomeUnknown:
    return OutcomeUnknown(Code.ANSWER_FORGED, evidence=replace(facts, failure=failure))


def _require_new(till: Till, facts: WireFacts | None, moment: timedelta | None = None) -> None:
    if facts is not None:
        till.answered_ms = facts.took_ms
    if facts is None or not facts.platform_ref:
        return
    before = facts.started_at - moment if moment is not None else None
    with till.store.reading() as unit:
        seen = unit.messages.reference_seen(facts.platform_ref, before)
    if seen:
        raise _not_to_this(facts, "seen_before")
    if facts.platform_at is not None:
        hear(till, facts.platform_at)


def dispatch(
    till: Till,
    staged: Staged[Q],
    send: Callable[[Committed[Q]], Answer[R]],
    conclude: Callable[[Unit, R], None] | None = None,
) -> Answer[R]:
    """Send a staged message and close its row. Raises the trouble of the exchange."""
    try:
        answer = answer_to(till, staged, send)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        with till.store.unit() as unit:
            unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
        raise
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        if conclude is not None:
            conclude(unit, answer.value)
    return answer


def exchange(
    till: Till,
    case: CounterCase,
    door: Composer,
    request: Q,
    send: Callable[[Committed[Q]], Answer[R]],
    learn: Callable[[CounterCase, R], CaseFacts],
    *,
    forged: Signal | None = None,
    keep: Callable[[Unit, CaseFacts, R], None] | None = None,
) -> CounterCase:
    """The one message of an ask or tell step.

    ``learn`` turns a verified answer into facts; it may raise ``PlatformRejected`` where the
    answer itself refuses. ``forged`` is the signal for a refusal that ends the case; ``keep``
    writes more of the answer into the commit of its outcome.
    """
    with till.store.unit() as unit:
        staged = stage(till, unit, door, request, case.case_id)
        facts = replace(case.facts, refusal=None)
        case = move(till, unit, case, Signal.SENT, facts=facts, message_id=staged.draft.message_id)
    try:
        answer = answer_to(till, staged, send)
        facts = learn(case, answer.value)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _refused(till, case, staged, trouble, forged)
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, answer.facts)
        if keep is not None:
            keep(unit, facts, answer.value)
        return move(
            till,
            unit,
            case,
            Signal.CONFIRMED,
            facts=facts,
            message_id=staged.draft.message_id,
            evidence_id=staged.row_id,
        )


ENDING = frozenset({Code.SIGNATURE_INVALID, Code.DOCUMENT_CHANGED})
"""Verified answers after which a prescription is not dispensed on any account."""


def _refused(
    till: Till,
    case: CounterCase,
    staged: Staged[Q],
    trouble: PlatformRejected | NotSent | OutcomeUnknown,
    forged: Signal | None,
) -> CounterCase:
    signal = signal_of(trouble)
    if forged is not None and trouble.code in ENDING:
        signal = forged
    facts = unclear(case, replace(case.facts, refusal=refusal_of(till, trouble)), signal)
    with till.store.unit() as unit:
        unit.messages.close(staged.row_id, message_state_of(trouble), wire_facts_of(trouble))
        case = move(
            till,
            unit,
            case,
            signal,
            facts=facts,
            message_id=staged.draft.message_id,
            code=int(trouble.code),
            evidence_id=staged.row_id,
        )
    if case.position.step is Step.CLOSED:
        till.tokens.forget(case.case_id)
    return case
