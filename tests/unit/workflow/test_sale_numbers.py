"""Our own numbers of a sale: the platform knows a return by them, so they never come twice."""

from datetime import timedelta

import pytest

from app.domain.counter_case import SaleRecord
from app.workflow.steps.upload_sale import number_sale
from tests.support.small_counter import SmallCounter


def numbered(small: SmallCounter) -> SaleRecord:
    case = small.case(small.surface.current())
    with small.store.unit() as unit:
        return number_sale(small.till, unit, case)


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=1), timedelta(days=365)])
def test_no_receipt_and_no_serial_comes_twice(small: SmallCounter, later: timedelta) -> None:
    first = numbered(small)
    small.clock.move(later)
    second = numbered(small)
    assert second.receipt_no != first.receipt_no
    assert second.sale_serial != first.sale_serial
