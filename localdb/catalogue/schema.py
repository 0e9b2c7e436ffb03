"""Tables of the local catalogue. They may be thrown away at any time: the platform has it all."""

VERSION = 1
TABLES = (
    "CREATE TABLE entry (id INTEGER PRIMARY KEY, listing TEXT NOT NULL, row_no TEXT NOT NULL,"
    " code TEXT NOT NULL, name TEXT NOT NULL, brand TEXT NOT NULL, dose_form TEXT NOT NULL,"
    " specification TEXT NOT NULL, maker TEXT NOT NULL, approval_no TEXT NOT NULL,"
    " pay_class TEXT NOT NULL, unit TEXT NOT NULL, valid INTEGER NOT NULL,"
    " UNIQUE (listing, row_no)) STRICT",
    "CREATE INDEX entry_code ON entry (code)",
    "CREATE TABLE spelling (letters TEXT NOT NULL, id INTEGER NOT NULL,"
    " PRIMARY KEY (letters, id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX spelling_of ON spelling (id)",
    # no text is kept twice: the words are found here and read from ``entry``
    "CREATE VIRTUAL TABLE words USING fts5(singles, pairs, content='', contentless_delete=1,"
    ' tokenize="unicode61 remove_diacritics 0")',
    "CREATE TABLE barcode (barcode TEXT PRIMARY KEY, code TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE INDEX barcode_of ON barcode (code)",
    "CREATE TABLE term (listing TEXT NOT NULL, row_no TEXT NOT NULL, code TEXT NOT NULL,"
    " other TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, area TEXT NOT NULL,"
    " begins TEXT, ends TEXT, valid INTEGER NOT NULL,"
    " PRIMARY KEY (listing, row_no)) STRICT, WITHOUT ROWID",
    "CREATE INDEX term_code ON term (listing, code)",
    "CREATE TABLE mark (listing TEXT PRIMARY KEY, since TEXT NOT NULL, version TEXT NOT NULL,"
    " page INTEGER NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL,"
    " next_since TEXT NOT NULL, finished_at TEXT) STRICT",
    f"PRAGMA user_version = {VERSION}",
)
