"""Daily comparisons of stock. New tables and one index: an older program goes on beside them."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE stock_answer (
    store_code TEXT NOT NULL,
    upload_lot TEXT NOT NULL,
    national_code TEXT NOT NULL,
    name TEXT NOT NULL,
    lot_no TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    price INTEGER,
    CONSTRAINT pk_stock_answer PRIMARY KEY (store_code, upload_lot)
)
 WITHOUT ROWID,
 STRICT""",
    """CREATE TABLE stock_day (
    day TEXT NOT NULL,
    run_no INTEGER NOT NULL,
    cut_off INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    open_count INTEGER NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_stock_day PRIMARY KEY (day),
    CONSTRAINT ck_stock_day_run_no CHECK (run_no >= 1),
    CONSTRAINT ck_stock_day_open_count_sign CHECK (open_count >= 0),
    CONSTRAINT ck_stock_day_complete CHECK (complete IN (0, 1))
)
 STRICT""",
    """CREATE TABLE stock_finding (
    day TEXT NOT NULL,
    finding_no INTEGER NOT NULL,
    state TEXT NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_stock_finding PRIMARY KEY (day, finding_no),
    CONSTRAINT ck_stock_finding_state CHECK (state IN ('equal', 'explained', 'needs_action', 'cannot_compare')),
    CONSTRAINT fk_stock_finding_day FOREIGN KEY(day) REFERENCES stock_day (day)
)
 WITHOUT ROWID,
 STRICT""",
    """CREATE TABLE stock_day_sign_off (
    sign_off_no INTEGER NOT NULL,
    day TEXT NOT NULL,
    run_no INTEGER NOT NULL,
    at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    content TEXT NOT NULL,
    CONSTRAINT pk_stock_day_sign_off PRIMARY KEY (sign_off_no),
    CONSTRAINT fk_stock_day_sign_off_day FOREIGN KEY(day) REFERENCES stock_day (day),
    CONSTRAINT fk_stock_day_sign_off_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT""",
)
RULES = (
    "CREATE INDEX ix_stock_day_sign_off_day ON stock_day_sign_off (day)",
    "CREATE INDEX ix_outbox_lot ON outbox (lane_key)",
    "CREATE TRIGGER append_only_stock_day_sign_off_update BEFORE UPDATE ON stock_day_sign_off FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_day_sign_off_update'); END",
    "CREATE TRIGGER append_only_stock_day_sign_off_delete BEFORE DELETE ON stock_day_sign_off FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_day_sign_off_delete'); END",
    "CREATE TRIGGER kept_stock_day BEFORE DELETE ON stock_day FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_stock_day'); END",
    "CREATE TRIGGER stock_day_run_rises BEFORE UPDATE ON stock_day FOR EACH ROW WHEN NEW.run_no < OLD.run_no BEGIN SELECT RAISE(ABORT, 'stock_day_run_rises'); END",
)


def upgrade() -> None:
    for statement in (*TABLES, *RULES):
        op.execute(statement)
