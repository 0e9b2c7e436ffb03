"""Field by field: each rule of the tables by a message that breaks it, and right ones that pass."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.profile.loader import load
from app.profile.operations import Operation
from app.sandbox.referee.fields.tables import tables
from app.sandbox.referee.room import Outcome, Referee, Ruling
from tests.support import integrator as one

JUDGE = Referee(load("national").profile)
SNAKE = Referee(load("fujian").profile)
KEYS = one.keys_file()
AT = datetime(2026, 11, 22, tzinfo=UTC)
AUDIT: dict[str, Any] = {
    "hiRxno": "350100020000000000000000000001",
    "epcToken": "T1",
    "ecToken": "E1",
    "fixmedinsCode": "P35010000001",
    "fixmedinsName": "测试大药房",
    "pharCertType": "01",
    "pharCertno": "350100199001010013",
    "pharCode": "YS1",
    "pharName": "钱测试",
    "rxChkOpnn": "合理",
    "rxChkTime": "2026-11-22 10:00:00",
    "rxChkStasCodg": "1",
    "rxSignVerifySn": "V1",
}
CORE: dict[str, Any] = {
    "infno": load("national").profile.address(Operation.UPLOAD_SALE),
    "msgid": "P350100000012026112210000000001"[:30],
    "mdtrtarea_admvs": "350100",
    "recer_sys_code": "YBXT",
    "infver": "V1.0",
    "opter_type": "1",
    "opter": "1",
    "opter_name": "钱测试",
    "inf_time": "2026-11-22 10:00:00",
    "fixmedins_code": "P35010000001",
    "fixmedins_name": "测试大药房",
}


def asked(content: Any, operation: str = "audit", judge: Referee = JUDGE, **more: Any) -> Ruling:
    message = one.head() | {"data": content}
    return judge.check(operation, json.dumps(message, ensure_ascii=False).encode(), **more)


def rules(ruling: Ruling) -> list[tuple[str, str]]:
    rows = ruling.document["violations"]
    assert isinstance(rows, list)
    assert ruling.document["ok"] is (rows == [])
    assert all(row["source"] and row["sentence"] for row in rows)
    return [(row["field"], row["rule"]) for row in rows]


def test_a_right_message_has_no_violation() -> None:
    ruling = asked(AUDIT)
    assert rules(ruling) == []
    assert ruling.outcome is Outcome.HOLDS


def test_a_sealed_message_is_opened_with_keys_only() -> None:
    signed = JUDGE.sign(KEYS, json.dumps(AUDIT).encode(), AT).document["message"]
    raw = json.dumps(signed).encode()
    assert rules(JUDGE.check("audit", raw, keys=KEYS)) == []
    refused = JUDGE.check("audit", raw)
    assert refused.outcome is Outcome.UNUSABLE
    assert "--keys" in refused.sentences[0]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"hiRxno": None}, "missing"),
        ({"hiRxno": ""}, "missing"),
        ({"hiRxno": 350100020000000000000000000001}, "type"),
        ({"hiRxno": "1" * 31}, "length"),
        ({"rxChkStasCodg": "7"}, "code"),
        ({"rxChkTime": "2026-11-22T10:00:00"}, "date"),
        ({"rxChkTime": "2026-02-30 10:00:00"}, "date"),
        ({"pharCertType": "1"}, ""),
        ({"rxChkStasCodg": 1}, ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_broken_rule_is_one_violation(change: dict[str, Any], rule: str) -> None:
    field = next(iter(change))
    assert rules(asked(AUDIT | change)) == ([(field, rule)] if rule else [])


@pytest.mark.parametrize("spelt", ["HIRXNO", "hi_rxno", "hirxno"])
def test_a_name_in_another_case_is_told_as_spelling(spelt: str) -> None:
    content = {spelt if name == "hiRxno" else name: v for name, v in AUDIT.items()}
    ruling = asked(content)
    assert rules(ruling) == [("hiRxno", "spelling")]
    assert spelt in ruling.sentences[0]


def test_places_in_lists_are_told_and_values_never() -> None:
    content = {"rxdrugdetail": [{"medListCodg": "X" * 51}, 3], "mdtrtinfo": [], "diseinfo": {}}
    ruling = asked(content, "precheck_rx")
    found = rules(ruling)
    assert ("rxdrugdetail[0].medListCodg", "length") in found
    assert ("rxdrugdetail[1]", "node") in found
    assert ("mdtrtinfo", "node") in found
    assert ("diseinfo", "node") in found
    assert "X" * 51 not in " ".join(ruling.sentences)


@pytest.mark.parametrize(
    ("value", "rule"),
    [("2.00", ""), ("2.123456", "scale"), ("1" * 13, "length"), ("two", "type"), (True, "type")],
)
def test_numbers(value: Any, rule: str) -> None:
    content = {"rxDrugCnt": value}
    found = [row for row in rules(asked(content, "precheck_rx")) if row[0] == "rxDrugCnt"]
    assert found == ([("rxDrugCnt", rule)] if rule else [])


def test_a_field_needed_by_another_is_missed_only_then() -> None:
    for kind, wanted in (("01", False), ("03", True)):
        found = rules(asked({"mdtrtCertType": kind}, "authorise"))
        assert (("cardSn", "missing") in found) is wanted


def test_an_answer_is_held_against_its_own_table() -> None:
    answer = {"code": 0, "message": "成功", "data": {"rxChkBizSn": "B1"}}
    raw = json.dumps(answer).encode()
    assert rules(JUDGE.check("audit", raw, response=True)) == []
    refusal = json.dumps({"code": -2001, "message": "处方不存在"}).encode()
    assert rules(JUDGE.check("audit", refusal, response=True)) == []


def test_the_envelope_itself_is_checked() -> None:
    assert ("appId", "missing") in rules(JUDGE.check("audit", json.dumps({"data": AUDIT}).encode()))
    assert ("data", "node") in rules(JUDGE.check("audit", json.dumps(one.head()).encode()))
    text = one.head() | {"data": json.dumps(AUDIT)}
    assert rules(JUDGE.check("audit", json.dumps(text).encode())) == [("data", "node")]
    capitals = one.head() | {"DATA": AUDIT}
    assert rules(JUDGE.check("audit", json.dumps(capitals).encode())) == [("data", "spelling")]


def test_a_core_message_is_checked_with_its_frame() -> None:
    address = load("national").profile.address(Operation.UPLOAD_SALE)
    whole = CORE | {"input": {"selinfo": [{}]}}
    found = rules(JUDGE.check("upload_sale", json.dumps(whole).encode()))
    assert found
    assert all(field.startswith("selinfo") for field, _ in found)
    other = CORE | {"infno": "1101", "input": {}}
    assert ("infno", "operation") in rules(JUDGE.check(address, json.dumps(other).encode()))


def test_a_region_that_spells_with_underscores_has_its_own_node() -> None:
    snake = {"rx_chk_up_info": {name_in_snake(name): v for name, v in AUDIT.items()}}
    whole = CORE | {"infno": load("fujian").profile.address(Operation.AUDIT)}
    assert rules(SNAKE.check("audit", json.dumps(whole | {"input": snake}).encode())) == []
    del snake["rx_chk_up_info"]["hi_rxno"]
    assert rules(SNAKE.check("audit", json.dumps(whole | {"input": snake}).encode())) == [
        ("hi_rxno", "missing")
    ]


def name_in_snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def test_an_operation_nobody_knows_is_told_with_those_known() -> None:
    ruling = asked({}, "sell_everything")
    assert ruling.outcome is Outcome.UNUSABLE
    assert "audit" in ruling.sentences[0]


def test_every_code_table_named_by_a_field_exists() -> None:
    known = tables()
    named = {
        f.codes for rows in known.nodes.values() for node in rows for f in node.fields if f.codes
    }
    assert named <= set(known.codes)
