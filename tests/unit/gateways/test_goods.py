"""Stock told row by row or together, erased, and asked about: the reviewed messages."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Bug, Code, OutcomeUnknown, PlatformRejected
from app.domain.money import Price, Quantity
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields
from app.gateways.goods.wording import place
from app.ports import stock as g
from app.profile.operations import Operation
from tests.support import goods_parts as goods
from tests.support import platform_parts as parts
from tests.support.platform_parts import with_part
from tests.support.scripted_server import whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"


def _exact(text: str | bytes) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _golden(operation: str, kind: str) -> Any:
    return _exact((_GOLDEN / operation / f"{kind}.json").read_text("utf-8"))


def _answer(operation: str) -> bytes:
    return parts.core_answer(json.loads((_GOLDEN / operation / "response.json").read_text("utf-8")))


SINGLE = {
    "count_stock": goods.count(),
    "change_stock": goods.change(),
    "receive": goods.receive(),
    "return_to_supplier": goods.send_back(),
    "return_sale": parts.return_sale(),
}
TOGETHER = {
    "erase_upload": goods.erase(),
    "query_stock": goods.query_stock(),
    **{operation.value: rows for operation, rows in goods.ROWS.items()},
    **{operation.value: goods.query_records(operation) for operation in g.RECORD_QUERIES},
}


@pytest.mark.parametrize("operation", sorted(SINGLE))
def test_single_records(counter, operation):
    draft = counter.core(SINGLE[operation]).draft
    golden, sent = _golden(operation, "request"), _exact(draft.wire)
    assert {name: sent[name] for name in golden} == golden
    counter.server.then(whole(_answer(operation)))
    told = counter.platform.core.tell_stock(counter.core(SINGLE[operation])).value
    assert told.text == "成功"


@pytest.mark.parametrize("operation", sorted(TOGETHER))
def test_rows_and_questions(counter, operation):
    draft = counter.goods(TOGETHER[operation]).draft
    golden, sent = _golden(operation, "request"), _exact(draft.wire)
    assert {name: sent[name] for name in golden} == golden
    assert draft.operation.value == operation


def tell(counter, operation: Operation, answer: bytes = b"") -> tuple[g.RowOutcome, ...]:
    counter.server.then(whole(answer or _answer(operation.value)))
    message = counter.goods(goods.ROWS[operation])
    outcomes: tuple[g.RowOutcome, ...] = counter.platform.goods.tell_rows(message).value.outcomes
    return outcomes


def test_each_row_has_its_own_outcome(counter):
    taken, refused = tell(counter, Operation.COUNT_STOCK_ROWS)
    assert (taken.accepted, refused.accepted) == (True, False)
    assert refused.text == "数量有误"


def test_a_row_the_answer_does_not_name_was_taken(counter):
    outcomes = tell(counter, Operation.CHANGE_STOCK_ROWS)
    assert [row.accepted for row in outcomes] == [True, False]


def test_rows_are_found_in_any_order(counter):
    outcomes = tell(counter, Operation.RETURN_TO_SUPPLIER_ROWS)
    assert [(row.accepted, row.text) for row in outcomes] == [
        (False, "超过采购数量"),
        (True, "成功"),
    ]


@pytest.mark.parametrize(
    "operation",
    [Operation.UPLOAD_SALE_ROWS, Operation.RETURN_SALE_ROWS, Operation.ERASE_UPLOAD_ROWS],
)
def test_a_list_taken_whole(counter, operation):
    outcomes = tell(counter, operation)
    assert outcomes == (g.RowOutcome(True, ""),) * len(goods.ROWS[operation].rows)


def test_a_list_refused_whole(counter):
    answer = parts.core_answer({"result": {"retRslt": "0", "msgRslt": "追溯码重复"}})
    with pytest.raises(PlatformRejected) as refused:
        tell(counter, Operation.UPLOAD_SALE_ROWS, answer)
    assert refused.value.platform_text == "追溯码重复"


@pytest.mark.parametrize(
    "named",
    [
        [{"fixmedins_hilist_id": "SKU0009", "fixmedins_bchno": "B20250101001", "retRslt": "0"}],
        [{"fixmedins_hilist_id": "SKU0001", "fixmedins_bchno": "B20250101001", "retRslt": "0"}] * 2,
    ],
    ids=["a_stranger", "twice"],
)
def test_rows_that_cannot_be_told_apart_prove_nothing(counter, named):
    answer = parts.core_answer({"invinfoErrDetail": named})
    with pytest.raises(OutcomeUnknown):
        tell(counter, Operation.COUNT_STOCK_ROWS, answer)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("数量有误", Code.REFUSED),
        ("系统忙，请稍后再试", Code.UPLOAD_UNKNOWN),
        ("未签到", Code.SIGN_IN_REQUIRED),
    ],
)
def test_a_no_to_a_row_means_what_it_would_mean_alone(counter, said, code):
    row = {"fixmedins_hilist_id": "SKU0001", "fixmedins_bchno": "B20250101001", "retRslt": "0"}
    answer = parts.core_answer({"invinfoErrDetail": [{**row, "msgRslt": said}]})
    first, _ = tell(counter, Operation.COUNT_STOCK_ROWS, answer)
    assert first == g.RowOutcome(False, said, code)


@pytest.mark.parametrize("outer", [{"retRslt": "0"}, {"result": {"retRslt": "0"}}])
def test_a_no_to_the_list_that_names_some_rows_says_nothing_of_the_others(counter, outer):
    """Some platforms book all rows or none: a row that is not named may not be there."""
    refused = {"fixmedins_hilist_id": "SKU0001", "fixmedins_bchno": "B20250101001"}
    answer = parts.core_answer({**outer, "invinfoErrDetail": [{**refused, "retRslt": "0"}]})
    with pytest.raises(OutcomeUnknown):
        tell(counter, Operation.COUNT_STOCK_ROWS, answer)


@pytest.mark.parametrize(
    "rows",
    [goods.rows(), goods.rows(goods.count(), goods.change()), goods.rows(*[goods.count()] * 101)],
    ids=["none", "two_kinds", "too_many"],
)
def test_no_message_for_such_rows(counter, rows):
    with pytest.raises(Bug):
        counter.goods(rows)


def test_codes_stand_beside_the_rows_where_the_region_puts_them_there(open_counter):
    beside = open_counter(with_part(parts.training(), "rules", trace_placement="sibling"))
    sent = json.loads(beside.goods(goods.ROWS[Operation.COUNT_STOCK_ROWS]).draft.wire)["input"]
    assert sent["drugtracinfo"] == [{"drug_trac_codg": "80000000000000000001"}] * 2
    assert all("drugtracinfo" not in row for row in sent["invinfoDetail"])


def test_the_stock_figure(counter):
    counter.server.then(whole(_answer("query_stock")))
    page = counter.platform.goods.query_stock(counter.goods(goods.query_stock())).value
    assert page.place == g.PagePlace(number=2, pages=2, total=51, last=True)
    assert page.rows == (
        g.StockFigure(
            national_code="XA00AAA000A001010100001",
            store_code="SKU0001",
            name="示例片",
            quantity=Quantity(125_000),
            price=Price(20_000_000),
            upload_lot="B20250101001",
            lot_no="L2501",
            expires_on=date(2027, 12, 31),
        ),
    )


@pytest.mark.parametrize("shown", [0, "0.00", None, ""])
def test_nought_is_no_price(counter, shown):
    answer = json.loads((_GOLDEN / "query_stock" / "response.json").read_text("utf-8"))
    rows = [answer["data"][0] | {"pric": shown}]
    counter.server.then(whole(parts.core_answer(answer | {"data": rows})))
    page = counter.platform.goods.query_stock(counter.goods(goods.query_stock())).value
    assert [row.price for row in page.rows] == [None]


def test_a_figure_that_is_none_costs_its_row_and_says_why(counter):
    """Numbers as text are numbers, what is below nought is shown so, the rest is named."""
    answer = json.loads((_GOLDEN / "query_stock" / "response.json").read_text("utf-8"))
    (good,) = answer["data"]
    rows = [
        good | {"invCnt": "12.50", "fixmedinsBchno": "TEXT"},
        good | {"invCnt": "-3", "fixmedinsBchno": "BELOW"},
        good | {"invCnt": "约十盒", "fixmedinsBchno": "WORDS"},
        good | {"invCnt": None, "fixmedinsBchno": "NOTHING"},
        good | {"pric": "2,0", "fixmedinsBchno": "PRICE"},
    ]
    counter.server.then(whole(parts.core_answer(answer | {"data": rows})))
    page = counter.platform.goods.query_stock(counter.goods(goods.query_stock())).value
    assert [(row.upload_lot, row.quantity) for row in page.rows] == [
        ("TEXT", Quantity(125_000)),
        ("BELOW", Quantity(-30_000)),
    ]
    assert [row.upload_lot for row in page.unread] == ["WORDS", "NOTHING", "PRICE"]
    assert all(row.why and row.store_code == "SKU0001" for row in page.unread)


def test_another_page_than_asked_proves_nothing(counter):
    counter.server.then(whole(_answer("query_stock")))
    with pytest.raises(OutcomeUnknown):
        counter.platform.goods.query_stock(counter.goods(replace(goods.query_stock(), page=1)))


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({}, True),
        ({"pageNum": "1", "pages": "3"}, False),
        ({"pageNum": "1", "pages": "1"}, True),
        ({"pageNum": "1", "lastPage": "false", "pages": "1"}, False),
    ],
)
def test_when_a_page_is_the_last(fields, last):
    assert place(Fields(fields), 1, 5).last is last


@pytest.mark.parametrize("field", ["pages", "recordCounts", "pageNum"])
def test_a_page_count_is_a_plain_number(field):
    with pytest.raises(Unreadable):
        place(Fields({field: "１"}), 1, 0)


AT = datetime(2025, 6, 1, 2, 22, tzinfo=UTC)
READ = {
    Operation.QUERY_COUNTS: (
        "count",
        120_000,
        None,
        "",
        "7",
        datetime(2025, 5, 31, 16, tzinfo=UTC),
    ),
    Operation.QUERY_CHANGES: ("change", 20_000, None, "", "8", AT),
    Operation.QUERY_PURCHASES: ("purchase", 40_000, True, "FP0001", "9", AT),
    Operation.QUERY_SALES: ("sale", 10_000, None, "", "10", AT),
}


@pytest.mark.parametrize("operation", READ)
def test_records_on_file(counter, operation):
    counter.server.then(whole(_answer(operation.value)))
    message = counter.goods(goods.query_records(operation))
    (row,) = counter.platform.goods.query_records(message).value.rows
    kind, amount, returned, document, number, at = READ[operation]
    assert (row.kind, row.quantity, row.returned) == (kind, amount, returned)
    assert (row.document_no, row.record_no, row.happened_at) == (document, number, at)
    assert row.accepted_at == datetime(2025, 6, 1, 2, 23, tzinfo=UTC)
    assert (row.store_code, row.upload_lot, row.lot_no) == ("SKU0001", "B20250101001", "L2501")


def test_trails_by_code(counter):
    found = {}
    for operation in (Operation.QUERY_LOT_TRAIL, Operation.QUERY_SALE_TRAIL):
        counter.server.then(whole(_answer(operation.value)))
        message = counter.goods(goods.query_records(operation))
        (row,) = counter.platform.goods.query_records(message).value.rows
        found[operation] = (row.kind, row.code, row.document_no, row.quantity)
    code = "80000000000000000001"
    assert found == {
        Operation.QUERY_LOT_TRAIL: (None, code, "", None),
        Operation.QUERY_SALE_TRAIL: (g.RecordKind.SALE, code, "S202506010001", None),
    }


def test_the_trail_of_all_kinds_tells_which_way_goods_went(counter):
    counter.server.then(whole(_answer("query_stock_trail")))
    message = counter.goods(goods.query_records(Operation.QUERY_STOCK_TRAIL))
    rows = counter.platform.goods.query_records(message).value.rows
    assert [row.returned for row in rows] == [False, True]
    assert {row.kind for row in rows} == {g.RecordKind.SALE}
