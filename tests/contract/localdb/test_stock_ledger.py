"""The ledger per lot and per box: nothing moves beside it, and everything follows from it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import localdb.migrations
import localdb.opening
from app.domain.errors import Bug
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind, StockMove
from app.domain.goods.stock import Lot, LotHold, Storage
from app.domain.money import Price
from app.ports.stock_books import Booking, Doubt, Note
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, open_store, scope_of
from tests.support import store_builders as a

LATER = a.NOON + timedelta(hours=1)


def a_note(kind: NoteKind = NoteKind.RECEIPT, number: str = "GR1") -> Note:
    return Note(0, kind, number, a.NOON, a.NOON, 1, "示例医药公司", "D1", "I1", "")


@pytest.fixture
def lot(store: SqlStore) -> Lot:
    """One lot of five boxes that came with a delivery."""
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        SqlPeople(scope_of(unit)).enrol(a.a_boss())
        item = goods.stock_item(a.an_item())
        note = unit.stock.write_note(a_note())
        opened = unit.stock.open_lot(a.a_lot(item.item_id))
        arrived = Booking(StockMove.RECEIVED, 5, a.codes(5), price=Price(9_000_000))
        unit.stock.book(note, opened.lot_id, arrived)
        return unit.goods.lot(opened.lot_id)


def sell(store: SqlStore, lot: Lot, *numbers: int) -> int:
    with store.unit() as unit:
        case_id = unit.cases.open(a.a_case(), 1).case_id
        for number in numbers:
            unit.goods.reserve(a.codes(5)[number], lot.lot_id, case_id, a.NOON)
        unit.goods.sell(case_id, None, f"0001-{case_id:06d}", 1, LATER)
    return case_id


def test_life_of_a_box_is_told_from_the_delivery_on(store: SqlStore, lot: Lot) -> None:
    box = a.codes(1)[0]
    case_id = sell(store, lot, 0, 1)
    with store.unit() as unit:
        unit.goods.take_back(case_id, [box], LATER)
    with store.reading() as unit:
        life = unit.stock.life_of(box)
        note = unit.stock.note(life[0].note_id or 0)
        assert unit.stock.boxes_of(life[1].event_id) == a.codes(2)
        assert unit.stock.prove().flaws == ()
    assert [step.move for step in life] == [
        StockMove.RECEIVED,
        StockMove.SOLD,
        StockMove.RETURNED,
    ]
    assert (note.supplier, note.delivery_no, note.invoice_no) == ("示例医药公司", "D1", "I1")
    assert (life[0].price, life[1].packs, life[2].packs) == (9_000_000, -2, 1)


def test_on_hand_follows_at_any_moment(store: SqlStore, lot: Lot) -> None:
    sell(store, lot, 0, 1)
    with store.reading() as unit:
        assert unit.stock.balance(lot.lot_id, a.NOON) == 5
        assert unit.stock.balance(lot.lot_id, LATER) == 3 == unit.goods.lot(lot.lot_id).on_hand
        assert [m.packs for m in unit.stock.between(a.NOON, a.NOON)] == [5]
        assert [m.packs for m in unit.stock.between(a.NOON, LATER)] == [5, -2]
        assert unit.stock.boxes_in(lot.lot_id) == a.codes(5)[2:]


@pytest.mark.parametrize(
    ("booking", "left"),
    [
        (Booking(StockMove.SENT_BACK, -2, a.codes(2), price=Price(9_000_000)), 3),
        (Booking(StockMove.CHANGED, -1, a.codes(1), change_kind="105"), 4),
        (Booking(StockMove.CHANGED, 3, change_kind="103"), 8),
        (Booking(StockMove.COUNTED, -5), 0),
        (Booking(StockMove.ERASED, -5, a.codes(5)), 0),
    ],
)
def test_every_kind_of_movement_counts(
    store: SqlStore, lot: Lot, booking: Booking, left: int
) -> None:
    with store.unit() as unit:
        note = unit.stock.write_note(a_note(NoteKind.CHANGE, "N2"))
        unit.stock.book(note, lot.lot_id, booking)
    with store.reading() as unit:
        assert unit.goods.lot(lot.lot_id).on_hand == left
        assert unit.stock.of_note(note.note_id)[0].move is booking.move
        assert set(unit.stock.boxes_in(lot.lot_id)).isdisjoint(booking.codes)
        assert unit.stock.prove().holds


@pytest.mark.parametrize(
    "booking",
    [
        Booking(StockMove.SENT_BACK, 1),
        Booking(StockMove.RECEIVED, -1),
        Booking(StockMove.COUNTED, 0),
        Booking(StockMove.CHANGED, 1),
        Booking(StockMove.COUNTED, 1, change_kind="103"),
        Booking(StockMove.COUNTED, 1, a.codes(2)),
    ],
)
def test_a_movement_that_cannot_be_is_refused_whole(
    store: SqlStore, lot: Lot, booking: Booking
) -> None:
    def change() -> None:
        with store.unit() as unit:
            note = unit.stock.write_note(a_note(NoteKind.CHANGE, "N2"))
            unit.stock.book(note, lot.lot_id, booking)

    with pytest.raises(Bug):
        change()
    with store.reading() as unit:
        assert unit.goods.lot(lot.lot_id).on_hand == 5
        assert [known.note_no for known in unit.stock.notes(10)] == ["GR1"]


def test_a_number_of_a_note_is_used_once(store: SqlStore, lot: Lot) -> None:
    with pytest.raises(Bug), store.unit() as unit:
        unit.stock.write_note(a_note())


def test_a_delivery_is_known_until_it_was_erased(store: SqlStore, lot: Lot) -> None:
    with store.reading() as unit:
        assert unit.stock.delivery_known("示例医药公司", "D1")
        assert not unit.stock.delivery_known("示例医药公司", "D2")
        assert not unit.stock.delivery_known("另一家", "D1")
        assert unit.stock.known_boxes([*a.codes(2), DrugTraceCode("9" * 20)]) == set(a.codes(2))
    with store.unit() as unit:
        note = unit.stock.write_note(a_note(NoteKind.ERASURE, "N2"))
        unit.stock.book(note, lot.lot_id, Booking(StockMove.ERASED, -5, a.codes(5)))
    with store.reading() as unit:
        assert not unit.stock.delivery_known("示例医药公司", "D1")


def test_care_of_an_item_comes_back(store: SqlStore) -> None:
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        plain = goods.stock_item(a.an_item())
        cold = replace(a.an_item("SP2", "8200000"), storage=Storage.COLD, ephedrine=True)
        kept = goods.stock_item(cold)
    with store.reading() as unit:
        assert unit.goods.items() == (plain, kept)
        assert (kept.storage, kept.ephedrine) == (Storage.COLD, True)
        assert unit.goods.item_by_store_code("SP2") == kept
        assert unit.goods.item_by_prefix("8200000") == kept
        assert unit.goods.item_by_prefix("8300000") is None


def test_a_held_lot_is_found_by_the_makers_number(store: SqlStore, lot: Lot) -> None:
    with store.unit() as unit:
        unit.stock.hold(lot.lot_id, LotHold.RECALL)
    with store.reading() as unit:
        (found,) = unit.stock.lots_of_number(lot.item_id, "A1138")
        (shown,) = unit.stock.shelf()
    assert found.hold is LotHold.RECALL
    assert (shown.lot, shown.item.store_code) == (found, "SP0001")


FORGED = {
    Doubt.LOT_COUNT: ("stock_from_events", "UPDATE lot SET on_hand = on_hand - 1"),
    Doubt.TOO_MANY_BOXES: (
        "append_only_stock_code_update",
        "UPDATE stock_code SET event_id = (SELECT MAX(event_id) FROM stock_event)"
        " WHERE code = (SELECT MAX(code) FROM stock_code)",
    ),
    Doubt.SALE_WITHOUT_BOXES: (
        "append_only_stock_code_delete",
        "DELETE FROM stock_code WHERE event_id = (SELECT MAX(event_id) FROM stock_event)",
    ),
    Doubt.BOX_WITHOUT_SALE: (
        "append_only_stock_code_delete",
        "DELETE FROM stock_code WHERE event_id = (SELECT MAX(event_id) FROM stock_event)",
    ),
    Doubt.BOX_ELSEWHERE: (
        "append_only_stock_code_delete",
        "DELETE FROM stock_code WHERE event_id = (SELECT MIN(event_id) FROM stock_event)",
    ),
}


@pytest.mark.parametrize("doubt", FORGED)
def test_the_proof_sees_what_a_rule_let_through(store: SqlStore, lot: Lot, doubt: Doubt) -> None:
    """Somebody takes a rule of the base away and writes past the ledger."""
    sell(store, lot, 0)
    rule, statement = FORGED[doubt]
    with store.unit() as unit:
        connection = scope_of(unit).connection
        connection.exec_driver_sql(f"DROP TRIGGER {rule}")
        assert connection.exec_driver_sql(statement).rowcount > 0
    with store.reading() as unit:
        assert doubt in {flaw.doubt for flaw in unit.stock.prove().flaws}


def test_a_box_that_came_twice_is_seen(store: SqlStore, lot: Lot) -> None:
    with store.unit() as unit:
        note = unit.stock.write_note(a_note(NoteKind.RECEIPT, "GR2"))
        unit.stock.book(note, lot.lot_id, Booking(StockMove.RECEIVED, 1, a.codes(1)))
    with store.reading() as unit:
        (flaw,) = unit.stock.prove().flaws
    assert (flaw.doubt, flaw.subject, flaw.derived) == (Doubt.BOX_TWICE, a.codes(1)[0], 2)


def test_the_proof_sees_a_return_that_left_no_row(store: SqlStore, lot: Lot) -> None:
    case_id = sell(store, lot, 0)
    with store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql(
            "UPDATE code_claim SET state = 'returned', returned_at = 1 WHERE case_id = ?",
            (case_id,),
        )
    with store.reading() as unit:
        assert [flaw.doubt for flaw in unit.stock.prove().flaws] == [Doubt.BOX_WITHOUT_RETURN]


def test_a_box_nobody_received_is_sold_once_without_a_flaw(store: SqlStore, lot: Lot) -> None:
    stray = DrugTraceCode("81234569999999999999")
    with store.unit() as unit:
        case_id = unit.cases.open(a.a_case(), 1).case_id
        unit.goods.reserve(stray, lot.lot_id, case_id, a.NOON)
        unit.goods.sell(case_id, None, "0001-000001", 1, LATER)
    with store.reading() as unit:
        assert unit.stock.prove().holds
    with store.unit() as unit:
        unit.goods.take_back(case_id, [stray], LATER)
    with store.reading() as unit:
        assert unit.stock.prove().holds


# --- a base of the release before ---------------------------------------------------------------

BEFORE = "0003"
OLD = (
    "INSERT INTO item VALUES (1,'SP1','XA1','示例片','','','','','','',1,'甲',1,'盒','','')",
    "INSERT INTO lot VALUES (1,1,'PC1','A1','2025-01-01','2027-01-01',0,'none'),"
    " (2,1,'PC1','A1','2025-01-01','2027-01-01',0,'quarantine'),"
    " (3,1,'PC2','A2','2025-01-01','2027-01-01',0,'recall')",
    "INSERT INTO stock_event VALUES (1,1,'received',4,100,NULL,NULL,'PC1',NULL),"
    " (2,3,'received',1,100,NULL,NULL,'PC2',NULL)",
    "INSERT INTO trace_code VALUES ('B1',1,100),('B2',2,100),('B3',2,100),('B4',1,100),"
    " ('C1',3,100),('STRAY',2,300)",
    "INSERT INTO code_claim VALUES (1,'B1',1,1,'sold',150,200,NULL,'R1',1,NULL),"
    " (2,'B2',1,1,'returned',150,200,NULL,'R1',1,300),"
    " (3,'B3',1,1,'returned',150,200,NULL,'R1',1,300),"
    " (4,'STRAY',1,1,'returned',150,200,NULL,'R1',1,300),"
    " (5,'B4',1,1,'reserved',400,NULL,NULL,NULL,NULL,NULL)",
    "INSERT INTO stock_event VALUES (3,1,'sold',-4,200,1,NULL,'R1',1),"
    " (4,2,'returned',1,300,1,NULL,'R1',1),(5,2,'returned',1,300,1,NULL,'R1',1),"
    " (6,2,'returned',1,300,1,NULL,'R1',1)",
)


def test_an_older_base_keeps_its_counts_and_gets_a_ledger(
    tmp_path: Path, clock: a.PlayedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = StoreLocation(tmp_path / "old", "training", training=True)
    keys = FileKeyStore(tmp_path / "keys")
    with monkeypatch.context() as earlier:
        for module in (localdb.migrations, localdb.opening):
            earlier.setattr(module, "HEAD", BEFORE)
        before = open_store(old, keys, clock)
        with before.unit() as unit:
            unit.cases.open(a.a_case(), 1)
            for statement in OLD:
                scope_of(unit).connection.exec_driver_sql(statement)
        before.close()
    store = open_store(old, keys, clock)
    try:
        with store.reading() as unit:
            assert {lot.lot_id: lot.on_hand for lot in unit.goods.lots(1)} == {1: 0, 2: 3, 3: 1}
            (opening,) = unit.stock.notes(10)
            assert opening.kind is NoteKind.OPENING
            lives = {
                code: [step.move for step in unit.stock.life_of(DrugTraceCode(code))]
                for code in ("B1", "B2", "B3", "B4", "C1", "STRAY")
            }
            assert unit.stock.prove().flaws == ()
    finally:
        store.close()
    came, went, back = StockMove.OPENING, StockMove.SOLD, StockMove.RETURNED
    assert lives == {
        "B1": [came, went],
        "B2": [came, went, back],
        "B3": [came, went, back],
        "B4": [came],
        "C1": [came],
        "STRAY": [went, back],
    }


def test_an_empty_older_base_has_no_opening(
    tmp_path: Path, clock: a.PlayedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = StoreLocation(tmp_path / "old", "training", training=True)
    keys = FileKeyStore(tmp_path / "keys")
    with monkeypatch.context() as earlier:
        for module in (localdb.migrations, localdb.opening):
            earlier.setattr(module, "HEAD", BEFORE)
        open_store(old, keys, clock).close()
    store = open_store(old, keys, clock)
    try:
        with store.reading() as unit:
            assert unit.stock.notes(10) == ()
            assert unit.stock.prove().holds
    finally:
        store.close()
