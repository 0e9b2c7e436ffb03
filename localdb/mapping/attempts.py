"""``settlement_attempt``."""

from typing import Any

from app.domain.money import Amounts, Fen
from app.domain.settlement import Attempt, AttemptState, Leg, SettledFacts
from localdb.mapping.codec import Codec
from localdb.statements import AnyRow


def bill_values(attempt: Attempt) -> dict[str, Any]:
    """Columns that never change."""
    amounts = attempt.expected
    return {
        "message_id": attempt.message_id,
        "total": amounts.total,
        "fund": amounts.fund,
        "account": amounts.account,
        "cash": amounts.cash,
        "mutual_aid": amounts.mutual_aid,
        "hospital_part": amounts.hospital_part,
    }


def state_values(codec: Codec, attempt: Attempt) -> dict[str, Any]:
    """Columns that every step may change."""
    return {
        "state": attempt.state,
        "leg": attempt.leg,
        "refund_message_id": attempt.refund_message_id,
        "sent_at": attempt.sent_at,
        "next_at": attempt.next_at,
        "reversals": attempt.reversals,
        "asked": attempt.asked,
        "confirming": attempt.confirming,
        "settled": codec.write_optional(attempt.settled),
        "refund": codec.write_optional(attempt.refund),
        "reason": attempt.reason,
    }


def attempt_of(codec: Codec, row: AnyRow) -> Attempt:
    return Attempt(
        message_id=row.message_id,
        state=AttemptState(row.state),
        expected=Amounts(
            total=Fen(row.total),
            fund=Fen(row.fund),
            account=Fen(row.account),
            cash=Fen(row.cash),
            mutual_aid=Fen(row.mutual_aid),
            hospital_part=Fen(row.hospital_part),
        ),
        leg=Leg(row.leg),
        refund_message_id=row.refund_message_id,
        sent_at=row.sent_at,
        next_at=row.next_at,
        reversals=row.reversals,
        asked=row.asked,
        confirming=row.confirming,
        settled=codec.read_optional(row.settled, SettledFacts),
        refund=codec.read_optional(row.refund, SettledFacts),
        reason=row.reason,
    )
