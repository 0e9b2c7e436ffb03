"""Boxes: reserved by one case, sold once, back into quarantine; the count follows the events."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Bug, Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.judging import SoldBefore
from app.domain.goods.stock import Item, Lot, LotHold
from localdb.repositories.goods import SqlGoods
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

Shelf = tuple[Item, Lot]


@pytest.fixture
def shelf(store: SqlStore) -> Shelf:
    """One item, one lot of five boxes."""
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item())
        return item, goods.receive(a.a_lot(item.item_id), a.codes(5), "GR1", a.NOON)


def a_case_at(store: SqlStore) -> int:
    with store.unit() as unit:
        return unit.cases.open(a.a_case(), 1).case_id


def test_item_and_lot_come_back(store: SqlStore, shelf: Shelf) -> None:
    item, lot = shelf
    assert item.prefixes == frozenset({"8123456"})
    with store.reading() as unit:
        assert unit.goods.item(item.item_id) == item
        assert unit.goods.item_by_national_code(item.national_code) == item
        assert unit.goods.item_by_national_code("XX") is None
        assert unit.goods.items_by_generic_name("示例片") == (item,)
        assert unit.goods.lots(item.item_id) == (lot,)
        assert unit.goods.lot(lot.lot_id).on_hand == 5


def test_facts_of_a_known_an_unseen_and_a_foreign_box(store: SqlStore, shelf: Shelf) -> None:
    item, lot = shelf
    unseen = DrugTraceCode("81234569999999999999")
    with store.reading() as unit:
        known = unit.goods.pack_facts(a.codes(1)[0], 1)
        by_prefix = unit.goods.pack_facts(unseen, 1)
        foreign = unit.goods.pack_facts(DrugTraceCode("80000000000000000001"), 1)
    assert (known.item, known.lot, known.sold, known.claimed_by_case) == (item, lot, None, None)
    assert (by_prefix.item, by_prefix.lot, by_prefix.lots) == (item, None, (lot,))
    assert (foreign.item, foreign.lots) == (None, ())


def test_life_of_a_box(store: SqlStore, shelf: Shelf, open_again: Callable[[], SqlStore]) -> None:
    item, lot = shelf
    box, case_id, other = a.codes(1)[0], a_case_at(store), a_case_at(store)
    with store.unit() as unit:
        unit.goods.reserve(box, lot.lot_id, case_id, a.NOON)
    with store.reading() as unit:
        assert unit.goods.pack_facts(box, other).claimed_by_case == case_id
        assert unit.goods.pack_facts(box, case_id).claimed_by_case is None
    with store.unit() as unit:
        unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
    with store.reading() as unit:
        assert unit.goods.lot(lot.lot_id).on_hand == 4
        sold = unit.goods.pack_facts(box, other).sold
    assert sold == SoldBefore(a.NOON, 1, "0001-000001", returned=False)
    with store.unit() as unit:
        unit.goods.take_back(case_id, [box], a.NOON)
    with open_again().reading() as unit:
        facts = unit.goods.pack_facts(box, other)
        shelf_lot = unit.goods.lot(lot.lot_id)
    assert facts.sold is not None
    assert facts.sold.returned
    assert facts.lot is not None
    assert (facts.lot.hold, facts.lot.on_hand) == (LotHold.QUARANTINE, 1)
    assert (facts.lot.upload_lot, facts.item) == (lot.upload_lot, item)
    assert shelf_lot.on_hand == 4


@pytest.mark.parametrize(
    ("holder_sells", "same_case", "code"),
    [
        (False, False, Code.SCAN_CLAIMED_ELSEWHERE),
        (False, True, Code.SCAN_REPEATED),
        (True, False, Code.SCAN_SOLD_BEFORE),
        (True, True, Code.SCAN_SOLD_BEFORE),
    ],
)
def test_a_box_is_reserved_once(
    store: SqlStore, shelf: Shelf, holder_sells: bool, same_case: bool, code: Code
) -> None:
    box, holder = a.codes(1)[0], a_case_at(store)
    asking = holder if same_case else a_case_at(store)
    with store.unit() as unit:
        unit.goods.reserve(box, shelf[1].lot_id, holder, a.NOON)
        if holder_sells:
            unit.goods.sell(holder, None, "0001-000001", 1, a.NOON)
    with pytest.raises(OperatorInput) as refused, store.unit() as unit:
        unit.goods.reserve(box, shelf[1].lot_id, asking, a.NOON)
    assert refused.value.code is code


def test_release_frees_reserved_boxes_and_no_sold_ones(store: SqlStore, shelf: Shelf) -> None:
    first, second, third = a.codes(3)
    case_id, other = a_case_at(store), a_case_at(store)
    with store.unit() as unit:
        unit.goods.reserve(first, shelf[1].lot_id, case_id, a.NOON)
        unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
        unit.goods.reserve(second, shelf[1].lot_id, case_id, a.NOON)
        unit.goods.reserve(third, shelf[1].lot_id, case_id, a.NOON)
        unit.goods.release(second, case_id)
        unit.goods.release(third, other)
        unit.goods.release_all(other)
    with store.reading() as unit:
        assert unit.goods.pack_facts(second, other).claimed_by_case is None
        assert unit.goods.pack_facts(third, other).claimed_by_case == case_id
    with store.unit() as unit:
        unit.goods.release_all(case_id)
        unit.goods.release(first, case_id)
    with store.reading() as unit:
        assert unit.goods.pack_facts(third, other).claimed_by_case is None
        assert unit.goods.pack_facts(first, other).sold is not None


def test_only_boxes_of_the_case_are_taken_back(store: SqlStore, shelf: Shelf) -> None:
    case_id, other = a_case_at(store), a_case_at(store)
    with store.unit() as unit:
        unit.goods.reserve(a.codes(1)[0], shelf[1].lot_id, case_id, a.NOON)
        unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
    with pytest.raises(Bug), store.unit() as unit:
        unit.goods.take_back(other, a.codes(1), a.NOON)


def test_boxes_come_back_to_one_quarantine_lot_even_twice(store: SqlStore, shelf: Shelf) -> None:
    """An unseen box and a known one, sold, returned, and the known one once more."""
    unseen, known = DrugTraceCode("81234569999999999999"), a.codes(1)[0]
    case_id = a_case_at(store)
    for boxes in ([unseen, known], [known]):
        with store.unit() as unit:
            for box in boxes:
                facts = unit.goods.pack_facts(box, case_id)
                lot_id = facts.lot.lot_id if facts.lot else shelf[1].lot_id
                unit.goods.reserve(box, lot_id, case_id, a.NOON)
            unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
            unit.goods.take_back(case_id, boxes, a.NOON)
    with store.reading() as unit:
        lots = unit.goods.lots(shelf[0].item_id)
        facts = unit.goods.pack_facts(unseen, case_id)
    assert sorted((lot.hold, lot.on_hand) for lot in lots) == [
        (LotHold.NONE, 3),
        (LotHold.QUARANTINE, 2),
    ]
    assert facts.lot is not None
    assert facts.lot.hold is LotHold.QUARANTINE


def test_empty_lot_and_item_without_prefix(store: SqlStore) -> None:
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(replace(a.an_item(), prefixes=frozenset()))
        lot = goods.receive(a.a_lot(item.item_id, packs=0), (), "GR1", a.NOON)
    assert (item.prefixes, lot.on_hand) == (frozenset(), 0)


def test_two_threads_want_the_same_box(store: SqlStore, shelf: Shelf) -> None:
    cases = [a_case_at(store) for _ in range(2)]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def want(case_id: int) -> None:
        barrier.wait(30)
        try:
            with store.unit() as unit:
                unit.goods.reserve(a.codes(1)[0], shelf[1].lot_id, case_id, a.NOON)
            outcomes.append("held")
        except OperatorInput as refused:
            outcomes.append(refused.code.name)

    threads = [threading.Thread(target=want, args=(case_id,)) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["SCAN_CLAIMED_ELSEWHERE", "held"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["reserve", "release", "sell", "back"]), st.integers(0, 4)),
        max_size=12,
    )
)
def test_claims_follow_the_model(
    open_again: Callable[[], SqlStore], moves: list[tuple[str, int]]
) -> None:
    """A plain dictionary per box beside the base; counts and states agree after every move."""
    store = open_again()
    case_id = a_case_at(store)
    mark = f"{case_id:06d}"
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item(f"SP{mark}", prefix=f"8{mark}"))
        boxes = a.codes(5, prefix=f"8{mark}")
        lot = goods.receive(a.a_lot(item.item_id, f"PC{mark}"), boxes, "GR", a.NOON)
    model = dict.fromkeys(range(5), "free")
    returned = 0
    for move, number in moves:
        returned += _play(store, case_id, lot, boxes, model, move, number)
    with store.reading() as unit:
        lots = unit.goods.lots(item.item_id)
        gone = sum(1 for state in model.values() if state == "sold") + returned
        assert sum(lot.on_hand for lot in lots if lot.hold is LotHold.NONE) == 5 - gone
        assert sum(lot.on_hand for lot in lots if lot.hold is LotHold.QUARANTINE) == returned
        for number, state in model.items():
            facts = unit.goods.pack_facts(boxes[number], 0)
            assert (facts.claimed_by_case is not None) == (state == "reserved")


def _play(
    store: SqlStore,
    case_id: int,
    lot: Lot,
    boxes: tuple[DrugTraceCode, ...],
    model: dict[int, str],
    move: str,
    number: int,
) -> int:
    with store.unit() as unit:
        if move == "reserve" and model[number] == "free":
            unit.goods.reserve(boxes[number], lot.lot_id, case_id, a.NOON)
            model[number] = "reserved"
        elif move == "release" and model[number] == "reserved":
            unit.goods.release(boxes[number], case_id)
            model[number] = "free"
        elif move == "sell":
            unit.goods.sell(case_id, None, "0001-000001", 1, a.NOON)
            model.update({n: "sold" for n, state in model.items() if state == "reserved"})
        elif move == "back" and model[number] == "sold":
            unit.goods.take_back(case_id, [boxes[number]], a.NOON)
            model[number] = "back"
            return 1
    return 0
