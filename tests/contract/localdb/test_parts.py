"""Boxes sold in parts, in the base: never more than they hold, whatever is done in which order."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy.exc
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.errors import Bug, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import NoteKind
from app.domain.goods.parts import NO_SALE, OpenBox, Part, PartState
from app.domain.goods.stock import Lot, LotHold
from app.domain.money import Quantity, packs, quantity
from app.ports.goods import Released
from app.ports.stock_books import Note
from app.ports.store import Unit
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

SIZE = 7
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["whole", "part", "part", "let go", "sell", "sell", "back", "released"]),
        st.integers(0, 1),
        st.integers(1, SIZE),
    ),
    max_size=14,
)


def a_case_at(store: SqlStore) -> int:
    with store.unit() as unit:
        return unit.cases.open(a.a_case(), 1).case_id


def stocked(store: SqlStore, mark: int) -> tuple[Lot, tuple[DrugTraceCode, ...]]:
    """Two bottles of seven."""
    prefix = f"8{mark:06d}"
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = replace(a.an_item(f"SP{prefix}", prefix=prefix), pieces=SIZE, splits=True)
        made = goods.stock_item(replace(item, piece_unit="片"))
        boxes = a.codes(2, prefix=prefix)
        lot = goods.receive(a.a_lot(made.item_id, f"PC{prefix}", 2), boxes, "GR", a.NOON)
    return lot, boxes


def reserve(store: SqlStore, lot: Lot, code: DrugTraceCode, case_id: int, pieces: int) -> None:
    with store.unit() as unit:
        box = unit.goods.box(code) or OpenBox(code, lot.lot_id, SIZE)
        unit.goods.reserve_part(box, box.take(case_id, pieces), a.NOON)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES)
def test_nothing_is_ever_sold_twice(
    open_again: Callable[[], SqlStore], moves: list[tuple[str, int, int]]
) -> None:
    """Whole boxes and parts of them, at random: what a box holds is neither exceeded nor lost."""
    store = open_again()
    lot, boxes = stocked(store, a_case_at(store))
    sold: list[tuple[int, DrugTraceCode]] = []
    held: set[DrugTraceCode] = set()
    for what, at, pieces in moves:
        # a whole box that came back lies in quarantine, where the scan refuses it
        if boxes[at] not in held:
            play(store, lot, boxes[at], what, pieces, sold)
        with store.reading() as unit:
            facts = {code: unit.goods.pack_facts(code, 0).sold for code in boxes}
        held = {code for code, sale in facts.items() if sale is not None and sale.returned}
    with store.reading() as unit:
        assert unit.stock.prove().flaws == ()
        lots = unit.goods.lots(lot.item_id)
        for code in boxes:
            box = unit.goods.box(code)
            whole = unit.goods.pack_facts(code, 0).sold
            assert box is None or whole is None
            assert box is None or box.size - box.free <= SIZE
            assert box is None or 0 <= box.free <= box.left <= SIZE
        gone = sum(one.on_hand * SIZE + one.loose for one in lots)
        assert 0 <= gone <= 2 * SIZE
        total = sum(one.quantity for one in lots)
        assert 0 <= total <= packs(2)


def play(
    store: SqlStore,
    lot: Lot,
    code: DrugTraceCode,
    what: str,
    pieces: int,
    sold: list[tuple[int, DrugTraceCode]],
) -> None:
    """One act of one sale; what the base refuses changes nothing."""
    case_id = a_case_at(store)
    try:
        if what == "whole":
            with store.unit() as unit:
                unit.goods.reserve(code, lot.lot_id, case_id, a.NOON)
        elif what in ("part", "let go", "sell"):
            reserve(store, lot, code, case_id, pieces)
        if what in ("whole", "part", "sell"):
            with store.unit() as unit:
                unit.goods.sell(case_id, None, f"0001-{case_id:06d}", 1, a.NOON)
            sold.append((case_id, code))
        elif what == "let go":
            with store.unit() as unit:
                unit.goods.release_all(case_id)
        elif what == "released":
            release(store, lot, code)
        elif sold:
            back = sold.pop()
            with store.unit() as unit:
                unit.goods.take_back(back[0], [back[1]], a.NOON)
    except (OperatorInput, Bug):
        with store.unit() as unit:
            unit.goods.release_all(case_id)


def test_the_base_refuses_more_than_a_box_holds_and_a_whole_sale_of_it(store: SqlStore) -> None:
    lot, boxes = stocked(store, 1)
    first, second = a_case_at(store), a_case_at(store)
    reserve(store, lot, boxes[0], first, 5)
    box = OpenBox(boxes[0], lot.lot_id, SIZE)
    with pytest.raises((Bug, sqlalchemy.exc.IntegrityError)), store.unit() as unit:
        unit.goods.reserve_part(box, Part(second, 3, quantity("0.3")), a.NOON)
    with pytest.raises((Bug, sqlalchemy.exc.IntegrityError)), store.unit() as unit:
        unit.goods.reserve(boxes[0], lot.lot_id, second, a.NOON)
    with store.unit() as unit:
        unit.goods.reserve(boxes[1], lot.lot_id, second, a.NOON)
    with pytest.raises((Bug, sqlalchemy.exc.IntegrityError)):
        reserve(store, lot, boxes[1], first, 1)


def test_the_life_of_an_opened_box_is_told_piece_by_piece(store: SqlStore) -> None:
    lot, boxes = stocked(store, 2)
    case_id = a_case_at(store)
    reserve(store, lot, boxes[0], case_id, 5)
    with store.unit() as unit:
        unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
        unit.goods.take_back(case_id, [boxes[0]], a.NOON)
    with store.reading() as unit:
        whole = unit.stock.life_of(boxes[0])
        parts = unit.stock.parts_of_box(boxes[0])
        held = next(o for o in unit.goods.lots(lot.item_id) if o.hold is LotHold.QUARANTINE)
        assert [(step.move, step.packs, step.opened) for step in whole] == [
            ("received", 2, False),
            ("sold", -1, True),
        ]
        assert [(part.move, part.pieces) for part in parts] == [
            ("opened", 7),
            ("sold", -5),
            ("returned", 5),
        ]
        assert (unit.goods.lot(lot.lot_id).loose, held.loose) == (2, 5)
        assert unit.stock.prove().flaws == ()


def test_pieces_released_into_their_box_fit_into_it_once_and_stay_there(store: SqlStore) -> None:
    lot, (code, _) = stocked(store, 3)
    first, second, third = (a_case_at(store) for _ in range(3))
    for case_id, pieces in ((first, 5), (second, 2)):
        reserve(store, lot, code, case_id, pieces)
        with store.unit() as unit:
            unit.goods.sell(case_id, None, f"0001-{case_id:06d}", 1, a.NOON)
    with store.unit() as unit:
        unit.goods.take_back(first, [code], a.NOON)
    with pytest.raises(OperatorInput):
        reserve(store, lot, code, third, 1)
    release(store, lot, code)
    with store.reading() as unit:
        opened = unit.goods.box(code)
    assert opened is not None
    with pytest.raises((Bug, sqlalchemy.exc.IntegrityError)), store.unit() as unit:
        unit.goods.reserve_part(opened, Part(third, 6, quantity("0.1")), a.NOON)
    reserve(store, lot, code, third, 5)
    with store.unit() as unit:
        unit.goods.sell(third, None, "0001-000009", 1, a.NOON)
    with pytest.raises((Bug, sqlalchemy.exc.IntegrityError)), store.unit() as unit:
        scope_of(unit).connection.exec_driver_sql(
            "UPDATE part_claim SET state = 'gone' WHERE state = 'released'"
        )
    with store.reading() as unit:
        box = unit.goods.box(code)
        assert box is not None
        assert (box.free, box.left, sum(lot.loose for lot in unit.goods.lots(lot.item_id))) == (
            0,
            0,
            0,
        )
        assert unit.stock.prove().flaws == ()


def release(store: SqlStore, lot: Lot, code: DrugTraceCode) -> None:
    """Everything of a box that came back lies in it again."""
    with store.unit() as unit:
        box = unit.goods.box(code)
        held = [one for one in unit.goods.lots(lot.item_id) if one.hold is LotHold.QUARANTINE]
        back = [part for part in box.parts if part.state is PartState.RETURNED] if box else []
        if box is None or not back:
            return
        number = f"C{len(unit.stock.notes(1000)):06d}"
        note = unit.stock.write_note(
            Note(0, NoteKind.CHANGE, number, a.NOON, a.NOON, keeper(unit), reason="验收合格")
        )
        share = Quantity(sum(part.share for part in back))
        part = Part(NO_SALE, sum(part.pieces for part in back), share)
        unit.goods.release_part(Released(box, part, held[0].lot_id), note.note_id, a.NOON)


def keeper(unit: Unit) -> int:
    """Somebody to answer for a note."""
    people = SqlPeople(scope_of(unit))
    known = people.by_login(a.a_boss().login)
    return (known or people.enrol(a.a_boss())).staff_id
