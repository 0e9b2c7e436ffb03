"""What a region may say about a record without an answer; nothing that is not built."""

from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.profile.loader import load, profile_folder, shipped
from app.profile.operations import Operation
from app.profile.unknown import CODED, UnknownRule, Way, rule_of


def region(folder: Path, rules: str) -> str:
    """The shipped regions and one more, called ``mine``, that extends the national one."""
    for entry in profile_folder().iterdir():
        if entry.name.endswith(".toml"):
            (folder / entry.name).write_text(entry.read_text("utf-8"), "utf-8")
    text = f'id = "mine"\nname = "m"\nextends = "national"\n[operations]\n{rules}\n'
    (folder / "mine.toml").write_text(text, "utf-8")
    return "mine"


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        ('upload_sale.on_unknown = "resend"\nupload_sale.on_absent = ""', UnknownRule(Way.RESEND)),
        ('upload_sale.on_unknown = "person"\nupload_sale.on_absent = ""', UnknownRule(Way.PERSON)),
        (
            'upload_sale.on_unknown = "query:query_sale_trail"',
            UnknownRule(Way.QUERY, Operation.QUERY_SALE_TRAIL),
        ),
        (
            'upload_sale.on_absent = "resend"',
            UnknownRule(Way.QUERY, Operation.QUERY_SALE_TRAIL, resend_absent=True),
        ),
    ],
)
def test_each_rule_is_read(tmp_path: Path, rules: str, rule: UnknownRule) -> None:
    mine = load(region(tmp_path, rules), folder=tmp_path).profile
    assert rule_of(mine, Operation.UPLOAD_SALE) == rule


@pytest.mark.parametrize(
    "rules",
    [
        'upload_sale.on_unknown = "query"',
        'upload_sale.on_unknown = "query:"',
        'upload_sale.on_unknown = "query:query_person"',
        'upload_sale.on_unknown = "query:no_such_thing"',
        'upload_sale.on_unknown = "perhaps"',
        'upload_sale.on_unknown = ""\nupload_sale.on_absent = ""',
        'audit.on_unknown = "query:query_audit"',
        'audit.on_absent = "person"',
        'settle.on_unknown = "resend"',
        'query_person.on_unknown = "person"',
        "query_sale_trail.enabled = false",
        'upload_sale.on_absent = "query"',
    ],
)
def test_a_rule_nobody_can_follow_is_refused_when_the_region_is_loaded(
    tmp_path: Path, rules: str
) -> None:
    with pytest.raises(LocalTrouble) as refused:
        load(region(tmp_path, rules), folder=tmp_path)
    assert refused.value.code is Code.PROFILE_INVALID


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_region_names_rules_that_are_built(name: str) -> None:
    overlays = ("training",) if name != "training" else ()
    for profile in (load(name).profile, load(name, *overlays).profile):
        for operation, part in profile.operations.items():
            if not part.on_unknown:
                continue
            rule = rule_of(profile, operation)
            assert (rule.query is not None) is (rule.way is Way.QUERY)
            assert rule.query is None or rule.query in CODED[operation]


def test_the_training_region_tells_again() -> None:
    profile = load("fujian", "training").profile
    for operation in (Operation.AUDIT, Operation.UPLOAD_SALE, Operation.RETURN_SALE):
        assert rule_of(profile, operation) == UnknownRule(Way.RESEND)
