"""Goods on their way to the insured. Who takes and who carries them is sealed with the row."""

import sqlalchemy as sa

from app.domain.delivery import OPEN, DeliveryState
from localdb.schema.cases import counter_case
from localdb.schema.columns import Big, Moment, one_of, quoted, table

delivery = table(
    "delivery",
    sa.Column("delivery_no", sa.Text, primary_key=True),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("moved_at", Moment, nullable=False, index=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    one_of("state", DeliveryState),
)
_LIVE = f"state IN ({quoted(*sorted(OPEN))})"
sa.Index(
    "ix_delivery_open",
    delivery.c.moved_at,
    sqlite_where=sa.text(_LIVE),
    postgresql_where=sa.text(_LIVE),
)
