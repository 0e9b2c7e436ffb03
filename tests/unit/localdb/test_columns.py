"""Column types: moments, days and flags survive, naive moments are refused."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from localdb.schema.columns import Day, Flag, Moment

DIALECT = SQLiteDialect()
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))


@given(st.datetimes(timezones=ZONES, min_value=datetime(1900, 1, 2)))  # noqa: DTZ001
def test_moments_come_back_in_utc(moment: datetime) -> None:
    stored = Moment().process_bind_param(moment, DIALECT)
    back = Moment().process_result_value(stored, DIALECT)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


@given(st.datetimes(), st.datetimes())
def test_moments_keep_their_order(first: datetime, second: datetime) -> None:
    pair = [first.replace(tzinfo=UTC), second.replace(tzinfo=UTC)]
    stored = [Moment().process_bind_param(moment, DIALECT) or 0 for moment in pair]
    assert (pair[0] < pair[1]) == (stored[0] < stored[1])


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), DIALECT)  # noqa: DTZ001


@given(st.dates())
def test_days_come_back(day: date) -> None:
    stored = Day().process_bind_param(day, DIALECT)
    assert Day().process_result_value(stored, DIALECT) == day


@pytest.mark.parametrize(("flag", "stored"), [(True, 1), (False, 0), (None, None)])
def test_flags_are_one_zero_or_nothing(flag: bool | None, stored: int | None) -> None:
    assert Flag().process_bind_param(flag, DIALECT) == stored
    assert Flag().process_result_value(stored, DIALECT) is flag


def test_nothing_stays_nothing() -> None:
    assert Moment().process_bind_param(None, DIALECT) is None
    assert Moment().process_result_value(None, DIALECT) is None
    assert Day().process_bind_param(None, DIALECT) is None
    assert Day().process_result_value(None, DIALECT) is None
