"""Rules of waiting records as region data: refused at load where a word or a rule is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.case import Kind
from app.domain.errors import Code, LocalTrouble
from app.domain.uploads import AnswerClass, Remedy
from app.profile.loader import load, profile_folder, shipped
from app.profile.operations import Operation
from app.profile.uploads import pace_of, rules_of

Wrong = Callable[[str], str]


@pytest.fixture
def wrong(tmp_path: Path) -> Wrong:
    """What loading the training region says once ``text`` is laid over it."""
    for entry in profile_folder().iterdir():
        if entry.name.endswith(".toml"):
            (tmp_path / entry.name).write_text(entry.read_text("utf-8"), "utf-8")

    def refused(text: str) -> str:
        (tmp_path / "own.toml").write_text(text, "utf-8")
        with pytest.raises(LocalTrouble) as trouble:
            load("fujian", "training", "own", folder=tmp_path)
        assert trouble.value.code is Code.PROFILE_INVALID
        return str(trouble.value.params["what"])

    return refused


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("operation", list(Operation))
def test_every_operation_of_every_region_has_a_whole_rule(name: str, operation: Operation) -> None:
    profile = load(name).profile
    part = profile.operations.get(operation)
    if part is not None and part.kind is Kind.TELL:
        assert rules_of(profile, operation).by_class.keys() == set(AnswerClass)
    assert pace_of(profile).most_tries >= 1


@pytest.mark.parametrize(
    ("regions", "doubt"),
    [
        (("national",), Remedy.QUERY),
        (("fujian",), Remedy.STOP),
        (("fujian", "training"), Remedy.RETRY),
    ],
)
def test_doubt_follows_what_the_region_says_of_repeats(
    regions: tuple[str, ...], doubt: Remedy
) -> None:
    rules = rules_of(load(*regions).profile, Operation.UPLOAD_SALE)
    assert rules.by_class[AnswerClass.UNCLEAR] is doubt
    assert rules.already_there == {Code.CODE_SOLD_ELSEWHERE}


def test_a_person_decides_where_a_region_says_nothing_else() -> None:
    rules = rules_of(load("national").profile, Operation.ERASE_UPLOAD)
    assert rules.by_class[AnswerClass.FORGED] is Remedy.STOP


def test_an_operation_may_speak_for_itself(tmp_path: Path) -> None:
    for entry in profile_folder().iterdir():
        if entry.name.endswith(".toml"):
            (tmp_path / entry.name).write_text(entry.read_text("utf-8"), "utf-8")
    (tmp_path / "own.toml").write_text(
        '[operations.return_sale.answers]\nSALE_REFUSED = "retry"\nforged = "stop"\n', "utf-8"
    )
    rules = rules_of(
        load("fujian", "training", "own", folder=tmp_path).profile, Operation.RETURN_SALE
    )
    assert rules.remedy(AnswerClass.REFUSED, Code.SALE_REFUSED) is Remedy.RETRY
    assert rules.remedy(AnswerClass.REFUSED, Code.REFUSED) is Remedy.STOP
    assert rules.remedy(AnswerClass.FORGED, None) is Remedy.STOP
    assert rules.remedy(AnswerClass.UNCLEAR, None) is Remedy.RETRY


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[uploads.answers]\nbored = "retry"', "bored"),
        ('[uploads.answers]\nrefused = "pray"', "pray"),
        ('[uploads.answers]\nunclear = "retry"', "in doubt"),
        ("[uploads]\nanswers = {}", "nothing said"),
        ("[uploads]\nfirst_gap_s = 0", "gaps"),
        ("[uploads]\nfirst_gap_s = 7200", "gaps"),
        ("[uploads]\ngrowth = 0", "gaps"),
        ("[uploads]\nmost_tries = 0", "gaps"),
        ("[uploads]\nlongest_gap_s = 7201", "longest_gap_s"),
        ("[uploads]\nat_once = 0", "at_once"),
        ("[uploads]\nat_once = 99", "at_once"),
        ("[uploads]\nlease_s = 30", "lease_s"),
        ('[operations.settle.answers]\nrefused = "retry"', "only a record"),
        ("[operations.query_person]\ndeferrable = true", "only a record"),
        ('[operations.audit.answers]\nNO_SUCH_CODE = "stop"', "NO_SUCH_CODE"),
        ('[operations.audit.answers]\nDISK_FULL = "stop"', "DISK_FULL"),
        ('[operations.audit.answers]\nrefused = "query"', "in doubt"),
        ('[operations.audit.answers]\nSALE_REFUSED = "query"', "in doubt"),
        ('[operations.receive.answers]\nunclear = "retry"', "may harm"),
        ('[operations.receive.answers]\nANSWER_MISSING = "retry"', "may harm"),
        ('[operations.audit]\nalready_there = ["ANSWER_MISSING"]', "already_there"),
        ('[operations.audit]\nalready_there = ["PARADISE"]', "already_there"),
        ("[operations.audit]\ndeferrable = true", "a token may not wait"),
        ('[operations.audit]\nafter = ["lunch"]', "lunch"),
    ],
)
def test_a_wrong_rule_refuses_to_load(wrong: Wrong, text: str, named: str) -> None:
    assert named in wrong(text)
