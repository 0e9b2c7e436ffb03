"""Texts by key, and amounts, times, ages, codes as the counter reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Bug
from app.domain.money import Fen, fen
from app.workflow.views.case import Say
from ui import text
from ui.formats import (
    age_text,
    masked_voucher,
    money_text,
    rx_number_parts,
    span_text,
    time_text,
    trace_text,
)


@pytest.fixture
def strict():
    text.be_strict(True)
    yield
    text.be_strict(False)


def test_a_missing_key_is_a_bug_where_strict(strict):
    with pytest.raises(Bug):
        text.tr("shell.nothing.of.the.kind")


def test_a_missing_key_shows_itself_in_the_field():
    assert text.tr("shell.nothing.of.the.kind") == "shell.nothing.of.the.kind"


def test_a_missing_name_is_a_bug_where_strict(strict):
    with pytest.raises(Bug):
        text.tr("shell.banner.more")


def test_a_missing_name_leaves_a_dash_in_the_field():
    assert "—" in text.tr("shell.banner.more")


def test_a_say_is_filled():
    assert "3" in text.say(Say("shell.banner.more", (("count", 3),)))


@given(st.integers(min_value=-(10**11), max_value=10**11))
def test_amounts_are_read_back_as_they_were(amount):
    shown = money_text(Fen(amount))
    assert fen(shown.replace(",", "").replace("\u2212", "-")) == amount
    assert shown[-3] == "."


def test_a_missing_amount_is_never_zero():
    assert money_text(None) == "—"
    assert money_text(Fen(123456), currency=True) == "¥ 1,234.56"


def test_times_shorten_with_distance():
    now = datetime(2026, 11, 20, 2, 37, 43, tzinfo=UTC)
    assert time_text(now, now) == "10:37:43"
    assert time_text(now - timedelta(days=1), now) == "11-19 10:37"
    assert time_text(now - timedelta(days=400), now) == "2025-10-16"
    assert time_text(None) == "—"


@pytest.mark.parametrize(
    ("seconds", "age", "span"),
    [
        (-3, "0 秒", "0 分"),
        (4, "4 秒", "0 分"),
        (66, "1 分 06 秒", "1 分"),
        (3600, "1 小时 0 分", "1 小时 0 分"),
        (72 * 60, "1 小时 12 分", "1 小时 12 分"),
        (2 * 86400 + 3 * 3600, "2 天 3 小时", "2 天 3 小时"),
    ],
)
def test_ages(seconds, age, span):
    assert (age_text(seconds), span_text(seconds)) == (age, span)


def test_codes():
    assert trace_text("83412900512873640915") == "8341290 0512873640915"
    assert rx_number_parts("350100021862047395112000000417")[1] == "2000000417"
    shown = masked_voucher("4240000000000000000000000007")
    assert shown == "424" + "•" * 23 + "07"
