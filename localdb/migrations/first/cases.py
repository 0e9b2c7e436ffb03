"""Schema 0001, frozen: Cases, their events, the prescription file."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op


def _counter_case() -> None:
    op.create_table(
        "counter_case",
        sa.Column("case_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("counter_no", sa.Integer(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("profile_id", sa.Text(), nullable=False),
        sa.Column("profile_digest", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("parked_at", sa.Integer(), nullable=True),
        sa.Column("parked_note", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Integer(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "phase IN ('ready', 'sent', 'unknown', 'rejected')", name="ck_counter_case_phase"
        ),
        sa.CheckConstraint(
            "step IN ('identify', 'authorise', 'download', 'verify', 'audit', 'scan', 'presettle', 'upload_sale', 'settle', 'hand_over', 'done', 'take_back', 'revoke', 'return_sale', 'closed')",
            name="ck_counter_case_step",
        ),
        sa.CheckConstraint("version >= 1", name="ck_counter_case_version"),
        sa.PrimaryKeyConstraint("case_id", name="pk_counter_case"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_counter_case_ended", "counter_case", ["counter_no", "ended_at"], unique=False
    )
    op.create_index(
        "ix_counter_case_unfinished",
        "counter_case",
        ["counter_no"],
        unique=False,
        sqlite_where=sa.text("step NOT IN ('done', 'closed')"),
        postgresql_where=sa.text("step NOT IN ('done', 'closed')"),
    )


def _case_event() -> None:
    op.create_table(
        "case_event",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("step_before", sa.Text(), nullable=False),
        sa.Column("phase_before", sa.Text(), nullable=False),
        sa.Column("step_after", sa.Text(), nullable=False),
        sa.Column("phase_after", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "phase_after IN ('ready', 'sent', 'unknown', 'rejected')",
            name="ck_case_event_phase_after",
        ),
        sa.CheckConstraint(
            "phase_before <> 'unknown' OR evidence_id IS NOT NULL OR message_id IS NOT NULL",
            name="ck_case_event_evidence",
        ),
        sa.CheckConstraint(
            "phase_before IN ('ready', 'sent', 'unknown', 'rejected')",
            name="ck_case_event_phase_before",
        ),
        sa.CheckConstraint(
            "signal IN ('sent', 'queued', 'confirmed', 'ended', 'rejected', 'not_sent', 'unclear', 'crashed', 'cleared', 'fixed', 'abandon', 'again', 'done', 'refund')",
            name="ck_case_event_signal",
        ),
        sa.CheckConstraint(
            "step_after IN ('identify', 'authorise', 'download', 'verify', 'audit', 'scan', 'presettle', 'upload_sale', 'settle', 'hand_over', 'done', 'take_back', 'revoke', 'return_sale', 'closed')",
            name="ck_case_event_step_after",
        ),
        sa.CheckConstraint(
            "step_before IN ('identify', 'authorise', 'download', 'verify', 'audit', 'scan', 'presettle', 'upload_sale', 'settle', 'hand_over', 'done', 'take_back', 'revoke', 'return_sale', 'closed')",
            name="ck_case_event_step_before",
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["counter_case.case_id"], name="fk_case_event_case_id"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_case_event"),
        sqlite_strict=True,
    )
    op.create_index("ix_case_event_case_id", "case_event", ["case_id"], unique=False)


def _document() -> None:
    op.create_table(
        "document",
        sa.Column("document_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["counter_case.case_id"], name="fk_document_case_id"),
        sa.PrimaryKeyConstraint("document_id", name="pk_document"),
        sqlite_strict=True,
    )
    op.create_index("ix_document_case_id", "document", ["case_id"], unique=False)


def create() -> None:
    """In order of their foreign keys."""
    _counter_case()
    _case_event()
    _document()
