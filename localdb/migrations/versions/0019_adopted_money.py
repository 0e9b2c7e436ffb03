"""Settlements taken into our books. A new table: an older program goes on beside it."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE adopted_money (
    entry_no INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_adopted_money PRIMARY KEY (entry_no),
    CONSTRAINT uq_adopted_money_message_id UNIQUE (message_id),
    CONSTRAINT fk_adopted_money_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT"""
RULES = (
    "CREATE TRIGGER append_only_adopted_money_update BEFORE UPDATE ON adopted_money FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_adopted_money_update'); END",
    "CREATE TRIGGER append_only_adopted_money_delete BEFORE DELETE ON adopted_money FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_adopted_money_delete'); END",
)


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_adopted_money_day ON adopted_money (day)")
    for rule in RULES:
        op.execute(rule)
