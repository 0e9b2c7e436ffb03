"""The first schema."""

from alembic import op

from localdb.migrations.first import cases, goods, messages, money, shop
from localdb.migrations.first.rules import RULES

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for part in (cases, money, messages, goods, shop):
        part.create()
    for rule in RULES:
        op.execute(rule)
