from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.judging import Judgement, Light, PackFacts, ScanRules, SoldBefore, judge
from app.domain.goods.selling import Pack, SaleLine, complete, total
from app.domain.goods.stock import Item, Lot, LotHold, first_out, on_hand
from app.domain.money import fen, packs, price

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
RULES = ScanRules(near_expiry_days=180, near_expiry_red_days=90, unseen_stops=True)
CODE = DrugTraceCode("81234567890123456789")
LINE = SaleLine(0, 0, 1, "氨氯地平片", "5mg*7", "某厂", 2, price("21.40"))
SOLD = SoldBefore(NOW, 2, "2026-000007", returned=False)
Items, Lots = Callable[..., Item], Callable[..., Lot]


def _pack(code: str, amber: int | None = None, by: int | None = None) -> Pack:
    return Pack(DrugTraceCode(code), 1, NOW, "camera", amber=amber, acknowledged_by=by)


def _facts(item: Item | None, lot: Lot | None, *others: Lot, **more: object) -> PackFacts:
    lots = (lot, *others) if lot else others
    sold, claimed = more.get("sold"), more.get("claimed")
    assert sold is None or isinstance(sold, SoldBefore)
    assert claimed is None or isinstance(claimed, int)
    return PackFacts(item, lot, lots, sold, claimed)


def _judge(facts: PackFacts, *lines: SaleLine, rules: ScanRules = RULES) -> Judgement:
    return judge(CODE, lines or (LINE,), facts, rules, TODAY, case_id=5)


def test_a_good_pack_is_taken(item: Items, lot: Lots) -> None:
    assert _judge(_facts(item(), lot(7))) == Judgement(Light.TAKEN, None, 0, 7)


def test_a_pack_of_this_sale_is_ignored(item: Items, lot: Lots) -> None:
    held = LINE.with_pack(_pack(CODE))
    found = _judge(_facts(item(), lot(), sold=SOLD), held)
    assert (found.light, found.code, found.line) == (Light.IGNORED, Code.SCAN_REPEATED, 0)


def test_a_pack_sold_before_is_stopped_first(item: Items, lot: Lots) -> None:
    found = _judge(_facts(None, None, sold=SOLD, claimed=9))
    assert (found.light, found.code, found.line) == (Light.RED, Code.SCAN_SOLD_BEFORE, None)
    assert dict(found.params) == {
        "when": "2026-03-02T09:30+00:00",
        "counter": 2,
        "receipt": "2026-000007",
    }
    known = _judge(_facts(item(), lot(), sold=SOLD))
    assert known.line == 0


def test_a_returned_pack_is_free_again(item: Items, lot: Lots) -> None:
    again = replace(SOLD, returned=True)
    assert _judge(_facts(item(), lot(), sold=again)).light is Light.TAKEN


@pytest.mark.parametrize(("case", "light"), [(5, Light.TAKEN), (6, Light.RED)])
def test_a_pack_claimed_by_another_case_is_stopped(
    item: Items, lot: Lots, case: int, light: Light
) -> None:
    found = _judge(_facts(item(), lot(), claimed=case))
    assert found.light is light
    assert found.code is (None if light is Light.TAKEN else Code.SCAN_CLAIMED_ELSEWHERE)


def test_an_unknown_product_is_named_by_its_prefix() -> None:
    found = _judge(_facts(None, None))
    assert (found.code, found.params) == (Code.ITEM_UNMAPPED, (("prefix", "8123456"),))


def test_another_product_names_what_is_wanted(item: Items, lot: Lots) -> None:
    found = _judge(_facts(item(9, "二甲双胍片"), lot()))
    assert found.code is Code.SCAN_WRONG_PRODUCT
    assert dict(found.params) == {"scanned": "二甲双胍片", "wanted": "氨氯地平片"}
    full = replace(LINE, packs=(_pack("a"), _pack("b")))
    done = _judge(_facts(item(9, "二甲双胍片"), lot()), full)
    assert (done.line, dict(done.params)["wanted"]) == (None, "")


def test_one_pack_too_many_is_stopped(item: Items, lot: Lots) -> None:
    full = replace(LINE, packs=(_pack("a"), _pack("b")))
    found = _judge(_facts(item(), lot()), full)
    assert (found.code, found.line) == (Code.SCAN_ENOUGH, 0)


def test_of_two_lines_of_one_product_the_open_one_takes_it(item: Items, lot: Lots) -> None:
    full = replace(LINE, packs=(_pack("a"), _pack("b")))
    assert _judge(_facts(item(), lot()), full, replace(LINE, index=1)).line == 1


@pytest.mark.parametrize(("stops", "light"), [(True, Light.RED), (False, Light.AMBER)])
def test_a_pack_never_received_here(item: Items, stops: bool, light: Light) -> None:
    found = _judge(_facts(item(), None), rules=replace(RULES, unseen_stops=stops))
    assert (found.light, found.code) == (
        light,
        Code.SCAN_NOT_RECEIVED if stops else Code.SCAN_UNSEEN_AT_RECEIPT,
    )


@pytest.mark.parametrize("hold", [LotHold.QUARANTINE, LotHold.RECALL])
def test_a_held_lot_is_stopped(item: Items, lot: Lots, hold: LotHold) -> None:
    found = _judge(_facts(item(), lot(hold=hold)))
    assert (found.light, found.code) == (Light.RED, Code.SCAN_HELD_LOT)
    assert dict(found.params)["hold"] == hold.value


@pytest.mark.parametrize(
    ("days", "light", "code"),
    [
        (-1, Light.RED, Code.SCAN_EXPIRED),
        (0, Light.AMBER, Code.SCAN_EXPIRES_SOON),
        (90, Light.AMBER, Code.SCAN_EXPIRES_SOON),
        (91, Light.AMBER, Code.SCAN_NEAR_EXPIRY),
        (180, Light.AMBER, Code.SCAN_NEAR_EXPIRY),
        (181, Light.TAKEN, None),
    ],
)
def test_expiry_counts_from_today(
    item: Items, lot: Lots, days: int, light: Light, code: Code | None
) -> None:
    found = _judge(_facts(item(), lot(days=days)))
    assert (found.light, found.code) == (light, code)


def test_an_earlier_lot_on_the_shelf_is_named(item: Items, lot: Lots) -> None:
    facts = _facts(item(), lot(1, days=400), lot(2, days=300), lot(3, days=250))
    found = _judge(facts)
    assert (found.light, found.code, found.lot_id) == (Light.AMBER, Code.SCAN_EARLIER_LOT, 1)
    assert dict(found.params)["lot"] == "L3"


def test_empty_held_and_expired_lots_do_not_count_as_earlier(item: Items, lot: Lots) -> None:
    others = (lot(2, days=300, on_hand=0), lot(3, days=300, hold=LotHold.RECALL), lot(4, days=-1))
    assert _judge(_facts(item(), lot(1, days=400), *others)).light is Light.TAKEN


def test_lines_count_packs_and_money() -> None:
    line = LINE.with_pack(_pack("a"))
    assert (line.missing, line.amount, line.sold_quantity) == (1, fen("42.80"), packs(2))
    assert line.without("a") == LINE
    assert line.without("b") == line
    assert total((LINE, LINE)) == fen("85.60")
    assert total(()) == 0


def test_a_sale_is_complete_with_every_box_and_word() -> None:
    amber = replace(LINE, packs=(_pack("a"), _pack("b", amber=1208)))
    known = replace(LINE, packs=(_pack("a"), _pack("b", amber=1208, by=3)))
    assert not complete(())
    assert not complete((LINE,))
    assert not complete((amber,))
    assert complete((known,))
    assert not complete((known, LINE))


@given(
    st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 2), st.sampled_from(LotHold)), max_size=6)
)
def test_first_out_is_the_earliest_that_may_be_sold(
    rows: list[tuple[int, int, LotHold]],
) -> None:
    lots = tuple(
        Lot(i, 1, "", "", TODAY, TODAY + timedelta(days=days), count, hold)
        for i, (days, count, hold) in enumerate(rows)
    )
    good = [
        (days, i)
        for i, (days, count, hold) in enumerate(rows)
        if days >= 0 and count and hold is LotHold.NONE
    ]
    chosen = first_out(lots, TODAY)
    assert (chosen.lot_id if chosen else None) == (min(good)[1] if good else None)
    assert on_hand(lots, TODAY) == sum(rows[i][1] for _, i in good)
