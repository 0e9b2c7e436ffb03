"""Schema 0001, frozen: Items, lots, boxes."""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("item_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("store_code", sa.Text(), nullable=False),
        sa.Column("national_code", sa.Text(), nullable=False),
        sa.Column("generic_name", sa.Text(), nullable=False),
        sa.Column("product_name", sa.Text(), nullable=False),
        sa.Column("dose_form", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("approval_no", sa.Text(), nullable=False),
        sa.Column("product_barcode", sa.Text(), nullable=False),
        sa.Column("needs_prescription", sa.Integer(), nullable=False),
        sa.Column("pay_class", sa.Text(), nullable=False),
        sa.Column("retail_price", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("shelf", sa.Text(), nullable=False),
        sa.CheckConstraint("needs_prescription IN (0, 1)", name="ck_item_needs_prescription"),
        sa.CheckConstraint("retail_price >= 0", name="ck_item_retail_price_sign"),
        sa.PrimaryKeyConstraint("item_id", name="pk_item"),
        sa.UniqueConstraint("store_code", name="uq_item_store_code"),
        sqlite_strict=True,
    )
    op.create_index("ix_item_generic_name", "item", ["generic_name"], unique=False)
    op.create_index("ix_item_national_code", "item", ["national_code"], unique=False)


def _item_prefix() -> None:
    op.create_table(
        "item_prefix",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_item_prefix_item_id"),
        sa.PrimaryKeyConstraint("prefix", name="pk_item_prefix"),
        sqlite_strict=True,
    )
    op.create_index("ix_item_prefix_item_id", "item_prefix", ["item_id"], unique=False)


def _lot() -> None:
    op.create_table(
        "lot",
        sa.Column("lot_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("upload_lot", sa.Text(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("hold", sa.Text(), nullable=False),
        sa.CheckConstraint("hold IN ('none', 'quarantine', 'recall')", name="ck_lot_hold"),
        sa.ForeignKeyConstraint(["item_id"], ["item.item_id"], name="fk_lot_item_id"),
        sa.PrimaryKeyConstraint("lot_id", name="pk_lot"),
        sa.UniqueConstraint("upload_lot", "hold", name="uq_lot_upload_lot_hold"),
        sqlite_strict=True,
    )
    op.create_index("ix_lot_item_id", "lot", ["item_id"], unique=False)


def _trace_code() -> None:
    op.create_table(
        "trace_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name="fk_trace_code_lot_id"),
        sa.PrimaryKeyConstraint("code", name="pk_trace_code"),
        sqlite_strict=True,
    )
    op.create_index("ix_trace_code_lot_id", "trace_code", ["lot_id"], unique=False)


def _code_claim() -> None:
    op.create_table(
        "code_claim",
        sa.Column("claim_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reserved_at", sa.Integer(), nullable=False),
        sa.Column("sold_at", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("receipt_no", sa.Text(), nullable=True),
        sa.Column("counter_no", sa.Integer(), nullable=True),
        sa.Column("returned_at", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_at IS NOT NULL)", name="ck_code_claim_returned"
        ),
        sa.CheckConstraint(
            "state = 'reserved' OR (sold_at IS NOT NULL AND receipt_no IS NOT NULL AND counter_no IS NOT NULL)",
            name="ck_code_claim_sold",
        ),
        sa.CheckConstraint("state IN ('reserved', 'sold', 'returned')", name="ck_code_claim_state"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["settlement_attempt.message_id"], name="fk_code_claim_attempt_id"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["counter_case.case_id"], name="fk_code_claim_case_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name="fk_code_claim_lot_id"),
        sa.PrimaryKeyConstraint("claim_id", name="pk_code_claim"),
        sqlite_strict=True,
    )
    op.create_index("ix_code_claim_case_id", "code_claim", ["case_id"], unique=False)
    op.create_index("ix_code_claim_code", "code_claim", ["code"], unique=False)
    op.create_index(
        "uq_code_claim_live",
        "code_claim",
        ["code"],
        unique=True,
        sqlite_where=sa.text("state IN ('reserved', 'sold')"),
        postgresql_where=sa.text("state IN ('reserved', 'sold')"),
    )


def _stock_event() -> None:
    op.create_table(
        "stock_event",
        sa.Column("event_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("receipt_no", sa.Text(), nullable=False),
        sa.Column("counter_no", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'sold' AND packs < 0) OR (kind <> 'sold' AND packs > 0)",
            name="ck_stock_event_packs",
        ),
        sa.CheckConstraint(
            "kind = 'received' OR case_id IS NOT NULL", name="ck_stock_event_case_id"
        ),
        sa.CheckConstraint("kind IN ('received', 'sold', 'returned')", name="ck_stock_event_kind"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["settlement_attempt.message_id"], name="fk_stock_event_attempt_id"
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["counter_case.case_id"], name="fk_stock_event_case_id"
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name="fk_stock_event_lot_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_stock_event"),
        sqlite_strict=True,
    )
    op.create_index("ix_stock_event_case_id", "stock_event", ["case_id"], unique=False)
    op.create_index("ix_stock_event_lot_id", "stock_event", ["lot_id"], unique=False)


def create() -> None:
    """In order of their foreign keys."""
    _item()
    _item_prefix()
    _lot()
    _trace_code()
    _code_claim()
    _stock_event()
