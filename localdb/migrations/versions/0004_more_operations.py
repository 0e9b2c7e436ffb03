"""Everything a pharmacy may call can be put on record, and goods that travel have a table.

Adds a table and widens two checks: 0003 can open it still.

SQLite cannot change a check in place, and neither table may be rebuilt while others refer to its
rows. Its documentation allows to change the text of a check where every row that satisfied the old
one satisfies the new one ("Making Other Kinds Of Table Schema Changes"): that is the case here.
"""

# ruff: noqa: E501 - the base stores these texts as they stand

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = "operation IN ('open_day', 'close_day', 'query_person', 'check_entitlement', 'presettle', 'settle', 'revoke_settlement', 'reverse', 'query_settlement', 'query_fees', 'reconcile_totals', 'reconcile_lines', 'upload_file', 'download_file', 'count_stock', 'change_stock', 'receive', 'return_to_supplier', 'upload_sale', 'return_sale', 'erase_upload', 'query_stock', 'query_stock_trail', 'preaudit', 'register_visit', 'upload_visit', 'decode_voucher', 'authorise', 'download', 'verify', 'audit', 'query_catalogue', 'precheck_rx', 'sign_rx', 'upload_rx', 'undo_rx', 'query_rx', 'query_audit', 'query_dispensing')"
AFTER = "operation IN ('open_day', 'close_day', 'query_person', 'check_entitlement', 'presettle', 'settle', 'revoke_settlement', 'reverse', 'query_settlement', 'query_fees', 'reconcile_totals', 'reconcile_lines', 'upload_file', 'download_file', 'count_stock', 'change_stock', 'receive', 'return_to_supplier', 'upload_sale', 'return_sale', 'erase_upload', 'query_stock', 'query_stock_trail', 'query_counts', 'query_changes', 'query_purchases', 'query_sales', 'query_lot_trail', 'query_sale_trail', 'count_stock_rows', 'change_stock_rows', 'receive_rows', 'return_to_supplier_rows', 'upload_sale_rows', 'return_sale_rows', 'erase_upload_rows', 'fetch_drugs', 'fetch_herbs', 'query_insured_items', 'query_item_links', 'query_store_links', 'query_price_ceilings', 'query_self_pay_shares', 'query_dictionary', 'preaudit', 'register_visit', 'upload_visit', 'decode_voucher', 'authorise', 'query_online_rx', 'decode_rx_code', 'download', 'verify', 'audit', 'query_catalogue', 'sync_delivery', 'confirm_delivery', 'precheck_rx', 'sign_rx', 'upload_rx', 'undo_rx', 'query_rx', 'query_audit', 'query_dispensing')"

KEPT = "CREATE TRIGGER kept_delivery BEFORE DELETE ON delivery FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'kept_delivery'); END"


def upgrade() -> None:
    base = op.get_bind()
    schema = base.execute(text("PRAGMA schema_version")).scalar_one()
    base.execute(text("PRAGMA writable_schema = ON"))
    for table in ("message", "outbox"):
        base.execute(
            text(
                "UPDATE sqlite_schema SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"
            ),
            {"before": BEFORE, "after": AFTER, "name": table},
        )
    base.execute(text(f"PRAGMA schema_version = {int(schema) + 1}"))
    base.execute(text("PRAGMA writable_schema = OFF"))
    op.create_table(
        "delivery",
        sa.Column("delivery_no", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('prepared', 'under_way', 'arrived', 'refused', 'called_off')",
            name="ck_delivery_state",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["counter_case.case_id"], name="fk_delivery_case_id"),
        sa.PrimaryKeyConstraint("delivery_no", name="pk_delivery"),
        sqlite_strict=True,
    )
    op.create_index("ix_delivery_case_id", "delivery", ["case_id"], unique=False)
    op.create_index("ix_delivery_moved_at", "delivery", ["moved_at"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["moved_at"],
        unique=False,
        sqlite_where=text("state IN ('prepared', 'under_way')"),
    )
    op.execute(KEPT)
