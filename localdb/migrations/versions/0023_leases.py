"""Leases of counters and of errands of the store. A new table: an older program goes on beside it."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE lease (
    name TEXT NOT NULL,
    counter_no INTEGER NOT NULL,
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    beat INTEGER NOT NULL,
    at INTEGER NOT NULL,
    CONSTRAINT pk_lease PRIMARY KEY (name),
    CONSTRAINT ck_lease_fence_sign CHECK (fence >= 0),
    CONSTRAINT ck_lease_beat_sign CHECK (beat >= 0)
)
 STRICT"""
RULES = (
    "CREATE TRIGGER kept_lease BEFORE DELETE ON lease FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_lease'); END",
    "CREATE TRIGGER lease_fence_rises BEFORE UPDATE ON lease FOR EACH ROW WHEN NEW.fence < OLD.fence OR (NEW.fence = OLD.fence AND NEW.holder <> OLD.holder AND NEW.holder <> '') BEGIN SELECT RAISE(ABORT, 'lease_fence_rises'); END",
)


def upgrade() -> None:
    op.execute(TABLE)
    for rule in RULES:
        op.execute(rule)
