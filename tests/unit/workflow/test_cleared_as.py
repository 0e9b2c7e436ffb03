"""A settlement is cleared under one kind: a statement of another kind shows nothing of it."""

import json
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import ZERO, Amounts
from app.domain.settlement import AttemptState, prepare
from app.ports import replies as r
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.doubts import evidence
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked, _difference
from tests.support.small_counter import BOSS, PIN, SmallCounter, region

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)
OTHER_KIND = "11"
ZERO_BILL = Amounts(ZERO, ZERO, ZERO, ZERO)


def state_of(small: SmallCounter, view: CaseView) -> AttemptState:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found.state


def by_kind(small: SmallCounter) -> None:
    """The platform clears as ``OTHER_KIND`` and tells of the kind that is asked for alone, as the
    training platform does; a reversal is answered with yes and not carried out."""
    fake = small.fake
    honest = fake._settle

    def settle(message: Any) -> r.Settled:
        told = honest(message)
        facts = replace(told.facts, clearing_kind=OTHER_KIND)
        fake.books.settlements[message.draft.message_id] = Booked(facts, told.person_no)
        return replace(told, facts=facts)

    def lines(message: Any) -> r.FileStored:
        asked = message.draft.request
        known = {x["settlement_id"] for x in json.loads(fake.books.files[asked.file_query_no])}
        rows = [
            asdict(_difference(message_id, one))
            for message_id, one in fake.books.settlements.items()
            if one.facts.clearing_kind == asked.clearing_kind
            if one.facts.clearing_office == asked.clearing_office
            if one.facts.settlement_id not in known
        ]
        return fake._keep("differences", json.dumps(rows).encode())

    fake._settle = settle  # type: ignore[method-assign]
    fake._reconcile_lines = lines  # type: ignore[method-assign]
    fake._reverse = lambda message: None  # type: ignore[method-assign]


def test_what_is_cleared_under_another_kind_is_not_called_absent(small: SmallCounter) -> None:
    by_kind(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    for _ in range(4):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)
    assert len(small.fake.books.settlements) == 1
    assert state_of(small, view) is not AttemptState.REVERSED


def test_a_person_books_it_under_the_kind_it_was_found_under(small: SmallCounter) -> None:
    """So that the comparison of the day looks for it where it stands."""
    small.with_profile(region(max_reversals=1))
    by_kind(small)
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    for _ in range(3):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)
    assert state_of(small, view) is AttemptState.MANUAL
    shown = small.surface.gather_evidence(view.case_id)
    small.surface.decide_unknown(shown, AttemptState.SETTLED, "对账有", BOSS, PIN)
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    assert found.settled is not None
    assert found.settled.clearing_kind == OTHER_KIND


def test_what_is_handed_in_is_of_the_kind_that_is_asked_for(small: SmallCounter) -> None:
    """Count and sums are those of the file beside them; the usual kind is asked for first."""
    done = small.until(Step.DONE)
    small.fake.asked.clear()
    sought = prepare("P" + "1" * 29, ZERO_BILL, small.clock.now())
    found = evidence.statement(small.till, small.case(done), sought)
    assert found.clearing_kind == ""
    asked = [
        (request.clearing_kind, request.count)
        for operation, request in small.fake.asked
        if operation is Operation.RECONCILE_LINES
    ]
    assert asked == [("41", 1), ("11", 0), ("21", 0), ("99", 0)]
