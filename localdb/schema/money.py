"""Settlement attempts and their events. One live attempt per prescription is an index (I1)."""

import sqlalchemy as sa

from app.domain.settlement import AT_REST, DEAD, AttemptState, Leg
from localdb.schema.cases import counter_case
from localdb.schema.columns import (
    Big,
    Flag,
    Moment,
    not_negative,
    one_of,
    quoted,
    serial,
    table,
    yes_or_no,
)

_DEAD = quoted(*sorted(DEAD))
_AT_REST = quoted(*sorted(AT_REST))

settlement_attempt = table(
    "settlement_attempt",
    serial("attempt_no"),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("claim", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("leg", sa.Text, nullable=False),
    sa.Column("total", Big, nullable=False),
    sa.Column("fund", Big, nullable=False),
    sa.Column("account", Big, nullable=False),
    sa.Column("cash", Big, nullable=False),
    sa.Column("mutual_aid", Big, nullable=False),
    sa.Column("hospital_part", Big, nullable=False),
    sa.Column("refund_message_id", sa.Text, unique=True),
    sa.Column("sent_at", Moment),
    sa.Column("next_at", Moment),
    sa.Column("reversals", sa.Integer, nullable=False),
    sa.Column("asked", Flag, nullable=False),
    sa.Column("confirming", Flag, nullable=False),
    sa.Column("settled", sa.Text),
    sa.Column("settled_on", Moment),
    sa.Column("refund", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("state", AttemptState),
    one_of("leg", Leg),
    not_negative("total"),
    sa.CheckConstraint(
        "fund + account + cash + mutual_aid + hospital_part = total", name="adds_up"
    ),
    not_negative("reversals"),
    yes_or_no("asked"),
    yes_or_no("confirming"),
    # I10: whatever is not at rest has a next time
    sa.CheckConstraint(f"state IN ({_AT_REST}) OR next_at IS NOT NULL", name="next_at"),
    sa.CheckConstraint(
        "state <> 'settled' OR (settled IS NOT NULL AND settled_on IS NOT NULL)", name="settled"
    ),
    sa.CheckConstraint("leg <> 'refund' OR refund_message_id IS NOT NULL", name="refund"),
)
sa.Index(
    "uq_settlement_attempt_live",
    settlement_attempt.c.claim,
    unique=True,
    sqlite_where=sa.text(f"state NOT IN ({_DEAD})"),
    postgresql_where=sa.text(f"state NOT IN ({_DEAD})"),
)
sa.Index(
    "ix_settlement_attempt_open",
    settlement_attempt.c.attempt_no,
    sqlite_where=sa.text(f"state NOT IN ({_AT_REST})"),
    postgresql_where=sa.text(f"state NOT IN ({_AT_REST})"),
)
sa.Index("ix_settlement_attempt_settled_on", settlement_attempt.c.settled_on)

attempt_event = table(
    "attempt_event",
    serial("event_id"),
    sa.Column(
        "message_id",
        sa.Text,
        sa.ForeignKey(settlement_attempt.c.message_id),
        nullable=False,
        index=True,
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("state_before", sa.Text),
    sa.Column("state_after", sa.Text, nullable=False),
    sa.Column("reversals", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("state_after", AttemptState),
    sa.CheckConstraint(
        f"state_before IS NULL OR state_before IN ({quoted(*AttemptState)})", name="state_before"
    ),
)
