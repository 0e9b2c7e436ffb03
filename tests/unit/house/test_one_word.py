"""One concept has one word on screen and paper: a cashier does not have to guess twice."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from resources import FOLDER

GLOSSARY = (
    ("密码", r"口令", "what a person types to prove who they are"),
    ("退款", r"退费", "money going back"),
    (
        "退药",
        r"(?<!采购)退货|收回药品",
        "goods coming back from a customer; 采购退货 goes to a supplier",
    ),
    ("销售退回", r"退销售|销售退货", "the platform's record of a sale taken back"),
    ("退款", r"撤销结算", "the step that gives the money back"),
    (
        "医保码",
        r"电子凭证(?!密码)",
        "what a customer shows; 医保电子凭证密码 is the name of its password",
    ),
    ("扫", r"扫描(?!框)", "holding a code before the gun; 扫描框 is the field"),
    ("网络", r"线路", "what is gone when nothing can be sent"),
    ("结算号", r"结算编号|结算流水", "the platform's number of a settlement"),
    ("账户", r"个账", "the personal account"),
    ("操作日志", r"记进流水|流水账", "where acts are written down"),
    ("确认提醒", r"^已告知$", "what F7 does, on the bar, in the line and in the legend"),
    ("隔离盒", r"隔离区", "where a box waits that may not be sold"),
    ("上传", r"上报", "telling the platform"),
    ("登录", r"登陆", "signing in"),
    ("顾客", r"(?<!保证)患者|病人", "who stands at the counter; the printed form speaks of 患者"),
)


def sentences() -> Iterator[tuple[str, str]]:
    files = (*(FOLDER / "i18n").rglob("*.toml"), *(FOLDER / "errors").glob("*.toml"))
    for file in files:
        for key, words in _flat(tomllib.loads(file.read_text("utf-8"))):
            yield f"{Path(file).name} {key}", words


def _flat(table: dict[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        elif isinstance(value, str):
            yield f"{above}{key}", value


@pytest.mark.parametrize(("wanted", "other", "what"), GLOSSARY, ids=lambda part: part[:12])
def test_one_word_for(wanted: str, other: str, what: str) -> None:
    found = [f"{where}: {words}" for where, words in sentences() if re.search(other, words)]
    assert found == [], f"{what} is {wanted} here"
    assert any(wanted in words for _, words in sentences())
