"""The code of a prescription, off a phone: whose it is, once, where the region can ask."""

from pathlib import Path

from app.domain.case import Phase, Step
from app.domain.errors import Code
from tests.support.counter import Bench, a_counter
from tests.support.visit import Visit, a_visit


def shown_code(bench: Bench, visit: Visit) -> str:
    """Of the prescription of this person that can be had."""
    mine = [rx for rx in bench.ready["prescriptions"] if rx["id_no"] == visit.person.id_no]
    return str(bench.post("show_rx_code", {"hi_rxno": mine[0]["hiRxno"]})["code"])


def test_a_shown_code_names_its_holder_once(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+online_circulation") as bench:
        visit = a_visit(bench)
        code = shown_code(bench, visit)
        told = bench.scan(visit.start(), code)
        case = told.case
        assert (case.step, case.banner) == (Step.DOWNLOAD, None), told.spoken
        assert case.patient is not None
        assert case.patient.name == visit.person.name
        assert code not in told.spoken.shown
        case = visit.settle(visit.finish(visit.scan(visit.audit(visit.prove(visit.choose(case))))))
        assert case.step is Step.HAND_OVER
        visit.hand_over(case)

        again = bench.scan(bench.surface.start(), code).case
        assert (again.step, again.phase) == (Step.IDENTIFY, Phase.REJECTED)
        assert again.banner is not None


def test_what_was_sent_here_is_found_without_its_code(tmp_path: Path) -> None:
    with a_counter(tmp_path, region="fujian+online_circulation") as bench:
        visit = a_visit(bench)
        case = visit.identify(visit.start())
        number = visit.takeable(case)[0].rx_number
        bench.post("send_rx", {"hi_rxno": number})
        case = bench.surface.ask_sent_here(case.case_id)
        assert case.select is not None
        assert [card.rx_number for card in case.select.cards if card.sent_here] == [number]
        case = bench.surface.choose(case.case_id, number)
        case = visit.settle(visit.finish(visit.scan(visit.audit(visit.prove(case)))))
        assert case.step is Step.HAND_OVER
        assert bench.platform_state()["rx_calls"]["query_online_rx"]["accepted"] == 1


def test_elsewhere_it_is_a_code_nobody_knows(tmp_path: Path) -> None:
    with a_counter(tmp_path) as bench:
        told = bench.scan(bench.surface.current(), "1" * 27)
        assert told.case.step is Step.IDENTIFY
        assert told.spoken.verdict.key == f"error.{int(Code.SCAN_UNKNOWN)}"
        assert "decode_rx_code" not in bench.platform_state()["rx_calls"]
