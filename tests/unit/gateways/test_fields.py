"""Wire names in all their spellings, wire values in exactly one."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import Amounts, Fen, fen_text
from app.gateways.envelopes.strict_json import Unreadable, WireNumber
from app.gateways.fields import (
    PLATFORM_ZONE,
    Fields,
    Numbers,
    amounts,
    camel,
    recase,
    snake,
    wire_moment,
)

_PAIRS = [
    ("rxChkStasCodg", "rx_chk_stas_codg"),
    ("epcToken", "epc_token"),
    ("hiRxno", "hi_rxno"),
    ("fixmedinsCode", "fixmedins_code"),
    ("psnName", "psn_name"),
]


@pytest.mark.parametrize(("camel_name", "snake_name"), _PAIRS)
def test_both_spellings(camel_name, snake_name):
    assert snake(camel_name) == snake_name
    assert camel(snake_name) == camel_name


_WORDS = st.lists(st.from_regex("[a-z][a-z]*", fullmatch=True), min_size=1, max_size=5)


@given(_WORDS)
def test_snake_undoes_camel(words):
    assert snake(camel("_".join(words))) == "_".join(words)


def test_recase_reaches_every_level_and_no_value():
    tree = {"rxList": [{"hiRxno": "aBc"}], "rxOtpinfo": {"psnName": "x"}}
    assert recase(tree, "snake") == {
        "rx_list": [{"hi_rxno": "aBc"}],
        "rx_otpinfo": {"psn_name": "x"},
    }


@pytest.mark.parametrize("name", ["medListCodg", "med_list_codg", "MED_LIST_CODG", "medlistcodg"])
def test_every_spelling_is_read(name):
    assert Fields({name: "1"}).text("med_list_codg") == "1"


def test_two_spellings_that_tell_two_things_tell_nothing():
    both = Fields({"acct_pay": "1.00", "acctPay": "2.00", "balc": "5", "BALC": "5", "Balc": None})
    with pytest.raises(Unreadable, match="twice_acctpay"):
        both.fen("acct_pay")
    assert both.text("balc") == "5"


def test_aliases_and_first_value_that_says_something():
    assert Fields({"cashPayamt": "1.00"}).fen("psn_cash_pay") == 100
    assert Fields({"psn_cash_pay": None, "pdn_cash_pay": "2.00"}).fen("psn_cash_pay") == 200
    assert Fields({"a": "", "A": "x"}).text("a") == "x"
    assert Fields({}).text("a") == ""
    assert Fields({"a": True}).text("a") == "true"


@pytest.mark.parametrize("value", [{}, [], {"x": "1"}, ["1"]])
def test_a_structure_is_not_a_text(value):
    with pytest.raises(Unreadable):
        Fields({"a": value}).text("a")


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_money_goes_round_trip(amount):
    for form in ("number", "string"):
        written = Numbers(form).fen(Fen(amount))
        assert isinstance(written, WireNumber) is (form == "number")
        assert Fields({"a": written}).fen("a") == amount
        assert written == fen_text(Fen(amount))


@pytest.mark.parametrize("text", ["1e2", "1.001", "１", " 1", "1_0", "", "--1", "0x1", "1,00"])
def test_doubtful_money_is_refused(text):
    with pytest.raises(Unreadable):
        Fields({"a": text}).fen("a")


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2099, 1, 1)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=0, tzinfo=PLATFORM_ZONE)
    )
)
def test_moments_go_round_trip(at):
    assert Fields({"a": wire_moment(at)}).need_moment("a") == at


def test_platform_time_is_eight_hours_ahead():
    at = datetime(2025, 6, 1, 2, 15, 30, tzinfo=UTC)
    assert wire_moment(at) == "2025-06-01 10:15:30"
    assert wire_moment(at.astimezone(timezone(timedelta(hours=-5)))) == "2025-06-01 10:15:30"
    assert Fields({"a": "20250601101530"}).need_moment("a") == at
    assert Fields({"a": "2025-06-01 10:15:30.007"}).need_moment("a") == at


_FIRST = "0001-01-01 00:00:00"


@pytest.mark.parametrize("text", ["2025-06-01", "2025-13-01 00:00:00", "1/2/2025", "now", _FIRST])
def test_odd_moments_are_refused(text):
    with pytest.raises(Unreadable):
        Fields({"a": text}).need_moment("a")


@pytest.mark.parametrize("text", ["1970-01-02", "1970.01.02", "1970-01-02 00:00:00"])
def test_days(text):
    assert Fields({"a": text}).day("a") == date(1970, 1, 2)
    with pytest.raises(Unreadable):
        Fields({"a": "0000-00-00"}).day("a")


def test_rows_in_every_wrapping():
    row = {"x": "1"}
    for shape in ([row], row, {"rows": [row]}):
        assert [found.text("x") for found in Fields({"a": shape}).rows("a")] == ["1"]
    assert Fields({"a": None}).rows("a") == []
    for wrong in ("text", ["text"], [[row]]):
        with pytest.raises(Unreadable):
            Fields({"a": wrong}).rows("a")


_PARTS = st.tuples(*[st.integers(min_value=0, max_value=10**9)] * 5)


def _bill(sums: Amounts, **changes: str) -> Fields:
    tree = {
        "medfee_sumamt": fen_text(sums.total),
        "fund_pay_sumamt": fen_text(sums.fund),
        "acct_pay": fen_text(sums.account),
        "psn_cash_pay": fen_text(sums.cash),
        "acct_mulaid_pay": fen_text(sums.mutual_aid),
        "hosp_part_amt": fen_text(sums.hospital_part),
    }
    return Fields({**tree, **changes})


@given(_PARTS, st.sampled_from([1, -1]))
def test_amounts_that_add_up_are_read(shares, sign):
    fund, account, cash, aid, hospital = (Fen(sign * share) for share in shares)
    sums = Amounts(Fen(fund + account + cash + aid + hospital), fund, account, cash, aid, hospital)
    assert amounts(_bill(sums)) == sums


@given(_PARTS, st.integers(min_value=1, max_value=10**6))
def test_amounts_that_do_not_add_up_are_refused(shares, off):
    fund, account, cash, aid, hospital = (Fen(share) for share in shares)
    total = Fen(fund + account + cash + aid + hospital + off)
    with pytest.raises(Unreadable):
        amounts(_bill(Amounts(total, fund, account, cash, aid, hospital)))


def test_days_of_a_cycle_are_a_number_where_they_are_one():
    assert isinstance(Numbers("number").text("5"), WireNumber)
    assert isinstance(Numbers("number").text("2.5"), WireNumber)
    for text in ("", "5天", "05", "1e3"):
        assert not isinstance(Numbers("number").text(text), WireNumber)
