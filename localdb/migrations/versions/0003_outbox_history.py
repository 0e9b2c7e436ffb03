"""What happened to each waiting record, kept row by row. Additive: 0002 can open it still."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RULES = (
    "CREATE TRIGGER append_only_outbox_event_update BEFORE UPDATE ON outbox_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_outbox_event_update'); END",
    "CREATE TRIGGER append_only_outbox_event_delete BEFORE DELETE ON outbox_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_outbox_event_delete'); END",
)


def upgrade() -> None:
    op.create_table(
        "outbox_event",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("platform_text", sa.Text(), nullable=False),
        sa.Column("message_row", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "move IN ('queued', 'sending', 'delivered', 'already_there', 'not_sent', 'unclear', 'expired', 'refused', 'asked', 'released', 'mended', 'voided')",
            name="ck_outbox_event_move",
        ),
        sa.ForeignKeyConstraint(["item_id"], ["outbox.item_id"], name="fk_outbox_event_item_id"),
        sa.ForeignKeyConstraint(
            ["message_row"], ["message.row_id"], name="fk_outbox_event_message_row"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["operator.staff_id"], name="fk_outbox_event_staff_id"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_outbox_event"),
        sqlite_strict=True,
    )
    op.create_index("ix_outbox_event_item_id", "outbox_event", ["item_id"], unique=False)
    for rule in RULES:
        op.execute(rule)
