"""``yaotai catalogue``: lists by name, stopped and gone on with; dictionaries compared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.errors import Code, OperatorInput
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress
from app.ports import catalogue as k
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.catalogue.errand import DICTIONARIES, bring_lists, compare_words
from localdb.catalogue.store import SqlCatalogue
from tests.support.initials import initials
from tests.support.many_drugs import many_drugs
from tests.support.small_counter import SmallCounter

INSURED = k.Listing.INSURED


@pytest.fixture
def shop(small: SmallCounter, tmp_path: Path) -> Iterator[SmallCounter]:
    """A night's task: the day was opened by somebody who has left the till."""
    rules = msgspec.structs.replace(small.profile.rules, page_size_max=10)
    small.with_profile(msgspec.structs.replace(small.profile, rules=rules))
    small.fake.catalogue.rows[INSURED] = list(many_drugs(35))
    small.till.catalogue = opened = SqlCatalogue.open(tmp_path, "shop", bytes(32), initials())
    day.ensure_open(small.till)
    small.till.signed_in = None
    yield small
    opened.close()


def test_one_list_is_stopped_and_gone_on_with(shop: SmallCounter) -> None:
    token = CancelToken()

    def enough(step: Progress) -> None:
        if step.done == 20:
            token.cancel()

    report: Any = bring_lists(shop.till, ["insured"], enough, token)
    (row,) = report["lists"]
    assert not report["complete"]
    assert (row["list"], row["done"], row["total"], row["complete"]) == ("insured", 20, 35, False)
    report = bring_lists(shop.till, ["insured"])
    (row,) = report["lists"]
    assert report["complete"]
    assert (row["rows"], row["done"]) == (35, 35)


def test_a_list_nobody_gives_out_is_wrong_usage(shop: SmallCounter) -> None:
    with pytest.raises(OperatorInput) as told:
        bring_lists(shop.till, ["insured", "herrings"])
    assert told.value.code is Code.USAGE_WRONG
    assert told.value.params["what"] == "herrings"


def test_somebody_answers_for_it(small: SmallCounter, tmp_path: Path) -> None:
    small.till.catalogue = opened = SqlCatalogue.open(tmp_path, "shop", bytes(32), initials())
    small.till.signed_in = None
    with small.store.unit() as unit:
        unit.days.close(1, today(small.till), small.clock.now())
    for errand in (lambda: bring_lists(small.till, []), lambda: compare_words(small.till)):
        with pytest.raises(OperatorInput) as told:
            errand()
        assert told.value.code is Code.DAY_NOT_OPEN
    opened.close()


def words_of(shop: SmallCounter, table: str, *codes: str, valid: bool = True) -> None:
    kind = shop.profile.tables[DICTIONARIES][table]
    words = [k.DictionaryWord(kind, code, f"第{code}", valid) for code in codes]
    shop.fake.catalogue.words[kind] += words


def test_our_tables_beside_the_platforms(shop: SmallCounter) -> None:
    ours = tuple(shop.profile.tables["insurance_kind"])
    words_of(shop, "insurance_kind", *ours)
    report: Any = compare_words(shop.till, "insurance_kind")
    assert report["agrees"]
    words_of(shop, "insurance_kind", "510")
    words_of(shop, "insurance_kind", "999", valid=False)
    (found,) = compare_words(shop.till, "insurance_kind")["tables"]  # type: ignore[misc]
    assert not found["agrees"]
    assert [row["code"] for row in found["words"] if row["valid"] and not row["known"]] == ["510"]
    assert found["missing"] == []


def test_a_code_the_platform_has_not_is_missing(shop: SmallCounter) -> None:
    ours = tuple(shop.profile.tables["gender"])
    words_of(shop, "gender", *ours[1:])
    (found,) = compare_words(shop.till, "gender")["tables"]  # type: ignore[misc]
    assert (found["agrees"], found["missing"]) == (False, [ours[0]])
    with pytest.raises(OperatorInput):
        compare_words(shop.till, "herrings")
