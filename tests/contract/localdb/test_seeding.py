"""The demo store arrives whole, once."""

from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import LotHold
from localdb.repositories.goods import SqlGoods
from localdb.seeding import seed_demo
from localdb.store import SqlStore
from resources.scenarios import load_demo_store, trace_codes
from tests.support import store_builders as a

DEMO = load_demo_store(a.NOON.date())


def test_everything_is_there_and_the_second_time_changes_nothing(store: SqlStore) -> None:
    assert seed_demo(store, DEMO, a.NOON) is True
    assert seed_demo(store, DEMO, a.NOON) is False
    with store.reading() as unit:
        assert isinstance(unit.goods, SqlGoods)
        assert [m.login for m in unit.people.all()] == [o.login for o in DEMO.operators]
        pharmacists = {m.pharmacist.pharmacist_code for m in unit.people.all() if m.pharmacist}
        assert pharmacists == {o.pharmacist for o in DEMO.operators if o.pharmacist}
        for demo in DEMO.items:
            item = unit.goods.item_by_national_code(demo.national_code)
            assert item is not None
            lots = unit.goods.lots(item.item_id)
            expected = sorted((lot.upload_lot, lot.quantity) for lot in demo.lots)
            assert sorted((lot.upload_lot, lot.on_hand) for lot in lots) == expected
            held = {lot.upload_lot for lot in demo.lots if lot.held}
            assert {lot.upload_lot for lot in lots if lot.hold is not LotHold.NONE} == held


def test_each_box_of_a_lot_is_known(store: SqlStore) -> None:
    seed_demo(store, DEMO, a.NOON)
    lot = DEMO.items[0].lots[-1]
    with store.reading() as unit:
        for code in trace_codes(lot):
            facts = unit.goods.pack_facts(DrugTraceCode(code), 1)
            assert facts.lot is not None
            assert facts.lot.upload_lot == lot.upload_lot
