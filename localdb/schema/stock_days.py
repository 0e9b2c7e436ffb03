"""Daily comparisons of stock: the newest run of each day, its findings, who signed which,
and which difference somebody lets stand.

``stock_answer`` is what the platform said last, page by page; it is forgotten with the next asking.
"""

import sqlalchemy as sa

from app.domain.books.stock import LineState
from localdb.schema.columns import (
    Big,
    Day,
    Flag,
    Moment,
    not_negative,
    one_of,
    serial,
    table,
    yes_or_no,
)
from localdb.schema.messages import outbox
from localdb.schema.people import operator

# every record of a lot, delivered ones too, without walking through all years
sa.Index("ix_outbox_lot", outbox.c.lane_key)

stock_answer = table(
    "stock_answer",
    sa.Column("store_code", sa.Text, primary_key=True),
    sa.Column("upload_lot", sa.Text, primary_key=True),
    sa.Column("national_code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("lot_no", sa.Text, nullable=False),
    sa.Column("quantity", Big, nullable=False),
    sa.Column("price", Big),
    rows=False,
)

stock_day = table(
    "stock_day",
    sa.Column("day", Day, primary_key=True),
    sa.Column("run_no", sa.Integer, nullable=False),
    sa.Column("cut_off", Moment, nullable=False),
    sa.Column("complete", Flag, nullable=False),
    sa.Column("open_count", sa.Integer, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.CheckConstraint("run_no >= 1", name="run_no"),
    not_negative("open_count"),
    yes_or_no("complete"),
)

stock_finding = table(
    "stock_finding",
    sa.Column("day", Day, sa.ForeignKey(stock_day.c.day), primary_key=True),
    sa.Column("finding_no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    one_of("state", LineState),
    rows=False,
)

stock_day_sign_off = table(
    "stock_day_sign_off",
    serial("sign_off_no"),
    sa.Column("day", Day, sa.ForeignKey(stock_day.c.day), nullable=False, index=True),
    sa.Column("run_no", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

stock_acceptance = table(
    "stock_acceptance",
    serial("acceptance_no"),
    sa.Column("day", Day, sa.ForeignKey(stock_day.c.day), nullable=False, index=True),
    sa.Column("store_code", sa.Text, nullable=False),
    sa.Column("upload_lot", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)
