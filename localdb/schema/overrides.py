"""Boxes that went on by somebody's word (trace-and-stock 6.9)."""

import sqlalchemy as sa

from app.domain.goods.overrides import OverrideReason
from localdb.schema.cases import counter_case
from localdb.schema.columns import Big, Moment, one_of, serial, table
from localdb.schema.goods import item, lot
from localdb.schema.people import operator

scan_override = table(
    "scan_override",
    serial("override_id"),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("code", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), nullable=False),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False),
    sa.Column("trace_code", sa.Text, nullable=False),
    one_of("reason", OverrideReason),
)
