"""Whole visits through a real library that is loaded, crashes, hangs and falls silent."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.domain.settlement import Attempt, AttemptState
from app.profile.loader import load
from app.profile.operations import Operation
from app.sandbox.server import running_sandbox
from app.workflow.views.case import CaseView, Whereabouts
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.robot import Robot
from tests.support.vendor_library import VendorLibrary
from tests.support.visit import a_visit
from ui.errors import sentences

SIGNATURES = (
    "fujian+library",
    "fujian+library+library_plain",
    "fujian+library+library_configured",
    "yunnan+library+library_plain",
)
Behind = tuple[Bench, VendorLibrary]
Open = Callable[..., Behind]


@pytest.fixture
def open_counter(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(region: str = SIGNATURES[0]) -> Behind:
            profile = load(region, "training").profile
            sandbox = stack.enter_context(running_sandbox(seed=1, profile=region))
            vendor = VendorLibrary.installed(tmp_path / "vendor", profile, sandbox.url)
            ready = vendor.ready(sandbox.ready)
            counter = stack.enter_context(a_counter_at(ready, tmp_path / "till", KeptPapers()))
            return counter, vendor

        yield opened


def stands_once(bench: Bench, case: CaseView) -> None:
    """One settlement and one sale of every box, in the platform's own books."""
    state = bench.platform_state()
    assert state["settlements"]["active"] == 1
    with bench.store.reading() as unit:
        facts = unit.cases.get(case.case_id).facts
    assert state["sold_codes"] == sorted(p.code for line in facts.lines for p in line.packs)


@pytest.mark.parametrize("region", SIGNATURES)
def test_a_visit_goes_through_the_library(open_counter: Open, region: str) -> None:
    bench, vendor = open_counter(region)
    case = a_visit(bench).until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY)
    assert case.money.where is Whereabouts.THEIRS
    stands_once(bench, case)
    calls = vendor.trace()
    assert calls.count("opened") == 1
    assert calls.count("sent") == calls.count("answered") >= 9
    by_library = bench.till.profile.voucher.ec_decode_channel == "B4"
    assert ("decoding" in calls) is by_library


def attempt_of(bench: Bench, case: CaseView) -> Attempt:
    """The newest attempt of the case."""
    with bench.store.reading() as unit:
        found = unit.attempts.of_case(case.case_id)
    assert found is not None
    return found


def settled_with(bench: Bench, vendor: VendorLibrary, fault: str) -> CaseView:
    """A visit whose library misbehaves in the middle of its settlement."""
    visit = a_visit(bench)
    case = visit.until(Step.SETTLE)
    vendor.fault(fault, Operation.SETTLE)
    return visit.settle(case)


@pytest.mark.parametrize("fault", ["crash_after", "hang_after", "empty_after", "beyond_after"])
def test_a_settlement_that_stands_is_found_and_undone_by_its_message(
    open_counter: Open, fault: str
) -> None:
    bench, vendor = open_counter()
    case = settled_with(bench, vendor, fault)
    assert (case.step, case.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert case.banner is not None
    assert case.banner.code == Code.SETTLEMENT_UNKNOWN
    assert bench.platform_state()["settlements"] == {"active": 1}
    lost = attempt_of(bench, case)
    assert lost.state is AttemptState.UNKNOWN

    robot = Robot(a_visit(bench), case_id=case.case_id)
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    stands_once(bench, case)
    # the lost one was reversed by its message number; the one that stands is another message
    assert bench.platform_state()["settlements"] == {"active": 1, "reversed": 1}
    stands = attempt_of(bench, case)
    assert stands.state is AttemptState.SETTLED
    (active,) = bench.platform_state()["active_settlements"]
    assert active["msgid"] == stands.message_id != lost.message_id


def test_a_settlement_that_never_was_is_cleared_up_the_same_way(open_counter: Open) -> None:
    bench, vendor = open_counter()
    case = settled_with(bench, vendor, "crash_before")
    assert (case.step, case.phase) == (Step.SETTLE, Phase.UNKNOWN)
    assert bench.platform_state()["settlements"] == {}
    robot = Robot(a_visit(bench), case_id=case.case_id)
    case = robot.serve()
    assert case.step is Step.DONE, robot.seen
    stands_once(bench, case)
    assert bench.platform_state()["settlements"] == {"active": 1}


def test_a_till_that_dies_with_its_library_finds_the_settlement_again(open_counter: Open) -> None:
    bench, vendor = open_counter()
    case = settled_with(bench, vendor, "crash_after")
    bench.restart()
    assert bench.surface.view(case.case_id).phase is Phase.UNKNOWN
    robot = Robot(a_visit(bench), case_id=case.case_id)
    assert robot.serve().step is Step.DONE, robot.seen
    stands_once(bench, bench.surface.view(case.case_id))


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("empty_after", Code.LIBRARY_SILENT),
        ("utf8_after", Code.ANSWER_IS_UTF8),
        ("error_after", Code.LIBRARY_ERROR),
        ("full_after", Code.LIBRARY_OVERFLOW),
        ("business", Code.REFUSED),
    ],
)
def test_what_a_library_gets_wrong_is_named_with_what_to_do(
    open_counter: Open, fault: str, code: Code
) -> None:
    bench, vendor = open_counter()
    visit = a_visit(bench)
    vendor.fault(fault, Operation.QUERY_PERSON)
    case = visit.identify(visit.start())
    assert case.step is Step.IDENTIFY
    assert case.banner is not None
    assert case.banner.code == code
    told = sentences(code, dict(case.banner.params))
    assert told.happened
    assert "请" in told.remedy or "按" in told.remedy
    assert visit.identify(case).step is Step.DOWNLOAD


def test_without_its_library_the_counter_says_so_and_goes_on_when_it_is_back(
    open_counter: Open,
) -> None:
    # here a code is decoded without the library, so that only the money needs it
    bench, vendor = open_counter("fujian+library+library_plain")
    visit = a_visit(bench)
    case = visit.until(Step.SETTLE)
    bench.restart()
    library = vendor.folder / vendor.profile.library.file
    away = library.rename(library.with_suffix(".away"))
    case = visit.settle(visit.identify(bench.surface.view(case.case_id)))
    assert (case.step, case.phase) == (Step.SETTLE, Phase.READY)
    assert case.banner is not None
    assert case.banner.code == Code.LIBRARY_ABSENT
    away.rename(library)
    case = visit.settle(case)
    assert case.step is Step.HAND_OVER
    stands_once(bench, case)
