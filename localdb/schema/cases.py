"""Cases: the current row is a projection, the events are the truth (architecture 6)."""

import sqlalchemy as sa

from app.domain.case import Phase, Signal, Step
from localdb.schema.columns import Big, Moment, one_of, quoted, serial, table

ENDED = (Step.DONE, Step.CLOSED)

counter_case = table(
    "counter_case",
    serial("case_id"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("counter_no", sa.Integer, nullable=False),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("profile_id", sa.Text, nullable=False),
    sa.Column("profile_digest", sa.Text, nullable=False),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_by", Big, nullable=False),
    sa.Column("parked_at", Moment),
    sa.Column("parked_note", sa.Text, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("facts", sa.Text, nullable=False),
    one_of("step", Step),
    one_of("phase", Phase),
    sa.CheckConstraint("version >= 1", name="version"),
)
sa.Index(
    "ix_counter_case_unfinished",
    counter_case.c.counter_no,
    sqlite_where=sa.text(f"step NOT IN ({quoted(*ENDED)})"),
    postgresql_where=sa.text(f"step NOT IN ({quoted(*ENDED)})"),
)
sa.Index("ix_counter_case_ended", counter_case.c.counter_no, counter_case.c.ended_at)

case_event = table(
    "case_event",
    serial("event_id"),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("staff_id", Big, nullable=False),
    sa.Column("signal", sa.Text, nullable=False),
    sa.Column("step_before", sa.Text, nullable=False),
    sa.Column("phase_before", sa.Text, nullable=False),
    sa.Column("step_after", sa.Text, nullable=False),
    sa.Column("phase_after", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("code", sa.Integer),
    sa.Column("evidence_id", Big),
    one_of("signal", Signal),
    one_of("step_before", Step),
    one_of("phase_before", Phase),
    one_of("step_after", Step),
    one_of("phase_after", Phase),
    # architecture 6: UNKNOWN is left by evidence only
    sa.CheckConstraint(
        "phase_before <> 'unknown' OR evidence_id IS NOT NULL OR message_id IS NOT NULL",
        name="evidence",
    ),
)

document = table(
    "document",
    serial("document_id"),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
