import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import money
from app.domain.money import ZERO, Amounts, Fen, Price, Quantity


@given(st.integers(-(10**13), 10**13))
def test_what_is_written_is_read_again(amount: int) -> None:
    assert money.fen(money.fen_text(Fen(amount))) == amount
    assert money.price(money.price_text(Price(amount))) == amount
    assert money.quantity(money.quantity_text(Quantity(amount))) == amount


def test_nothing_is_nought_of_every_kind() -> None:
    assert (ZERO, money.NOTHING, money.NO_PRICE) == (0, 0, 0)


def test_two_decimals_stay_where_nobody_says_otherwise() -> None:
    assert money.decimal_text(1_500_000, 6) == "1.50"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("12.30", 1230),
        ("12.3", 1230),
        ("12", 1200),
        ("-0.05", -5),
        ("0.050000", 5),
        ("00012.30", 1230),
    ],
)
def test_plain_decimals_are_read(text: str, value: int) -> None:
    assert money.fen(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1 ",
        " 1",
        "+1",
        "1.",
        ".5",
        "1e2",
        "1E999",
        "1_000",
        "1,000",
        "１２",
        "٣",
        "NaN",
        "Infinity",
        "-",
        "--1",
        "0x10",
        "1.2.3",
        "1\n",
        "9" * 15,
        "0.123456789",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plain decimal"):
        money.fen(text)


@pytest.mark.parametrize("text", ["0.001", "12.345", "-0.009"])
def test_money_is_never_rounded_on_reading(text: str) -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        money.fen(text)


def test_whole_numbers_have_scale_zero() -> None:
    assert money.scaled("7.0", 0) == 7


@pytest.mark.parametrize(
    ("value", "scale", "keep", "text"),
    [(5, 2, 2, "0.05"), (-5, 2, 2, "-0.05"), (1200, 2, 0, "12"), (0, 4, 0, "0"), (7, 0, 0, "7")],
)
def test_decimals_are_kept_as_far_as_asked(value: int, scale: int, keep: int, text: str) -> None:
    assert money.decimal_text(value, scale, keep=keep) == text


def test_texts_of_prices_and_quantities() -> None:
    assert money.price_text(money.price("21.4")) == "21.40"
    assert money.price_text(money.price("0.123456")) == "0.123456"
    assert money.quantity_text(money.packs(3)) == "3"
    assert money.quantity_text(money.quantity("0.5")) == "0.5"


@pytest.mark.parametrize(("text", "count"), [("3", 3), ("0.5", None), ("0", 0), ("2.0001", None)])
def test_whole_packs(text: str, count: int | None) -> None:
    assert money.whole_packs(money.quantity(text)) == count


@pytest.mark.parametrize(
    ("unit", "amount", "text"),
    [
        ("1.005", "1", "1.01"),
        ("1.004999", "1", "1.00"),
        ("-1.005", "1", "-1.01"),
        ("0.3333", "3", "1.00"),
        ("21.4", "2", "42.80"),
    ],
)
def test_lines_round_half_away_from_nothing(unit: str, amount: str, text: str) -> None:
    line = money.line_amount(money.price(unit), money.quantity(amount))
    assert money.fen_text(line) == text


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**8))
def test_a_line_is_never_a_fen_off(unit: int, amount: int) -> None:
    exact = unit * amount
    assert abs(money.line_amount(Price(unit), Quantity(amount)) * 10**8 - exact) <= 10**8 // 2


PARTS = st.integers(0, 10**6)


@given(PARTS, PARTS, PARTS, PARTS, PARTS)
def test_parts_of_one_sign_that_sum_add_up(a: int, b: int, c: int, d: int, e: int) -> None:
    bill = Amounts(Fen(a + b + c + d + e), Fen(a), Fen(b), Fen(c), Fen(d), Fen(e))
    assert bill.adds_up()
    assert bill.negated().adds_up()
    assert bill.negated().negated() == bill
    assert not Amounts(Fen(bill.total + 1), Fen(a), Fen(b), Fen(c), Fen(d), Fen(e)).adds_up()


def test_bills_are_added_part_by_part() -> None:
    one = Amounts(Fen(21), Fen(1), Fen(2), Fen(3), Fen(5), Fen(10))
    other = Amounts(Fen(1500), Fen(100), Fen(200), Fen(300), Fen(400), Fen(500))
    assert one + other == Amounts(Fen(1521), Fen(101), Fen(202), Fen(303), Fen(405), Fen(510))


def test_parts_of_mixed_signs_do_not_add_up() -> None:
    assert not Amounts(Fen(100), Fen(150), Fen(0), Fen(-50)).adds_up()


def test_one_fen_of_another_sign_does_not_add_up() -> None:
    assert ZERO == 0
    assert not Amounts(Fen(0), Fen(1), Fen(-1), ZERO).adds_up()
    assert Amounts(ZERO, ZERO, ZERO, ZERO) == Amounts(Fen(0), Fen(0), Fen(0), Fen(0), Fen(0))


def test_cash_alone_adds_up() -> None:
    assert money.in_cash(Fen(1250)) == Amounts(Fen(1250), Fen(0), Fen(0), Fen(1250))
    assert money.in_cash(Fen(1250)).adds_up()
