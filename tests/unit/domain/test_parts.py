"""One box sold in parts: whatever happens to it, it never gives more than it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code, OperatorInput
from app.domain.goods.parts import (
    MOST_PIECES,
    BoxState,
    OpenBox,
    PartState,
    Splitting,
    in_pieces,
    piece_price,
    share_of,
)
from app.domain.money import QUANTITY_SCALE, packs, price, quantity

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "abandon", "sell", "return"]),
        st.integers(1, 6),
        st.integers(1, 40),
    ),
    max_size=40,
)


def play(size: int, acts: list[tuple[str, int, int]]) -> OpenBox:
    """Six sales at one box, each of which takes once; what cannot be done is left out."""
    box = OpenBox("8" * 20, 1, size)
    for act, case_id, wanted in acts:
        mine = next((part for part in box.parts if part.case_id == case_id), None)
        if act == "take" and mine is None and box.free:
            box = box.with_part(box.take(case_id, wanted))
        elif act == "abandon":
            box = box.without(case_id)
        elif act == "sell":
            box = box.moved(case_id, PartState.RESERVED, PartState.SOLD)
        elif act == "return":
            box = box.moved(case_id, PartState.SOLD, PartState.RETURNED)
    return box


@given(st.integers(2, MOST_PIECES), ACTS)
def test_a_box_gives_what_it_holds_and_no_more(size: int, acts: list[tuple[str, int, int]]) -> None:
    box = play(size, acts)
    assert 0 <= box.free <= box.left <= size
    assert box.sold + box.left == size
    assert all(part.pieces > 0 and part.share > 0 for part in box.parts)
    told = sum(part.share for part in box.parts)
    assert told == QUANTITY_SCALE if box.free == 0 else told < QUANTITY_SCALE


@given(st.integers(2, MOST_PIECES), ACTS)
def test_the_last_piece_closes_a_box_and_a_return_reopens_it(
    size: int, acts: list[tuple[str, int, int]]
) -> None:
    box = play(size, acts)
    for part in box.parts:
        box = box.moved(part.case_id, PartState.RESERVED, PartState.SOLD)
    ever = any(part.state is not PartState.RESERVED for part in box.parts)
    if not ever:
        assert box.state is BoxState.SEALED
        return
    assert box.state is (BoxState.CLOSED if box.sold == size else BoxState.OPEN)
    sold = next((part for part in box.parts if part.state is PartState.SOLD), None)
    if sold is not None:
        back = box.moved(sold.case_id, PartState.SOLD, PartState.RETURNED)
        assert (back.state, back.left) == (BoxState.OPEN, box.left + sold.pieces)
        assert back.free == box.free


def test_a_used_up_box_says_so() -> None:
    box = OpenBox("8" * 20, 1, 30)
    box = box.with_part(box.take(1, 30))
    with pytest.raises(OperatorInput) as refused:
        box.take(2, 1)
    assert refused.value.code is Code.SCAN_BOX_USED_UP


def test_thirds_of_a_pack_come_to_one_pack() -> None:
    box = OpenBox("8" * 20, 1, 30)
    shares = []
    for case_id in (1, 2, 3):
        part = box.take(case_id, 10)
        box = box.with_part(part)
        shares.append(part.share)
    assert shares == [quantity("0.3333"), quantity("0.3334"), quantity("0.3333")]
    assert box.free == 0


def test_a_part_costs_its_price_times_its_count_as_they_are_told() -> None:
    third = share_of(10, 30)
    by_share = Splitting(30, "片")
    by_piece = Splitting(30, "片", by_piece=True)
    assert by_share.fee(price("1000.00"), 10, third) == 33_330
    assert by_piece.fee(price("1000.00"), 10, third) == 33_333
    assert piece_price(price("1000.00"), 30) == price("33.333333")
    assert Splitting(100, "片", by_piece=True).fee(price("9.80"), 100, packs(1)) == 980


@given(st.integers(2, MOST_PIECES), st.integers(0, 50), st.data())
def test_every_number_of_pieces_is_told_back(size: int, whole: int, data: st.DataObject) -> None:
    pieces = data.draw(st.integers(0, size - 1))
    amount = packs(whole) + share_of(pieces, size)
    assert in_pieces(amount, size) == (whole, pieces)
    assert in_pieces(-amount, size) == (whole, pieces)


@pytest.mark.parametrize(
    ("told", "size", "found"),
    [
        ("9.33", 12, (9, 4)),
        ("9.9999", 12, (10, 0)),
        ("0.0033", 12, (0, 0)),
        ("9.2", 12, None),
        ("2", 12, (2, 0)),
    ],
)
def test_an_amount_that_is_told_roughly(told: str, size: int, found: object) -> None:
    """A count has two decimals; what is no number of pieces is not made one."""
    assert in_pieces(quantity(told), size) == found
