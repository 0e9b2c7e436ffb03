"""Items, lots, and the fate of every scanned box (trace-and-stock 2.4, 6)."""

import sqlalchemy as sa

from app.domain.goods.learning import PrefixOrigin, PrefixState
from app.domain.goods.stock import LotHold
from app.ports.store import CodeState
from localdb.schema.cases import counter_case
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
from localdb.schema.money import settlement_attempt

item = table(
    "item",
    serial("item_id"),
    sa.Column("store_code", sa.Text, nullable=False, unique=True),
    sa.Column("national_code", sa.Text, nullable=False, index=True),
    sa.Column("generic_name", sa.Text, nullable=False, index=True),
    sa.Column("product_name", sa.Text, nullable=False),
    sa.Column("dose_form", sa.Text, nullable=False),
    sa.Column("specification", sa.Text, nullable=False),
    sa.Column("maker", sa.Text, nullable=False),
    sa.Column("approval_no", sa.Text, nullable=False),
    sa.Column("product_barcode", sa.Text, nullable=False),
    sa.Column("needs_prescription", Flag, nullable=False),
    sa.Column("pay_class", sa.Text, nullable=False),
    sa.Column("retail_price", Big, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("initials", sa.Text, nullable=False),
    sa.Column("shelf", sa.Text, nullable=False),
    yes_or_no("needs_prescription"),
    not_negative("retail_price"),
)

item_prefix = table(
    "item_prefix",
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), nullable=False, index=True),
)

# What boxes taught us, until a manager has looked: several drugs may be named for one first part.
learned_prefix = table(
    "learned_prefix",
    sa.Column("prefix", sa.Text, primary_key=True),
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), primary_key=True, autoincrement=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("learned_at", Moment, nullable=False),
    sa.Column("staff_id", Big, nullable=False),
    sa.Column("seen", Big, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("judged_at", Moment),
    sa.Column("judged_by", Big),
    one_of("origin", PrefixOrigin),
    one_of("state", PrefixState),
    sa.CheckConstraint(
        "(state = 'unverified') = (judged_at IS NULL)"
        " AND (judged_at IS NULL) = (judged_by IS NULL)",
        name="judged",
    ),
)

lot = table(
    "lot",
    serial("lot_id"),
    sa.Column("item_id", Big, sa.ForeignKey(item.c.item_id), nullable=False, index=True),
    sa.Column("upload_lot", sa.Text, nullable=False),
    sa.Column("lot_no", sa.Text, nullable=False),
    sa.Column("made_on", Day, nullable=False),
    sa.Column("expires_on", Day, nullable=False),
    # Below zero is allowed: a box in the hand outweighs a wrong book, after money has moved.
    sa.Column("on_hand", Big, nullable=False),
    sa.Column("hold", sa.Text, nullable=False),
    one_of("hold", LotHold),
    sa.UniqueConstraint("upload_lot", "hold"),
)

trace_code = table(
    "trace_code",
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False, index=True),
    sa.Column("seen_at", Moment, nullable=False),
)

code_claim = table(
    "code_claim",
    serial("claim_id"),
    sa.Column("code", sa.Text, nullable=False, index=True),
    sa.Column("lot_id", Big, sa.ForeignKey(lot.c.lot_id), nullable=False),
    sa.Column("case_id", Big, sa.ForeignKey(counter_case.c.case_id), nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reserved_at", Moment, nullable=False),
    sa.Column("sold_at", Moment),
    sa.Column("attempt_id", sa.Text, sa.ForeignKey(settlement_attempt.c.message_id)),
    sa.Column("receipt_no", sa.Text),
    sa.Column("counter_no", sa.Integer),
    sa.Column("returned_at", Moment),
    one_of("state", CodeState),
    sa.CheckConstraint(
        "state = 'reserved' OR (sold_at IS NOT NULL AND receipt_no IS NOT NULL"
        " AND counter_no IS NOT NULL)",
        name="sold",
    ),
    sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned"),
)
# I9: a box is held by one case, or sold once, until it comes back
sa.Index(
    "uq_code_claim_live",
    code_claim.c.code,
    unique=True,
    sqlite_where=sa.text("state IN ('reserved', 'sold')"),
    postgresql_where=sa.text("state IN ('reserved', 'sold')"),
)
