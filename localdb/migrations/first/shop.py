"""Schema 0001, frozen: People, days, papers, settings."""

import sqlalchemy as sa
from alembic import op


def _operator() -> None:
    op.create_table(
        "operator",
        sa.Column("staff_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("pharmacist", sa.LargeBinary(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.Integer(), nullable=True),
        sa.CheckConstraint("failed >= 0", name="ck_operator_failed_sign"),
        sa.PrimaryKeyConstraint("staff_id", name="pk_operator"),
        sa.UniqueConstraint("login", name="uq_operator_login"),
        sqlite_strict=True,
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_journal_number"),
        sa.PrimaryKeyConstraint("number", name="pk_journal"),
        sqlite_strict=True,
    )


def _business_day() -> None:
    op.create_table(
        "business_day",
        sa.Column("day_no", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("counter_no", sa.Integer(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("sign_no", sa.Text(), nullable=False),
        sa.Column("operator_no", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day_no", name="pk_business_day"),
        sqlite_strict=True,
    )
    op.create_index("ix_business_day_day", "business_day", ["counter_no", "day"], unique=False)
    op.create_index(
        "uq_business_day_open",
        "business_day",
        ["counter_no", "day"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def _print_job() -> None:
    op.create_table(
        "print_job",
        sa.Column("job_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('receipt', 'prescription', 'waiting_slip', 'sale_proof')",
            name="ck_print_job_kind",
        ),
        sa.CheckConstraint("printed_at IS NULL OR copies > 0", name="ck_print_job_printed"),
        sa.CheckConstraint("copies >= 0", name="ck_print_job_copies_sign"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["settlement_attempt.message_id"], name="fk_print_job_attempt_id"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["counter_case.case_id"], name="fk_print_job_case_id"),
        sa.PrimaryKeyConstraint("job_id", name="pk_print_job"),
        sqlite_strict=True,
    )
    op.create_index("ix_print_job_case_id", "print_job", ["case_id"], unique=False)
    op.create_index(
        "ix_print_job_waiting",
        "print_job",
        ["job_id"],
        unique=False,
        sqlite_where=sa.text("printed_at IS NULL"),
        postgresql_where=sa.text("printed_at IS NULL"),
    )


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
        sqlite_strict=True,
    )


def _number_series() -> None:
    op.create_table(
        "number_series",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("last >= 1", name="ck_number_series_last"),
        sa.PrimaryKeyConstraint("key", name="pk_number_series"),
        sqlite_strict=True,
    )


def _unit_mark() -> None:
    op.create_table(
        "unit_mark",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("one = 1", name="ck_unit_mark_one"),
        sa.PrimaryKeyConstraint("one", name="pk_unit_mark"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO unit_mark (one, number) VALUES (1, 0)")


def create() -> None:
    """In order of their foreign keys."""
    _operator()
    _journal()
    _business_day()
    _print_job()
    _setting()
    _number_series()
    _unit_mark()
