"""Every message ever allotted, its replies, and what waits in the outbox."""

import sqlalchemy as sa

from app.ports.store import MessageState, OutboxMove, OutboxState
from app.profile.operations import Operation
from localdb.schema.cases import counter_case
from localdb.schema.columns import (
    Big,
    Flag,
    Moment,
    not_negative,
    one_of,
    quoted,
    serial,
    table,
    yes_or_no,
)

OPEN_STATES = (
    OutboxState.WAITING,
    OutboxState.SENDING,
    OutboxState.UNKNOWN,
    OutboxState.STOPPED,
)
IN_LANE = (OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN)
"""A stopped item is parked in sight and lets the others of its lot pass (reliability 7)."""

message_mark = table(
    "message_mark",
    sa.Column("institution_code", sa.Text, primary_key=True),
    sa.Column("counter_no", sa.Integer, primary_key=True),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("last_sequence", sa.Integer, nullable=False),
    not_negative("last_sequence"),
)

RECORDED = tuple(Operation)
"""A sale is a sale, whichever neighbour is told; one told to both has a name for the second."""

message = table(
    "message",
    serial("row_id"),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), index=True),
    sa.Column("composed_at", Moment, nullable=False),
    sa.Column("kept", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    one_of("operation", RECORDED),
    one_of("state", MessageState),
)
sa.Index(
    "ix_message_sending",
    message.c.row_id,
    sqlite_where=sa.text(f"state = '{MessageState.SENDING}'"),
    postgresql_where=sa.text(f"state = '{MessageState.SENDING}'"),
)

message_reply = table(
    "message_reply",
    serial("reply_id"),
    sa.Column("row_id", Big, sa.ForeignKey(message.c.row_id), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("started_at", Moment),
    sa.Column("first_byte_left", Flag),
    sa.Column("bytes_sent", Big),
    sa.Column("bytes_received", Big),
    sa.Column("status", sa.Integer),
    sa.Column("took_ms", Big),
    sa.Column("kept_reply", sa.LargeBinary),
    sa.Column("platform_ref", sa.Text),
    sa.Column("platform_code", sa.Text),
    sa.Column("platform_text", sa.Text),
    sa.Column("failure", sa.Text),
    one_of("state", MessageState),
    yes_or_no("first_byte_left"),
)
sa.Index(
    "ix_message_reply_platform_ref",
    message_reply.c.platform_ref,
    sqlite_where=sa.text("platform_ref <> ''"),
    postgresql_where=sa.text("platform_ref <> ''"),
)

outbox = table(
    "outbox",
    serial("item_id"),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("business_key", sa.Text, nullable=False),
    sa.Column("lane_key", sa.Text, nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), index=True),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("request_mark", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("born_at", Moment, nullable=False),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("lease_until", Moment),
    sa.Column("code", sa.Integer),
    sa.Column("platform_text", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    one_of("operation", RECORDED),
    one_of("state", OutboxState),
    not_negative("tries"),
    sa.CheckConstraint(
        f"(state = '{OutboxState.SENDING}') = (lease_until IS NOT NULL AND holder IS NOT NULL)",
        name="lease",
    ),
)
sa.Index(
    "uq_outbox_business_key",
    outbox.c.operation,
    outbox.c.business_key,
    unique=True,
    sqlite_where=sa.text(f"state <> '{OutboxState.VOIDED}'"),
    postgresql_where=sa.text(f"state <> '{OutboxState.VOIDED}'"),
)
sa.Index(
    "ix_outbox_lane",
    outbox.c.lane_key,
    outbox.c.item_id,
    sqlite_where=sa.text(f"state IN ({quoted(*IN_LANE)})"),
    postgresql_where=sa.text(f"state IN ({quoted(*IN_LANE)})"),
)
sa.Index(
    "ix_outbox_open",
    outbox.c.item_id,
    sqlite_where=sa.text(f"state IN ({quoted(*OPEN_STATES)})"),
    postgresql_where=sa.text(f"state IN ({quoted(*OPEN_STATES)})"),
)

outbox_event = table(
    "outbox_event",
    serial("event_id"),
    sa.Column("item_id", Big, sa.ForeignKey(outbox.c.item_id), nullable=False, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("code", sa.Integer),
    sa.Column("platform_text", sa.Text, nullable=False),
    sa.Column("message_row", Big, sa.ForeignKey(message.c.row_id)),
    sa.Column("staff_id", Big, sa.ForeignKey("operator.staff_id")),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("move", OutboxMove),
)
"""What happened to each record, in order; never changed (I6)."""
