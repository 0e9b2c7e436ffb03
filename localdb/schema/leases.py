"""Who may work as which counter, and who has an errand of the whole store (reliability 5)."""

import sqlalchemy as sa

from localdb.schema.columns import Big, Moment, not_negative, table

lease = table(
    "lease",
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("counter_no", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("fence", Big, nullable=False),
    sa.Column("beat", Big, nullable=False),
    sa.Column("at", Moment, nullable=False),
    not_negative("fence"),
    not_negative("beat"),
)
