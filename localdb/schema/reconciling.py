"""Daily comparisons of money: the newest one of each day, who signed which, and what
was taken into our books from the platform's."""

import sqlalchemy as sa

from localdb.schema.columns import Big, Day, Flag, Moment, not_negative, serial, table, yes_or_no
from localdb.schema.money import attempt_event
from localdb.schema.people import operator

# what happened on one day, without walking through all years
sa.Index("ix_attempt_event_at", attempt_event.c.at)

money_day = table(
    "money_day",
    sa.Column("day", Day, primary_key=True),
    sa.Column("run_no", sa.Integer, nullable=False),
    sa.Column("compared_at", Moment, nullable=False),
    sa.Column("complete", Flag, nullable=False),
    sa.Column("open_count", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("run_no >= 1", name="run_no"),
    not_negative("open_count"),
    yes_or_no("complete"),
)

money_sign_off = table(
    "money_sign_off",
    serial("sign_off_no"),
    sa.Column("day", Day, sa.ForeignKey(money_day.c.day), nullable=False, index=True),
    sa.Column("run_no", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

adopted_money = table(
    "adopted_money",
    serial("entry_no"),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("day", Day, nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
