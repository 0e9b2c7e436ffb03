"""Boxes that went on by somebody's word. A new table: an older program goes on beside it."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0010"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE scan_override (
    override_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    code INTEGER NOT NULL,
    reason TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    lot_id INTEGER NOT NULL,
    trace_code TEXT NOT NULL,
    CONSTRAINT pk_scan_override PRIMARY KEY (override_id),
    CONSTRAINT ck_scan_override_reason CHECK (reason IN ('customer_told', 'used_up_in_time', 'earlier_not_found', 'earlier_damaged', 'customer_chose', 'receipt_follows', 'checked_against_paper', 'booked_wrong', 'exempt', 'old_stock', 'damaged', 'fault')),
    CONSTRAINT fk_scan_override_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id),
    CONSTRAINT fk_scan_override_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id),
    CONSTRAINT fk_scan_override_item_id FOREIGN KEY(item_id) REFERENCES item (item_id),
    CONSTRAINT fk_scan_override_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id)
)
 STRICT"""
RULES = (
    "CREATE TRIGGER append_only_scan_override_update BEFORE UPDATE ON scan_override FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_scan_override_update'); END",
    "CREATE TRIGGER append_only_scan_override_delete BEFORE DELETE ON scan_override FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_scan_override_delete'); END",
)


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_scan_override_at ON scan_override (at)")
    for rule in RULES:
        op.execute(rule)
