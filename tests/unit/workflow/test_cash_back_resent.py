"""A sale that was told once more, under a key of its own, goes back like any other.

The comparison of stock offers a record that was given up, or is missing there, to be told again
(``stock_reconciling.correcting``). It is the same sale.
"""

import pytest

from app.domain.errors import Code, PlatformRejected
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow.stock_reconciling.our_books import AGAIN
from app.workflow.views.case import CaseView
from tests.support.cash_back import boxes_back, paid_back, records, refused, states, told_round
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_self_pay import FREE, shop, sold

__all__ = ["shop"]

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")


def given_up(shop: SmallCounter) -> CaseView:
    done = sold(shop, FREE[0])
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    (row,) = shop.surface.queue()
    shop.surface.void_item(row.item_id, "平台不收", BOSS, PIN)
    return done


def corrected(shop: SmallCounter, done: CaseView) -> None:
    """One key at the finding of a day: what was given up is told after all."""
    item = records(shop, done)[Operation.UPLOAD_SALE]
    key, now = f"{item.business_key}{AGAIN}1", shop.clock.now()
    with shop.store.unit() as unit:
        unit.outbox.add(
            item.operation, key, item.lane_key, item.request, item.case_id, item.summary, now
        )


def test_what_was_told_after_all_is_taken_back_there(shop: SmallCounter) -> None:
    done = given_up(shop)
    corrected(shop, done)
    shop.surface.deliver()
    assert shop.fake.books.sold.keys() == {FREE[0]}
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    told_round(shop)
    assert shop.fake.books.sold == {}, "cash and box are back, and there it stands as sold"
    assert states(shop, closed)[-1] is OutboxState.DELIVERED


def test_what_waits_to_be_told_after_all_is_told_no_more(shop: SmallCounter) -> None:
    done = given_up(shop)
    corrected(shop, done)
    closed = paid_back(shop, boxes_back(shop, done, FREE[0]))
    told_round(shop)
    assert shop.fake.books.sold == {}
    assert set(states(shop, closed)) == {OutboxState.VOIDED}


@pytest.mark.parametrize("how", ["retry", "mend"])
def test_nobody_tells_it_behind_its_return(shop: SmallCounter, how: str) -> None:
    """Told, missing there, told again and refused: its return lets it lie, and it stays told."""
    done = sold(shop, FREE[0])
    shop.surface.deliver()
    corrected(shop, done)
    shop.fake.books.sold.clear()
    shop.fake.script(Operation.UPLOAD_SALE, REFUSED)
    shop.surface.deliver()
    paid_back(shop, boxes_back(shop, done, FREE[0]))
    told_round(shop)
    item = records(shop, done)[Operation.UPLOAD_SALE]
    assert item.state is OutboxState.STOPPED
    acts = {
        "retry": lambda: shop.surface.retry_item(item.item_id),
        "mend": lambda: shop.surface.mend_item(item.item_id, {"lot_no": "F9"}),
    }
    assert refused(acts[how]) is Code.SALE_GIVEN_BACK
    assert shop.fake.books.sold == {}
