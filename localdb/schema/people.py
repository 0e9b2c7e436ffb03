"""Staff, and the hash-chained record of what they did."""

import sqlalchemy as sa

from localdb.schema.columns import Big, Moment, not_negative, serial, table

operator = table(
    "operator",
    serial("staff_id"),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.LargeBinary, nullable=False),
    sa.Column("pin_hash", sa.Text, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("pharmacist", sa.LargeBinary),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("locked_until", Moment),
    not_negative("failed"),
)

pin_handed_out = table(
    "pin_handed_out",
    sa.Column(
        "staff_id", Big, sa.ForeignKey("operator.staff_id"), primary_key=True, autoincrement=False
    ),
    sa.Column("at", Moment, nullable=False),
)
"""Whose PIN somebody else knows: it opens nothing until its owner has set another one."""

journal = table(
    "journal",
    sa.Column("number", Big, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("link", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("number >= 1", name="number"),
)
