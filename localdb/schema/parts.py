"""Boxes sold in parts: what a pack holds, who has which part, and what moved piece by piece.

A box leaves the ledger of whole packs with the sale that opens it (``stock_event.upload_key`` names
it there); from then on its pieces are counted here. Rows of ``part_event`` are never changed (I6).
"""

import sqlalchemy as sa

from app.domain.goods.movements import PartMove
from app.domain.goods.parts import PartState
from localdb.schema.cases import counter_case
from localdb.schema.columns import Big, Flag, Moment, one_of, serial, table, yes_or_no
from localdb.schema.goods import item, lot
from localdb.schema.money import settlement_attempt
from localdb.schema.stock import stock_note

_ON_NOTE = "kind IN ('changed', 'released')"

item_split = table(
    "item_split",
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), primary_key=True, autoincrement=False),
    sa.Column("pieces", Big, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("allowed", Flag, nullable=False),
    sa.CheckConstraint("pieces BETWEEN 2 AND 1000", name="pieces"),
    yes_or_no("allowed"),
)

part_claim = table(
    "part_claim",
    serial("claim_id"),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False),
    # none where it was written off
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), index=True),
    # what the box holds, and what this sale has of it: pieces, and ten-thousandths of the pack
    sa.Column("size", Big, nullable=False),
    sa.Column("pieces", Big, nullable=False),
    sa.Column("share", Big, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reserved_at", Moment, nullable=False),
    sa.Column("sold_at", Moment),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey(settlement_attempt.c.message_id)),
    sa.Column("receipt_no", sa.Text, index=True),
    sa.Column("counter_no", sa.Integer),
    sa.Column("returned_at", Moment),
    one_of("state", PartState),
    sa.CheckConstraint("pieces > 0 AND pieces <= size", name="pieces"),
    sa.CheckConstraint("share > 0 AND share <= 10000", name="share"),
    sa.CheckConstraint(
        "state IN ('reserved', 'gone') OR (sold_at IS NOT NULL AND receipt_no IS NOT NULL"
        " AND counter_no IS NOT NULL)",
        name="sold",
    ),
    sa.CheckConstraint("state <> 'returned' OR returned_at IS NOT NULL", name="returned"),
    sa.CheckConstraint("state = 'gone' OR case_id IS NOT NULL", name="case_id"),
    # a sale takes once of a box
    sa.UniqueConstraint("code", "case_id"),
)

part_event = table(
    "part_event",
    serial("event_id"),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False, index=True),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("pieces", Big, nullable=False),
    sa.Column("share", Big, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), index=True),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey(settlement_attempt.c.message_id)),
    sa.Column("receipt_no", sa.Text, nullable=False),
    sa.Column("counter_no", sa.Integer),
    sa.Column("note_id", Big, sa.ForeignKey(stock_note.c.note_id), index=True),
    sa.Column("change_kind", sa.Text),
    sa.Column("upload_key", sa.Text),
    one_of("kind", PartMove),
    sa.CheckConstraint(
        "(kind IN ('opened', 'returned') AND pieces > 0 AND share > 0)"
        " OR (kind IN ('sold', 'changed') AND pieces < 0 AND share < 0)"
        " OR (kind = 'released' AND pieces <> 0 AND pieces * share > 0)",
        name="pieces",
    ),
    sa.CheckConstraint(f"({_ON_NOTE}) = (note_id IS NOT NULL)", name="note_id"),
    sa.CheckConstraint("(kind = 'changed') = (change_kind IS NOT NULL)", name="change_kind"),
    sa.CheckConstraint(f"({_ON_NOTE}) = (case_id IS NULL)", name="case_id"),
)
