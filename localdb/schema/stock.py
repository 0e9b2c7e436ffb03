"""The stock ledger: movements per lot and per box, the notes they hang on, counts under way.

No movement without a row here in the same commit (I5); rows are never changed (I6).
"""

import sqlalchemy as sa

from app.domain.goods.movements import AT_COUNTER, INWARD, OUTWARD, NoteKind, StockMove
from localdb.schema.cases import counter_case
from localdb.schema.columns import (
    Big,
    Day,
    Flag,
    Moment,
    not_negative,
    one_of,
    quoted,
    serial,
    table,
    yes_or_no,
)
from localdb.schema.goods import item, lot
from localdb.schema.money import settlement_attempt
from localdb.schema.people import operator

stock_note = table(
    "stock_note",
    serial("note_id"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("note_no", sa.Text, nullable=False, unique=True),
    # when it happened, and when it was written down
    sa.Column("at", Moment, nullable=False),
    sa.Column("booked_at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id)),
    sa.Column("supplier", sa.Text, nullable=False),
    sa.Column("delivery_no", sa.Text, nullable=False, index=True),
    sa.Column("invoice_no", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("kind", NoteKind),
    sa.CheckConstraint("kind = 'opening' OR staff_id IS NOT NULL", name="staff_id"),
)

stock_event = table(
    "stock_event",
    serial("event_id"),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("packs", Big, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), index=True),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey(settlement_attempt.c.message_id)),
    sa.Column("receipt_no", sa.Text, nullable=False),
    sa.Column("counter_no", sa.Integer),
    sa.Column("note_id", Big, sa.ForeignKey(stock_note.c.note_id), index=True),
    # the region's code of a change; purchase price; our business key of the record told
    sa.Column("change_kind", sa.Text),
    sa.Column("price", Big),
    sa.Column("upload_key", sa.Text),
    one_of("kind", StockMove),
    sa.CheckConstraint(
        f"(kind IN ({quoted(*sorted(OUTWARD))}) AND packs < 0)"
        f" OR (kind IN ({quoted(*sorted(INWARD))}) AND packs > 0)"
        f" OR (kind NOT IN ({quoted(*sorted(OUTWARD | INWARD))}) AND packs <> 0)",
        name="packs",
    ),
    sa.CheckConstraint(
        f"kind NOT IN ({quoted(*sorted(AT_COUNTER))}) OR case_id IS NOT NULL", name="case_id"
    ),
    sa.CheckConstraint(
        f"kind IN ({quoted(StockMove.RECEIVED, *sorted(AT_COUNTER))}) OR note_id IS NOT NULL",
        name="note_id",
    ),
    sa.CheckConstraint("(kind = 'changed') = (change_kind IS NOT NULL)", name="change_kind"),
    sa.CheckConstraint("price >= 0", name="price_sign"),
)

stock_code = table(
    "stock_code",
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column(
        "event_id",
        Big,
        sa.ForeignKey(stock_event.c.event_id),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    rows=False,
)

# A delivery that was given: told with its mark, also where it is told late (trace-and-stock 2.3).
stock_gift = table(
    "stock_gift",
    sa.Column(
        "event_id",
        Big,
        sa.ForeignKey(stock_event.c.event_id),
        primary_key=True,
        autoincrement=False,
    ),
    rows=False,
)

item_care = table(
    "item_care",
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), primary_key=True, autoincrement=False),
    sa.Column("storage", sa.Text, nullable=False),
    sa.Column("ephedrine", Flag, nullable=False),
    yes_or_no("ephedrine"),
)

count_sheet = table(
    "count_sheet",
    serial("sheet_id"),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("closed_at", Moment),
    # none where it was given up
    sa.Column("note_id", Big, sa.ForeignKey(stock_note.c.note_id)),
    sa.CheckConstraint("note_id IS NULL OR closed_at IS NOT NULL", name="note_id"),
)

count_line = table(
    "count_line",
    sa.Column(
        "sheet_id",
        Big,
        sa.ForeignKey(count_sheet.c.sheet_id),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), primary_key=True, autoincrement=False),
    # packs by the ledger when the sheet was opened, and in the moment the lot was counted
    sa.Column("snapshot", Big, nullable=False),
    sa.Column("expected", Big),
    sa.Column("counted", Big),
    sa.Column("counted_at", Moment),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id)),
    # what stands in the books once it is booked: the figure the platform is told
    sa.Column("final", Big),
    not_negative("counted"),
    sa.CheckConstraint(
        "(counted IS NULL) = (counted_at IS NULL) AND (counted IS NULL) = (expected IS NULL)"
        " AND (counted IS NULL) = (staff_id IS NULL)",
        name="counted",
    ),
)

stock_draft = table(
    "stock_draft",
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    one_of("kind", NoteKind),
)

register_entry = table(
    "register_entry",
    serial("entry_id"),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False),
    sa.Column("packs", Big, nullable=False),
    sa.Column("on_prescription", Flag, nullable=False),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("day", Day, nullable=False),
    sa.Column("staff_id", Big, sa.ForeignKey(operator.c.staff_id), nullable=False),
    # who bought: sealed, and a keyed mark of the identity number for the rolling window
    sa.Column("buyer", sa.LargeBinary, nullable=False),
    sa.Column("buyer_mark", sa.Text, nullable=False, index=True),
    sa.CheckConstraint("packs >= 0", name="packs"),
    yes_or_no("on_prescription"),
)

# Beside the whole packs of an entry, or in their place: pieces of boxes that hold ``size``.
register_part = table(
    "register_part",
    sa.Column(
        "entry_id",
        Big,
        sa.ForeignKey(register_entry.c.entry_id),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("pieces", Big, nullable=False),
    sa.Column("size", Big, nullable=False),
    sa.CheckConstraint("pieces > 0 AND size > 1", name="pieces"),
)
