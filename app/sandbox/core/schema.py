"""What the core platform remembers."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    msgid TEXT PRIMARY KEY, operation TEXT NOT NULL, institution TEXT NOT NULL,
    digest TEXT NOT NULL, infcode INTEGER NOT NULL, content_type TEXT NOT NULL,
    reply BLOB NOT NULL, raw BLOB NOT NULL, notes TEXT NOT NULL, received_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sign_in (
    sign_no TEXT PRIMARY KEY, institution TEXT NOT NULL, operator TEXT NOT NULL,
    day TEXT NOT NULL, closed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS account (
    psn_no TEXT NOT NULL, insutype TEXT NOT NULL, balance_fen INTEGER NOT NULL,
    deductible_fen INTEGER NOT NULL DEFAULT 0, fund_fen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (psn_no, insutype));
CREATE TABLE IF NOT EXISTS visit (
    mdtrt_id TEXT PRIMARY KEY, institution TEXT NOT NULL, psn_no TEXT NOT NULL,
    purchase TEXT NOT NULL, UNIQUE (institution, psn_no, purchase));
CREATE TABLE IF NOT EXISTS settlement (
    setl_id TEXT PRIMARY KEY, msgid TEXT NOT NULL UNIQUE, institution TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL, psn_no TEXT NOT NULL, insutype TEXT NOT NULL, clr_type TEXT NOT NULL,
    clr_optins TEXT NOT NULL, settled_at TEXT NOT NULL, total_fen INTEGER NOT NULL,
    fund_fen INTEGER NOT NULL, account_fen INTEGER NOT NULL, cash_fen INTEGER NOT NULL,
    deductible_fen INTEGER NOT NULL, output TEXT NOT NULL,
    refunds TEXT REFERENCES settlement (setl_id),
    state TEXT NOT NULL CHECK (state IN ('active', 'revoked', 'reversed', 'refund')));
CREATE INDEX IF NOT EXISTS settlement_of_visit ON settlement (mdtrt_id, state);
CREATE TABLE IF NOT EXISTS settled_line (
    setl_id TEXT NOT NULL REFERENCES settlement (setl_id), feedetl_sn TEXT NOT NULL,
    rxno TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (setl_id, feedetl_sn));
CREATE INDEX IF NOT EXISTS settled_rx ON settled_line (rxno);
CREATE TABLE IF NOT EXISTS settled_code (
    setl_id TEXT NOT NULL REFERENCES settlement (setl_id), code TEXT NOT NULL,
    split INTEGER NOT NULL, PRIMARY KEY (setl_id, code));
CREATE INDEX IF NOT EXISTS settled_code_code ON settled_code (code);
CREATE TABLE IF NOT EXISTS stock_event (
    id INTEGER PRIMARY KEY, msgid TEXT NOT NULL, institution TEXT NOT NULL, kind TEXT NOT NULL,
    data_type TEXT NOT NULL, item TEXT NOT NULL, national_code TEXT NOT NULL, name TEXT NOT NULL,
    lot TEXT NOT NULL, lot_no TEXT NOT NULL, expires_on TEXT NOT NULL, rx_flag TEXT NOT NULL,
    quantity INTEGER NOT NULL, price INTEGER, document TEXT NOT NULL, happened_at TEXT NOT NULL,
    accepted_at TEXT NOT NULL, erased INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS stock_of_lot ON stock_event (institution, item, lot);
CREATE TABLE IF NOT EXISTS stock_code (
    event INTEGER NOT NULL REFERENCES stock_event (id), code TEXT NOT NULL,
    split INTEGER NOT NULL, sold INTEGER NOT NULL, PRIMARY KEY (event, code));
CREATE INDEX IF NOT EXISTS stock_code_code ON stock_code (code);
CREATE TABLE IF NOT EXISTS stock_part (
    event INTEGER NOT NULL REFERENCES stock_event (id), code TEXT NOT NULL,
    pieces INTEGER NOT NULL, PRIMARY KEY (event, code));
CREATE INDEX IF NOT EXISTS stock_part_code ON stock_part (code);
CREATE TABLE IF NOT EXISTS settled_part (
    setl_id TEXT NOT NULL REFERENCES settlement (setl_id), code TEXT NOT NULL,
    pieces INTEGER NOT NULL, PRIMARY KEY (setl_id, code));
CREATE INDEX IF NOT EXISTS settled_part_code ON settled_part (code);
CREATE TABLE IF NOT EXISTS stock_told (
    event INTEGER PRIMARY KEY REFERENCES stock_event (id), node TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stored_file (
    file_qury_no TEXT PRIMARY KEY, institution TEXT NOT NULL, filename TEXT NOT NULL,
    content BLOB NOT NULL, made_at TEXT NOT NULL);
"""
