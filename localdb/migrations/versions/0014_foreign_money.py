"""Settlements of another product. A new table: an older program goes on beside it."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = """CREATE TABLE foreign_money (
    entry_no INTEGER NOT NULL,
    at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    leg TEXT NOT NULL,
    number TEXT NOT NULL,
    claim TEXT NOT NULL,
    total INTEGER NOT NULL,
    fund INTEGER NOT NULL,
    account INTEGER NOT NULL,
    cash INTEGER NOT NULL,
    CONSTRAINT pk_foreign_money PRIMARY KEY (entry_no),
    CONSTRAINT ck_foreign_money_leg CHECK (leg IN ('settle', 'refund')),
    CONSTRAINT ck_foreign_money_fund_sign CHECK (fund >= 0),
    CONSTRAINT ck_foreign_money_account_sign CHECK (account >= 0),
    CONSTRAINT ck_foreign_money_cash_sign CHECK (cash >= 0),
    CONSTRAINT ck_foreign_money_adds_up CHECK (fund + account + cash = total),
    CONSTRAINT uq_foreign_money_case_id UNIQUE (case_id, leg),
    CONSTRAINT uq_foreign_money_number UNIQUE (number, leg),
    CONSTRAINT fk_foreign_money_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id),
    CONSTRAINT fk_foreign_money_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id)
)
 STRICT"""
RULES = (
    "CREATE TRIGGER append_only_foreign_money_update BEFORE UPDATE ON foreign_money FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_foreign_money_update'); END",
    "CREATE TRIGGER append_only_foreign_money_delete BEFORE DELETE ON foreign_money FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_foreign_money_delete'); END",
)


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_foreign_money_at ON foreign_money (at)")
    op.execute("CREATE INDEX ix_foreign_money_claim ON foreign_money (claim)")
    for rule in RULES:
        op.execute(rule)
