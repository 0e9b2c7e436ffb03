"""Items, lots and the fate of every box: reserved → sold → returned (trace-and-stock 6)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.gs1 import is_case, is_gtin, unit_barcode
from app.domain.goods.judging import PackFacts
from app.domain.goods.learning import PrefixState
from app.domain.goods.movements import StockMove
from app.domain.goods.parts import OpenBox, Part, PartState
from app.domain.goods.stock import Item, Lot, LotHold, Storage
from app.ports.goods import CodeState, Released, WrittenOff
from localdb.mapping.goods import item_of, item_values, lot_of, lot_values
from localdb.repositories.claims import CodeClaims
from localdb.repositories.parts import PartClaims
from localdb.repositories.scope import Scope
from localdb.schema.goods import code_claim, item, item_prefix, learned_prefix, lot, trace_code
from localdb.schema.parts import item_split, part_claim, part_event
from localdb.schema.stock import item_care, stock_code, stock_event
from localdb.statements import ONE, Known
from localdb.stock import rows
from localdb.upserts import upsert

# Statements of every scan and view are built once: building costs more than running them.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_COMMA: Any = sa.literal_column("','", sa.Text)
# A lot with what is left in its opened boxes: counted where it moved, kept nowhere else.
LOTS = sa.select(
    lot,
    *(
        sa.select(sa.func.coalesce(sa.func.sum(column), 0))
        .where(part_event.c.lot_id == lot.c.lot_id)
        .correlate(lot)
        .scalar_subquery()
        .label(name)
        for name, column in (("loose", part_event.c.pieces), ("loose_share", part_event.c.share))
    ),
)
_PREFIXES = (
    # the separator as a word of the statement: the engine would word it anew each time
    sa.select(sa.func.aggregate_strings(item_prefix.c.prefix, _COMMA))
    .where(item_prefix.c.item_id == item.c.item_id)
    .scalar_subquery()
)
_ITEMS = (
    sa.select(
        item,
        _PREFIXES.label("prefixes"),
        item_care.c.storage,
        item_care.c.ephedrine,
        item_split.c.pieces,
        item_split.c.unit.label("piece_unit"),
        item_split.c.allowed,
    )
    .outerjoin(item_care, item_care.c.item_id == item.c.item_id)
    .outerjoin(item_split, item_split.c.item_id == item.c.item_id)
    .order_by(item.c.item_id)
)
_ALL = Known(_ITEMS)
_BY_ID = Known(_ITEMS.where(item.c.item_id == _WANTED))
_REGISTERED = sa.select(item_care.c.item_id).where(
    item_care.c.ephedrine == ONE,
    item_care.c.item_id.in_(sa.bindparam("wanted", expanding=True)),
)
_BY_STORE_CODE = Known(_ITEMS.where(item.c.store_code == _WANTED))
_BY_NATIONAL_CODE = Known(_ITEMS.where(item.c.national_code == _WANTED).limit(ONE))
_BY_GENERIC_NAME = Known(_ITEMS.where(item.c.generic_name == _WANTED))
_ITEM_OF_PREFIX = Known(sa.select(item_prefix.c.item_id).where(item_prefix.c.prefix == _WANTED))
_LEARNED = Known(
    sa.select(learned_prefix.c.item_id).where(
        learned_prefix.c.prefix == _WANTED, learned_prefix.c.state == PrefixState.UNVERIFIED
    )
)
_ITEM_OF_BARCODE = Known(
    sa.select(item.c.item_id)
    .where(item.c.product_barcode == _WANTED)
    .order_by(item.c.item_id)
    .limit(ONE)
)


def held_in(which: Any) -> Any:
    """Whole packs of the lot ``which`` that lie in open sales."""
    whole = (
        sa.select(sa.func.count())
        .select_from(code_claim)
        .where(code_claim.c.lot_id == which, code_claim.c.state == CodeState.RESERVED)
    )
    # a sealed box of which a part is wanted leaves the whole packs with that sale
    to_open = (
        sa.select(sa.func.count(sa.distinct(part_claim.c.code)))
        .where(part_claim.c.lot_id == which, part_claim.c.state == PartState.RESERVED)
        .where(part_claim.c.code.not_in(sa.select(part_event.c.code)))
    )
    return whole.scalar_subquery() + to_open.scalar_subquery()


_HELD_BACK = Known(sa.select(held_in(_WANTED)))
_RESERVED_CODES = code_claim.c.state == CodeState.RESERVED
_RESERVED_PARTS = part_claim.c.state == PartState.RESERVED
_HOLDERS = Known(
    sa.union(
        sa.select(code_claim.c.case_id).where(code_claim.c.lot_id == _WANTED, _RESERVED_CODES),
        sa.select(part_claim.c.case_id).where(part_claim.c.lot_id == _WANTED, _RESERVED_PARTS),
    )
)
_STOPPED = Known(
    sa.select(lot.c.lot_id)
    .where(
        lot.c.lot_id.in_(
            sa.union(
                sa.select(code_claim.c.lot_id).where(
                    code_claim.c.case_id == _WANTED, _RESERVED_CODES
                ),
                sa.select(part_claim.c.lot_id).where(
                    part_claim.c.case_id == _WANTED, _RESERVED_PARTS
                ),
            )
        )
    )
    .where(
        sa.or_(
            lot.c.hold != LotHold.NONE,
            lot.c.expires_on < sa.bindparam("day", type_=lot.c.expires_on.type),
        )
    )
)
_LOT = Known(LOTS.where(lot.c.lot_id == _WANTED))
_LOTS = Known(LOTS.where(lot.c.item_id == _WANTED).order_by(lot.c.expires_on, lot.c.lot_id))
_LAST_MOVE = Known(
    sa.select(stock_event.c.kind, stock_event.c.packs, stock_event.c.at)
    .join(stock_code, stock_code.c.event_id == stock_event.c.event_id)
    .where(stock_code.c.code == _WANTED)
    .order_by(stock_code.c.event_id.desc())
    .limit(ONE)
)
_PLACE = Known(
    upsert(trace_code)
    .values(
        code=sa.bindparam("code"), lot_id=sa.bindparam("lot_id"), seen_at=sa.bindparam("seen_at")
    )
    .on_conflict_do_update(index_elements=["code"], set_={"lot_id": sa.bindparam("lot_id")})
)
_LOT_OF_CODE = Known(sa.select(trace_code.c.lot_id).where(trace_code.c.code == _WANTED))


class SqlGoods:
    """Implements ``app.ports.store.Goods``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._claims = CodeClaims(scope)
        self._parts = PartClaims(scope)

    def item(self, item_id: int) -> Item:
        found = self._items(_BY_ID, item_id)
        if not found:
            raise Bug(what="no such item", item=item_id)
        return found[0]

    def item_by_national_code(self, national_code: str) -> Item | None:
        """The item of this store; the first taken in where several share the national code."""
        found = self._items(_BY_NATIONAL_CODE, national_code)
        return found[0] if found else None

    def items_by_generic_name(self, generic_name: str) -> tuple[Item, ...]:
        return self._items(_BY_GENERIC_NAME, generic_name)

    def barcodes(self) -> tuple[tuple[str, str], ...]:
        rows = self._scope.connection.execute(
            sa.select(item.c.product_barcode, item.c.national_code)
            .where(item.c.product_barcode != "", item.c.national_code != "")
            .order_by(item.c.item_id)
        )
        return tuple((row.product_barcode, row.national_code) for row in rows)

    def items(self) -> tuple[Item, ...]:
        return tuple(item_of(row) for row in self._scope.ask(_ALL))

    def item_by_store_code(self, store_code: str) -> Item | None:
        found = self._items(_BY_STORE_CODE, store_code)
        return found[0] if found else None

    def registered(self, item_ids: Sequence[int]) -> frozenset[int]:
        found = self._scope.connection.execute(_REGISTERED, {"wanted": list(item_ids)})
        return frozenset(found.scalars())

    def item_by_prefix(self, prefix: str) -> Item | None:
        """The item that boxes with this first part were of so far."""
        item_id = self._scope.ask(_ITEM_OF_PREFIX, {"wanted": prefix}).scalar_one_or_none()
        if item_id is None and is_gtin(prefix):
            # a GTIN is, or groups, the barcode that the pack bears (GS1 General Specifications)
            item_id = self._scope.ask(
                _ITEM_OF_BARCODE, {"wanted": unit_barcode(prefix)}
            ).scalar_one_or_none()
        return None if item_id is None else self.item(item_id)

    def lots(self, item_id: int) -> tuple[Lot, ...]:
        """Held and empty lots included, in order of expiry."""
        return self._scope.found(_LOTS, {"wanted": item_id}, lot_of)

    def lot(self, lot_id: int) -> Lot:
        found = self._scope.found(_LOT, {"wanted": lot_id}, lot_of)
        if not found:
            raise Bug(what="no such lot", lot=lot_id)
        return found[0]

    def pack_facts(self, code: DrugTraceCode, case_id: int) -> PackFacts:
        """What is known of a box: its lot from goods receipt, its item also by prefix.

        ``claimed_by_case`` names a case other than ``case_id`` that has it reserved whole.
        """
        received = self._scope.ask(_LOT_OF_CODE, {"wanted": code}).scalar_one_or_none()
        opened = self._parts.box(code)
        if received is None and opened is not None:
            received = opened.lot_id
        found_lot = None if received is None else self.lot(received)
        found = self.item(found_lot.item_id) if found_lot else self.item_by_prefix(code.prefix)
        learned = found is None
        if found is None:
            found = self._learned(code.prefix)
        return PackFacts(
            item=found,
            lot=found_lot,
            lots=self.lots(found.item_id) if found else (),
            sold=self._claims.sold_before(code),
            claimed_by_case=self._claims.held_elsewhere(code, case_id),
            case_code=found_lot is None and is_gtin(code.prefix) and is_case(code.prefix),
            opened=opened,
            learned_prefix=code.prefix if learned and found is not None else "",
            prefix_of=self._other_drug(code.prefix, found) if found_lot else "",
            left_at=self._left_at(code) if opened is None and found_lot else None,
        )

    def _left_at(self, code: DrugTraceCode) -> datetime | None:
        """When it left other than by a sale; None where that was not the last of it."""
        last = self._scope.ask(_LAST_MOVE, {"wanted": code}).first()
        if last is None or last.packs > 0 or last.kind == StockMove.SOLD:
            return None
        left: datetime = last.at
        return left

    def _learned(self, prefix: str) -> Item | None:
        """The one drug boxes taught for this first part; None where they taught several."""
        rows = self._scope.ask(_LEARNED, {"wanted": prefix}).scalars()
        return self.item(rows[0]) if len(rows) == 1 else None

    def _other_drug(self, prefix: str, found: Item | None) -> str:
        """What the first part is known for, where goods receipt says another drug."""
        if found is None or prefix in found.prefixes or is_gtin(prefix):
            return ""
        known = self._scope.ask(_ITEM_OF_PREFIX, {"wanted": prefix}).scalar_one_or_none()
        return "" if known is None else self.item(known).name

    def box(self, code: DrugTraceCode) -> OpenBox | None:
        return self._parts.box(code)

    def open_boxes(self, item_id: int) -> tuple[OpenBox, ...]:
        return self._parts.of_item(item_id)

    def every_open_box(self) -> tuple[OpenBox, ...]:
        return self._parts.every()

    def set_pack(self, item_id: int, pieces: int, unit: str, *, splits: bool) -> None:
        said = {"pieces": pieces, "unit": unit, "allowed": splits}
        statement = upsert(item_split).values(item_id=item_id, **said)
        self._scope.connection.execute(
            statement.on_conflict_do_update(index_elements=["item_id"], set_=said)
        )

    def reserve_part(self, box: OpenBox, part: Part, at: datetime) -> None:
        self._parts.reserve(box, part, at)

    def write_off(self, away: WrittenOff, note_id: int, at: datetime) -> None:
        self._parts.write_off(away, note_id, at)

    def release_part(self, back: Released, note_id: int, at: datetime) -> None:
        self._parts.put_back(back, note_id, at)

    def reserve(self, code: DrugTraceCode, lot_id: int, case_id: int, at: datetime) -> None:
        self._claims.reserve(code, lot_id, case_id, at)

    def release(self, code: DrugTraceCode, case_id: int) -> None:
        """Sold boxes are not released; they are taken back."""
        self._claims.release(case_id, code)
        self._parts.release(case_id, code)

    def release_all(self, case_id: int) -> None:
        self._claims.release(case_id)
        self._parts.release(case_id)

    def sell(
        self, case_id: int, attempt_id: str | None, receipt_no: str, counter_no: int, at: datetime
    ) -> None:
        sold = self._claims.sell(case_id, attempt_id, receipt_no, counter_no, at)
        for lot_id, packs in sorted(sold.items()):
            # its boxes follow by a rule of the base
            rows.book(
                self._scope,
                lot_id,
                StockMove.SOLD,
                -packs,
                at,
                case_id=case_id,
                attempt_id=attempt_id,
                receipt_no=receipt_no,
                counter_no=counter_no,
            )
        self._parts.sell(case_id, attempt_id, receipt_no, counter_no, at)

    def held_back(self, lot_id: int) -> int:
        held: int = self._scope.ask(_HELD_BACK, {"wanted": lot_id}).scalar_one()
        return held

    def holders(self, lot_id: int) -> tuple[int, ...]:
        return tuple(sorted(self._scope.ask(_HOLDERS, {"wanted": lot_id}).scalars()))

    def stopped(self, case_id: int, day: date) -> frozenset[int]:
        return frozenset(self._scope.ask(_STOPPED, {"wanted": case_id, "day": day}).scalars())

    def sale_of(self, text: str, counter_no: int = 0) -> int | None:
        whole = self._claims.sale_of(text, counter_no)
        return whole if whole is not None else self._parts.sale_of(text, counter_no)

    def take_back(self, case_id: int, codes: Sequence[DrugTraceCode], at: datetime) -> None:
        """Raises ``Bug`` for a code that this case did not sell: callers compare first."""
        whole: list[DrugTraceCode] = []
        for code in codes:
            part = self._parts.take_back(case_id, code, at)
            if part is None:
                whole.append(code)
                continue
            quarantine = self._claims.quarantine_of(part.lot_id)
            self._parts.put_away(part, quarantine, case_id, at)
        for taken in self._claims.take_back(case_id, whole, at):
            quarantine = self._claims.quarantine_of(taken.lot_id)
            rows.book(
                self._scope,
                quarantine,
                StockMove.RETURNED,
                1,
                at,
                (taken.code,),
                case_id=case_id,
                receipt_no=taken.receipt_no,
                counter_no=taken.counter_no,
            )
            self.place((taken.code,), quarantine, at)

    def stock_item(self, new: Item) -> Item:
        """Take an item into the range; ``new.item_id`` is ignored. Prefixes are unique."""
        item_id = self._scope.connection.execute(
            sa.insert(item).values(**item_values(new)).returning(item.c.item_id)
        ).scalar_one()
        if new.prefixes:
            self._scope.connection.execute(
                sa.insert(item_prefix),
                [{"prefix": prefix, "item_id": item_id} for prefix in sorted(new.prefixes)],
            )
        if new.ephedrine or new.storage is not Storage.ROOM:
            care = {"storage": new.storage, "ephedrine": new.ephedrine}
            self._scope.connection.execute(sa.insert(item_care).values(item_id=item_id, **care))
        if new.pieces > 1:
            split = {"pieces": new.pieces, "unit": new.piece_unit, "allowed": new.splits}
            self._scope.connection.execute(sa.insert(item_split).values(item_id=item_id, **split))
        return self.item(item_id)

    def receive(
        self, new: Lot, codes: Iterable[DrugTraceCode], receipt_no: str, at: datetime
    ) -> Lot:
        """Book one goods-receipt line of ``new.on_hand`` packs; ``new.lot_id`` is ignored."""
        made = sa.insert(lot).values(on_hand=0, **lot_values(new)).returning(lot.c.lot_id)
        lot_id = int(self._scope.connection.execute(made).scalar_one())
        boxes = tuple(codes)
        if new.on_hand:
            move, note = StockMove.RECEIVED, {"receipt_no": receipt_no}
            rows.book(self._scope, lot_id, move, new.on_hand, at, boxes, **note)
        self.place(boxes, lot_id, at)
        return self.lot(lot_id)

    def place(self, codes: Iterable[str], lot_id: int, at: datetime) -> None:
        """These boxes lie in this lot now; the moment a box was first seen stays."""
        places = [{"code": code, "lot_id": lot_id, "seen_at": at} for code in sorted(codes)]
        if places:
            self._scope.ask_each(_PLACE, places)

    def _items(self, statement: Known, wanted: object) -> tuple[Item, ...]:
        return self._scope.found(statement, {"wanted": wanted}, item_of)
