"""The same visit over every channel to the prescription centre, whichever region wears it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from tests.support.counter import Bench, a_counter
from tests.support.visit import a_visit

DRESSED = ("fujian+centre_by_core", "fujian+hybrid", "yunnan+centre_by_core", "shanghai+hybrid")


@pytest.fixture(params=DRESSED)
def dressed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region=request.param) as opened:
        yield opened


def test_a_visit_from_code_to_receipt(dressed: Bench) -> None:
    case = a_visit(dressed).until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
