"""The split of a bill: the invariants of core-platform 3.2 for every bill there is."""

from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.core.frame.amounts import count_of, fen_of, price_of, product_fen, share
from app.sandbox.core.money.benefits import Benefit, Item, Purse, cut, split

_PRICES = st.integers(1, 5_000_000_000)
_COUNTS = st.integers(1, 1_000_000)


@st.composite
def items(draw: st.DrawFn) -> Item:
    price, count = draw(_PRICES), draw(_COUNTS)
    return Item(
        fee=product_fen(count, price),
        count=count,
        price=price,
        ceiling=draw(st.integers(0, 6_000_000_000)),
        pay_class=draw(st.sampled_from("123")),
        self_pay_points=draw(st.integers(0, 10_000)),
    )


@st.composite
def benefits(draw: st.DrawFn) -> Benefit:
    yuan = st.integers(0, 10_000).map(lambda n: f"{n // 100}.{n % 100:02d}")
    return Benefit(
        insutype="310",
        fund_ratio=draw(st.integers(0, 10_000)),
        yearly_deductible=draw(yuan),
        yearly_limit=draw(yuan),
        account=draw(st.booleans()),
        fund_code="310100",
        fund_name="",
        account_code="310200",
        account_name="",
    )


_PURSES = st.builds(
    Purse,
    balance=st.integers(0, 100_000),
    deductible_paid=st.integers(0, 20_000),
    fund_used=st.integers(0, 2_000_000),
    account_usable=st.booleans(),
)


@given(st.lists(items(), min_size=1, max_size=6), benefits(), _PURSES)
def test_every_split_keeps_the_invariants(
    lines: list[Item], benefit: Benefit, purse: Purse
) -> None:
    found = split(lines, benefit, purse)
    assert found.total == found.own + found.over + found.first + found.covered
    assert found.total == found.fund + found.account + found.cash
    assert found.balance_after == purse.balance - found.account >= 0
    assert 0 <= found.deductible <= found.covered
    assert 0 <= found.fund <= max(0, fen_of(benefit.yearly_limit) - purse.fund_used)
    assert min(found.fund, found.account, found.cash, found.own, found.over, found.first) >= 0
    assert found.account == 0 or (purse.account_usable and benefit.account)
    assert (
        found.cash == 0
        or not (purse.account_usable and benefit.account)
        or (found.balance_after == 0)
    )
    for line, part in zip(lines, found.cuts, strict=True):
        assert line.fee == part.own + part.over + part.first + part.covered
        assert part.covered >= 0


@given(items())
def test_class_and_ceiling_decide_one_line(line: Item) -> None:
    part = cut(line)
    if line.pay_class == "3":
        assert (part.own, part.over, part.first, part.covered) == (line.fee, 0, 0, 0)
        return
    assert part.own == 0
    assert part.first == share(line.fee, line.self_pay_points)
    assert part.over == 0 or line.price > line.ceiling


def test_halves_round_away_from_zero() -> None:
    assert product_fen(count_of("0.5"), price_of("0.01")) == 1
    assert product_fen(count_of("5"), price_of("1.666667")) == 833
    assert share(1, 5_000) == 1
    assert (fen_of("16.10"), fen_of(0), fen_of("-0.01")) == (1610, 0, -1)
