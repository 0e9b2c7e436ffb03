"""Two independent ledgers laid beside each other: ours, and the platform's own store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase
from app.domain.settlement import AT_REST, DEAD, Attempt, AttemptState
from app.ports.store import PrintKind, Unit
from app.workflow.cases.counter_rules import SELF_PAY
from localdb.schema.cases import counter_case
from localdb.schema.messages import message
from localdb.schema.money import attempt_event, settlement_attempt
from localdb.schema.shop import print_job
from localdb.store import SqlStore, scope_of

S = AttemptState
SHOWS: dict[AttemptState, frozenset[tuple[Step, Phase]]] = {
    S.PREPARED: frozenset({(Step.SETTLE, Phase.READY)}),
    S.SENDING: frozenset({(Step.SETTLE, Phase.SENT)}),
    S.UNKNOWN: frozenset({(Step.SETTLE, Phase.UNKNOWN)}),
    S.REVERSING: frozenset({(Step.SETTLE, Phase.UNKNOWN)}),
    S.REVERSED_UNCONFIRMED: frozenset({(Step.SETTLE, Phase.UNKNOWN)}),
    S.REFUND_PREPARED: frozenset({(Step.REVOKE, Phase.READY)}),
    S.REFUND_SENDING: frozenset({(Step.REVOKE, Phase.SENT)}),
    S.REFUND_UNKNOWN: frozenset({(Step.REVOKE, Phase.UNKNOWN)}),
    S.REFUND_REVERSING: frozenset({(Step.REVOKE, Phase.UNKNOWN)}),
    S.MANUAL: frozenset({(Step.SETTLE, Phase.UNKNOWN), (Step.REVOKE, Phase.UNKNOWN)}),
    S.SETTLED: frozenset(
        {
            (Step.HAND_OVER, Phase.READY),
            (Step.DONE, Phase.READY),
            (Step.TAKE_BACK, Phase.READY),
            (Step.REVOKE, Phase.READY),
            (Step.REVOKE, Phase.REJECTED),
        }
    ),
    S.REFUNDED: frozenset((Step.RETURN_SALE, phase) for phase in Phase)
    | {(Step.CLOSED, Phase.READY)},
}
"""Where a case may stand beside its attempt (architecture 7); REJECTED and REVERSED are free."""
FREE = frozenset({S.REJECTED, S.REVERSED})


@dataclass(frozen=True)
class OurSide:
    """One consistent look at everything that was promised."""

    cases: tuple[CounterCase, ...]
    attempts: dict[int, Attempt | None]
    sending: int

    def agrees(self) -> None:
        """Every case stands where its attempt puts it."""
        for case in self.cases:
            attempt = self.attempts[case.case_id]
            at = (case.position.step, case.position.phase)
            if attempt is None:
                assert case.facts.settled is None
            elif attempt.state in FREE:
                assert case.position.step is not Step.HAND_OVER
                assert at != (Step.DONE, Phase.READY)
                assert at != (Step.SETTLE, Phase.UNKNOWN)
            else:
                assert at in SHOWS[attempt.state], (at, attempt.state)

    def codes(self) -> list[str]:
        """Trace codes of every case that is settled and not refunded, sorted."""
        held = [c for c in self.cases if self._state(c) is S.SETTLED]
        return sorted(p.code for c in held for line in c.facts.lines for p in line.packs if p.code)

    def settled(self) -> int:
        return sum(self._state(case) is S.SETTLED for case in self.cases)

    def _state(self, case: CounterCase) -> AttemptState | None:
        attempt = self.attempts[case.case_id]
        return attempt.state if attempt is not None else None


def our_side(store: SqlStore, *case_ids: int) -> OurSide:
    with store.reading() as unit:
        cases = tuple(unit.cases.get(case_id) for case_id in case_ids)
        attempts = {case_id: unit.attempts.of_case(case_id) for case_id in case_ids}
        return OurSide(cases, attempts, _sending(unit))


def _sending(unit: Unit) -> int:
    count = sa.select(sa.func.count()).where(message.c.state == "sending")
    return int(scope_of(unit).connection.execute(count).scalar_one())


@dataclass(frozen=True)
class Books:
    """Both whole ledgers at one moment: message id to total in fen."""

    attempts: dict[str, AttemptState]
    ours: dict[str, int]
    theirs: dict[str, int]
    paid_for: frozenset[str]
    receipts: tuple[str, ...]

    def never_wrong(self) -> None:
        """Holds at every moment, also while something is in doubt."""
        assert self.theirs.keys() <= self.attempts.keys(), "money moved that nobody wrote down"
        for message_id, state in self.attempts.items():
            if state is S.SETTLED:
                assert message_id in self.theirs, "settled here and not there"
            elif state in DEAD:
                assert message_id not in self.theirs, "settled there and given up here"
        for message_id, total in self.ours.items():
            assert self.theirs[message_id] == total
        assert len(self.theirs) <= 1, "one prescription, two settlements"
        assert set(self.receipts) <= self.paid_for, "a receipt without a settlement"

    def agree(self) -> None:
        """At rest both tell the same, line by line."""
        self.never_wrong()
        open_ones = {m: s for m, s in self.attempts.items() if s not in AT_REST}
        assert not open_ones
        assert self.ours == self.theirs


def books(store: SqlStore, platform_state: Mapping[str, Any]) -> Books:
    """Our attempts beside the platform's active settlements; receipts are those ever queued."""
    paid = sa.select(attempt_event.c.message_id).where(attempt_event.c.state_after == S.SETTLED)
    # what was paid in cash alone hangs on no settlement
    insured = sa.select(counter_case.c.case_id).where(counter_case.c.route != SELF_PAY)
    receipts = (
        sa.select(print_job.c.attempt_id)
        .where(print_job.c.kind == PrintKind.RECEIPT)
        .where(print_job.c.case_id.in_(insured))
    )
    with store.reading() as unit:
        run = scope_of(unit).connection.execute
        rows = run(
            sa.select(
                settlement_attempt.c.message_id,
                settlement_attempt.c.state,
                settlement_attempt.c.total,
            )
        ).all()
        paid_for = frozenset(run(paid).scalars())
        printed = tuple(run(receipts).scalars())
    return Books(
        {row.message_id: S(row.state) for row in rows},
        {row.message_id: int(row.total) for row in rows if row.state == S.SETTLED},
        {row["msgid"]: int(row["total_fen"]) for row in platform_state["active_settlements"]},
        paid_for,
        printed,
    )
