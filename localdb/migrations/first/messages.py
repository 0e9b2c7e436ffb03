"""Schema 0001, frozen: Messages and the outbox."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op


def _message_mark() -> None:
    op.create_table(
        "message_mark",
        sa.Column("institution_code", sa.Text(), nullable=False),
        sa.Column("counter_no", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Integer(), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_sequence >= 0", name="ck_message_mark_last_sequence_sign"),
        sa.PrimaryKeyConstraint("institution_code", "counter_no", name="pk_message_mark"),
        sqlite_strict=True,
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("row_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("composed_at", sa.Integer(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "operation IN ('open_day', 'close_day', 'query_person', 'check_entitlement', 'presettle', 'settle', 'revoke_settlement', 'reverse', 'query_settlement', 'query_fees', 'reconcile_totals', 'reconcile_lines', 'upload_file', 'download_file', 'count_stock', 'change_stock', 'receive', 'return_to_supplier', 'upload_sale', 'return_sale', 'erase_upload', 'query_stock', 'query_stock_trail', 'preaudit', 'register_visit', 'upload_visit', 'decode_voucher', 'authorise', 'download', 'verify', 'audit', 'query_catalogue', 'precheck_rx', 'sign_rx', 'upload_rx', 'undo_rx', 'query_rx', 'query_audit', 'query_dispensing')",
            name="ck_message_operation",
        ),
        sa.CheckConstraint(
            "state IN ('sending', 'answered', 'rejected', 'not_sent', 'unknown')",
            name="ck_message_state",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["counter_case.case_id"], name="fk_message_case_id"),
        sa.PrimaryKeyConstraint("row_id", name="pk_message"),
        sa.UniqueConstraint("message_id", name="uq_message_message_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_message_case_id", "message", ["case_id"], unique=False)
    op.create_index(
        "ix_message_sending",
        "message",
        ["row_id"],
        unique=False,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )


def _message_reply() -> None:
    op.create_table(
        "message_reply",
        sa.Column("reply_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Integer(), nullable=True),
        sa.Column("first_byte_left", sa.Integer(), nullable=True),
        sa.Column("bytes_sent", sa.Integer(), nullable=True),
        sa.Column("bytes_received", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("kept_reply", sa.LargeBinary(), nullable=True),
        sa.Column("platform_ref", sa.Text(), nullable=True),
        sa.Column("platform_code", sa.Text(), nullable=True),
        sa.Column("platform_text", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('sending', 'answered', 'rejected', 'not_sent', 'unknown')",
            name="ck_message_reply_state",
        ),
        sa.CheckConstraint("first_byte_left IN (0, 1)", name="ck_message_reply_first_byte_left"),
        sa.ForeignKeyConstraint(["row_id"], ["message.row_id"], name="fk_message_reply_row_id"),
        sa.PrimaryKeyConstraint("reply_id", name="pk_message_reply"),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_message_reply_platform_ref",
        "message_reply",
        ["platform_ref"],
        unique=False,
        sqlite_where=sa.text("platform_ref <> ''"),
        postgresql_where=sa.text("platform_ref <> ''"),
    )
    op.create_index("ix_message_reply_row_id", "message_reply", ["row_id"], unique=False)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("item_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("business_key", sa.Text(), nullable=False),
        sa.Column("lane_key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("request_mark", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("born_at", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.Integer(), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("platform_text", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'sending') = (lease_until IS NOT NULL AND holder IS NOT NULL)",
            name="ck_outbox_lease",
        ),
        sa.CheckConstraint(
            "operation IN ('open_day', 'close_day', 'query_person', 'check_entitlement', 'presettle', 'settle', 'revoke_settlement', 'reverse', 'query_settlement', 'query_fees', 'reconcile_totals', 'reconcile_lines', 'upload_file', 'download_file', 'count_stock', 'change_stock', 'receive', 'return_to_supplier', 'upload_sale', 'return_sale', 'erase_upload', 'query_stock', 'query_stock_trail', 'preaudit', 'register_visit', 'upload_visit', 'decode_voucher', 'authorise', 'download', 'verify', 'audit', 'query_catalogue', 'precheck_rx', 'sign_rx', 'upload_rx', 'undo_rx', 'query_rx', 'query_audit', 'query_dispensing')",
            name="ck_outbox_operation",
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'unknown', 'stopped', 'delivered', 'voided')",
            name="ck_outbox_state",
        ),
        sa.CheckConstraint("tries >= 0", name="ck_outbox_tries_sign"),
        sa.ForeignKeyConstraint(["case_id"], ["counter_case.case_id"], name="fk_outbox_case_id"),
        sa.PrimaryKeyConstraint("item_id", name="pk_outbox"),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"], unique=False)
    op.create_index(
        "ix_outbox_lane",
        "outbox",
        ["lane_key", "item_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["item_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sending', 'unknown', 'stopped')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown', 'stopped')"),
    )
    op.create_index(
        "uq_outbox_business_key",
        "outbox",
        ["operation", "business_key"],
        unique=True,
        sqlite_where=sa.text("state <> 'voided'"),
        postgresql_where=sa.text("state <> 'voided'"),
    )


def create() -> None:
    """In order of their foreign keys."""
    _message_mark()
    _message()
    _message_reply()
    _outbox()
