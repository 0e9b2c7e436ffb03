"""Entitlement, lines as settled and the check ahead: reviewed messages, answers as they say."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import OutcomeUnknown
from app.domain.money import Fen
from app.ports import insurance as i
from app.ports import requests as q
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"
ASKED = {
    "check_entitlement": i.CheckEntitlement(parts.person(), "350299", "310", parts.NOW),
    "query_fees": i.QueryFees(parts.person(), "350299", "400000001", "300000001"),
    "preaudit": i.CheckAhead(parts.bill(), "300000001"),
}
TOTAL = (date(2025, 6, 1), date(2025, 6, 1), parts.AGREED, 1)
CORE = {
    "close_day": q.CloseDay("E01", "100001"),
    "query_settlement": parts.query_settlement(),
    "reconcile_totals": q.ReconcileTotals("310", "41", "350299", *TOTAL),
    "reconcile_lines": q.ReconcileLines("41", "350299", *TOTAL, "fsi000000000001"),
    "upload_file": q.UploadFile("statement.zip", b"PK\x03\x04"),
}


def exact(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def golden(operation, kind="request"):
    return exact((_GOLDEN / operation / f"{kind}.json").read_text("utf-8"))


def composed_as_reviewed(operation, draft):
    sent, wanted = exact(draft.wire), golden(operation)
    assert {name: sent[name] for name in wanted} == wanted
    assert draft.operation.value == operation


@pytest.mark.parametrize("operation", sorted(ASKED))
def test_questions(counter, operation):
    composed_as_reviewed(operation, counter.insurance(ASKED[operation]).draft)


@pytest.mark.parametrize("operation", sorted(CORE))
def test_sign_out_queries_and_files(counter, operation):
    composed_as_reviewed(operation, counter.core(CORE[operation]).draft)


def answered(counter, operation, answer=None):
    shown = answer or json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))
    counter.server.then(whole(parts.core_answer(shown)))
    return counter.insurance(ASKED[operation])


def test_benefits_and_why_not(counter):
    message = answered(counter, "check_entitlement")
    first, second = counter.platform.insurance.check_entitlement(message).value
    assert (first.entitled, first.begins, first.reason) == (True, date(2025, 1, 1), "")
    assert (second.entitled, second.reason) == (False, "未参加大额补助")


def test_somebody_else_s_benefits_prove_nothing(counter):
    other = {"trtinfo": [{"psn_no": "1", "trt_enjymnt_flag": "1"}]}
    with pytest.raises(OutcomeUnknown):
        counter.platform.insurance.check_entitlement(answered(counter, "check_entitlement", other))


def test_lines_as_they_were_settled(counter):
    message = answered(counter, "query_fees")
    first, second = counter.platform.insurance.query_fees(message).value
    assert (first.serial, first.amount, first.self_pay_first) == ("S202506010001-1", 2000, 0)
    assert (second.pay_class, second.self_pay_first, second.in_scope) == ("02", Fen(300), Fen(2700))


def test_what_a_rule_has_against_it(counter):
    (concern,) = counter.platform.insurance.check_ahead(answered(counter, "preaudit")).value
    assert (concern.rule, concern.text, concern.severity) == ("R17", "本月购药量已满", "2")
    assert (concern.amount, concern.evidence) == (Fen(1550), "本月已购4盒")


def test_nothing_against_it_is_an_empty_answer(counter):
    message = answered(counter, "preaudit", {"result": []})
    assert counter.platform.insurance.check_ahead(message).value == ()


def test_files_and_totals_are_read_as_they_say(counter):
    for operation, send in (
        ("reconcile_totals", counter.platform.core.reconcile_totals),
        ("reconcile_lines", counter.platform.core.reconcile_lines),
        ("upload_file", counter.platform.core.upload_file),
    ):
        shown = json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))
        counter.server.then(whole(parts.core_answer(shown)))
        value = send(counter.core(CORE[operation])).value
        if operation == "reconcile_totals":
            assert (value.equal, value.result) == (False, "000103")
        else:
            number = {"upload_file": "fsi000000000001", "reconcile_lines": "fsi000000000002"}
            assert value.file_query_no == number[operation]
