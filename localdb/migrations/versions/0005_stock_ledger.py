"""The stock ledger per lot and per box, notes, counts, registers. An older program can read it
and go on selling: what it books is still booked in full (reliability 9)."""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    """CREATE TABLE stock_note (
    note_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    note_no TEXT NOT NULL,
    at INTEGER NOT NULL,
    booked_at INTEGER NOT NULL,
    staff_id INTEGER,
    supplier TEXT NOT NULL,
    delivery_no TEXT NOT NULL,
    invoice_no TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_stock_note PRIMARY KEY (note_id),
    CONSTRAINT ck_stock_note_kind CHECK (kind IN ('opening', 'receipt', 'sent_back', 'change', 'count', 'erasure')),
    CONSTRAINT ck_stock_note_staff_id CHECK (kind = 'opening' OR staff_id IS NOT NULL),
    CONSTRAINT uq_stock_note_note_no UNIQUE (note_no),
    CONSTRAINT fk_stock_note_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT""",
    """CREATE TABLE stock_event (
    event_id INTEGER NOT NULL,
    lot_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    packs INTEGER NOT NULL,
    at INTEGER NOT NULL,
    case_id INTEGER,
    attempt_id TEXT,
    receipt_no TEXT NOT NULL,
    counter_no INTEGER,
    note_id INTEGER,
    change_kind TEXT,
    price INTEGER,
    upload_key TEXT,
    CONSTRAINT pk_stock_event PRIMARY KEY (event_id),
    CONSTRAINT ck_stock_event_kind CHECK (kind IN ('opening', 'received', 'sent_back', 'sold', 'returned', 'changed', 'counted', 'erased')),
    CONSTRAINT ck_stock_event_packs CHECK ((kind IN ('sent_back', 'sold') AND packs < 0) OR (kind IN ('opening', 'received', 'returned') AND packs > 0) OR (kind NOT IN ('opening', 'received', 'returned', 'sent_back', 'sold') AND packs <> 0)),
    CONSTRAINT ck_stock_event_case_id CHECK (kind NOT IN ('returned', 'sold') OR case_id IS NOT NULL),
    CONSTRAINT ck_stock_event_note_id CHECK (kind IN ('received', 'returned', 'sold') OR note_id IS NOT NULL),
    CONSTRAINT ck_stock_event_change_kind CHECK ((kind = 'changed') = (change_kind IS NOT NULL)),
    CONSTRAINT ck_stock_event_price_sign CHECK (price >= 0),
    CONSTRAINT fk_stock_event_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id),
    CONSTRAINT fk_stock_event_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id),
    CONSTRAINT fk_stock_event_attempt_id FOREIGN KEY(attempt_id) REFERENCES settlement_attempt (message_id),
    CONSTRAINT fk_stock_event_note_id FOREIGN KEY(note_id) REFERENCES stock_note (note_id)
)
 STRICT""",
    """CREATE TABLE stock_code (
    code TEXT NOT NULL,
    event_id INTEGER NOT NULL,
    CONSTRAINT pk_stock_code PRIMARY KEY (code, event_id),
    CONSTRAINT fk_stock_code_event_id FOREIGN KEY(event_id) REFERENCES stock_event (event_id)
)
 WITHOUT ROWID,
 STRICT""",
    """CREATE TABLE item_care (
    item_id INTEGER NOT NULL,
    storage TEXT NOT NULL,
    ephedrine INTEGER NOT NULL,
    CONSTRAINT pk_item_care PRIMARY KEY (item_id),
    CONSTRAINT ck_item_care_ephedrine CHECK (ephedrine IN (0, 1)),
    CONSTRAINT fk_item_care_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
)
 STRICT""",
    """CREATE TABLE count_sheet (
    sheet_id INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    staff_id INTEGER NOT NULL,
    scope TEXT NOT NULL,
    closed_at INTEGER,
    note_id INTEGER,
    CONSTRAINT pk_count_sheet PRIMARY KEY (sheet_id),
    CONSTRAINT ck_count_sheet_note_id CHECK (note_id IS NULL OR closed_at IS NOT NULL),
    CONSTRAINT fk_count_sheet_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id),
    CONSTRAINT fk_count_sheet_note_id FOREIGN KEY(note_id) REFERENCES stock_note (note_id)
)
 STRICT""",
    """CREATE TABLE count_line (
    sheet_id INTEGER NOT NULL,
    lot_id INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    expected INTEGER,
    counted INTEGER,
    counted_at INTEGER,
    staff_id INTEGER,
    final INTEGER,
    CONSTRAINT pk_count_line PRIMARY KEY (sheet_id, lot_id),
    CONSTRAINT ck_count_line_counted_sign CHECK (counted >= 0),
    CONSTRAINT ck_count_line_counted CHECK ((counted IS NULL) = (counted_at IS NULL) AND (counted IS NULL) = (expected IS NULL) AND (counted IS NULL) = (staff_id IS NULL)),
    CONSTRAINT fk_count_line_sheet_id FOREIGN KEY(sheet_id) REFERENCES count_sheet (sheet_id),
    CONSTRAINT fk_count_line_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id),
    CONSTRAINT fk_count_line_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT""",
    """CREATE TABLE stock_draft (
    kind TEXT NOT NULL,
    staff_id INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    content BLOB NOT NULL,
    CONSTRAINT pk_stock_draft PRIMARY KEY (kind),
    CONSTRAINT ck_stock_draft_kind CHECK (kind IN ('opening', 'receipt', 'sent_back', 'change', 'count', 'erasure')),
    CONSTRAINT fk_stock_draft_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT""",
    """CREATE TABLE register_entry (
    entry_id INTEGER NOT NULL,
    case_id INTEGER NOT NULL,
    lot_id INTEGER NOT NULL,
    packs INTEGER NOT NULL,
    on_prescription INTEGER NOT NULL,
    at INTEGER NOT NULL,
    day TEXT NOT NULL,
    staff_id INTEGER NOT NULL,
    buyer BLOB NOT NULL,
    buyer_mark TEXT NOT NULL,
    CONSTRAINT pk_register_entry PRIMARY KEY (entry_id),
    CONSTRAINT ck_register_entry_packs CHECK (packs > 0),
    CONSTRAINT ck_register_entry_on_prescription CHECK (on_prescription IN (0, 1)),
    CONSTRAINT fk_register_entry_case_id FOREIGN KEY(case_id) REFERENCES counter_case (case_id),
    CONSTRAINT fk_register_entry_lot_id FOREIGN KEY(lot_id) REFERENCES lot (lot_id),
    CONSTRAINT fk_register_entry_staff_id FOREIGN KEY(staff_id) REFERENCES operator (staff_id)
)
 STRICT""",
)
INDEXES = (
    "CREATE INDEX ix_stock_note_delivery_no ON stock_note (delivery_no)",
    "CREATE INDEX ix_stock_event_at ON stock_event (at)",
    "CREATE INDEX ix_stock_event_case_id ON stock_event (case_id)",
    "CREATE INDEX ix_stock_event_lot_id ON stock_event (lot_id)",
    "CREATE INDEX ix_stock_event_note_id ON stock_event (note_id)",
    "CREATE INDEX ix_stock_code_event_id ON stock_code (event_id)",
    "CREATE INDEX ix_register_entry_at ON register_entry (at)",
    "CREATE INDEX ix_register_entry_buyer_mark ON register_entry (buyer_mark)",
    "CREATE INDEX ix_register_entry_case_id ON register_entry (case_id)",
)
SET_ASIDE = (
    "append_only_stock_event_update",
    "append_only_stock_event_delete",
    "goods_from_settled",
    "stock_from_events",
    "stock_event_counts",
)
"""Rules that speak of the table which is built anew."""
RULES = (
    "CREATE TRIGGER append_only_stock_event_update BEFORE UPDATE ON stock_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_event_update'); END",
    "CREATE TRIGGER append_only_stock_event_delete BEFORE DELETE ON stock_event FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_event_delete'); END",
    "CREATE TRIGGER append_only_stock_code_update BEFORE UPDATE ON stock_code FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_code_update'); END",
    "CREATE TRIGGER append_only_stock_code_delete BEFORE DELETE ON stock_code FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_code_delete'); END",
    "CREATE TRIGGER append_only_stock_note_update BEFORE UPDATE ON stock_note FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_note_update'); END",
    "CREATE TRIGGER append_only_stock_note_delete BEFORE DELETE ON stock_note FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_stock_note_delete'); END",
    "CREATE TRIGGER append_only_register_entry_update BEFORE UPDATE ON register_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_register_entry_update'); END",
    "CREATE TRIGGER append_only_register_entry_delete BEFORE DELETE ON register_entry FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'append_only_register_entry_delete'); END",
    "CREATE TRIGGER kept_count_sheet BEFORE DELETE ON count_sheet FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_count_sheet'); END",
    "CREATE TRIGGER kept_count_line BEFORE DELETE ON count_line FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_count_line'); END",
    "CREATE TRIGGER goods_from_settled BEFORE INSERT ON stock_event FOR EACH ROW WHEN NEW.kind = 'sold' AND ((NEW.attempt_id IS NOT NULL AND (SELECT state FROM settlement_attempt WHERE message_id = NEW.attempt_id) IS NOT 'settled') OR (NEW.attempt_id IS NULL AND EXISTS (SELECT 1 FROM settlement_attempt WHERE case_id = NEW.case_id AND state NOT IN ('rejected', 'reversed', 'refunded')))) BEGIN SELECT RAISE(ABORT, 'goods_from_settled'); END",
    "CREATE TRIGGER claim_sale_stays BEFORE UPDATE ON code_claim FOR EACH ROW WHEN OLD.state <> 'reserved' AND (OLD.lot_id IS NOT NEW.lot_id OR OLD.sold_at IS NOT NEW.sold_at OR OLD.attempt_id IS NOT NEW.attempt_id OR OLD.receipt_no IS NOT NEW.receipt_no OR OLD.counter_no IS NOT NEW.counter_no) BEGIN SELECT RAISE(ABORT, 'claim_sale_stays'); END",
    "CREATE TRIGGER stock_from_events BEFORE UPDATE OF on_hand ON lot FOR EACH ROW WHEN NEW.on_hand <> (SELECT COALESCE(SUM(packs), 0) FROM stock_event WHERE lot_id = NEW.lot_id) BEGIN SELECT RAISE(ABORT, 'stock_from_events'); END",
    "CREATE TRIGGER count_closed BEFORE UPDATE ON count_sheet FOR EACH ROW WHEN OLD.closed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'count_closed'); END",
    "CREATE TRIGGER count_line_closed BEFORE UPDATE ON count_line FOR EACH ROW WHEN OLD.final IS NOT NULL BEGIN SELECT RAISE(ABORT, 'count_line_closed'); END",
    "CREATE TRIGGER stock_event_counts AFTER INSERT ON stock_event FOR EACH ROW BEGIN UPDATE lot SET on_hand = on_hand + NEW.packs WHERE lot_id = NEW.lot_id; END",
    "CREATE TRIGGER stock_event_boxes AFTER INSERT ON stock_event FOR EACH ROW WHEN NEW.kind = 'sold' BEGIN INSERT INTO stock_code (code, event_id) SELECT code, NEW.event_id FROM code_claim WHERE case_id = NEW.case_id AND lot_id = NEW.lot_id AND state = 'sold'; END",
)

CARRIED = (
    # whatever lay there when the ledger began came from the store's own opening, not from a supplier
    "INSERT INTO stock_note (kind, note_no, at, booked_at, supplier, delivery_no, invoice_no, reason)"
    " SELECT 'opening', 'opening', MIN(at), MIN(at), '', '', '', '' FROM stock_event_before"
    " WHERE kind = 'received' HAVING COUNT(*) > 0",
    "INSERT INTO stock_event (event_id, lot_id, kind, packs, at, case_id, attempt_id, receipt_no, counter_no, note_id)"
    " SELECT event_id, lot_id, CASE kind WHEN 'received' THEN 'opening' ELSE kind END, packs, at, case_id,"
    " attempt_id, receipt_no, counter_no,"
    " CASE kind WHEN 'received' THEN (SELECT note_id FROM stock_note) END FROM stock_event_before",
    # a box keeps the moment it was first seen, also after it went into quarantine
    "INSERT INTO stock_code (code, event_id) SELECT t.code, e.event_id FROM trace_code t"
    " JOIN lot l ON l.lot_id = t.lot_id JOIN lot o ON o.upload_lot = l.upload_lot"
    " JOIN stock_event e ON e.lot_id = o.lot_id AND e.kind = 'opening' AND e.at = t.seen_at"
    " ORDER BY t.code, e.event_id",
    "INSERT INTO stock_code (code, event_id) SELECT c.code, e.event_id FROM code_claim c"
    " JOIN stock_event e ON e.case_id = c.case_id AND e.lot_id = c.lot_id AND e.kind = 'sold'"
    " WHERE c.state <> 'reserved'",
    # each box that came back is a movement of its own: the n-th box with the n-th movement
    "INSERT INTO stock_code (code, event_id) SELECT c.code, e.event_id FROM"
    " (SELECT c.code, c.case_id, c.returned_at, o.upload_lot, ROW_NUMBER() OVER"
    " (PARTITION BY c.case_id, c.returned_at, o.upload_lot ORDER BY c.claim_id) AS n"
    " FROM code_claim c JOIN lot o ON o.lot_id = c.lot_id WHERE c.state = 'returned') c JOIN"
    " (SELECT e.event_id, e.case_id, e.at, q.upload_lot, ROW_NUMBER() OVER"
    " (PARTITION BY e.case_id, e.at, q.upload_lot ORDER BY e.event_id) AS n"
    " FROM stock_event e JOIN lot q ON q.lot_id = e.lot_id WHERE e.kind = 'returned') e"
    " ON e.case_id = c.case_id AND e.at = c.returned_at AND e.upload_lot = c.upload_lot AND e.n = c.n",
)
MOVED_INDEXES = ("ix_stock_event_lot_id", "ix_stock_event_case_id")


def upgrade() -> None:
    for name in SET_ASIDE:
        op.execute(f"DROP TRIGGER {name}")
    for name in MOVED_INDEXES:
        op.execute(f"DROP INDEX {name}")
    op.execute("ALTER TABLE stock_event RENAME TO stock_event_before")
    for statement in (*TABLES, *INDEXES, *CARRIED):
        op.execute(statement)
    op.execute("DROP TABLE stock_event_before")
    for rule in RULES:
        op.execute(rule)
