"""Business days, print jobs, settings, counters, and the mark of the last written unit."""

import sqlalchemy as sa

from app.ports.store import PrintKind
from localdb.schema.cases import counter_case
from localdb.schema.columns import Big, Day, Moment, not_negative, one_of, serial, table
from localdb.schema.money import settlement_attempt

business_day = table(
    "business_day",
    serial("day_no"),
    sa.Column("counter_no", sa.Integer, nullable=False),
    sa.Column("day", Day, nullable=False),
    sa.Column("sign_no", sa.Text, nullable=False),
    sa.Column("operator_no", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
)
sa.Index("ix_business_day_day", business_day.c.counter_no, business_day.c.day)
sa.Index(
    "uq_business_day_open",
    business_day.c.counter_no,
    business_day.c.day,
    unique=True,
    sqlite_where=sa.text("closed_at IS NULL"),
    postgresql_where=sa.text("closed_at IS NULL"),
)

print_job = table(
    "print_job",
    serial("job_id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey(settlement_attempt.c.message_id)),
    sa.Column("copies", sa.Integer, nullable=False),
    sa.Column("queued_at", Moment, nullable=False),
    sa.Column("printed_at", Moment),
    one_of("kind", PrintKind),
    not_negative("copies"),
    sa.CheckConstraint("printed_at IS NULL OR copies > 0", name="printed"),
)
sa.Index(
    "ix_print_job_waiting",
    print_job.c.job_id,
    sqlite_where=sa.text("printed_at IS NULL"),
    postgresql_where=sa.text("printed_at IS NULL"),
)

setting = table(
    "setting",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.LargeBinary, nullable=False),
)

number_series = table(
    "number_series",
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("last", Big, nullable=False),
    sa.CheckConstraint("last >= 1", name="last"),
)

unit_mark = table(
    "unit_mark",
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", Big, nullable=False),
    sa.CheckConstraint("one = 1", name="one"),
)
