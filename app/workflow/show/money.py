"""Settle, unknown and hand-over as shown."""

from dataclasses import replace
from datetime import datetime

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Bug
from app.domain.goods.selling import complete, total
from app.domain.money import Fen, fen_text, in_cash
from app.domain.settlement import Attempt, AttemptState, Leg, SettledFacts
from app.ports.store import PrintJob, PrintKind, Unit
from app.workflow.calendar import CHINA
from app.workflow.cases import same_person
from app.workflow.cases.required import required
from app.workflow.cases.rules import settle_rules_of
from app.workflow.offline import Offline, offline
from app.workflow.papers import printing
from app.workflow.people.credentials import needs_code_again, person_of
from app.workflow.show.advice import advice_view
from app.workflow.show.sale import line_views
from app.workflow.steps.hand_over import may_give_back
from app.workflow.steps.upload_sale import dispenser_on_duty, wants_dispenser
from app.workflow.till import Till
from app.workflow.uploads import twice
from app.workflow.views.case import (
    ConditionRow,
    HandOverView,
    PrintRow,
    Say,
    SettleView,
    TimelineRow,
    UnknownView,
)

__all__ = [
    "HandOverView",
    "elsewhere_view",
    "hand_over_view",
    "pay_view",
    "settle_view",
    "unknown_view",
]


OLD_SPLIT = "condition.open.estimate_old"
"""Other money of this person moved, or a day ended: nobody collects by these parts (0056)."""


def settle_view(till: Till, unit: Unit, case: CounterCase) -> SettleView:
    """Amounts as pre-settled, and what still stands in the way."""
    estimate = case.facts.estimate
    conditions = _conditions(till, unit, case)
    old = any(row.detail.key == OLD_SPLIT for row in conditions)
    at_settle = case.position.step is Step.SETTLE and case.position.phase is Phase.READY
    return SettleView(
        lines=line_views(till, unit, case),
        amounts=estimate.amounts if estimate else None,
        estimated=total(case.facts.lines),
        balance_after=estimate.balance_after if estimate else None,
        deductible=estimate.deductible if estimate else None,
        pool_ratio=estimate.pool_ratio if estimate else "",
        conditions=conditions,
        ready=at_settle and all(row.met for row in conditions),
        needs_credential=needs_code_again(till, case),
        advice=advice_view(till, case),
        old=old,
    )


def elsewhere_view(till: Till, unit: Unit, case: CounterCase) -> SettleView:
    """What another product has to settle, and what still stands in the way here."""
    told_first = Step.UPLOAD_SALE in till.route(case.route).steps
    wanted = {"audit", "boxes", "upload"} if told_first else {"audit", "boxes"}
    conditions = tuple(row for row in _conditions(till, unit, case) if row.key in wanted)
    at_settle = case.position.step is Step.SETTLE and case.position.phase is Phase.READY
    return SettleView(
        lines=line_views(till, unit, case),
        amounts=None,
        estimated=total(case.facts.lines),
        balance_after=None,
        deductible=None,
        pool_ratio="",
        conditions=conditions,
        ready=at_settle and all(row.met for row in conditions),
        needs_credential=False,
        elsewhere=True,
    )


def pay_view(till: Till, unit: Unit, case: CounterCase) -> SettleView:
    """What a self-pay sale costs, and how much may still be sold where there is no line."""
    due = total(case.facts.lines)
    scanned = sum(len(line.packs) for line in case.facts.lines)
    conditions = (
        _row("boxes", complete(case.facts.lines), ("count", scanned)),
        *_dispenser(till, unit),
        _line(offline(till, unit), due, till.clock.now()),
    )
    return SettleView(
        lines=line_views(till, unit, case),
        amounts=in_cash(due),
        estimated=due,
        balance_after=None,
        deductible=None,
        pool_ratio="",
        conditions=conditions,
        ready=all(row.met for row in conditions),
        needs_credential=False,
        self_pay=True,
    )


def _dispenser(till: Till, unit: Unit) -> tuple[ConditionRow, ...]:
    """Whose name goes on the wire as the pharmacist's, where the region asks for one."""
    if not wants_dispenser(till):
        return ()
    here = dispenser_on_duty(till, unit)
    if here is None:
        return (_row("dispenser", False),)
    return (_row("dispenser", True, ("name", here.name)),)


def _line(state: Offline | None, due: Fen, now: datetime) -> ConditionRow:
    if state is None:
        return _row("line", True)
    left = (
        ("sales", state.sales_left),
        ("cash", fen_text(state.amount_left)),
        ("until", f"{state.until.astimezone(CHINA):%m-%d %H:%M}"),
    )
    within = state.sales_left > 0 and due <= state.amount_left and now < state.until
    if within:
        return ConditionRow("line", True, Say("condition.offline", left))
    return _row("line", False, *left)


def _conditions(till: Till, unit: Unit, case: CounterCase) -> tuple[ConditionRow, ...]:
    facts = case.facts
    scanned = sum(len(line.packs) for line in facts.lines)
    uploaded = facts.sale is not None and facts.sale.uploaded_at is not None
    audited = facts.audit is not None and facts.audit.confirmed_at is not None
    busy = any(other.case_id != case.case_id for other, _ in same_person.in_doubt(unit, case))
    name = facts.audit.decision.pharmacist.name.reveal() if facts.audit else ""
    rows = [
        _row("identity", not needs_code_again(till, case)),
        _row("audit", audited, ("name", name)),
        _row("boxes", complete(facts.lines), ("count", scanned)),
        _row("upload", uploaded),
        _estimate(till, unit, case),
        _row("free", not busy),
    ]
    if Step.UPLOAD_SALE not in till.route(case.route).steps:
        # told once the money stands: nothing to wait for
        rows = [row for row in rows if row.key != "upload"]
    if twice.waits_for_centre(till, case):
        rows.insert(3, _row("centre", twice.told(till, unit, case)))
    if facts.prescription is None:
        rows = [row for row in rows if row.key != "audit"]
    return tuple(rows)


def _estimate(till: Till, unit: Unit, case: CounterCase) -> ConditionRow:
    if case.facts.estimate is None:
        return _row("estimate", False)
    if same_person.split_is_old(till, unit, case):
        return ConditionRow("estimate", False, Say(OLD_SPLIT))
    return _row("estimate", True)


def _row(key: str, met: bool, *params: tuple[str, str | int]) -> ConditionRow:
    return ConditionRow(
        key, met, Say(f"condition.{key}" if met else f"condition.open.{key}", params)
    )


_ORDER = (
    AttemptState.SENDING,
    AttemptState.UNKNOWN,
    AttemptState.REVERSING,
    AttemptState.REVERSED_UNCONFIRMED,
    AttemptState.REVERSED,
)
_REFUND_STOPS = {
    AttemptState.REFUND_UNKNOWN: AttemptState.UNKNOWN,
    AttemptState.REFUND_REVERSING: AttemptState.REVERSING,
}
"""Where a refund stands on the same way, each stop worded for money that was to go back."""
_WHY = frozenset(
    {
        "amounts_differ",
        "cannot_confirm",
        "not_reversible",
        "period_closed",
        "refused_after_word",
        "restored",
        "restarted",
        "reversal_exhausted",
        "statement_silent",
        "statement_withheld",
        "still_active",
    }
)
"""Reasons of the engine that have a sentence; every other one is a code of an answer."""


def unknown_view(
    till: Till, case: CounterCase, attempt: Attempt, clock: Say | None = None
) -> UnknownView:
    """怎么查清: what is known, what will be tried and when at the earliest, what to say.

    ``clock`` says why nothing is tried before the time of this computer is right.
    """
    if attempt.sent_at is None:
        raise Bug(what="unknown but never sent")
    return UnknownView(
        attempt=attempt.state,
        message_id=attempt.message_id,
        sent_at=attempt.sent_at,
        next_at=attempt.next_at,
        timeline=_timeline(till, attempt) if clock is None else _timeless(till, attempt, clock),
        wire=_wire(case, attempt),
        say_to_customer=Say(
            "unknown.say_of_refund" if attempt.leg is Leg.REFUND else "unknown.say_to_customer"
        ),
        refund=attempt.leg is Leg.REFUND,
    )


def _wire(case: CounterCase, attempt: Attempt) -> tuple[tuple[str, Say], ...]:
    """往来凭据; the message by the number that stands on the waiting slip."""
    reason, tries = attempt.reason, attempt.reversals
    why = Say(f"wire.why.{reason}") if reason in _WHY else Say("wire.reason", (("code", reason),))
    rows = [
        ("person_no", Say("wire.person", (("tail", person_of(case).person_no.masked()),))),
        ("message", Say("wire.message", (("tail", attempt.query_no),))),
        ("reason", why),
        ("tries", Say("wire.tries", (("count", tries),)) if tries else Say("wire.no_tries")),
    ]
    return tuple(row for row in rows if reason or row[0] != "reason")


def _timeless(till: Till, attempt: Attempt, clock: Say) -> tuple[TimelineRow, ...]:
    """While the clock is not believed nothing is due; a person's decision waits for it too."""
    rows = _timeline(till, attempt)
    return tuple(
        replace(row, until=None, proves=clock)
        if row.state == "now"
        else replace(row, at=row.at if row.state == "done" else None)
        for row in rows
    )


def _timeline(till: Till, attempt: Attempt) -> tuple[TimelineRow, ...]:
    refund = attempt.leg is Leg.REFUND
    if attempt.state is AttemptState.MANUAL:
        proves = "timeline.refund.manual" if refund else "timeline.proves.manual"
        return (
            TimelineRow(attempt.sent_at, "done", Say("timeline.sending"), None),
            TimelineRow(None, "now", Say("timeline.manual"), Say(proves)),
        )
    stop = _REFUND_STOPS.get(attempt.state, attempt.state)
    if stop is AttemptState.REVERSING and attempt.confirming:
        stop = AttemptState.REVERSED_UNCONFIRMED
    here = _ORDER.index(stop) if stop in _ORDER else 1
    sent_at = required(attempt.sent_at, "unknown but never sent")
    quiet = sent_at + settle_rules_of(till.profile).quiescence
    times = {AttemptState.SENDING: sent_at}
    if stop is AttemptState.UNKNOWN:
        times[AttemptState.REVERSING] = attempt.next_at or quiet
    return tuple(
        TimelineRow(
            at=times.get(state),
            state="done" if i < here else "now" if i == here else "next",
            what=Say(f"timeline.{state.value}"),
            proves=Say(f"timeline.{'refund' if refund else 'proves'}.{state.value}"),
            until=attempt.next_at if i == here else None,
        )
        for i, state in enumerate(_ORDER)
    )


def _balance(settled: SettledFacts | None) -> Fen | None:
    """What is left in the account; None where nobody told."""
    told = settled.balance_after if settled is not None else None
    return Fen(told) if told is not None else None


def print_rows(unit: Unit, case: CounterCase) -> tuple[PrintRow, ...]:
    """Every paper of a visit."""
    return tuple(_print_row(unit, job) for job in unit.prints.of_case(case.case_id))


def _print_row(unit: Unit, job: PrintJob) -> PrintRow:
    waits = job.printed_at is None
    held = waits and printing.waits_for_recovery(unit, job)
    return PrintRow(job.kind.value, job.copies, job.printed_at, waits, held)


def hand_over_view(unit: Unit, case: CounterCase) -> HandOverView:
    """What was settled or paid, which papers are out, what change to give."""
    facts = case.facts
    due = total(facts.lines)
    if facts.settled is not None:
        amounts, at = facts.settled.amounts, facts.settled_at
    elif facts.handed_over_at is not None:
        amounts, at = in_cash(due), facts.handed_over_at
    else:
        raise Bug(what="hand over before settlement")
    cash, agreed = amounts.cash, facts.estimate.amounts.cash if facts.estimate else None
    received, short = facts.cash_received, facts.still_to_pay
    return HandOverView(
        amounts=amounts,
        settlement_id=facts.settled.settlement_id if facts.settled else "",
        receipt_no=facts.sale.receipt_no if facts.sale else "",
        cash_received=received,
        change=Fen(received - cash) if received is not None and not short else None,
        settled_at=at,
        papers=tuple(
            one for one in print_rows(unit, case) if one.kind != PrintKind.WAITING_SLIP.value
        ),
        balance_after=_balance(facts.settled),
        handed_over=facts.handed_over_at is not None,
        bags=sum(len(line.parts) for line in facts.lines),
        may_give_back=may_give_back(unit, case),
        still_to_pay=short,
        agreed=agreed if facts.settled is not None and agreed != cash else None,
        goods_out=facts.goods_out,
    )
