"""Boxes sold in parts, and what boxes teach of their drugs. New tables: an older program goes on
beside them; it sells whole boxes only and is kept from one that was opened."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE item_split (
    item_id INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    unit TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    CONSTRAINT pk_item_split PRIMARY KEY (item_id),
    CONSTRAINT ck_item_split_pieces CHECK (pieces BETWEEN 2 AND 1000),
    CONSTRAINT ck_item_split_allowed CHECK (allowed IN (0, 1)),
    CONSTRAINT fk_item_split_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
)
 STRICT""",
    """CREATE TABLE learned_prefix (
    prefix TEXT NOT NULL,
    item_id INTEGER NOT NULL,
    origin TEXT NOT NULL,
    learned_at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    state TEXT NOT NULL,
    judged_at INTEGER,
    judged_by INTEGER,
    CONSTRAINT pk_learned_prefix PRIMARY KEY (prefix, item_id),
    CONSTRAINT ck_learned_prefix_origin CHECK (origin IN ('receipt', 'sale')),
    CONSTRAINT ck_learned_prefix_state CHECK (state IN ('unverified', 'confirmed', 'refused')),
    CONSTRAINT ck_learned_prefix_judged CHECK ((state = 'unverified') = (judged_at IS NULL) AND (judged_at IS NULL) = (judged_by IS NULL)),
    CONSTRAINT fk_learned_prefix_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
)
 STRICT""",
    """CREATE TABLE part_claim (
    claim_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    lot_id INTEGER NOT NULL,
    case_id INTEGER,
    size INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    share INTEGER NOT NULL,
    state TEXT NOT NULL,
    reserved_at INTEGER NOT NULL,
    sold_at INTEGER,
    attempt_id TEXT,
    receipt_no TEXT,
    counter_no INTEGER,
    returned_at INTEGER,
    CONSTRAINT pk_part_claim PRIMARY KEY (claim_id),
    CONSTRAINT ck_part_claim_state CHECK (state IN ('reserved', 'sold', 'returned', 'gone')),
    CONSTRAINT ck_part_claim_pieces CHECK (pieces > 0 AND pieces <= size),
    CONSTRAINT ck_part_claim_share CHECK (share > 0 AND share <= 10000),
    CONSTRAINT ck_part_claim_sold CHECK (state IN ('reserved', 'gone') OR (sold_at IS NOT NULL AND receipt_no IS NOT NULL AND counter_no IS NOT NULL)),
    CONSTRAINT ck_part_claim_returned CHECK (state <> 'returned' OR returned_at IS NOT NULL),
    CONSTRAINT ck_part_claim_case_id CHECK (state = 'gone' OR case_id IS NOT NULL),
    CONSTRAINT uq_part_claim_code_case_id UNIQUE (code, case_id),
    CONSTRAINT fk_part_claim_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id),
    CONSTRAINT fk_part_claim_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id),
    CONSTRAINT fk_part_claim_attempt_id FOREIGN KEY(attempt_id) REFERENCES settlement_attempt (message_id)
)
 STRICT""",
    """CREATE TABLE part_event (
    event_id INTEGER NOT NULL,
    lot_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    pieces INTEGER NOT NULL,
    share INTEGER NOT NULL,
    at INTEGER NOT NULL,
    case_id INTEGER,
    attempt_id TEXT,
    receipt_no TEXT NOT NULL,
    counter_no INTEGER,
    note_id INTEGER,
    change_kind TEXT,
    upload_key TEXT,
    CONSTRAINT pk_part_event PRIMARY KEY (event_id),
    CONSTRAINT ck_part_event_kind CHECK (kind IN ('opened', 'sold', 'returned', 'changed')),
    CONSTRAINT ck_part_event_pieces CHECK ((kind IN ('opened', 'returned') AND pieces > 0 AND share > 0) OR (kind IN ('sold', 'changed') AND pieces < 0 AND share < 0)),
    CONSTRAINT ck_part_event_note_id CHECK ((kind = 'changed') = (note_id IS NOT NULL)),
    CONSTRAINT ck_part_event_change_kind CHECK ((kind = 'changed') = (change_kind IS NOT NULL)),
    CONSTRAINT ck_part_event_case_id CHECK ((kind = 'changed') = (case_id IS NULL)),
    CONSTRAINT fk_part_event_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id),
    CONSTRAINT fk_part_event_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id),
    CONSTRAINT fk_part_event_attempt_id FOREIGN KEY(attempt_id) REFERENCES settlement_attempt (message_id),
    CONSTRAINT fk_part_event_note_id FOREIGN KEY(note_id) REFERENCES stock_note (note_id)
)
 STRICT""",
)
INDEXES = (
    "CREATE INDEX ix_part_claim_case_id ON part_claim (case_id)",
    "CREATE INDEX ix_part_claim_receipt_no ON part_claim (receipt_no)",
    "CREATE INDEX ix_part_event_case_id ON part_event (case_id)",
    "CREATE INDEX ix_part_event_code ON part_event (code)",
    "CREATE INDEX ix_part_event_lot_id ON part_event (lot_id)",
    "CREATE INDEX ix_part_event_note_id ON part_event (note_id)",
)
RULES = (
    "CREATE TRIGGER append_only_part_event_update BEFORE UPDATE ON part_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_part_event_update'); END",
    "CREATE TRIGGER append_only_part_event_delete BEFORE DELETE ON part_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_part_event_delete'); END",
    "CREATE TRIGGER kept_learned_prefix BEFORE DELETE ON learned_prefix FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_learned_prefix'); END",
    "CREATE TRIGGER parts_from_settled BEFORE INSERT ON part_event FOR EACH ROW WHEN NEW.kind = 'sold' AND ((NEW.attempt_id IS NOT NULL AND (SELECT state FROM settlement_attempt WHERE message_id = NEW.attempt_id) IS NOT 'settled') OR (NEW.attempt_id IS NULL AND EXISTS (SELECT 1 FROM settlement_attempt WHERE case_id = NEW.case_id AND state NOT IN ('rejected', 'reversed', 'refunded')))) BEGIN SELECT RAISE(ABORT, 'parts_from_settled'); END",
    "CREATE TRIGGER stock_event_boxes AFTER INSERT ON stock_event FOR EACH ROW WHEN NEW.kind = 'sold' AND NEW.upload_key IS NULL BEGIN INSERT INTO stock_code (code, event_id) SELECT code, NEW.event_id FROM code_claim WHERE case_id = NEW.case_id AND lot_id = NEW.lot_id AND state = 'sold'; END",
    "CREATE TRIGGER part_claim_content BEFORE UPDATE ON part_claim FOR EACH ROW WHEN OLD.claim_id IS NOT NEW.claim_id OR OLD.code IS NOT NEW.code OR OLD.case_id IS NOT NEW.case_id OR OLD.size IS NOT NEW.size OR OLD.pieces IS NOT NEW.pieces OR OLD.share IS NOT NEW.share OR OLD.reserved_at IS NOT NEW.reserved_at BEGIN SELECT RAISE(ABORT, 'part_claim_content'); END",
    "CREATE TRIGGER part_claim_state_rises BEFORE UPDATE OF state ON part_claim FOR EACH ROW WHEN CASE NEW.state WHEN 'reserved' THEN 0 WHEN 'sold' THEN 1 WHEN 'returned' THEN 2 WHEN 'gone' THEN 3 END < CASE OLD.state WHEN 'reserved' THEN 0 WHEN 'sold' THEN 1 WHEN 'returned' THEN 2 WHEN 'gone' THEN 3 END BEGIN SELECT RAISE(ABORT, 'part_claim_state_rises'); END",
    "CREATE TRIGGER part_claim_sale_stays BEFORE UPDATE ON part_claim FOR EACH ROW WHEN OLD.state <> 'reserved' AND (OLD.lot_id IS NOT NEW.lot_id OR OLD.sold_at IS NOT NEW.sold_at OR OLD.attempt_id IS NOT NEW.attempt_id OR OLD.receipt_no IS NOT NEW.receipt_no OR OLD.counter_no IS NOT NEW.counter_no) BEGIN SELECT RAISE(ABORT, 'part_claim_sale_stays'); END",
    "CREATE TRIGGER part_claim_sold_stays BEFORE DELETE ON part_claim FOR EACH ROW WHEN OLD.state <> 'reserved' BEGIN SELECT RAISE(ABORT, 'part_claim_sold_stays'); END",
    "CREATE TRIGGER part_claim_fits BEFORE INSERT ON part_claim FOR EACH ROW WHEN (SELECT COALESCE(SUM(pieces), 0) FROM part_claim WHERE code = NEW.code) + NEW.pieces > NEW.size BEGIN SELECT RAISE(ABORT, 'part_claim_fits'); END",
    "CREATE TRIGGER part_claim_share BEFORE INSERT ON part_claim FOR EACH ROW WHEN (SELECT COALESCE(SUM(share), 0) FROM part_claim WHERE code = NEW.code) + NEW.share > 10000 BEGIN SELECT RAISE(ABORT, 'part_claim_share'); END",
    "CREATE TRIGGER part_claim_size BEFORE INSERT ON part_claim FOR EACH ROW WHEN EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code AND size <> NEW.size) BEGIN SELECT RAISE(ABORT, 'part_claim_size'); END",
    "CREATE TRIGGER part_of_sold_box BEFORE INSERT ON part_claim FOR EACH ROW WHEN EXISTS (SELECT 1 FROM code_claim WHERE code = NEW.code AND state IN ('reserved', 'sold')) BEGIN SELECT RAISE(ABORT, 'part_of_sold_box'); END",
    "CREATE TRIGGER opened_box_whole BEFORE INSERT ON code_claim FOR EACH ROW WHEN EXISTS (SELECT 1 FROM part_claim WHERE code = NEW.code) BEGIN SELECT RAISE(ABORT, 'opened_box_whole'); END",
)


def upgrade() -> None:
    op.execute("DROP TRIGGER stock_event_boxes")
    for statement in (*TABLES, *INDEXES, *RULES):
        op.execute(statement)
