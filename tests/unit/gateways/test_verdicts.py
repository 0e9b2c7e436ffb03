"""Which answer is a yes, which a no, and how many are neither (reliability 2.2)."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Bug, Code, NotSent, OutcomeUnknown, PlatformRejected
from app.gateways.assemble import open_platform
from app.gateways.envelopes.unreadable import UNREADABLE as NOT_READ
from app.gateways.envelopes.verdict import Forged, Replays
from app.ports.messages import WireFacts
from tests.support import platform_parts as parts
from tests.support.scripted_server import cut, hang_up, refused_url, whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"


def _output(operation: str) -> Any:
    return json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))


def _settled(**changes: object) -> bytes:
    output = _output("settle")
    output["setlinfo"].update(changes)
    return parts.core_answer(output)


def _refusal(text: str, code: object = -1) -> bytes:
    return parts.core_answer(None, infcode=code, err_msg=text)


def _settle(counter) -> Any:
    return counter.platform.core.settle(counter.core(parts.settle()))


HOSTILE = {
    "empty": b"",
    "cut_json": _settled()[:400],
    "garbage": b"\xff\xfe\x00garbage",
    "html": "<html>已结算</html>".encode(),
    "gbk": json.dumps({"infcode": 0, "err_msg": "成功"}, ensure_ascii=False).encode("gbk"),
    "array": b"[0]",
    "text_after_the_end": _settled() + b"{}",
    "no_infcode": b'{"err_msg":"","output":{}}',
    "null_infcode": b'{"infcode":null,"output":{}}',
    "duplicate_infcode": b'{"infcode":-1,"infcode":0,"output":{}}',
    "nan": _settled().replace(b"28.2,", b"NaN,"),
    "infinity": _settled().replace(b"28.2,", b"Infinity,"),
    "exponent": _settled(acct_pay="1e9999"),
    "underscore": _settled(acct_pay="15_00"),
    "full_width": _settled(acct_pay="１５.00"),
    "blank": _settled(acct_pay=" 15.00 "),
    "third_decimal": _settled(acct_pay="15.001"),
    "object_as_amount": _settled(acct_pay={"v": 15}),
    "missing_amount": _settled(psn_cash_pay=None),
    "does_not_add_up": _settled(psn_cash_pay=6.81),
    "personal_part_differs": _settled(psn_part_amt=21.81),
    "mixed_signs": _settled(acct_pay=21.80, psn_cash_pay=6.80, fund_pay_sumamt=50, balc=0).replace(
        b'"hosp_part_amt": 0', b'"hosp_part_amt": -28.60'
    ),
    "no_settlement_id": _settled(setl_id=None),
    "no_person": _settled(psn_no=""),
    "output_missing": parts.core_answer(None),
    "output_is_a_number": parts.core_answer(5),
    "half_a_character": _settled(setl_time="half").replace(b"half", b"\\ud800"),
    "deep": b'{"infcode":0,"output":' + b'{"a":' * 200 + b"1" + b"}" * 201,
    "very_deep": b'{"infcode":0,"output":' + b"[" * 100_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_unreadable_settlement_answer_is_never_a_no(counter, body):
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(counter)
    assert raised.value.code in NOT_READ
    facts = raised.value.evidence
    assert isinstance(facts, WireFacts)
    assert facts.first_byte_left
    assert facts.failure


FORGED = {
    "other_person": _settled(psn_no="35020000000000000002"),
    "other_message": _settled(medins_setl_id="P35020300001202506011022000008"),
}


@pytest.mark.parametrize("body", FORGED.values(), ids=FORGED.keys())
def test_an_answer_to_another_question_is_forged(counter, body):
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(counter)
    assert raised.value.code is Code.ANSWER_FORGED


def test_yesterdays_answer_is_forged(counter):
    body = _settled()
    counter.server.then(whole(body), whole(body))
    _settle(counter)
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(counter)
    assert raised.value.code is Code.ANSWER_FORGED
    assert raised.value.evidence.failure == "seen_before"


def test_amounts_as_text_and_infcode_as_text_are_read(counter):
    output = _output("settle")
    node = output["setlinfo"]
    node.update({k: str(v) for k, v in node.items() if isinstance(v, int | float)})
    counter.server.then(whole(parts.core_answer(output, infcode="0")))
    assert _settle(counter).value.facts.amounts == parts.AGREED


def test_output_as_json_text_is_read(counter):
    text = json.dumps(_output("settle"), ensure_ascii=False)
    counter.server.then(whole(parts.core_answer(text)))
    assert _settle(counter).value.facts.settlement_id == "400000001"


def test_a_region_without_the_echo_settles(counter):
    counter.server.then(whole(_settled(medins_setl_id=None)))
    assert _settle(counter).value.message_id_echo == ""


@pytest.mark.parametrize(
    "status", [201, 204, 301, 307, 400, 401, 404, 408, 429, 500, 502, 503, 504]
)
def test_every_status_but_200_leaves_the_settlement_unknown(counter, status):
    counter.server.then(whole(_settled(), status))
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(counter)
    assert raised.value.code in (Code.SETTLEMENT_UNKNOWN, Code.ANSWER_MISSING)
    assert raised.value.evidence.first_byte_left


@pytest.mark.parametrize(
    ("request_name", "code"),
    [
        ("settle", Code.SETTLEMENT_UNKNOWN),
        ("revoke", Code.REFUND_UNKNOWN),
        ("upload_sale", Code.UPLOAD_UNKNOWN),
        ("return_sale", Code.UPLOAD_UNKNOWN),
        ("reverse", Code.ANSWER_MISSING),
        ("query_person", Code.ANSWER_MISSING),
    ],
)
@pytest.mark.parametrize("act", [hang_up, cut(b"{}", 3)], ids=["hang_up", "cut"])
def test_no_answer_says_what_is_unknown(counter, request_name, code, act):
    counter.server.then(act)
    name = {"revoke": "revoke_settlement"}.get(request_name, request_name)
    message = counter.core(getattr(parts, request_name)())
    with pytest.raises(OutcomeUnknown) as raised:
        getattr(counter.platform.core, name)(message)
    assert raised.value.code is code


def test_nothing_left_is_not_sent(counter):
    platform = open_platform(counter.profile, parts.access(refused_url()), parts.SteadyClock())
    with pytest.raises(NotSent) as raised:
        platform.core.settle(counter.core(parts.settle()))
    platform.close()
    assert raised.value.code is Code.DID_NOT_LEAVE
    assert not raised.value.evidence.first_byte_left


def test_a_refused_settlement_is_unknown_until_the_region_lists_it(open_counter):
    text = "人员未参保或参保状态异常"
    strict = open_counter(parts.training(definite_rejects=()))
    strict.server.then(whole(_refusal(text)))
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(strict)
    assert raised.value.code is Code.SETTLEMENT_UNKNOWN
    assert raised.value.evidence.platform_text == text

    listed = open_counter(parts.training(definite_rejects=("人员未参保",)))
    listed.server.then(whole(_refusal(text)))
    with pytest.raises(PlatformRejected) as refused:
        _settle(listed)
    assert refused.value.code is Code.SETTLEMENT_REFUSED
    assert (refused.value.platform_code, refused.value.platform_text) == ("-1", text)


@pytest.mark.parametrize("text", ["请求超时", "Read TIMEOUT", "系统忙", "网络异常"])
def test_a_no_that_means_nobody_knows_is_unknown(open_counter, text):
    listed = open_counter(parts.training(definite_rejects=("-1",)))
    listed.server.then(whole(_refusal(text)), whole(_refusal(text)), whole(_refusal(text)))
    with pytest.raises(OutcomeUnknown):
        _settle(listed)
    with pytest.raises(OutcomeUnknown):
        listed.platform.core.upload_sale(listed.core(parts.upload_sale()))
    # asking again harms nobody: a person query that failed is simply a no
    with pytest.raises(PlatformRejected):
        listed.platform.core.query_person(listed.core(parts.query_person()))


def test_a_refused_reversal_is_a_no_with_its_reason(counter):
    counter.server.then(whole(_refusal("未查询到原交易")))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.core.reverse(counter.core(parts.reverse()))
    assert raised.value.platform_text == "未查询到原交易"


def test_a_missing_sign_in_is_named(counter):
    counter.server.then(whole(_refusal("未签到或签到已失效，请重新签到")))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.core.query_person(counter.core(parts.query_person()))
    assert raised.value.code is Code.SIGN_IN_REQUIRED


def test_a_refusal_gets_the_code_the_region_gives_its_words(counter):
    counter.server.then(whole(_refusal("追溯码8000已有销售记录，不得重复上传")))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.core.upload_sale(counter.core(parts.upload_sale()))
    assert raised.value.code is Code.CODE_SOLD_ELSEWHERE


@pytest.mark.parametrize(
    "output",
    [
        {"retRslt": "0", "msgRslt": "追溯码重复"},
        {"retRslt": 0, "msgRslt": "追溯码重复"},
        {"result": {"retRslt": "0", "msgRslt": "追溯码重复"}},
        {"result": [{"retRslt": "1"}, {"retRslt": "0", "msgRslt": "追溯码重复"}]},
        {"selinfoErrDetail": [{"retRslt": "0", "msgRslt": "追溯码重复"}]},
        {"ret_rslt": "2", "msg_rslt": "追溯码重复"},
    ],
)
def test_an_inner_no_is_a_no(counter, output):
    counter.server.then(whole(parts.core_answer(output)))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.core.upload_sale(counter.core(parts.upload_sale()))
    assert raised.value.code is Code.SALE_REFUSED
    assert raised.value.platform_text == "追溯码重复"
    assert isinstance(raised.value.evidence, WireFacts)


@pytest.mark.parametrize("output", [None, {}, {"result": None}, {"result": {"retRslt": "1"}}])
def test_an_old_region_says_yes_without_words(counter, output):
    counter.server.then(whole(parts.core_answer(output)))
    assert counter.platform.core.upload_sale(counter.core(parts.upload_sale())).value.text == ""


def test_somebody_else_instead_of_the_person_asked_for(counter):
    counter.server.then(whole(parts.core_answer(_output("query_person"))))
    asked = parts.q.QueryPerson(parts.credential("测试乙", "000000190001019999"))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.query_person(counter.core(asked))
    assert raised.value.code is Code.ANSWER_FORGED


def test_a_revocation_that_gives_nothing_back_proves_nothing(counter):
    output = _output("settle")
    counter.server.then(whole(parts.core_answer(output)))
    with pytest.raises(OutcomeUnknown):
        counter.platform.core.revoke_settlement(counter.core(parts.revoke()))


def test_an_empty_settlement_query_proves_nothing(counter):
    counter.server.then(whole(parts.core_answer({"setlinfo": None})))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.query_settlement(counter.core(parts.query_settlement()))
    assert raised.value.code is Code.FOUND_ABSENT


@pytest.mark.parametrize(("sent", "refunded"), [("0", False), ("1", True), ("001", True)])
def test_a_found_settlement_says_whether_it_was_refunded(counter, sent, refunded):
    output = _output("settle")
    output["setlinfo"]["refd_setl_flag"] = sent
    counter.server.then(whole(parts.core_answer(output)))
    message = counter.core(parts.query_settlement())
    found = counter.platform.core.query_settlement(message).value
    assert found.refunded is refunded
    assert found.facts.amounts == parts.AGREED


def test_a_reader_that_breaks_leaves_the_outcome_unknown(counter, monkeypatch):
    def breaks(*_: object) -> None:
        raise KeyError("350203199001011234")

    monkeypatch.setattr("app.gateways.wording.settlement.settled", breaks)
    counter.server.then(whole(_settled()))
    with pytest.raises(OutcomeUnknown) as raised:
        _settle(counter)
    assert raised.value.code is Code.ANSWER_UNREADABLE
    assert isinstance(raised.value.evidence, WireFacts)
    assert raised.value.evidence.failure == "reader_KeyError"


def test_an_operation_without_an_address_never_leaves(counter):
    bare = parts.access(counter.server.url)
    platform = open_platform(
        counter.profile,
        parts.replace(bare, endpoints={}),
        parts.SteadyClock(),
    )
    with pytest.raises(Bug):
        platform.core.settle(counter.core(parts.settle()))
    platform.close()
    assert counter.server.heard == []


def test_every_message_carries_the_gateway_headers(counter):
    counter.server.then(whole(_settled()))
    _settle(counter)
    heard = counter.server.heard[0]
    assert heard.header("x-tif-paasid") == "demo-paasid"
    assert heard.header("x-tif-timestamp") == str(int(parts.NOW.timestamp()))
    assert len(heard.header("x-tif-signature")) == 64
    assert heard.header("Content-Type") == "application/json"


def test_money_never_shares_a_connection(counter):
    counter.server.then(*[whole(_settled(), 500)] * 2, *[whole(parts.core_answer({}))] * 2)
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            _settle(counter)
    connections = [heard.connection for heard in counter.server.heard]
    assert len(set(connections)) == 2


def test_a_refund_of_another_visit_is_forged(counter):
    output = _output("revoke_settlement")
    output["setlinfo"]["mdtrt_id"] = "300000009"
    counter.server.then(whole(parts.core_answer(output)))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.revoke_settlement(counter.core(parts.revoke()))
    assert raised.value.code is Code.ANSWER_FORGED


def test_another_settlement_than_the_one_asked_for_is_forged(counter):
    output = _output("settle")
    output["setlinfo"]["setl_id"] = "400000009"
    counter.server.then(whole(parts.core_answer(output)))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.query_settlement(counter.core(parts.query_settlement()))
    assert raised.value.code is Code.ANSWER_FORGED


def test_another_voucher_than_the_one_shown_is_forged(counter):
    answer = _output("decode_voucher")
    answer["data"]["ecQrCode"] = "4240000000000000000200350000"
    counter.server.then(whole(json.dumps(answer).encode()))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.voucher.decode(counter.voucher(parts.decode_voucher()))
    assert raised.value.code is Code.ANSWER_FORGED


def test_the_memory_of_answers_is_bounded_and_forgets_the_oldest():
    seen = Replays(remembered=2)
    for mark in ("a", "b", "", "", "c"):
        seen.check(mark)
    with pytest.raises(Forged):
        seen.check("c")
    seen.check("a")
