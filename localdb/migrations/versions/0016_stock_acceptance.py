"""Differences of stock somebody lets stand. A new table: an older program goes on beside it."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE stock_acceptance (
    acceptance_no INTEGER NOT NULL,
    day TEXT NOT NULL,
    store_code TEXT NOT NULL,
    upload_lot TEXT NOT NULL,
    at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_stock_acceptance PRIMARY KEY (acceptance_no),
    CONSTRAINT fk_stock_acceptance_day FOREIGN KEY(day) REFERENCES stock_day (day),
    CONSTRAINT fk_stock_acceptance_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT"""
RULES = (
    "CREATE INDEX ix_stock_acceptance_day ON stock_acceptance (day)",
    "CREATE TRIGGER append_only_stock_acceptance_update BEFORE UPDATE ON stock_acceptance FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_acceptance_update'); END",
    "CREATE TRIGGER append_only_stock_acceptance_delete BEFORE DELETE ON stock_acceptance FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_acceptance_delete'); END",
)


def upgrade() -> None:
    op.execute(TABLE)
    for rule in RULES:
        op.execute(rule)
