"""Every code has its sentences, and they keep the rules of wording."""

import re

import pytest

from app.domain.errors import Code, NotSent, OperatorInput, PlatformRejected
from app.workflow.views.case import BannerKind
from ui import keys, text
from ui.errors import banner_kind, banner_of, sentences
from ui.text import error_table, has_text, placeholders

FIELDS = {"happened", "remedy", "happened_with", "remedy_with", "short", "actions"}
SENTENCE = "{wanted}"
"""What this step wants is a sentence of its own, with its own end."""
KNOWN = {
    "awaited",
    "typed",
    "on",
    "dates",
    "now",
    "seconds",
    "step",
    "used",
    "what",
    "profile",
    "prefix",
    "lacking",
    "foreign",
    "file",
    "operations",
    "faults",
    "scanned",
    "wanted",
    "drug",
    "expiry",
    "days",
    "when",
    "counter",
    "receipt",
    "lot",
    "table",
    "until",
    "since",
    "at",
    "cash",
    "missing",
    "reason",
    "line",
    "needed",
    "on_hand",
    "count",
    "oldest",
    "minutes",
    "left",
    "name",
    "sales",
    "box",
    "size",
    "most",
    "unit",
    "place",
    "known",
    "platform",
}
FORBIDDEN = ("系统异常", "未知错误", "操作失败", "亲", "！", "上传失败", "接口")


def test_every_code_has_a_text_and_no_text_is_without_a_code():
    assert set(error_table()) == {int(code) for code in Code}


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.name)
def test_sentences_keep_the_rules(code):
    entry = error_table()[int(code)]
    assert set(entry) <= FIELDS
    for part in ("happened", "remedy"):
        plain = str(entry[part])
        assert plain.endswith("。")
        assert not placeholders(plain), "the plain sentence stands without facts"
        rich = str(entry.get(f"{part}_with", ""))
        assert placeholders(rich) <= KNOWN
        assert not rich or (placeholders(rich) and rich.endswith(("。", SENTENCE)))
        for words in FORBIDDEN:
            assert words not in plain + rich
        assert plain.count("请") <= 4
    assert len(str(entry.get("short", ""))) <= 6
    for offer in entry["actions"]:
        assert has_text(f"shell.offer.{offer}")


def test_an_unknown_outcome_alone_is_called_unknown():
    for code in Code:
        happened = str(error_table()[int(code)]["happened"])
        if "不明" in happened:
            assert banner_kind(code) is BannerKind.UNKNOWN


def test_facts_are_used_only_when_all_of_them_came():
    rich = sentences(Code.SCAN_WRONG_PRODUCT, {"scanned": "缬沙坦片", "wanted": "瑞格列奈片"})
    poor = sentences(Code.SCAN_WRONG_PRODUCT, {"scanned": "缬沙坦片", "wanted": ""})
    assert "缬沙坦片" in rich.happened
    assert "瑞格列奈片" in rich.happened
    assert "缬沙坦片" not in poor.happened


def test_moments_and_amounts_are_written_for_the_counter():
    sold = sentences(
        Code.SCAN_SOLD_BEFORE,
        {"when": "2020-11-12T08:08+00:00", "counter": 1, "receipt": "0112-000317"},
    )
    short = sentences(Code.CASH_SHORT, {"missing": 1070})
    assert "2020-11-12" in sold.happened
    assert "T08" not in sold.happened
    assert "10.70" in short.happened


def test_a_trouble_becomes_a_banner_with_its_platform_text():
    banner = banner_of(PlatformRejected(Code.PRESCRIPTION_HELD, platform_text="已被占用"))
    assert (banner.kind, banner.platform_text) == (BannerKind.STOP, "已被占用")
    assert banner_of(NotSent(Code.DID_NOT_LEAVE)).kind is BannerKind.CALM
    assert banner_of(OperatorInput(Code.CHECKS_OPEN)).kind is BannerKind.ATTENTION
    assert banner_kind(Code.FOUND_SETTLED) is BannerKind.HEALED


def test_an_unheard_code_reads_as_our_own_fault():
    assert sentences(3999) == sentences(Code.BUG)


def test_every_offer_with_a_key_has_words():
    named = {key for key in text.texts() if re.fullmatch(r"shell\.offer\.\w+", key)}
    for name in keys.OFFERS:
        assert f"shell.offer.{name}" in named


@pytest.mark.parametrize("code", [Code.SCAN_UNKNOWN, Code.SCAN_NOT_TRACE_CODE])
@pytest.mark.parametrize(
    ("awaited", "word"),
    [
        ("identity", "医保码"),
        ("pharmacist", "药师"),
        ("box", "药盒"),
        ("sold_box", "卖出"),
        ("nothing", "不用扫码"),
    ],
)
def test_a_foreign_code_names_what_is_awaited_here(code: Code, awaited: str, word: str) -> None:
    remedy = sentences(code, {"awaited": awaited}).remedy
    assert word in remedy
    assert remedy.endswith("。")


def test_a_scan_that_is_not_kept_says_so() -> None:
    remedy = sentences(Code.SCAN_NOT_NOW).remedy
    assert "没有留下" in remedy
    assert "没有丢" not in remedy
