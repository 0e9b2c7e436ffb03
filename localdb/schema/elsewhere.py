"""Settlements that another product made, as a person wrote them down (S4 2.1)."""

import sqlalchemy as sa

from app.domain.elsewhere import ForeignLeg
from localdb.schema.cases import counter_case
from localdb.schema.columns import Big, Moment, not_negative, one_of, serial, table
from localdb.schema.people import operator

foreign_money = table(
    "foreign_money",
    serial("entry_no"),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False),
    sa.Column("leg", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("claim", sa.Text, nullable=False, index=True),
    sa.Column("total", Big, nullable=False),
    sa.Column("fund", Big, nullable=False),
    sa.Column("account", Big, nullable=False),
    sa.Column("cash", Big, nullable=False),
    one_of("leg", ForeignLeg),
    not_negative("fund"),
    not_negative("account"),
    not_negative("cash"),
    sa.CheckConstraint("fund + account + cash = total", name="adds_up"),
    sa.UniqueConstraint("case_id", "leg", name="uq_foreign_money_case_id"),
    sa.UniqueConstraint("number", "leg", name="uq_foreign_money_number"),
)
