"""The same counter, dressed as each live region: one file of scenarios, all regions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.credential import Secret
from app.domain.errors import Code
from app.domain.money import Fen
from app.profile.loader import load, shipped
from app.profile.operations import Operation
from app.workflow.calendar import today as day_of
from app.workflow.views.case import CaseView, Whereabouts
from resources.scenarios import trace_codes
from tests.support.counter import Bench, a_counter
from tests.support.duty import shows_up
from tests.support.reasons import give_reasons
from tests.support.robot import Robot
from tests.support.visit import Visit, a_visit, card_of

LIVE = [name for name in shipped() if name not in ("national", "training")]
BY_PASSWORD = [
    name for name in LIVE if load(name).profile.voucher.password_mode == "token_after_password"
]
WITHOUT = [name for name in LIVE if name not in BY_PASSWORD]


@pytest.fixture(params=LIVE)
def dressed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region=request.param) as opened:
        yield opened


def stands_once(bench: Bench, case: CaseView) -> None:
    """One settlement, one sale of every box, told to the neighbour this region names."""
    state = bench.platform_state()
    assert state["settlements"]["active"] == 1
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
    assert state["sold_codes"] == sorted(p.code for line in facts.lines for p in line.packs)
    told = state["rx_calls"].get("upload_rx_sale", {}).get("accepted", 0)
    assert bool(told) is (bench.till.profile.rules.sale_channel == "centre")


def the_upload(bench: Bench) -> str:
    """The operation by which this region tells a sale by prescription."""
    centre = bench.till.profile.rules.sale_channel == "centre"
    return (Operation.UPLOAD_RX_SALE if centre else Operation.UPLOAD_SALE).value


def test_a_visit_from_code_to_receipt(dressed: Bench) -> None:
    case = a_visit(dressed).until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
    assert case.money.where is Whereabouts.THEIRS
    stands_once(dressed, case)


def test_a_refusal_takes_the_told_sale_back(dressed: Bench) -> None:
    visit = a_visit(dressed)
    case = visit.until(Step.SCAN)
    dressed.fault("presettle", "reject")
    case = visit.finish(visit.scan(case))
    assert (case.step, case.phase) == (Step.PRESETTLE, Phase.REJECTED)
    assert dressed.surface.abandon(case.case_id).step is Step.CLOSED
    state = dressed.platform_state()
    assert state["settlements"] == {}
    assert state["sold_codes"] == []
    assert {kind: kept["rows"] for kind, kept in state["uploads"].items()} == {
        "sale": 1,
        "sale_return": 1,
    }


def test_a_refused_sale_is_told_again(dressed: Bench) -> None:
    visit = a_visit(dressed)
    case = visit.until(Step.SCAN)
    dressed.fault(the_upload(dressed), "reject")
    case = visit.finish(visit.scan(case))
    assert (case.step, case.phase) == (Step.UPLOAD_SALE, Phase.REJECTED)
    case = visit.settle(dressed.surface.retry(case.case_id))
    assert case.step is Step.HAND_OVER
    stands_once(dressed, case)


@pytest.mark.parametrize("call", ["sale", "settle"])
def test_an_answer_that_never_comes_is_cleared_up(dressed: Bench, call: str) -> None:
    dressed.fault(the_upload(dressed) if call == "sale" else call, "drop_after")
    robot = Robot(a_visit(dressed))
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    assert robot.seen
    stands_once(dressed, case)


def by_card(bench: Bench) -> tuple[Visit, CaseView]:
    visit = a_visit(bench)
    return visit, bench.surface.by_card(visit.start().case_id, card_of(visit.person))


def password_of(bench: Bench, visit: Visit) -> Secret:
    shown = next(p for p in bench.ready["persons"] if p["id_no"] == visit.person.id_no)
    return Secret(shown["password"])


@pytest.mark.parametrize("region", BY_PASSWORD)
def test_a_card_needs_the_password_of_its_holder(tmp_path: Path, region: str) -> None:
    with a_counter(tmp_path, region=region) as bench:
        visit, case = by_card(bench)
        assert (case.step, case.phase, case.needs_password) == (Step.AUTHORISE, Phase.READY, True)
        assert case.banner is not None
        assert case.banner.code == Code.PASSWORD_NEEDED
        assert bench.platform_state()["rx_calls"].get("authorise") is None

        case = bench.surface.by_password(case.case_id, Secret("9" * 7))
        assert case.banner is not None
        assert (case.banner.code, case.needs_password) == (Code.PASSWORD_WRONG, True)

        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        assert (case.step, case.needs_password) == (Step.DOWNLOAD, False)
        case = visit.settle(visit.finish(visit.scan(visit.audit(visit.prove(visit.choose(case))))))
        assert case.step is Step.HAND_OVER
        stands_once(bench, case)


@pytest.mark.parametrize("region", BY_PASSWORD)
def test_a_password_lives_no_longer_than_the_program(tmp_path: Path, region: str) -> None:
    with a_counter(tmp_path, region=region) as bench:
        visit, case = by_card(bench)
        bench.fault("authorise", "drop_before")
        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        assert (case.step, case.needs_password) == (Step.AUTHORISE, False)
        bench.restart()
        case = bench.surface.current()
        assert (case.step, case.needs_password) == (Step.AUTHORISE, True)
        with bench.store.reading() as unit:
            kept = repr(unit.cases.get(case.case_id).facts)
        assert password_of(bench, visit).reveal() not in kept
        case = bench.surface.by_password(case.case_id, password_of(bench, visit))
        assert case.step is Step.DOWNLOAD


@pytest.mark.parametrize("region", BY_PASSWORD)
def test_instead_of_a_password_the_code_is_shown(tmp_path: Path, region: str) -> None:
    with a_counter(tmp_path, region=region) as bench:
        visit, case = by_card(bench)
        case = visit.identify(case)
        assert (case.step, case.needs_password) == (Step.DOWNLOAD, False)


@pytest.mark.parametrize("region", WITHOUT)
def test_elsewhere_a_card_is_enough(tmp_path: Path, region: str) -> None:
    with a_counter(tmp_path, region=region) as bench:
        _, case = by_card(bench)
        assert (case.step, case.needs_password, case.banner) == (Step.DOWNLOAD, False, None)


def test_without_a_prescription_the_core_platform_is_told(dressed: Bench) -> None:
    today = day_of(dressed.till)
    box = next(
        trace_codes(lot)[0]
        for item in dressed.demo.items
        if not item.prescription_only
        for lot in item.lots
        if lot.quantity and lot.expires_on > today
    )
    shows_up(dressed.till)
    case = dressed.surface.sell_for_cash(dressed.surface.current().case_id)
    case = give_reasons(dressed.surface, dressed.scan(case, str(box)).case)
    case = dressed.surface.pay(dressed.surface.finish(case.case_id).case_id, Fen(100_000))
    assert case.step is Step.DONE
    assert dressed.surface.deliver() == 1
    state = dressed.platform_state()
    assert state["sold_codes"] == [str(box)]
    assert state["messages"]["upload_sale"]["accepted"] == 1
    assert "upload_rx_sale" not in state["rx_calls"]
