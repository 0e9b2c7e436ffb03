"""Fills an empty training base with the demo store; doing it again changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from app.crypto.pins import hash_pin
from app.domain.access import Role
from app.domain.audit import Pharmacist
from app.domain.credential import IdNumber, PersonName
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.stock import Item, Lot, LotHold, Storage
from app.domain.money import price
from app.ports.stock_books import Booking, Note
from app.ports.store import StaffMember, Store
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.stock.books import SqlStockBooks
from localdb.store import scope_of
from resources.scenarios import (
    STORAGE,
    DemoItem,
    DemoLot,
    DemoOperator,
    DemoStore,
    trace_codes,
)

SEEDED = "demo.seeded"
OPENING = "opening"
"""Number of the note that says what lay there when the ledger began."""
RESIDENT_ID = "01"
"""证件类型 of a resident identity card, the same in every region (identity-and-devices 7)."""


def seed_demo(store: Store, demo: DemoStore, now: datetime) -> bool:
    """Staff, items, lots and every box of the demo store; True where it had to be done.

    One transaction: a start that is interrupted here begins again from nothing.
    """
    with store.reading() as unit:
        if unit.settings.get(SEEDED) is not None:
            return False
    members = [_member(demo, operator) for operator in demo.operators]
    with store.unit() as unit:
        scope = scope_of(unit)
        people, goods = SqlPeople(scope), SqlGoods(scope)
        for member in members:
            people.enrol(member)
        books = SqlStockBooks(scope, goods)
        opening = books.write_note(Note(0, NoteKind.OPENING, OPENING, now, now, None))
        for item in demo.items:
            _stock(goods, books, opening, item)
        unit.settings.put(SEEDED, now.isoformat())
    return True


def enter(
    store: Store, members: Sequence[StaffMember], items: Sequence[Item], now: datetime
) -> tuple[int, int]:
    """People and drugs of a live store, in one transaction; who and what is there already stays as
    it is. Returns how many were new. Whoever is new sets a PIN of their own first."""
    with store.unit() as unit:
        scope = scope_of(unit)
        people, goods = SqlPeople(scope), SqlGoods(scope)
        new = [member for member in members if people.by_login(member.login) is None]
        for member in new:
            entered = people.enrol(member)
            people.set_pin(entered.staff_id, entered.pin_hash, now)
        fresh = [item for item in items if goods.item_by_store_code(item.store_code) is None]
        for item in fresh:
            goods.stock_item(item)
        unit.journal.write(now, 0, "provision", f"{len(new)} {len(fresh)}")
    return len(new), len(fresh)


def _member(demo: DemoStore, operator: DemoOperator) -> StaffMember:
    return StaffMember(
        staff_id=0,
        login=operator.login,
        name=operator.name,
        pin_hash=hash_pin(operator.pin),
        roles=frozenset(Role(role) for role in operator.roles),
        pharmacist=_pharmacist(demo, operator.pharmacist) if operator.pharmacist else None,
        failed=0,
        locked_until=None,
    )


def _pharmacist(demo: DemoStore, code: str) -> Pharmacist:
    found = next(p for p in demo.pharmacists if p.code == code)
    return Pharmacist(
        staff_id=0,
        name=PersonName(found.name),
        id_kind=RESIDENT_ID,
        id_number=IdNumber(found.id_no),
        pharmacist_code=found.code,
        licence_no=found.licence,
    )


def _stock(goods: SqlGoods, books: SqlStockBooks, opening: Note, demo: DemoItem) -> None:
    item = goods.stock_item(
        Item(
            item_id=0,
            store_code=demo.code,
            national_code=demo.national_code,
            generic_name=demo.generic_name,
            product_name=demo.product_name,
            dose_form=demo.dose_form,
            specification=demo.specification,
            maker=demo.maker,
            approval_no=demo.approval_no,
            product_barcode=demo.product_barcode,
            prefixes=frozenset(demo.drug_prefixes),
            needs_prescription=demo.prescription_only,
            pay_class=demo.pay_class,
            retail_price=price(demo.price),
            unit=demo.pack_unit,
            initials="",
            shelf=demo.lots[0].shelf if demo.lots else "",
            storage=Storage(STORAGE[demo.storage]),
            ephedrine=demo.ephedrine,
            pieces=demo.split_factor,
            piece_unit=demo.split_unit,
            splits=demo.split_allowed,
        )
    )
    for lot in demo.lots:
        codes = tuple(DrugTraceCode(code) for code in trace_codes(lot))
        opened = books.open_lot(_lot(item.item_id, lot))
        books.book(opening, opened.lot_id, Booking(StockMove.OPENING, lot.quantity, codes))


def _lot(item_id: int, demo: DemoLot) -> Lot:
    return Lot(
        lot_id=0,
        item_id=item_id,
        upload_lot=demo.upload_lot,
        lot_no=demo.lot_no,
        made_on=demo.made_on,
        expires_on=demo.expires_on,
        on_hand=0,
        hold=LotHold.RECALL if demo.held else LotHold.NONE,
    )
