"""The field checker, and the stand-in's own answers held against its tables."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sandbox.fields import violations
from app.sandbox.tables import codes, nodes, refusals
from resources.scenarios import trace_codes
from tests.support.core_bill import bill, item, line, person, sale
from tests.support.core_client import CoreClient

_SALE = sale(item(), item().lots[0], trace_codes(item().lots[0])[:1], "S1")
GOOD = json.loads(json.dumps(_SALE), parse_float=Decimal)


def broken(**changes: Any) -> list[tuple[str, str]]:
    content = {"selinfo": GOOD["selinfo"] | changes}
    return [(v.field, v.rule) for v in violations("upload_sale", "request", content)]


def test_a_good_sale_breaks_nothing() -> None:
    assert broken() == []


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("phar_name", "", "missing"),
        ("phar_name", None, "missing"),
        ("phar_name", 7, "type"),
        ("phar_name", "药" * 51, "length"),
        ("rx_flag", "9", "code"),
        ("rx_flag", True, "type"),
        ("sel_retn_cnt", "1.00001", "scale"),
        ("sel_retn_cnt", "１", "type"),
        ("sel_retn_cnt", "1_000", "type"),
        ("sel_retn_cnt", "1e3", "type"),
        ("sel_retn_cnt", Decimal("1e400"), "type"),
        ("sel_retn_cnt", 10**13, "length"),
        ("sel_retn_cnt", [1], "type"),
        ("manu_date", "2025-02-30", "date"),
        ("manu_date", "20250201", "date"),
        ("sel_retn_time", "2025-02-01 24:00:00", "date"),
        ("sel_retn_time", "2025-02-0110:00:00", "date"),
    ],
)
def test_each_rule_is_found_at_its_field(field: str, value: object, rule: str) -> None:
    assert broken(**{field: value}) == [(f"selinfo.{field}", rule)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rx_flag", 1),
        ("psn_cert_type", "1"),
        ("sel_retn_cnt", "2.0000"),
        ("memo", None),
        ("a_field_of_tomorrow", object()),
    ],
)
def test_what_the_field_sends_otherwise_is_accepted(field: str, value: object) -> None:
    assert broken(**{field: value}) == []


def test_the_edition_decides_what_must_be_there() -> None:
    content = {"selinfo": GOOD["selinfo"] | {"phar_name": "", "hi_feesetl_type": ""}}

    def missing(edition: str) -> set[str]:
        return {v.field for v in violations("upload_sale", "request", content, edition)}

    assert missing("old") == {"selinfo.phar_name"}
    assert missing("new") == {"selinfo.hi_feesetl_type"}
    assert missing("union") == {"selinfo.phar_name", "selinfo.hi_feesetl_type"}


@pytest.mark.parametrize("node", [None, [], "x", 3])
def test_a_node_of_the_wrong_kind_is_named(node: object) -> None:
    found = violations("upload_sale", "request", {"selinfo": node})
    assert [(v.field, v.rule) for v in found] == [("selinfo", "node")]


def test_every_rule_has_a_sentence_with_its_source() -> None:
    found = violations("upload_sale", "request", {"selinfo": {}})
    assert found
    assert all("core-platform" in violation.sentence for violation in found)
    assert {"missing", "type", "length", "scale", "code", "date", "node"} <= set(
        refusals().sentences
    )


def test_every_code_table_named_by_a_field_exists() -> None:
    named = {
        row.codes
        for operation in ("settle", "upload_sale", "count_stock", "receive", "query_person")
        for table in nodes(operation, "request")
        for row in table.fields
        if row.codes
    }
    assert named
    assert named <= set(codes().codes)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["druginfo", "drugdetail", "drugtracinfo", "psn_no", "cnt", "begntime"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["druginfo", "drugdetail", "drug_trac_info"]), _JSON))
def test_no_shape_of_message_breaks_the_checker(content: dict[str, Any]) -> None:
    for violation in violations("settle", "request", content):
        assert violation.rule in refusals().sentences


def test_our_own_answers_keep_the_tables(counter: CoreClient) -> None:
    content = bill(person(), line("S1", item()))
    shown = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": person().id_no}}
    settled = counter.output("settle", content)
    undo = {k: settled["setlinfo"][k] for k in ("psn_no", "setl_id", "mdtrt_id")}
    answers = {
        "settle": settled,
        "query_person": counter.output("query_person", shown),
        "presettle": counter.output("presettle", bill(person(), line("S2", item(), 1, 1))),
        "revoke_settlement": counter.output("revoke_settlement", {"data": undo}),
        "query_stock": counter.output("query_stock", {"data": {"fixmedins_code": "P35010000001"}}),
    }
    for operation, output in answers.items():
        found = violations(operation, "response", output)
        assert [(operation, v.field, v.rule) for v in found] == []
