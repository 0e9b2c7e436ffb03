"""Items, lots and the fate of every box: reserved → sold → returned (trace-and-stock 6)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.gs1 import GTIN, is_case, unit_barcode
from app.domain.goods.selling import PackFacts
from app.domain.goods.stock import Item, Lot
from localdb.mapping.goods import item_of, item_values, lot_of, lot_values
from localdb.repositories.claims import CodeClaims
from localdb.repositories.scope import Scope
from localdb.schema.goods import StockMove, item, item_prefix, lot, stock_event, trace_code

# Statements of every scan and view are built once: building costs more than running them.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_PREFIXES = (
    sa.select(sa.func.aggregate_strings(item_prefix.c.prefix, ","))
    .where(item_prefix.c.item_id == item.c.item_id)
    .scalar_subquery()
)
_ITEMS = sa.select(item, _PREFIXES.label("prefixes")).order_by(item.c.item_id)
_BY_ID = _ITEMS.where(item.c.item_id == _WANTED)
_BY_NATIONAL_CODE = _ITEMS.where(item.c.national_code == _WANTED).limit(1)
_BY_GENERIC_NAME = _ITEMS.where(item.c.generic_name == _WANTED)
_ITEM_OF_PREFIX = sa.select(item_prefix.c.item_id).where(item_prefix.c.prefix == _WANTED)
_ITEM_OF_BARCODE = (
    sa.select(item.c.item_id).where(item.c.product_barcode == _WANTED).order_by(item.c.item_id)
).limit(1)
_LOT = sa.select(lot).where(lot.c.lot_id == _WANTED)
_LOTS = sa.select(lot).where(lot.c.item_id == _WANTED).order_by(lot.c.expires_on, lot.c.lot_id)
_LOT_OF_CODE = sa.select(trace_code.c.lot_id).where(trace_code.c.code == _WANTED)


class SqlGoods:
    """Implements ``app.ports.store.Goods``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._claims = CodeClaims(scope)

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

    def lots(self, item_id: int) -> tuple[Lot, ...]:
        """Held and empty lots included, in order of expiry."""
        rows = self._scope.connection.execute(_LOTS, {"wanted": item_id})
        return tuple(lot_of(row) for row in rows)

    def lot(self, lot_id: int) -> Lot:
        row = self._scope.connection.execute(_LOT, {"wanted": lot_id}).one_or_none()
        if row is None:
            raise Bug(what="no such lot", lot=lot_id)
        return lot_of(row)

    def pack_facts(self, code: DrugTraceCode, case_id: int) -> PackFacts:
        """What is known of a box: its lot from goods receipt, its item also by prefix.

        ``claimed_by_case`` names a case other than ``case_id`` that has it reserved.
        """
        received = self._scope.connection.execute(
            _LOT_OF_CODE, {"wanted": code}
        ).scalar_one_or_none()
        found_lot = None if received is None else self.lot(received)
        found = self.item(found_lot.item_id) if found_lot else self._item_by_prefix(code.prefix)
        return PackFacts(
            item=found,
            lot=found_lot,
            lots=self.lots(found.item_id) if found else (),
            sold=self._claims.sold_before(code),
            claimed_by_case=self._claims.held_elsewhere(code, case_id),
            case_code=found_lot is None and len(code.prefix) == GTIN and is_case(code.prefix),
        )

    def reserve(self, code: DrugTraceCode, lot_id: int, case_id: int, at: datetime) -> None:
        self._claims.reserve(code, lot_id, case_id, at)

    def release(self, code: DrugTraceCode, case_id: int) -> None:
        """Sold boxes are not released; they are taken back."""
        self._claims.release(case_id, code)

    def release_all(self, case_id: int) -> None:
        self._claims.release(case_id)

    def sell(
        self, case_id: int, attempt_id: str | None, receipt_no: str, counter_no: int, at: datetime
    ) -> None:
        sold = self._claims.sell(case_id, attempt_id, receipt_no, counter_no, at)
        for lot_id, packs in sorted(sold.items()):
            self._scope.connection.execute(
                sa.insert(stock_event).values(
                    lot_id=lot_id,
                    kind=StockMove.SOLD,
                    packs=-packs,
                    at=at,
                    case_id=case_id,
                    attempt_id=attempt_id,
                    receipt_no=receipt_no,
                    counter_no=counter_no,
                )
            )

    def sale_of(self, text: str) -> int | None:
        return self._claims.sale_of(text)

    def take_back(self, case_id: int, codes: Sequence[DrugTraceCode], at: datetime) -> None:
        """Raises ``Bug`` for a code that this case did not sell: callers compare first."""
        for taken in self._claims.take_back(case_id, codes, at):
            quarantine = self._claims.quarantine_of(taken.lot_id)
            self._scope.connection.execute(
                sa.insert(stock_event).values(
                    lot_id=quarantine,
                    kind=StockMove.RETURNED,
                    packs=1,
                    at=at,
                    case_id=case_id,
                    receipt_no=taken.receipt_no,
                    counter_no=taken.counter_no,
                )
            )
            self._note_code(taken.code, quarantine, at)

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
        return self.item(item_id)

    def receive(
        self, new: Lot, codes: Iterable[DrugTraceCode], receipt_no: str, at: datetime
    ) -> Lot:
        """Book one goods-receipt line of ``new.on_hand`` packs; ``new.lot_id`` is ignored."""
        lot_id = self._scope.connection.execute(
            sa.insert(lot).values(on_hand=0, **lot_values(new)).returning(lot.c.lot_id)
        ).scalar_one()
        if new.on_hand:
            self._scope.connection.execute(
                sa.insert(stock_event).values(
                    lot_id=lot_id,
                    kind=StockMove.RECEIVED,
                    packs=new.on_hand,
                    at=at,
                    receipt_no=receipt_no,
                )
            )
        rows = [{"code": code, "lot_id": lot_id, "seen_at": at} for code in codes]
        if rows:
            self._scope.connection.execute(sa.insert(trace_code), rows)
        return self.lot(lot_id)

    def _note_code(self, code: str, lot_id: int, at: datetime) -> None:
        moved = self._scope.connection.execute(
            sa.update(trace_code).where(trace_code.c.code == code).values(lot_id=lot_id)
        )
        if moved.rowcount == 0:
            self._scope.connection.execute(
                sa.insert(trace_code).values(code=code, lot_id=lot_id, seen_at=at)
            )

    def _item_by_prefix(self, prefix: str) -> Item | None:
        item_id = self._scope.connection.execute(
            _ITEM_OF_PREFIX, {"wanted": prefix}
        ).scalar_one_or_none()
        if item_id is None and len(prefix) == GTIN:
            # a GTIN groups or is the barcode that the pack bears (GS1 General Specifications)
            item_id = self._scope.connection.execute(
                _ITEM_OF_BARCODE, {"wanted": unit_barcode(prefix)}
            ).scalar_one_or_none()
        return None if item_id is None else self.item(item_id)

    def _items(self, statement: "sa.Select[Any]", wanted: object) -> tuple[Item, ...]:
        rows: Sequence[sa.Row[Any]] = self._scope.connection.execute(
            statement, {"wanted": wanted}
        ).all()
        return tuple(item_of(row) for row in rows)
