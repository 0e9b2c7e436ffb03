"""What a platform gets wrong, each named in a sentence that an integrator can act on."""

import json
from typing import Any

import pytest

from app.cli.output import sentence
from app.domain.errors import Code, OutcomeUnknown
from app.profile.loader import load
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole


def framed(output: object = None, **head: object) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(parts.core_answer(output, **head))
    return tree


def wire(tree: object, encoding: str = "utf-8") -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode(encoding)


def without(tree: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in tree.items() if key != name}


PERSON = {"baseinfo": {"psn_no": "1", "psn_name": "测试甲"}, "insuinfo": [], "idetinfo": []}
WRONG = {
    "gbk": (wire(framed(PERSON), "gb18030"), Code.ANSWER_IS_GBK, "gbk_not_utf8", ""),
    "no code": (
        wire(without(framed(PERSON), "infcode")),
        Code.ANSWER_WITHOUT_CODE,
        "missing_infcode",
        "",
    ),
    "another's words": (
        wire({"code": 401, "message": "网关拒绝"}),
        Code.ANSWER_WITHOUT_CODE,
        "missing_infcode",
        "",
    ),
    "capitals": (
        wire({**without(framed(), "output"), "OUTPUT": PERSON}),
        Code.ANSWER_IN_CAPITALS,
        "capitals_OUTPUT",
        "OUTPUT",
    ),
    "text for the output": (
        wire(framed("没有数据")),
        Code.ANSWER_TEXT_FOR_OBJECT,
        "text_output",
        "output",
    ),
    "text for a node": (
        wire(framed({**PERSON, "baseinfo": "测试甲"})),
        Code.ANSWER_TEXT_FOR_OBJECT,
        "text_baseinfo",
        "baseinfo",
    ),
    "text for a list": (
        wire(framed({**PERSON, "insuinfo": "310"})),
        Code.ANSWER_TEXT_FOR_OBJECT,
        "text_insuinfo",
        "insuinfo",
    ),
    "a field short": (
        wire(framed({**PERSON, "baseinfo": {"psn_name": "测试甲"}})),
        Code.ANSWER_LACKS,
        "missing_psnno",
        "psnno",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_is_named(counter: Any, wrong: str) -> None:
    body, code, reason, field = WRONG[wrong]
    counter.server.then(whole(body))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.query_person(counter.core(parts.query_person()))
    trouble = raised.value
    assert (trouble.code, trouble.evidence.failure) == (code, reason)  # type: ignore[attr-defined]
    told = sentence(trouble)
    assert field in told
    assert "信息人员" in told
    assert "结果不明" in told
    assert trouble.evidence.kept_reply  # type: ignore[attr-defined] # WireFacts


def test_money_is_as_unknown_as_before(counter: Any) -> None:
    for body, code, _, _ in WRONG.values():
        if code is Code.ANSWER_LACKS:
            continue
        counter.server.then(whole(body))
        with pytest.raises(OutcomeUnknown):
            counter.platform.core.settle(counter.core(parts.settle()))


def test_utf8_where_gbk_was_promised_is_named(open_counter: Any) -> None:
    region = parts.with_part(parts.training(), "core", encoding="gb18030")
    counter = open_counter(region)
    counter.server.then(whole(wire(framed(PERSON))))
    with pytest.raises(OutcomeUnknown) as raised:
        counter.platform.core.query_person(counter.core(parts.query_person()))
    assert raised.value.code is Code.ANSWER_IS_UTF8


def test_inner_names_in_capitals_are_read_all_the_same(counter: Any) -> None:
    """core-platform 2.3: regions write single names so, and nothing else is meant by it."""
    output = json.loads(json.dumps(PERSON | {"insuinfo": [_insurance()]}))
    output["BASEINFO"] = {k.upper(): v for k, v in output.pop("baseinfo").items()}
    counter.server.then(whole(wire(framed(output))))
    answer = counter.platform.core.query_person(counter.core(parts.query_person()))
    assert answer.value.person_no.reveal() == "1"


def _insurance() -> dict[str, str]:
    return {"insutype": "310", "psn_insu_stas": "1", "insuplc_admdvs": "350299", "balc": "1.00"}


def test_output_as_json_text_is_read(counter: Any) -> None:
    output = json.dumps(PERSON | {"insuinfo": [_insurance()]}, ensure_ascii=False)
    counter.server.then(whole(wire(framed(output))))
    answer = counter.platform.core.query_person(counter.core(parts.query_person()))
    assert answer.value.person_no.reveal() == "1"


def test_a_typing_slip_in_a_region_says_what_was_meant(tmp_path: Any) -> None:
    from app.domain.errors import LocalTrouble
    from app.profile.loader import profile_folder

    for entry in profile_folder().glob("*.toml"):
        (tmp_path / entry.name).write_bytes(entry.read_bytes())
    text = 'id = "mine"\nname = "m"\nextends = "national"\n[core]\ninfverr = "1"\n'
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(LocalTrouble) as raised:
        load("mine", folder=tmp_path)
    told = sentence(raised.value)
    assert "core.infverr" in told
    assert "infver" in told.replace("infverr", "")
