"""Where the settlement carries its holder's password: typed once, for one message, kept nowhere."""

from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.credential import Secret
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.workflow.views.case import CaseView
from tests.support.counter import Bench, a_counter
from tests.support.visit import Visit, a_visit


def password_of(bench: Bench, visit: Visit) -> Secret:
    shown = next(p for p in bench.ready["persons"] if p["id_no"] == visit.person.id_no)
    return Secret(shown["password"])


def pay(bench: Bench, case: CaseView) -> CaseView:
    assert case.settle is not None
    assert case.settle.amounts is not None
    return bench.surface.settle(case.case_id, Fen(case.settle.amounts.cash))


def test_a_wrong_one_settles_nothing_and_the_right_one_once(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+holder_password") as bench:
        visit = a_visit(bench)
        case = visit.until(Step.SETTLE)
        assert case.needs_password
        with pytest.raises(OperatorInput) as told:
            pay(bench, case)
        assert told.value.code is Code.PASSWORD_NEEDED
        assert "settle" not in bench.platform_state()["messages"]

        case = bench.surface.by_password(case.case_id, Secret("9" * 7))
        assert not case.needs_password
        case = pay(bench, case)
        assert (case.step, case.phase, case.needs_password) == (Step.SETTLE, Phase.REJECTED, True)
        assert case.banner is not None
        assert case.banner.code == Code.PASSWORD_WRONG

        # what was typed is gone with the program
        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        assert (case.phase, case.needs_password) == (Phase.READY, False)
        bench.restart()
        case = bench.surface.current()
        case = visit.identify(case)
        assert (case.step, case.needs_password) == (Step.SETTLE, True)
        with bench.store.reading() as unit:
            assert password_of(bench, visit).reveal() not in repr(unit.cases.get(case.case_id))

        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        case = pay(bench, case)
        assert case.step is Step.HAND_OVER
        assert bench.platform_state()["settlements"] == {"active": 1}


def test_a_verified_password_travels_as_its_token(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+holder_token") as bench:
        visit = a_visit(bench)
        case = visit.until(Step.SETTLE)
        assert case.needs_password
        case = bench.surface.by_password(case.case_id, Secret("9" * 7))
        assert case.needs_password, "a wrong one is no token"
        assert case.banner is not None
        assert case.banner.code == Code.PASSWORD_WRONG
        assert "settle" not in bench.platform_state()["messages"]

        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        assert (case.needs_password, case.banner) == (False, None)
        case = pay(bench, case)
        assert case.step is Step.HAND_OVER
        assert bench.platform_state()["settlements"] == {"active": 1}
        with bench.store.reading() as unit:
            kept = repr(unit.cases.get(case.case_id))
        assert password_of(bench, visit).reveal() not in kept
