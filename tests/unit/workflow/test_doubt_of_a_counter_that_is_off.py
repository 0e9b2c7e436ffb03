"""Money in doubt at a counter that is off holds its customer back at every other one (0056):
there it can be read, and decided where that is a person's."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState, Restored
from app.profile.operations import Operation
from app.workflow.doubts.elsewhere import LATE
from app.workflow.doubts.views import OpenItem, Outcome
from app.workflow.settling import transition
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_lost_time import attempt_of
from tests.unit.workflow.test_two_prescriptions import at_counter_two

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def in_doubt_there(small: SmallCounter) -> int:
    two = at_counter_two(small)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    view = two.settle(two.until(Step.SETTLE))
    assert attempt_of(small, view).state is AttemptState.UNKNOWN
    return view.case_id


def listed(small: SmallCounter) -> tuple[OpenItem, ...]:
    """What 未结事项 shows here, as many as the frame counts."""
    items = small.surface.open_items()
    assert small.surface.desk().open_items == len(items)
    return items


def test_it_is_listed_at_the_counter_that_works(small: SmallCounter) -> None:
    case_id = in_doubt_there(small)
    assert case_id in [one.case_id for one in small.surface.open_items()]


def test_it_names_its_counter_and_who_looks_after_it(small: SmallCounter) -> None:
    in_doubt_there(small)
    (row,) = listed(small)
    assert (row.counter, row.next.key) == (2, "open.next.elsewhere")
    assert row.next_at is not None
    assert (row.waits_for_person, row.decidable, row.visit_here) == (False, False, False)
    assert small.surface.desk().badge.unknown_money == 0, "that of this counter"
    (own,) = at_counter_two(small).surface.open_items()
    assert (own.counter, own.next.key, own.visit_here) == (None, "open.next.waiting", True)


def test_where_it_was_not_looked_after_in_time_somebody_switches_that_counter_on(
    small: SmallCounter,
) -> None:
    in_doubt_there(small)
    (row,) = listed(small)
    assert row.next_at is not None
    small.clock.move(row.next_at - small.clock.now() + LATE + timedelta(seconds=5))
    (row,) = listed(small)
    assert (row.next.key, row.who.key, row.waits_for_person) == (
        "open.next.late",
        "open.who.counter",
        True,
    )


def test_what_another_counter_is_sending_right_now_is_not_in_doubt(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = at_counter_two(small)
    view = two.until(Step.SETTLE)
    honest, seen = small.fake._settle, []

    def on_the_wire(message: Any) -> Any:
        seen.append(listed(small))
        return honest(message)

    monkeypatch.setattr(small.fake, "_settle", on_the_wire)
    two.settle(view)
    assert seen == [()]


def test_what_a_power_cut_left_on_its_way_there_is_listed(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = at_counter_two(small)
    view = two.until(Step.SETTLE)

    def cut(_message: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(small.fake, "_settle", cut)
    with pytest.raises(KeyboardInterrupt):
        two.settle(view)
    assert attempt_of(small, view).state is AttemptState.SENDING
    small.clock.move(LATE + timedelta(seconds=5))
    (row,) = listed(small)
    assert (row.case_id, row.waits_for_person, row.visit_here) == (view.case_id, True, False)


def left_to_a_person(small: SmallCounter, case_id: int) -> None:
    with small.store.unit() as unit:
        case, attempt = unit.cases.get(case_id), unit.attempts.of_case(case_id)
        assert attempt is not None
        transition(small.till, unit, case, attempt, Restored(small.clock.now()))


def test_what_came_to_a_person_there_is_decided_here(small: SmallCounter) -> None:
    case_id = in_doubt_there(small)
    left_to_a_person(small, case_id)
    (row,) = listed(small)
    assert (row.counter, row.decidable, row.waits_for_person) == (2, True, True)
    small.clock.move(timedelta(minutes=3))
    doubt = small.surface.examine(case_id)
    assert doubt.item.counter == 2
    (choice,) = doubt.choices
    assert choice.outcome is Outcome.STANDS
    view: CaseView = small.surface.decide_doubt(doubt, Outcome.STANDS, "", "明细里有", BOSS, PIN)
    assert view.step is Step.HAND_OVER
    assert listed(small) == ()
    assert at_counter_two(small).surface.current().case_id == case_id, "its goods go there"
