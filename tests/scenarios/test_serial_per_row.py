"""Where every reported row has a serial of its own, it is asked about and returned under it."""

from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from tests.support.counter import a_counter
from tests.support.visit import a_visit

REGION = "fujian+serial_per_row"
MANAGER = ("3001", "112358")


def test_a_sale_in_doubt_is_found_under_its_own_serial(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        visit = a_visit(bench)
        scanned = visit.scan(visit.until(Step.SCAN))
        bench.fault("upload_sale", "drop_after")
        case = visit.finish(scanned)
        assert (case.step, case.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
        bench.let_arrive()
        case = bench.surface.retry(case.case_id)
        assert case.step is Step.SETTLE, case.banner
        state = bench.platform_state()
        asked, told = state["messages"]["query_sale_trail"], state["messages"]["upload_sale"]
        assert asked["accepted"] >= 1
        assert told["all"] == state["uploads"]["sale"]["rows"], "found, and not told again"
        assert visit.settle(case).step is Step.HAND_OVER


@pytest.mark.deep
def test_what_is_not_found_waits_for_a_person(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        visit = a_visit(bench)
        scanned = visit.scan(visit.until(Step.SCAN))
        bench.fault("upload_sale", "drop_before")
        case = visit.finish(scanned)
        bench.let_arrive()
        case = bench.surface.retry(case.case_id)
        assert (case.step, case.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
        assert bench.surface.examine(case.case_id).choices


def test_a_return_takes_back_the_very_row(tmp_path: Path) -> None:
    with a_counter(tmp_path, region=REGION) as bench:
        case = a_visit(bench).until(Step.HAND_OVER)
        case = bench.surface.begin_return(case.case_id)
        assert bench.surface.revoke(case.case_id, *MANAGER).step is Step.CLOSED
        state = bench.platform_state()
        assert state["sold_codes"] == []
        told = state["uploads"]
        assert told["sale_return"] == told["sale"]
