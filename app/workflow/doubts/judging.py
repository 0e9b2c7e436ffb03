"""裁定: what a person is shown before deciding, and the decision handed to where it belongs."""

from datetime import datetime

from app.domain import settlement as s
from app.domain.access import Operator
from app.domain.counter_case import CounterCase
from app.domain.errors import (
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.money import Amounts
from app.ports.replies import StatementResult
from app.workflow import day
from app.workflow.cases.required import required
from app.workflow.doubts import records
from app.workflow.doubts.evidence import refunded_as, settled_as
from app.workflow.doubts.fees import fee_rows
from app.workflow.doubts.open_items import item_of
from app.workflow.doubts.records import RecordEvidence
from app.workflow.doubts.views import Choice, CompareRow, DoubtView, OpenItem, Outcome, Shown
from app.workflow.returns import by_word
from app.workflow.returns import decide as money
from app.workflow.returns.decide import Evidence
from app.workflow.show.banner import trouble_banner
from app.workflow.till import Till
from app.workflow.views.case import Say

_ENDS: dict[tuple[s.Leg, Outcome], s.AttemptState] = {
    (s.Leg.SETTLE, Outcome.STANDS): s.AttemptState.SETTLED,
    (s.Leg.SETTLE, Outcome.ABSENT): s.AttemptState.REVERSED,
    (s.Leg.REFUND, Outcome.STANDS): s.AttemptState.REFUNDED,
    (s.Leg.REFUND, Outcome.ABSENT): s.AttemptState.SETTLED,
}


def examine(till: Till, case: CounterCase) -> DoubtView:
    """Fetch the evidence now and write it down. What keeps it away is shown, never raised.

    Raises ``OperatorInput`` where nothing is in doubt any more.
    """
    day.put_right(till, None)
    with till.store.reading() as unit:
        case = unit.cases.get(case.case_id)
        attempt = unit.attempts.of_case(case.case_id)
        item = item_of(till, case, attempt)
    if item is None:
        raise OperatorInput(Code.STEP_MOVED_ON)
    if attempt is not None and attempt.state is s.AttemptState.MANUAL:
        return _money(till, case, attempt, item)
    return _record(till, case, item)


def _money(till: Till, case: CounterCase, attempt: s.Attempt, item: OpenItem) -> DoubtView:
    try:
        evidence = _signed_in(till, case)
    except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
        return _view(till, item, _amount_rows(attempt, None), "missing", (), trouble, None)
    except OperatorInput as early:
        if early.code is not Code.STATEMENT_NOT_GIVEN:
            raise
        return _view(till, item, _amount_rows(attempt, None), "missing", (), early, None)
    silent, (source, choices) = evidence.seen.silent_for(attempt.leg), _offered(attempt, evidence)
    rows = _amount_rows(attempt, evidence) + fee_rows(till, case, attempt, evidence)
    rows += _refused_rows(till, evidence)
    try:
        with till.store.reading() as unit:
            money.require_settled_down(till, unit, attempt, evidence)
    except OperatorInput as early:
        return _view(till, item, rows, source, (), early, evidence)
    return _view(till, item, rows, source, choices, None, evidence, stated=silent)


def _offered(attempt: s.Attempt, evidence: Evidence) -> tuple[str, tuple[Choice, ...]]:
    """On what a decision rests, and what it may be."""
    settling = attempt.leg is s.Leg.SETTLE
    if evidence.seen.silent_for(attempt.leg):
        word = "unheard" if settling else "word"
        outcomes = tuple(Outcome) if by_word.may_stand(attempt) else (Outcome.ABSENT,)
        source = "withheld" if evidence.seen.unheard else "silent"
        return source, tuple(_choice(word, outcome) for outcome in outcomes)
    partly = evidence.seen.refused and settling
    shown = _shown(attempt.leg, evidence)
    return "statement", (_choice("partly" if partly else attempt.leg.value, shown),)


def _refused_rows(till: Till, evidence: Evidence) -> tuple[CompareRow, ...]:
    """What the statement could not be compared with."""
    names, said = till.profile.tables.get("clearing_kind", {}), Say("doubt.refused")
    return tuple(
        CompareRow("refused", f"{names.get(kind, kind)} {office}", said, None)
        for kind, office in evidence.seen.refused
    )


def _choice(subject: str, outcome: Outcome) -> Choice:
    what = f"{subject}.{outcome.value}"
    return Choice(outcome, Say(f"doubt.found.{what}"), Say(f"doubt.effect.{what}"))


def _signed_in(till: Till, case: CounterCase) -> Evidence:
    """A platform that has forgotten today's sign-in is signed in to again, once."""
    try:
        return money.gather(till, case)
    except PlatformRejected as refused:
        if refused.code is not Code.SIGN_IN_REQUIRED:
            raise
    day.open_day(till)
    return money.gather(till, case)


def _shown(leg: s.Leg, evidence: Evidence) -> Outcome:
    """For a settlement: does it stand. For a refund: does the refund stand."""
    stands = evidence.active if leg is s.Leg.SETTLE else not evidence.active
    return Outcome.STANDS if stands else Outcome.ABSENT


def _view(
    till: Till,
    item: OpenItem,
    rows: tuple[CompareRow, ...],
    source: str,
    choices: tuple[Choice, ...],
    trouble: Trouble | None,
    evidence: Evidence | RecordEvidence | None,
    *,
    stated: bool = False,
) -> DoubtView:
    at: datetime = evidence.at if evidence is not None else till.clock.now()
    return DoubtView(
        item=item,
        rows=rows,
        source=Say(f"doubt.source.{source}"),
        fetched_at=at,
        valid_until=at + records.FRESH,
        choices=choices,
        needs_statement=stated,
        trouble=trouble_banner(trouble) if trouble is not None else None,
        evidence=evidence,
    )


def masked_message_id(message_id: str) -> str:
    """Enough to find it, not enough to send it: the ends of the thirty characters."""
    return f"{message_id[:4]}…{message_id[-6:]}"


def _amount_rows(attempt: s.Attempt, evidence: Evidence | None) -> tuple[CompareRow, ...]:
    (ours, theirs), refunding = _figures(attempt, evidence), attempt.leg is s.Leg.REFUND
    line = evidence.line if evidence else None
    rows = [
        _row("message", masked_message_id(attempt.message_id), _id_of(line)),
        *(
            _row(name, getattr(ours, name), getattr(theirs, name) if theirs else None)
            for name in ("total", "fund", "account", "cash")
        ),
        _row("settlement_id", _known_id(attempt), line.settlement_id if line else None),
    ]
    back = evidence.refund_line if evidence else None
    if refunding or back is not None:
        told = masked_message_id(attempt.refund_message_id) if attempt.refund_message_id else None
        rows.append(_row("refund_message", told, _id_of(back)))
    return tuple(rows)


def _known_id(attempt: s.Attempt) -> str | None:
    return attempt.settled.settlement_id if attempt.settled else None


def _id_of(line: StatementResult | None) -> str | None:
    return masked_message_id(line.message_id) if line is not None else None


def _figures(attempt: s.Attempt, evidence: Evidence | None) -> tuple[Amounts, Amounts | None]:
    """Ours, and theirs as the platform's statement has it; what that leaves out comes from its own
    answer. Of a refund that is shown: what was to go back and what went, below nought."""
    ours = attempt.expected
    if attempt.leg is s.Leg.REFUND and attempt.settled is not None:
        ours = attempt.settled.amounts
    if evidence is None:
        return ours, None
    back = refunded_as(attempt, evidence.seen) if attempt.leg is s.Leg.REFUND else None
    if back is not None:
        return ours.negated(), back.amounts
    booked = settled_as(attempt, evidence.seen)
    return ours, booked.amounts if booked is not None else None


def _row(key: str, ours: Shown, theirs: Shown) -> CompareRow:
    agrees = ours == theirs if ours is not None and theirs is not None else None
    return CompareRow(key, ours, theirs, agrees)


def _record(till: Till, case: CounterCase, item: OpenItem) -> DoubtView:
    evidence = records.gather(till, case)
    subject = item.subject.value
    choices = tuple(_choice(subject, outcome) for outcome in evidence.outcomes)
    source = "trail" if evidence.found is not None else "portal"
    rows = _record_rows(case, evidence)
    stated = evidence.found is None
    return _view(till, item, rows, source, choices, evidence.trouble, evidence, stated=stated)


def _record_rows(case: CounterCase, evidence: RecordEvidence) -> tuple[CompareRow, ...]:
    theirs = Say(f"doubt.seen.{evidence.found.value}") if evidence.found else None
    request, facts = evidence.record.request, case.facts
    if request is None:
        audit = required(facts.audit, "an audit in doubt without a decision")
        rx = required(facts.prescription, "an audit in doubt without a prescription")
        verdict = Say(f"doubt.verdict.{audit.decision.verdict.value}")
        return (
            _row("rx_number", f"…{rx.rx_number[-10:]}", None),
            CompareRow("verdict", verdict, theirs, None),
            _row("pharmacist", audit.decision.pharmacist.name.masked(), None),
        )
    codes = Say("doubt.codes", (("count", len(request.line.trace_codes)),))
    return (
        _row("receipt", request.receipt_no, None),
        _row("drug", request.line.name, None),
        CompareRow("codes", codes, theirs, None),
        _row("amount", request.line.amount, None),
    )


def decide(
    till: Till,
    view: DoubtView,
    outcome: Outcome,
    second: Operator,
    statement: str,
    reason: str,
) -> CounterCase:
    """End the doubt ``view`` was about. Raises as the decision it is handed to."""
    evidence = view.evidence
    if not isinstance(evidence, Evidence | RecordEvidence):
        raise OperatorInput(Code.EVIDENCE_CONTRADICTS)
    with till.store.reading() as unit:
        case = unit.cases.get(evidence.case_id)
        attempt = unit.attempts.of_case(evidence.case_id)
    if isinstance(evidence, RecordEvidence):
        return records.decide(till, case, evidence, outcome, second, statement, reason)
    leg = attempt.leg if attempt is not None else s.Leg.SETTLE
    return money.decide(till, case, evidence, _ENDS[leg, outcome], second, reason, statement)
