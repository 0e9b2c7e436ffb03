"""Judging without a wire: what a region's tables may say, and which words end a doubt."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from app.domain.errors import (
    Code,
    LocalTrouble,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.gateways.envelopes.verdict import Forged, InnerNo, Refusals, Replays, Verdicts
from app.gateways.transport.cage_words import CageWord
from app.gateways.transport.http import Exchanged
from app.gateways.transport.trust import CERTIFICATE_WORDS
from app.ports.messages import WireFacts
from app.profile.model import Profile
from app.profile.operations import Operation
from tests.support import platform_parts as parts

MONEY = (Operation.SETTLE, Operation.REVOKE_SETTLEMENT)


def facts(failure: str = "", *, left: bool = True, status: int | None = 200) -> WireFacts:
    return WireFacts(datetime(2026, 3, 2, tzinfo=UTC), left, 9, 9, status, 1, failure=failure)


def region(definite: tuple[str, ...] = (), **tables: dict[str, str]) -> Profile:
    profile = parts.training(definite_rejects=definite)
    return msgspec.structs.replace(profile, tables={**profile.tables, **tables})


@pytest.mark.parametrize("name", ["refusal_codes", "refusal_texts"])
@pytest.mark.parametrize("word", ["NO_SUCH_CODE", "SETTLEMENT_UNKNOWN", "DISK_FULL"])
def test_a_table_may_only_name_refusals(name: str, word: str) -> None:
    with pytest.raises(LocalTrouble) as wrong:
        Refusals(region(**{name: {"-9": word}}))
    assert wrong.value.code is Code.PROFILE_INVALID
    assert wrong.value.params["what"] == f"tables.{name}.-9"


def test_a_code_speaks_before_words_and_words_before_the_rule_of_the_call() -> None:
    tables = {"refusal_codes": {"-7": "TOKEN_REFUSED"}, "refusal_texts": {"无人": "PERSON_UNKNOWN"}}
    refusals = Refusals(region(**tables))
    assert refusals.code(Operation.SETTLE, "-7", "查无人") is Code.TOKEN_REFUSED
    assert refusals.code(Operation.SETTLE, "-1", "查无人") is Code.PERSON_UNKNOWN
    assert refusals.code(Operation.SETTLE, "-1", "") is Code.SETTLEMENT_REFUSED
    assert refusals.code(Operation.PRESETTLE, "-1", "") is Code.SETTLEMENT_REFUSED
    assert refusals.code(Operation.REVOKE_SETTLEMENT, "-1", "") is Code.REFUND_REFUSED
    assert refusals.code(Operation.REVERSE, "-1", "") is Code.REFUND_REFUSED
    assert refusals.code(Operation.UPLOAD_SALE, "-1", "") is Code.SALE_REFUSED
    assert refusals.code(Operation.RETURN_SALE, "-1", "") is Code.SALE_REFUSED
    assert refusals.code(Operation.QUERY_PERSON, "-1", "") is Code.REFUSED


@pytest.mark.parametrize("operation", MONEY)
@pytest.mark.parametrize(
    ("definite", "code", "text"),
    [((), "-1", "余额不足"), (("",), "-1", ""), (("-2",), "-1", "不足"), (("余额",), "-1", "超额")],
)
def test_money_is_refused_by_listed_words_only(
    operation: Operation, definite: tuple[str, ...], code: str, text: str
) -> None:
    told = Verdicts(region(definite)).refusal(operation, facts(), code, text)
    assert isinstance(told, OutcomeUnknown)
    assert told.evidence.failure == "refusal_not_definite"
    assert (told.evidence.platform_code, told.evidence.platform_text) == (code, text)


@pytest.mark.parametrize("operation", MONEY)
@pytest.mark.parametrize(("code", "text"), [("-2", ""), ("-1", "账户余额不足")])
def test_listed_words_refuse_money(operation: Operation, code: str, text: str) -> None:
    told = Verdicts(region(("-2", "余额不足"))).refusal(operation, facts(), code, text)
    assert isinstance(told, PlatformRejected)
    assert (told.platform_code, told.platform_text) == (code, text)
    assert told.evidence.platform_code == code


@pytest.mark.parametrize("operation", MONEY)
@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("-2", "系统异常 ORA-20001"),
        ("1301", "流水号202606013013010001处理失败"),
        ("E1", "NODE1 down"),
    ],
)
def test_a_listed_code_inside_a_sentence_refuses_no_money(
    operation: Operation, entry: str, text: str
) -> None:
    """The database of the platform fell behind the booking, and its number has that code in it."""
    verdicts = Verdicts(region((entry,)))
    assert isinstance(verdicts.refusal(operation, facts(), "-1", text), OutcomeUnknown)
    assert isinstance(verdicts.refusal(operation, facts(), entry, text), PlatformRejected)


@pytest.mark.parametrize(
    "text", ["系统忙", "请求超时", "Gateway TIMEOUT", "网络异常", "请稍后再试"]
)
@pytest.mark.parametrize(
    ("operation", "doubtful"),
    [
        (Operation.SETTLE, True),
        (Operation.REVERSE, True),
        (Operation.UPLOAD_SALE, True),
        (Operation.PRESETTLE, False),
        (Operation.QUERY_PERSON, False),
    ],
)
def test_busy_words_are_a_doubt_wherever_something_may_have_happened(
    operation: Operation, text: str, doubtful: bool
) -> None:
    told = Verdicts(region((text,))).refusal(operation, facts(), "-1", text)
    assert isinstance(told, OutcomeUnknown) is doubtful


def test_a_missing_sign_in_is_named_before_anything_else() -> None:
    told = Verdicts(region(("签到",))).refusal(Operation.SETTLE, facts(), "-1", "请重新签到")
    assert told.code is Code.SIGN_IN_REQUIRED


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("系统忙", Code.UPLOAD_UNKNOWN),
        ("请重新签到", Code.SIGN_IN_REQUIRED),
        ("无人", Code.PERSON_UNKNOWN),
        ("单据号不存在", Code.SALE_REFUSED),
    ],
)
def test_a_no_to_one_row_means_what_it_would_mean_alone(text: str, code: Code) -> None:
    verdicts = Verdicts(region(refusal_texts={"无人": "PERSON_UNKNOWN"}))
    assert verdicts.row_refused(Operation.UPLOAD_SALE, "0", text) is code


UNCLEAR = {
    Operation.SETTLE: Code.SETTLEMENT_UNKNOWN,
    Operation.REVOKE_SETTLEMENT: Code.REFUND_UNKNOWN,
    Operation.UPLOAD_SALE: Code.UPLOAD_UNKNOWN,
    Operation.RETURN_SALE: Code.UPLOAD_UNKNOWN,
    Operation.AUDIT: Code.AUDIT_UNKNOWN,
    Operation.REVERSE: Code.ANSWER_MISSING,
    Operation.PRESETTLE: Code.ANSWER_MISSING,
}


@pytest.mark.parametrize(("operation", "code"), UNCLEAR.items())
def test_each_call_has_its_own_unknown(operation: Operation, code: Code) -> None:
    verdicts = Verdicts(region())
    for why, status in (("deadline", None), ("cut", 200)):
        with pytest.raises(OutcomeUnknown) as raised:
            verdicts.body(operation, Exchanged(facts(why, status=status), None))
        assert (raised.value.code, raised.value.evidence.failure) == (code, why)
    with pytest.raises(OutcomeUnknown) as raised:
        verdicts.body(operation, Exchanged(facts(status=502), b"{}"))
    assert (raised.value.code, raised.value.evidence.failure) == (code, "http_502")


@pytest.mark.parametrize("why", ["too_long", "encoded"])
def test_an_answer_that_is_not_read_to_its_end_is_unreadable(why: str) -> None:
    with pytest.raises(OutcomeUnknown) as raised:
        Verdicts(region()).body(Operation.SETTLE, Exchanged(facts(why), None))
    assert (raised.value.code, raised.value.evidence.failure) == (Code.ANSWER_UNREADABLE, why)


@pytest.mark.parametrize(
    "why", ["refused", "connect_timeout", "handshake", "proxy", *sorted(CERTIFICATE_WORDS)]
)
def test_only_proof_that_nothing_left_is_not_sent(why: str) -> None:
    verdicts = Verdicts(region())
    with pytest.raises(NotSent):
        verdicts.body(Operation.SETTLE, Exchanged(facts(why, left=False, status=None), None))
    with pytest.raises(OutcomeUnknown):
        verdicts.body(Operation.SETTLE, Exchanged(facts(why, status=None), None))
    with pytest.raises(OutcomeUnknown):
        verdicts.body(Operation.SETTLE, Exchanged(facts("cut", left=False, status=None), None))


@pytest.mark.parametrize(
    ("operation", "trouble"),
    [(Operation.UPLOAD_SALE, PlatformRejected), (Operation.SETTLE, OutcomeUnknown)],
)
def test_a_library_that_says_no_refuses_records_and_leaves_money_open(
    operation: Operation, trouble: type[Trouble]
) -> None:
    """It hands over the platform's code and words, and no envelope with them."""
    told = replace(facts(CageWord.NO), platform_code="-2", platform_text="余额不足")
    with pytest.raises(trouble) as raised:
        Verdicts(region()).body(operation, Exchanged(told, None))
    assert raised.value.evidence is not None
    assert raised.value.evidence.platform_text == "余额不足"
    listed = Verdicts(region(("余额不足",)))
    with pytest.raises(PlatformRejected):
        listed.body(operation, Exchanged(told, None))


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("token_refused", Code.TOKEN_NOT_GIVEN),
        ("token_missing", Code.TOKEN_MISSING),
        ("refused", Code.DID_NOT_LEAVE),
    ],
)
def test_what_kept_a_message_from_leaving_is_named(why: str, code: Code) -> None:
    told = replace(facts(why, left=False, status=None), platform_text="账号停用")
    with pytest.raises(NotSent) as raised:
        Verdicts(region()).body(Operation.SETTLE, Exchanged(told, None))
    assert (raised.value.code, raised.value.params) == (code, {"reason": "账号停用"})


def test_a_sentence_about_an_answer_gets_its_words_and_no_gap() -> None:
    verdicts, told = Verdicts(region()), replace(facts(), platform_text="系统繁忙")
    assert verdicts.missing(Operation.SETTLE, told, "cut").params == {"reason": "系统繁忙"}
    assert verdicts.missing(Operation.SETTLE, facts(), "cut").params == {}
    lacking = verdicts.unreadable(facts(), "capitals_OUTPUT")
    assert (lacking.code, lacking.params) == (Code.ANSWER_IN_CAPITALS, {"what": "OUTPUT"})
    assert verdicts.unreadable(facts(), "not_json").params == {}


def test_a_whole_answer_with_status_200_is_handed_on() -> None:
    assert Verdicts(region()).body(Operation.SETTLE, Exchanged(facts(), b"{}")) == b"{}"


def test_reasons_are_kept_with_what_they_are_about() -> None:
    assert Forged("seen_before").reason == "seen_before"
    no: Any = InnerNo("0", "重复")
    assert (no.code, no.text) == ("0", "重复")
    verdicts = Verdicts(region())
    assert verdicts.forged(facts(), "why").evidence.failure == "why"
    assert verdicts.forged(facts(), "why").code is Code.ANSWER_FORGED
    assert verdicts.unreadable(facts(), "why").code is Code.ANSWER_UNREADABLE


def test_an_answer_without_a_mark_is_never_seen_before() -> None:
    seen = Replays(remembered=1)
    for _ in range(3):
        seen.check("")
    seen.check("a")
    with pytest.raises(Forged, match="seen_before"):
        seen.check("a")
    seen.check("b")
    seen.check("a")
