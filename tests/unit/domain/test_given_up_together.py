"""A sale given up with its return is told to nobody: no record of it is missing anywhere."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.books.stock import Record
from app.domain.books.stock_records import OurRecord, RecordFate, without_untold
from app.domain.money import packs

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
GIVEN_UP, ACCEPTED = RecordFate.GIVEN_UP, RecordFate.ACCEPTED
SALE = OurRecord(Record.SALE, -packs(1), GIVEN_UP, AT, case_id=7, line=1)
BACK = replace(SALE, record=Record.SALE_RETURN, quantity=packs(1))
COUNT = OurRecord(Record.COUNT, packs(3), ACCEPTED, AT)
OTHER = OurRecord(Record.SALE, -packs(2), ACCEPTED, AT, case_id=8, line=1)


def test_both_halves_go_and_nothing_else() -> None:
    assert without_untold((COUNT, SALE, OTHER, BACK)) == (COUNT, OTHER)


@pytest.mark.parametrize(
    "records",
    [
        (SALE,),
        (BACK,),
        (BACK, SALE),
        (replace(SALE, fate=ACCEPTED), BACK),
        (SALE, replace(BACK, fate=ACCEPTED)),
        (SALE, replace(BACK, line=2)),
        (SALE, replace(BACK, case_id=8)),
        (replace(SALE, line=None), replace(BACK, line=None)),
        (replace(SALE, case_id=None), replace(BACK, case_id=None)),
    ],
)
def test_a_half_without_the_other_stays(records: tuple[OurRecord, ...]) -> None:
    assert without_untold(records) == records


def test_a_count_between_both_was_told_without_the_boxes() -> None:
    records = (SALE, COUNT, BACK)
    assert without_untold(records) == records
