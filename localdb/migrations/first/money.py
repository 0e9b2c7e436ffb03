"""Schema 0001, frozen: Settlement attempts."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op


def _settlement_attempt() -> None:
    op.create_table(
        "settlement_attempt",
        sa.Column("attempt_no", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("fund", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("cash", sa.Integer(), nullable=False),
        sa.Column("mutual_aid", sa.Integer(), nullable=False),
        sa.Column("hospital_part", sa.Integer(), nullable=False),
        sa.Column("refund_message_id", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.Integer(), nullable=True),
        sa.Column("next_at", sa.Integer(), nullable=True),
        sa.Column("reversals", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("confirming", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("settled_on", sa.Integer(), nullable=True),
        sa.Column("refund", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "leg <> 'refund' OR refund_message_id IS NOT NULL", name="ck_settlement_attempt_refund"
        ),
        sa.CheckConstraint("leg IN ('settle', 'refund')", name="ck_settlement_attempt_leg"),
        sa.CheckConstraint(
            "state <> 'settled' OR (settled IS NOT NULL AND settled_on IS NOT NULL)",
            name="ck_settlement_attempt_settled",
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'sending', 'unknown', 'reversing', 'reversed_unconfirmed', 'reversed', 'rejected', 'settled', 'manual', 'refund_prepared', 'refund_sending', 'refund_unknown', 'refund_reversing', 'refunded')",
            name="ck_settlement_attempt_state",
        ),
        sa.CheckConstraint(
            "state IN ('refunded', 'rejected', 'reversed', 'settled') OR next_at IS NOT NULL",
            name="ck_settlement_attempt_next_at",
        ),
        sa.CheckConstraint("asked IN (0, 1)", name="ck_settlement_attempt_asked"),
        sa.CheckConstraint("confirming IN (0, 1)", name="ck_settlement_attempt_confirming"),
        sa.CheckConstraint(
            "fund + account + cash + mutual_aid + hospital_part = total",
            name="ck_settlement_attempt_adds_up",
        ),
        sa.CheckConstraint("reversals >= 0", name="ck_settlement_attempt_reversals_sign"),
        sa.CheckConstraint("total >= 0", name="ck_settlement_attempt_total_sign"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["counter_case.case_id"], name="fk_settlement_attempt_case_id"
        ),
        sa.PrimaryKeyConstraint("attempt_no", name="pk_settlement_attempt"),
        sa.UniqueConstraint("message_id", name="uq_settlement_attempt_message_id"),
        sa.UniqueConstraint("refund_message_id", name="uq_settlement_attempt_refund_message_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_settlement_attempt_case_id", "settlement_attempt", ["case_id"], unique=False
    )
    op.create_index(
        "ix_settlement_attempt_open",
        "settlement_attempt",
        ["attempt_no"],
        unique=False,
        sqlite_where=sa.text("state NOT IN ('refunded', 'rejected', 'reversed', 'settled')"),
        postgresql_where=sa.text("state NOT IN ('refunded', 'rejected', 'reversed', 'settled')"),
    )
    op.create_index(
        "ix_settlement_attempt_settled_on", "settlement_attempt", ["settled_on"], unique=False
    )
    op.create_index(
        "uq_settlement_attempt_live",
        "settlement_attempt",
        ["claim"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('refunded', 'rejected', 'reversed')"),
        postgresql_where=sa.text("state NOT IN ('refunded', 'rejected', 'reversed')"),
    )


def _attempt_event() -> None:
    op.create_table(
        "attempt_event",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=True),
        sa.Column("state_after", sa.Text(), nullable=False),
        sa.Column("reversals", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state_after IN ('prepared', 'sending', 'unknown', 'reversing', 'reversed_unconfirmed', 'reversed', 'rejected', 'settled', 'manual', 'refund_prepared', 'refund_sending', 'refund_unknown', 'refund_reversing', 'refunded')",
            name="ck_attempt_event_state_after",
        ),
        sa.CheckConstraint(
            "state_before IS NULL OR state_before IN ('prepared', 'sending', 'unknown', 'reversing', 'reversed_unconfirmed', 'reversed', 'rejected', 'settled', 'manual', 'refund_prepared', 'refund_sending', 'refund_unknown', 'refund_reversing', 'refunded')",
            name="ck_attempt_event_state_before",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["settlement_attempt.message_id"], name="fk_attempt_event_message_id"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_attempt_event"),
        sqlite_strict=True,
    )
    op.create_index("ix_attempt_event_message_id", "attempt_event", ["message_id"], unique=False)


def create() -> None:
    """In order of their foreign keys."""
    _settlement_attempt()
    _attempt_event()
