"""A sale may be told to two neighbours: what the prescription centre is told has names of its own.

Widens two checks, as 0004 does and for the reason given there: an older program goes on beside it.
"""

# ruff: noqa: E501 - the base stores these texts as they stand

from alembic import op
from sqlalchemy import text

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = "'audit', 'query_catalogue', 'sync_delivery'"
AFTER = "'audit', 'query_catalogue', 'upload_rx_sale', 'undo_rx_sale', 'sync_delivery'"


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
