"""The counter's model: one lane, one order, nothing stale, nothing twice."""

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent
from app.ports.devices import ScannedText, ScanSource
from app.workflow.views.case import BannerKind, BannerView
from tests.support.counter_fakes import PreparedWorkflow, StillClock
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import scan_case, settle_case, unknown_case
from tests.support.views import a_case, closed_case, identify_case
from ui.bridge import Bridge
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.places import Place, can_proceed, place_of


@pytest.fixture
def workflow() -> PreparedWorkflow:
    return PreparedWorkflow(scan_case())


@pytest.fixture
def counter(qtbot: QtBot, bridge: Bridge, workflow: PreparedWorkflow) -> CounterModel:
    made = CounterModel(workflow, bridge, StillClock(), bridge)
    made.begin()
    qtbot.waitUntil(lambda: made.case is not None and not made.busy)
    return made


def scanned(text: str) -> ScannedText:
    return ScannedText(text, ScanSource.SERIAL, 0.0)


def test_a_scan_behind_next_customer_belongs_to_the_new_case(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    fresh = replace(identify_case(), case_id=50, version=1)
    workflow.answers["next_customer"] = fresh
    counter.next_customer()
    counter.scan(scanned("8" * 20))
    qtbot.waitUntil(lambda: not counter.busy)
    assert ("accept", (50, "8" * 20)) in workflow.asked
    assert counter.case == fresh


def test_an_older_view_of_the_same_case_is_dropped(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    here = counter.case
    workflow.answers["acknowledge"] = replace(scan_case(), version=1)
    counter.intend(lambda case_id: workflow.acknowledge(case_id, 2, "customer_told"))
    qtbot.waitUntil(lambda: "acknowledge" in workflow.names() and not counter.busy)
    assert counter.case == here


def test_trouble_is_told_and_the_case_read_again(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    workflow.answers["finish"] = NotSent(Code.DID_NOT_LEAVE)
    with qtbot.waitSignal(counter.troubled) as told:
        counter.intend(workflow.finish)
    assert told.args[0].code is Code.DID_NOT_LEAVE
    qtbot.waitUntil(lambda: workflow.names()[-1] == "view")
    assert not counter.busy


def test_steps_that_run_by_themselves_run_once(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    waiting = a_case(Step.PRESETTLE, version=20)
    workflow.answers["finish"] = waiting
    workflow.answers["proceed"] = replace(settle_case(), version=21)
    counter.intend(workflow.finish, proceed=True)
    qtbot.waitUntil(lambda: counter.case.step is Step.SETTLE)
    assert workflow.names().count("proceed") == 1


@pytest.mark.parametrize("kind", [BannerKind.STOP, BannerKind.CALM, BannerKind.ATTENTION])
def test_a_refusal_waits_for_a_person(kind: BannerKind) -> None:
    assert can_proceed(a_case(Step.VERIFY))
    assert not can_proceed(a_case(Step.VERIFY, banner=BannerView(kind, 3012)))


def test_a_return_that_was_cut_short_goes_on_after_a_restart() -> None:
    assert can_proceed(a_case(Step.RETURN_SALE))


def test_what_healed_does_not_hold_up() -> None:
    assert can_proceed(a_case(Step.PRESETTLE, banner=BannerView(BannerKind.HEALED, 5011)))


@pytest.mark.parametrize("step", [Step.IDENTIFY, Step.AUDIT, Step.SCAN, Step.SETTLE, Step.DOWNLOAD])
def test_steps_of_people_never_run_by_themselves(step: Step) -> None:
    assert not can_proceed(a_case(step))


@pytest.mark.parametrize("phase", [Phase.SENT, Phase.UNKNOWN, Phase.REJECTED])
def test_only_a_ready_step_runs(phase: Phase) -> None:
    assert not can_proceed(a_case(Step.VERIFY, phase))


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("phase", list(Phase))
def test_every_position_has_a_page(step: Step, phase: Phase) -> None:
    assert place_of(a_case(step, phase)) in set(Place)


def test_pages_follow_the_parts_of_the_view() -> None:
    assert place_of(identify_case()) is Place.IDENTIFY
    assert place_of(select_case()) is Place.SELECT
    assert place_of(review_case()) is Place.AUDIT
    assert place_of(scan_case()) is Place.SCAN
    assert place_of(settle_case()) is Place.SETTLE
    assert place_of(unknown_case()) is Place.SETTLE_UNKNOWN
    assert place_of(closed_case()) is Place.CLOSED


def test_asking_again_never_sends_money(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    workflow.answers["view"] = replace(unknown_case(), version=30)
    counter.refresh()
    qtbot.waitUntil(lambda: counter.case.unknown is not None)
    before = len(workflow.names())
    counter.ask_again()
    qtbot.waitUntil(lambda: len(workflow.names()) > before and not counter.busy)
    assert set(workflow.names()[before:]) == {"view"}


def test_the_frame_is_read_once_for_what_moved_meanwhile(
    qtbot: QtBot, counter: CounterModel, workflow: PreparedWorkflow
) -> None:
    qtbot.waitUntil(lambda: counter.desk is not None)
    before = [name for name, _ in workflow.asked].count("desk")
    told: list[object] = []
    counter.desk_changed.connect(told.append)
    for _ in range(3):
        counter.intend(lambda case_id: workflow.acknowledge(case_id, 2, "customer_told"))
    qtbot.waitUntil(lambda: workflow.names().count("acknowledge") == 3 and not counter.busy)
    qtbot.waitUntil(lambda: bool(told))
    assert [name for name, _ in workflow.asked].count("desk") - before <= 2
