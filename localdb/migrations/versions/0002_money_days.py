"""Daily comparisons of money. Adds, changes nothing that stands (reliability 9)."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = (
    "CREATE TRIGGER append_only_money_sign_off_update BEFORE UPDATE ON money_sign_off FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_money_sign_off_update'); END",
    "CREATE TRIGGER append_only_money_sign_off_delete BEFORE DELETE ON money_sign_off FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_money_sign_off_delete'); END",
    "CREATE TRIGGER kept_money_day BEFORE DELETE ON money_day FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_money_day'); END",
    "CREATE TRIGGER money_day_run_rises BEFORE UPDATE ON money_day FOR EACH ROW WHEN NEW.run_no < OLD.run_no BEGIN SELECT RAISE(ABORT, 'money_day_run_rises'); END",
)


def upgrade() -> None:
    op.create_index("ix_attempt_event_at", "attempt_event", ["at"], unique=False)
    op.create_table(
        "money_day",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("compared_at", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("run_no >= 1", name="ck_money_day_run_no"),
        sa.CheckConstraint("open_count >= 0", name="ck_money_day_open_count_sign"),
        sa.CheckConstraint("complete IN (0, 1)", name="ck_money_day_complete"),
        sa.PrimaryKeyConstraint("day", name="pk_money_day"),
        sqlite_strict=True,
    )
    op.create_table(
        "money_sign_off",
        sa.Column("sign_off_no", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("run_no", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["day"], ["money_day.day"], name="fk_money_sign_off_day"),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["operator.staff_id"], name="fk_money_sign_off_staff_id"
        ),
        sa.PrimaryKeyConstraint("sign_off_no", name="pk_money_sign_off"),
        sqlite_strict=True,
    )
    op.create_index("ix_money_sign_off_day", "money_sign_off", ["day"], unique=False)
    for rule in RULES:
        op.execute(rule)
