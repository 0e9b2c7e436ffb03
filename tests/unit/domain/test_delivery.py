"""Deliveries move one way only, and what was typed is checked field by field."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.delivery import (
    NEXT,
    OPEN,
    DeliveryState,
    StreetAddress,
    courier_of,
    receiver_of,
)
from app.domain.errors import Bug, Code, OperatorInput
from tests.support.circulation_parts import delivery

S = DeliveryState
AT = datetime(2026, 1, 1, tzinfo=UTC)
HOME = "示例市示例区示例路1号2室"


@given(st.lists(st.sampled_from(S), max_size=6))
def test_no_way_back(wished: list[DeliveryState]) -> None:
    """Whatever is wished, only moves of the table happen, and an end stays the end."""
    found = delivery(S.PREPARED)
    for step, state in enumerate(wished):
        before = found
        if state in NEXT[before.state]:
            found = before.moved(state, AT + timedelta(minutes=step))
            assert (found.state, found.delivery_no) == (state, before.delivery_no)
        else:
            with pytest.raises(Bug):
                before.moved(state, AT)
    assert (found.state in OPEN) is bool(NEXT[found.state])


def test_nothing_leaves_without_somebody_who_carries_it() -> None:
    with pytest.raises(Bug):
        replace(delivery(S.PREPARED), courier=None).moved(S.UNDER_WAY, AT)
    assert replace(delivery(S.PREPARED), courier=None).moved(S.CALLED_OFF, AT).state is S.CALLED_OFF


def test_what_was_typed_is_trimmed_and_kept() -> None:
    receiver = receiver_of(" 甄示例 ", "138-0000 0001", f" {HOME} ")
    assert receiver.name.reveal() == "甄示例"
    assert receiver.phone.reveal() == "13800000001"
    assert receiver.address == StreetAddress(HOME)
    assert courier_of("示例配送", "示例骑手", "+86 13800000002").phone.reveal() == "+8613800000002"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("", "13800000001", HOME), "name"),
        (("甄" * 41, "13800000001", HOME), "name"),
        (("甄示例", "1380", HOME), "phone"),
        (("甄示例", "１３８００００００００１", HOME), "phone"),
        (("甄示例", "13800000001x", HOME), "phone"),
        (("甄示例", "1" * 21, HOME), "phone"),
        (("甄示例", "13800000001", " "), "address"),
        (("甄示例", "13800000001", "路" * 201), "address"),
    ],
)
def test_the_first_wrong_field_is_named(typed: tuple[str, str, str], field: str) -> None:
    with pytest.raises(OperatorInput) as wrong:
        receiver_of(*typed)
    assert wrong.value.code is Code.DELIVERY_INCOMPLETE
    assert wrong.value.params["field"] == field


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ((" ", "示例骑手", "13800000002"), "company"),
        (("示例配送", "", "13800000002"), "courier"),
        (("示例配送", "示例骑手", ""), "courier_phone"),
    ],
)
def test_a_courier_is_whole(typed: tuple[str, str, str], field: str) -> None:
    with pytest.raises(OperatorInput) as wrong:
        courier_of(*typed)
    assert wrong.value.params["field"] == field


@pytest.mark.parametrize(
    ("address", "shown"), [(HOME, "示例市示例区***"), ("短地址", "***"), ("", "***")]
)
def test_bystanders_read_no_house(address: str, shown: str) -> None:
    assert f"{StreetAddress(address)}" == shown
    assert HOME not in repr(delivery())
