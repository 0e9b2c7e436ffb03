"""What the first refund was answered is no fact of the second one."""

from datetime import UTC, datetime, timedelta

from app.domain import settlement as s
from app.domain.attempt import SettledFacts
from app.domain.money import Amounts, Fen

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
WHOLE = Amounts(Fen(1000), Fen(700), Fen(200), Fen(100))
PART = Amounts(Fen(-400), Fen(-400), Fen(0), Fen(0))
RULES = s.SettleRules(
    quiescence=timedelta(seconds=20),
    reversible=True,
    refund_reversible=True,
    status_query=s.StatusQuery.BY_SETTLEMENT_ID,
    can_confirm=True,
    backoff=(timedelta(seconds=5),),
    max_reversals=3,
)


def facts(settlement_id: str, amounts: Amounts) -> SettledFacts:
    return SettledFacts(settlement_id, "V1", amounts, "", None, "350100", "41")


def moved(attempt: s.Attempt, *events: s.Event) -> s.Attempt:
    for event in events:
        attempt, _ = s.step(attempt, event, RULES)
    return attempt


def test_a_second_refund_found_by_question_has_nothing_of_the_first() -> None:
    later = NOW + timedelta(minutes=5)
    settled = moved(
        s.prepare("M1", WHOLE, NOW),
        s.BeginSending(NOW),
        s.Replied(NOW, s.ReplyClass.DONE, facts("S1", WHOLE)),
    )
    healed = moved(
        settled,
        s.BeginRefund(NOW, "R1"),
        s.BeginSending(NOW),
        s.Replied(NOW, s.ReplyClass.AMOUNTS_DIFFER, facts("S2", PART)),
        s.PersonDecides(NOW, s.AttemptState.SETTLED, 3, 1),
    )
    assert healed.state is s.AttemptState.SETTLED
    refunded = moved(
        healed,
        s.BeginRefund(later, "R2"),
        s.BeginSending(later),
        s.Replied(later, s.ReplyClass.UNCLEAR),
        s.QueryFound(later + timedelta(minutes=1), facts("S1", WHOLE), refunded=True),
    )
    assert refunded.state is s.AttemptState.REFUNDED
    assert refunded.refund is None or refunded.refund.settlement_id != "S2", refunded.refund
