"""Pieces that came back may be released into their box, a delivery knows that it was a gift, and the
register tells parts of packs from packs.

Widens checks as 0004 does and for the reason given there. An older program does not open this base.
"""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op
from sqlalchemy import text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WIDER = (
    ("register_entry", "CHECK (packs > 0)", "CHECK (packs >= 0)"),
    (
        "part_claim",
        "state IN ('reserved', 'sold', 'returned', 'gone')",
        "state IN ('reserved', 'sold', 'returned', 'gone', 'released')",
    ),
    (
        "part_event",
        "kind IN ('opened', 'sold', 'returned', 'changed'))",
        "kind IN ('opened', 'sold', 'returned', 'changed', 'released'))",
    ),
    (
        "part_event",
        "(kind IN ('sold', 'changed') AND pieces < 0 AND share < 0)",
        "(kind IN ('sold', 'changed') AND pieces < 0 AND share < 0) OR (kind = 'released' AND pieces <> 0 AND pieces * share > 0)",
    ),
    (
        "part_event",
        "(kind = 'changed') = (note_id IS NOT NULL)",
        "(kind IN ('changed', 'released')) = (note_id IS NOT NULL)",
    ),
    (
        "part_event",
        "(kind = 'changed') = (case_id IS NULL)",
        "(kind IN ('changed', 'released')) = (case_id IS NULL)",
    ),
)
GIFT = """CREATE TABLE stock_gift (
    event_id INTEGER NOT NULL,
    CONSTRAINT pk_stock_gift PRIMARY KEY (event_id),
    CONSTRAINT fk_stock_gift_event_id FOREIGN KEY(event_id) REFERENCES stock_event (event_id)
)
 WITHOUT ROWID,
 STRICT"""
PART = """CREATE TABLE register_part (
    entry_id INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    size INTEGER NOT NULL,
    CONSTRAINT pk_register_part PRIMARY KEY (entry_id),
    CONSTRAINT ck_register_part_pieces CHECK (pieces > 0 AND size > 1),
    CONSTRAINT fk_register_part_entry_id FOREIGN KEY(entry_id) REFERENCES register_entry (entry_id)
)
 STRICT"""
RULES = (
    "CREATE TRIGGER append_only_register_part_update BEFORE UPDATE ON register_part FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_register_part_update'); END",
    "CREATE TRIGGER append_only_register_part_delete BEFORE DELETE ON register_part FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_register_part_delete'); END",
    "CREATE TRIGGER append_only_stock_gift_update BEFORE UPDATE ON stock_gift FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_gift_update'); END",
    "CREATE TRIGGER append_only_stock_gift_delete BEFORE DELETE ON stock_gift FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_gift_delete'); END",
    "CREATE TRIGGER part_claim_state_rises BEFORE UPDATE OF state ON part_claim FOR EACH ROW WHEN CASE NEW.state WHEN 'reserved' THEN 0 WHEN 'sold' THEN 1 WHEN 'returned' THEN 2 WHEN 'gone' THEN 3 WHEN 'released' THEN 3 END < CASE OLD.state WHEN 'reserved' THEN 0 WHEN 'sold' THEN 1 WHEN 'returned' THEN 2 WHEN 'gone' THEN 3 WHEN 'released' THEN 3 END BEGIN SELECT RAISE(ABORT, 'part_claim_state_rises'); END",
    "CREATE TRIGGER part_claim_state_final BEFORE UPDATE OF state ON part_claim FOR EACH ROW WHEN OLD.state IN ('gone', 'released') AND NEW.state <> OLD.state BEGIN SELECT RAISE(ABORT, 'part_claim_state_final'); END",
    "CREATE TRIGGER part_claim_fits BEFORE INSERT ON part_claim FOR EACH ROW WHEN (SELECT COALESCE(SUM(pieces), 0) FROM part_claim WHERE code = NEW.code AND state <> 'released') + NEW.pieces > NEW.size BEGIN SELECT RAISE(ABORT, 'part_claim_fits'); END",
    "CREATE TRIGGER part_claim_share BEFORE INSERT ON part_claim FOR EACH ROW WHEN (SELECT COALESCE(SUM(share), 0) FROM part_claim WHERE code = NEW.code AND state <> 'released') + NEW.share > 10000 BEGIN SELECT RAISE(ABORT, 'part_claim_share'); END",
)


def upgrade() -> None:
    base = op.get_bind()
    schema = base.execute(text("PRAGMA schema_version")).scalar_one()
    base.execute(text("PRAGMA writable_schema = ON"))
    for table, before, after in WIDER:
        base.execute(
            text(
                "UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"
            ),
            {"before": before, "after": after, "name": table},
        )
    base.execute(text(f"PRAGMA schema_version = {int(schema) + 1}"))
    base.execute(text("PRAGMA writable_schema = OFF"))
    for name in ("part_claim_state_rises", "part_claim_fits", "part_claim_share"):
        op.execute(f"DROP TRIGGER {name}")
    op.execute(GIFT)
    op.execute(PART)
    for rule in RULES:
        op.execute(rule)
