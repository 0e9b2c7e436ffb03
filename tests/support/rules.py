"""A bench whose region follows other rules, laid over the training region as a file."""

from pathlib import Path

from app.profile.loader import load, profile_folder
from tests.support.counter import Bench

BY_PERSON = '{name}.on_unknown = "person"\n'
BY_QUERY = '{name}.on_unknown = "query:query_stock_trail"\n{name}.on_absent = "{absent}"\n'


def by_person(*names: str) -> str:
    """Records that only a person may end."""
    return _overlay(*(BY_PERSON.format(name=name) for name in names))


def by_query(*names: str, absent: str = "person") -> str:
    """Records the platform is asked about; ``absent`` says what an empty answer leads to."""
    rules = (BY_QUERY.format(name=name, absent=absent) for name in names)
    return _overlay("query_stock_trail.enabled = true\n", *rules)


def _overlay(*rules: str) -> str:
    return 'id = "rules"\nname = "r"\n[operations]\n' + "".join(rules)


def follow(bench: Bench, folder: Path, overlay: str) -> None:
    """Let the counter of ``bench`` follow ``overlay``; also needed again after its restart."""
    folder.mkdir(exist_ok=True)
    for entry in profile_folder().iterdir():
        if entry.name.endswith(".toml"):
            (folder / entry.name).write_text(entry.read_text("utf-8"), "utf-8")
    (folder / "rules.toml").write_text(overlay, "utf-8")
    bench.till.profile = load("fujian", "training", "rules", folder=folder).profile
