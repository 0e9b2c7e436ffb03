"""``yaotai catalogue``: what is asked for, the bar, the statuses, and a polite stop."""

import json
import signal
from pathlib import Path

import pytest

from app.cli.catalogue import Bar, _stoppable
from app.cli.dispatch import dispatch
from app.cli.doors import CatalogueWish
from app.jobs.progress import Progress
from app.ports.catalogue import Hit, Listing
from app.profile.loader import base_of
from tests.support.fake_doors import FakeDoors
from tests.support.many_drugs import many_drugs

ROW = {"list": "drugs", "rows": 100, "done": 100, "total": 100, "complete": True}
WORD = {"code": "999", "label": "新险种", "valid": True, "known": False}


@pytest.mark.parametrize(("complete", "status"), [(True, 0), (False, 1)])
def test_a_download_tells_how_far_and_how_it_ended(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, complete: bool, status: int
) -> None:
    doors = FakeDoors(report={"complete": complete, "lists": [ROW]})
    asked = ["catalogue", "download", "--list", "drugs", "--data-dir", str(tmp_path)]
    assert dispatch(asked, lambda: doors) == status
    assert doors.wishes == [CatalogueWish(tmp_path, base_of("training"), ("drugs",))]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert " 50% drugs：50 / 100" in shown.err
    assert ("接着下" in shown.err) is not complete


def test_a_bar_speaks_by_full_tens(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    for done in range(1001):
        bar(Progress("catalogue.insured", done, 1000))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("%")[0].strip() for line in lines] == [str(n) for n in range(0, 101, 10)]


def test_ctrl_c_stops_behind_the_page_and_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with _stoppable() as token:
        assert not token.cancelled
        signal.raise_signal(signal.SIGINT)
        assert token.cancelled
    assert signal.getsignal(signal.SIGINT) is before


def test_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    (drug,) = many_drugs(1)
    doors = FakeDoors(hits=(Hit(Listing.INSURED, drug, carried=True),))
    assert dispatch(["catalogue", "search", "头孢", "片", "--json"], lambda: doors) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["typed"] == "头孢 片"
    assert (told["hits"][0]["code"], told["hits"][0]["carried"]) == (drug.code, True)
    assert dispatch(["catalogue", "search", "zz"], lambda: FakeDoors()) == 1
    assert "没有“zz”" in capsys.readouterr().err


def test_a_dictionary_that_differs_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    table = {"table": "insurance_kind", "kind": "insutype", "words": [WORD], "missing": ["390"]}
    report = {"agrees": False, "tables": [{**table, "agrees": False}]}
    doors = FakeDoors(report=report)
    assert dispatch(["catalogue", "words", "--table", "insurance_kind"], lambda: doors) == 1
    assert doors.wishes == ["insurance_kind"]
    shown = capsys.readouterr().err
    for said in ("insutype", "999 新险种", "390"):
        assert said in shown
