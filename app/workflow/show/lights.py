"""Three lights and the plain list 各在哪里: ours, sending, theirs or unknown. No fifth word.

Goods are never at the platform: theirs are in the customer's hands.
"""

from app.domain.audit import Verdict
from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code
from app.domain.money import fen_text
from app.domain.settlement import Attempt, AttemptState, Leg
from app.workflow.cases.counter_rules import SELF_PAY
from app.workflow.cases.lines import codes_on_record
from app.workflow.views.case import LightView, Say, Whereabouts, WhereRow

_UNKNOWN_MONEY = frozenset(
    {
        AttemptState.UNKNOWN,
        AttemptState.REVERSING,
        AttemptState.REVERSED_UNCONFIRMED,
        AttemptState.MANUAL,
        AttemptState.REFUND_UNKNOWN,
        AttemptState.REFUND_REVERSING,
    }
)


def money(case: CounterCase, attempt: Attempt | None) -> LightView:
    """Where the money stands."""
    if case.facts.elsewhere is not None:
        known = "refunded" if money_is_back(case, attempt) else "elsewhere"
        return LightView(Whereabouts.THEIRS, Say(f"light.money.{known}"))
    if attempt is None and case.facts.handed_over_at is not None:
        known = "cash_back" if case.facts.cash_back is not None else "cash"
        return LightView(Whereabouts.OURS, Say(f"light.money.{known}"))
    if attempt is None:
        known = "light.money.estimated" if case.facts.estimate else "light.money.none"
        return LightView(Whereabouts.OURS, Say(known))
    if attempt.state in (AttemptState.SENDING, AttemptState.REFUND_SENDING):
        return LightView(Whereabouts.SENDING, Say("light.money.sending"), attempt.sent_at)
    if attempt.state in _UNKNOWN_MONEY:
        return LightView(Whereabouts.UNKNOWN, _in_doubt(attempt), attempt.sent_at)
    if attempt.state in (AttemptState.SETTLED, AttemptState.REFUND_PREPARED):
        return LightView(Whereabouts.THEIRS, Say("light.money.settled"))
    if attempt.state is AttemptState.REFUNDED:
        return LightView(Whereabouts.THEIRS, Say("light.money.refunded"))
    return LightView(Whereabouts.OURS, Say("light.money.none"))


def _in_doubt(attempt: Attempt) -> Say:
    """How much it is, and what of it is in nobody's hand yet."""
    parts = attempt.expected
    amounts = (("total", fen_text(parts.total)), ("cash", fen_text(parts.cash)))
    refund = attempt.leg is Leg.REFUND
    return Say("light.money.refund_unknown" if refund else "light.money.unknown", amounts)


def money_is_back(case: CounterCase, attempt: Attempt | None) -> bool:
    """Whether what was settled, here or elsewhere, or paid in cash went back whole."""
    if case.facts.cash_back is not None:
        return True
    foreign = case.facts.elsewhere
    if foreign is not None:
        return foreign.refunded_at is not None
    return attempt is not None and attempt.state is AttemptState.REFUNDED


def prescription(case: CounterCase) -> LightView:
    """Where the prescription stands: ours, downloaded, reviewed."""
    facts = case.facts
    if case.route == SELF_PAY:
        return LightView(Whereabouts.OURS, Say("light.rx.not_needed"), needed=False)
    if case.position.step is Step.AUDIT and case.position.phase is Phase.UNKNOWN:
        return LightView(Whereabouts.UNKNOWN, Say("light.rx.audit_unknown"))
    if case.position.phase is Phase.SENT and case.position.step in _RX_STEPS:
        return LightView(Whereabouts.SENDING, Say(f"light.rx.{case.position.step.value}"))
    if facts.audit is not None and facts.audit.confirmed_at is not None:
        found = "light.rx.audit_refused" if audit_refused(case) else "light.rx.audited"
        return LightView(Whereabouts.THEIRS, Say(found))
    if facts.audit is not None and case.position.step is Step.SCAN:
        return LightView(Whereabouts.OURS, Say("light.rx.audit_queued"))
    if facts.prescription is not None:
        return LightView(Whereabouts.THEIRS, Say("light.rx.downloaded"))
    if case.position.step is Step.DOWNLOAD and _came_unusable(case):
        # the centre counts it as given, whatever came with it
        return LightView(Whereabouts.THEIRS, Say("light.rx.unusable"))
    if facts.download_unclear:
        return LightView(Whereabouts.UNKNOWN, Say("light.rx.download_unknown"))
    return LightView(Whereabouts.OURS, Say("light.rx.none"))


def _came_unusable(case: CounterCase) -> bool:
    refusal = case.facts.refusal
    return refusal is not None and refusal.code in _UNUSABLE


def audit_refused(case: CounterCase) -> bool:
    """The pharmacist decided against this prescription."""
    audit = case.facts.audit
    return audit is not None and audit.decision.verdict is Verdict.REFUSED


_UNUSABLE = (Code.DOCUMENT_UNREADABLE, Code.DOCUMENT_CHANGED)
_NOT_SOLD = (Step.CLOSED, Step.RETURN_SALE)
_GOODS_BACK = (Step.REVOKE, *_NOT_SOLD)
_RX_STEPS = (Step.AUTHORISE, Step.DOWNLOAD, Step.VERIFY, Step.AUDIT)


def codes(case: CounterCase) -> LightView:
    """Where the trace codes stand: scanned here, uploaded with the sale, or not known."""
    facts, position = case.facts, case.position
    scanned = sum(len(line.packs) for line in facts.lines)
    needed = sum(line.boxes for line in facts.lines)
    if position.step in (Step.UPLOAD_SALE, Step.RETURN_SALE):
        if position.phase is Phase.SENT:
            return LightView(Whereabouts.SENDING, Say("light.codes.uploading"))
        if position.phase is Phase.UNKNOWN:
            return LightView(Whereabouts.UNKNOWN, Say("light.codes.unknown"))
    if facts.sale is not None and facts.sale.accepted_lines:
        arrived = (("count", codes_on_record(case)),)
        return LightView(Whereabouts.THEIRS, Say("light.codes.uploaded", arrived))
    if not facts.lines:
        return LightView(Whereabouts.OURS, Say("light.codes.none"))
    if facts.sale is not None and facts.sale.untold:
        return LightView(Whereabouts.OURS, Say("light.codes.untold"))
    sold = facts.settled is not None or facts.cash_back is not None
    if sold and facts.sale is not None and facts.sale.returned_at is not None:
        return LightView(Whereabouts.THEIRS, Say("light.codes.returned", (("count", scanned),)))
    if facts.handed_over_at is not None or facts.settled is not None:
        return LightView(Whereabouts.OURS, Say("light.codes.queued"))
    if scanned and position.step is Step.CLOSED:
        return LightView(Whereabouts.OURS, Say("light.codes.freed", (("count", scanned),)))
    counts = (("scanned", scanned), ("needed", needed))
    return LightView(Whereabouts.OURS, Say("light.codes.scanned", counts))


def goods(case: CounterCase, attempt: Attempt | None) -> LightView:
    """Where the boxes are: here, or with the customer. What was refunded is sold to nobody."""
    # of a sale for cash that moment is kept: on the way back the boxes lie on the counter
    if case.facts.handed_over_at is not None and case.position.step not in _GOODS_BACK:
        return LightView(Whereabouts.THEIRS, Say("light.goods.handed_over"))
    if case.facts.goods_out and case.position.step not in _GOODS_BACK:
        return LightView(Whereabouts.THEIRS, Say("light.goods.given_before"))
    if attempt is not None and attempt.state in _UNKNOWN_MONEY:
        back = attempt.leg is Leg.REFUND
        return LightView(Whereabouts.OURS, Say("light.goods.apart" if back else "light.goods.held"))
    if money_is_back(case, attempt):
        return LightView(Whereabouts.OURS, Say("light.goods.quarantined"))
    boxes = sum(len(line.packs) for line in case.facts.lines)
    if boxes and case.position.step in _NOT_SOLD and case.facts.settled is None:
        # nobody carries them back but the person who reads this
        closed = case.position.step is Step.CLOSED
        said = "light.goods.put_back" if closed else "light.goods.wait_to_put_back"
        return LightView(Whereabouts.OURS, Say(said, (("count", boxes),)))
    if boxes:
        return LightView(Whereabouts.OURS, Say("light.goods.at_counter"))
    return LightView(Whereabouts.OURS, Say("light.goods.shelf"))


def where(case: CounterCase, attempt: Attempt | None) -> tuple[WhereRow, ...]:
    """The four lines of 各在哪里."""
    rows = (
        ("money", money(case, attempt)),
        ("prescription", prescription(case)),
        ("codes", codes(case)),
        ("goods", goods(case, attempt)),
    )
    return tuple(WhereRow(topic, light.where, light.detail, light.needed) for topic, light in rows)
