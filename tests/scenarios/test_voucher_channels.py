"""Whole visits by every way a region reads an e-voucher: by a terminal's library, by text."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.ports.devices import ScanSource
from app.profile.loader import load
from app.sandbox.server import running_sandbox
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.terminal_library import TerminalLibrary
from tests.support.visit import Visit, a_visit

Open = Callable[[str], Visit]


@pytest.fixture
def a_visitor(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(region: str) -> Visit:
            profile = load(region, "training").profile
            sandbox = stack.enter_context(running_sandbox(seed=1, profile=region))
            terminal, ready = None, sandbox.ready
            if profile.reads_by_terminal:
                terminal = TerminalLibrary.installed(tmp_path / "terminal", profile)
                ready = terminal.ready(ready)
            counter = stack.enter_context(a_counter_at(ready, tmp_path / "till", KeptPapers()))
            return a_visit(counter, terminal)

        yield opened


def code_of(visit: Visit) -> int | None:
    banner = visit.bench.surface.current().banner
    return banner.code if banner is not None else None


@pytest.mark.parametrize(
    "region",
    [
        "fujian+terminal",
        "yunnan+terminal+service_terminal",
        "fujian+code_as_it_is",
        "yunnan+code_of_the_city",
    ],
)
def test_a_visit_by_every_channel(a_visitor: Open, region: str) -> None:
    visit = a_visitor(region)
    case = visit.until(Step.DONE)
    assert (case.step, case.phase) == (Step.DONE, Phase.READY), case.banner
    assert visit.bench.platform_state()["settlements"] == {"active": 1}
    if visit.terminal is not None:
        # the customer and the pharmacist: two codes, each read and asked for once
        assert visit.terminal.trace().count("read") == 2


def test_a_terminal_that_falls_hangs_or_babbles_stops_nobody(a_visitor: Open) -> None:
    visit = a_visitor("fujian+terminal")
    terminal, bench = visit.terminal, visit.bench
    assert terminal is not None
    seen = {}
    for fault in ("crash", "minus_one", "nothing", "cancelled", "garbage"):
        terminal.fault(fault)
        outcome = bench.scan(visit.start(), "", ScanSource.TERMINAL)
        assert outcome.case.step is Step.IDENTIFY
        seen[fault] = code_of(visit)
    assert seen == {
        "crash": Code.LIBRARY_CRASHED,
        "minus_one": Code.LIBRARY_ERROR,
        "nothing": Code.LIBRARY_SILENT,
        "cancelled": Code.READING_CANCELLED,
        "garbage": Code.ANSWER_UNREADABLE,
    }
    assert visit.until(Step.AUDIT).step is Step.AUDIT


def test_a_code_out_of_a_plain_gun_is_worth_nothing_where_a_terminal_reads(
    a_visitor: Open,
) -> None:
    visit = a_visitor("fujian+terminal")
    case, bench = visit.start(), visit.bench
    for source in (ScanSource.WEDGE, ScanSource.CAMERA, ScanSource.TYPED):
        outcome = bench.scan(case, bench.voucher(visit.person.id_no), source)
        assert outcome.spoken.verdict.key == f"error.{int(Code.VOUCHER_BY_TERMINAL)}"
        assert outcome.case.phase is Phase.READY
    assert visit.terminal is not None
    assert visit.terminal.trace() == []


def test_where_no_terminal_is_the_key_says_so(a_visitor: Open) -> None:
    visit = a_visitor("fujian")
    outcome = visit.bench.scan(visit.start(), "", ScanSource.TERMINAL)
    assert outcome.spoken.verdict.key == f"error.{int(Code.NO_TERMINAL)}"


def test_a_reading_is_given_up_from_another_lane(a_visitor: Open) -> None:
    from threading import Thread

    from tests.support.waiting import until

    visit = a_visitor("fujian+terminal")
    bench: Bench = visit.bench
    case, terminal = visit.start(), visit.terminal
    assert terminal is not None
    reading = Thread(target=bench.scan, args=(case, "", ScanSource.TERMINAL))
    reading.start()
    until(lambda: "asked" in terminal.trace())
    bench.surface.leave_reading()
    reading.join(10)
    assert not reading.is_alive()
    assert code_of(visit) == Code.READING_LEFT
    assert visit.until(Step.DOWNLOAD).step is Step.DOWNLOAD
