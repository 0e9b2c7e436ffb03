"""The books of goods in memory answer from what was told and planted."""

import pytest

from app.domain.errors import Code, OutcomeUnknown
from app.ports import stock as g
from app.ports.messages import Committed
from app.profile.operations import Operation
from tests.support import goods_parts as goods
from tests.support import platform_parts as parts
from tests.support.fake_goods import figure
from tests.support.fake_platform import FakePlatform
from tests.support.store_builders import PlayedClock


@pytest.fixture
def fake() -> FakePlatform:
    return FakePlatform(PlayedClock())


def sent(fake: FakePlatform, request: object) -> Committed[object]:
    return Committed(1, fake.goods.compose(request, parts.sender(), parts.stamp()))


def test_figures_come_in_pages(fake: FakePlatform) -> None:
    fake.goods.figures = [figure("SP1", f"L{n}", n) for n in range(5)]
    first = fake.goods.query_stock(sent(fake, g.QueryStock(1, 3))).value
    second = fake.goods.query_stock(sent(fake, g.QueryStock(2, 3))).value
    assert [row.upload_lot for row in (*first.rows, *second.rows)] == ["L0", "L1", "L2", "L3", "L4"]
    assert (first.place.last, second.place.last) == (False, True)


def test_rows_are_refused_one_by_one(fake: FakePlatform) -> None:
    fake.goods.refused = {goods.SECOND.upload_lot}
    rows = goods.ROWS[Operation.COUNT_STOCK_ROWS]
    told = fake.goods.tell_rows(sent(fake, rows)).value
    assert [row.accepted for row in told.outcomes] == [True, False]
    assert fake.goods.told == [rows.rows[0]]


def test_a_script_reaches_the_books_of_goods(fake: FakePlatform) -> None:
    fake.script(Operation.ERASE_UPLOAD, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    with pytest.raises(OutcomeUnknown):
        fake.goods.erase_upload(sent(fake, goods.erase()))
    assert fake.goods.told == [goods.erase()]
    assert fake.times(Operation.ERASE_UPLOAD) == 1
