"""What goes in comes out: every repository on a real base."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.access import Role
from app.domain.case import Phase, Position, Signal, Step
from app.domain.counter_case import CaseEvent
from app.domain.errors import Bug, Code, OperatorInput
from app.domain.settlement import Attempt, AttemptState, Leg
from app.ports.messages import Staged
from app.ports.requests import OpenDay
from app.ports.store import (
    BusinessDay,
    MessageState,
    OutboxState,
    PrintKind,
    StaffMember,
    Unit,
)
from localdb.repositories.messages import SqlMessages
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a
from tests.support.bases import BOTH, SERVER

BASES = BOTH


def test_case_comes_back_as_it_was_saved(
    store: SqlStore, open_again: Callable[[], SqlStore]
) -> None:
    with store.unit() as unit:
        opened = unit.cases.open(a.a_case(), event_by=7)
    full = replace(opened, facts=a.full_facts(), parked_at=a.NOON, parked_note="等家属")
    with store.unit() as unit:
        saved = unit.cases.save(full)
    assert (opened.version, saved.version, saved.opened_by) == (1, 2, 7)
    with open_again().reading() as unit:
        assert unit.cases.get(opened.case_id) == replace(full, version=2)


def test_stale_save_is_refused_and_changes_nothing(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
    with store.unit() as unit:
        unit.cases.save(replace(case, parked_note="first"))
    with pytest.raises(OperatorInput) as refused, store.unit() as unit:
        unit.cases.save(replace(case, parked_note="second"))
    assert refused.value.code is Code.STEP_MOVED_ON
    with store.reading() as unit:
        assert unit.cases.get(case.case_id).parked_note == "first"


def test_events_keep_their_order_and_content(store: SqlStore) -> None:
    start, sent = Position(Step.IDENTIFY), Position(Step.IDENTIFY, Phase.SENT)
    events = (
        CaseEvent(a.NOON, 1, Signal.SENT, start, sent, message_id="M1"),
        CaseEvent(a.NOON, 1, Signal.NOT_SENT, sent, start, code=4002, evidence_id=3),
    )
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        for event in events:
            case = unit.cases.save(replace(case, position=event.after), event)
    with store.reading() as unit:
        assert unit.cases.events(case.case_id) == events


def test_leaving_unknown_without_evidence_is_a_bug(store: SqlStore) -> None:
    unknown = Position(Step.AUDIT, Phase.UNKNOWN)
    event = CaseEvent(a.NOON, 1, Signal.CLEARED, unknown, Position(Step.AUDIT))
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(step=Step.AUDIT), 1)
    with pytest.raises(Bug) as bug, store.unit() as unit:
        unit.cases.save(case, event)
    assert "ck_case_event_evidence" in str(bug.value.params["what"])
    with store.unit() as unit:
        unit.cases.save(case, replace(event, evidence_id=1))


def test_unfinished_and_finished_divide_the_cases_of_a_counter(store: SqlStore) -> None:
    with store.unit() as unit:
        parked = unit.cases.open(replace(a.a_case(), parked_at=a.NOON), 1)
        served = unit.cases.open(a.a_case(step=Step.HAND_OVER), 1)
        other = unit.cases.open(a.a_case(counter_no=2), 1)
        at, done = a.NOON + timedelta(hours=2), Position(Step.DONE)
        event = CaseEvent(at, 1, Signal.DONE, served.position, done)
        unit.cases.save(replace(served, position=done), event)
    with store.reading() as unit:
        assert [c.case_id for c in unit.cases.unfinished(1)] == [parked.case_id]
        assert [c.case_id for c in unit.cases.finished(1, at)] == [served.case_id]
        assert unit.cases.finished(1, at + timedelta(seconds=1)) == ()
        everybody = [parked.case_id, served.case_id, other.case_id]
        assert [c.case_id for c in unit.cases.everywhere(at)] == everybody
        later = unit.cases.everywhere(at + timedelta(seconds=1))
        assert [c.case_id for c in later] == [parked.case_id, other.case_id]


def test_newest_document_counts(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        assert unit.cases.document(case.case_id) is None
        unit.cases.keep_document(case.case_id, "aa", b"%PDF-1 old")
        unit.cases.keep_document(case.case_id, "bb", b"%PDF-1 new")
    with store.reading() as unit:
        assert unit.cases.document(case.case_id) == b"%PDF-1 new"


def test_message_moves_once_from_sending_to_its_fate(store: SqlStore) -> None:
    with store.unit() as unit:
        staged = unit.messages.stage(a.a_draft("M1"), None)
        with pytest.raises(Bug):
            staged.committed()
    assert staged.committed().row_id == staged.row_id
    with store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.UNKNOWN, None)
    with store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.ANSWERED, a.some_wire_facts("REF1"))
    with pytest.raises(Bug), store.unit() as unit:
        unit.messages.close(staged.row_id, MessageState.UNKNOWN, None)
    with store.reading() as unit:
        messages = SqlMessages(scope_of(unit))
        assert messages.state_of(staged.row_id) is MessageState.ANSWERED
        assert unit.messages.reference_seen("REF1")
        assert not unit.messages.reference_seen("REF2")
        assert not unit.messages.reference_seen("")
        assert unit.messages.reference_seen("REF1", a.NOON + timedelta(seconds=1))
        assert not unit.messages.reference_seen("REF1", a.NOON)


def stage_and_fail(store: SqlStore) -> Staged[OpenDay]:
    try:
        with store.unit() as unit:
            staged = unit.messages.stage(a.a_draft("M1"), None)
            raise InterruptedError
    except InterruptedError:
        return staged


def test_rolled_back_message_is_never_usable(store: SqlStore) -> None:
    staged = stage_and_fail(store)
    with pytest.raises(Bug):
        staged.committed()


def test_a_message_id_is_taken_once(store: SqlStore) -> None:
    with store.unit() as unit:
        unit.messages.stage(a.a_draft("M1"), None)
    with pytest.raises(Bug), store.unit() as unit:
        unit.messages.stage(a.a_draft("M1"), None)


def test_attempt_round_trip_and_next_of_case(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(step=Step.SETTLE), 1)
        attempt = a.an_attempt()
        unit.attempts.add(attempt, case.case_id, "RX1")
    sending = replace(attempt, state=AttemptState.SENDING, sent_at=a.NOON)
    with store.unit() as unit:
        unit.attempts.save(sending, AttemptState.PREPARED, "BeginSending", a.NOON)
    with pytest.raises(OperatorInput) as stale, store.unit() as unit:
        unit.attempts.save(sending, AttemptState.PREPARED, "BeginSending", a.NOON)
    assert stale.value.code is Code.STEP_MOVED_ON
    with store.reading() as unit:
        assert unit.attempts.of_case(case.case_id) == sending
        assert unit.attempts.open_attempts(1) == ((case.case_id, sending),)
        assert unit.attempts.open_attempts(2) == ()
        assert unit.attempts.open_everywhere() == ((case.case_id, sending),)


def test_whose_money_came_to_rest_is_told_by_the_order_of_events(store: SqlStore) -> None:
    attempt = a.an_attempt()
    with store.unit() as unit:
        assert unit.attempts.last_event() == 0
        case = unit.cases.open(a.a_case(step=Step.SETTLE), 1)
        unit.attempts.add(attempt, case.case_id, "RX1")
        begun = unit.attempts.last_event()
        assert unit.attempts.come_to_rest_since(0) == ()
    rejected = replace(attempt, state=AttemptState.REJECTED, next_at=None)
    fallen = replace(attempt, message_id="M2", state=AttemptState.REVERSED, next_at=None)
    with store.unit() as unit:
        unit.attempts.save(rejected, AttemptState.PREPARED, "NothingLeft", a.NOON)
        assert unit.attempts.come_to_rest_since(begun) == ()
        before = a.NOON - timedelta(days=1)
        unit.attempts.add(replace(attempt, message_id="M2"), case.case_id, "RX1")
        unit.attempts.save(fallen, AttemptState.PREPARED, "StatementMissing", before)
        last = unit.attempts.last_event()
    with store.reading() as unit:
        assert unit.attempts.come_to_rest_since(begun) == (case.case_id,)
        assert unit.attempts.come_to_rest_since(last) == ()


ATTEMPTS = st.builds(
    Attempt,
    message_id=st.just("M"),
    state=st.sampled_from(AttemptState),
    expected=st.integers(1_000, 10**12).map(a.some_amounts),
    leg=st.just(Leg.REFUND),
    refund_message_id=st.just("R"),
    sent_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    next_at=st.datetimes(timezones=st.just(UTC)),
    reversals=st.integers(0, 99),
    asked=st.booleans(),
    confirming=st.booleans(),
    settled=st.integers(1_000, 10**12).map(a.some_settled),
    refund=st.none() | st.integers(1_000, 10**12).map(a.some_settled),
    reason=st.text(st.characters(exclude_categories=["Cs"])),
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(reached=ATTEMPTS)
def test_any_attempt_comes_back(store: SqlStore, base: str, reached: Attempt) -> None:
    if base == SERVER:
        # which keeps no NUL: the sign for it stands there
        reached = replace(reached, reason=reached.reason.replace("\x00", "\u2400"))
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(step=Step.SETTLE), 1)
        message_id = f"M{unit.settings.next_number('example')}"
        reached = replace(reached, message_id=message_id, refund_message_id=f"R{message_id}")
        first = replace(reached, state=AttemptState.PREPARED)
        unit.attempts.add(first, case.case_id, message_id)
        unit.attempts.save(reached, AttemptState.PREPARED, "event", a.NOON)
    with store.reading() as unit:
        assert unit.attempts.of_case(case.case_id) == reached
        is_open = reached in [attempt for _, attempt in unit.attempts.open_attempts(1)]
    assert is_open is reached.open


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    step=st.sampled_from(Step),
    phase=st.sampled_from(Phase),
    note=st.text(st.characters(exclude_categories=["Cs"])),
    parked_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
def test_any_position_comes_back(
    store: SqlStore, base: str, step: Step, phase: Phase, note: str, parked_at: datetime | None
) -> None:
    if base == SERVER:
        note = note.replace("\x00", "\u2400")
    position = Position(step, phase)
    wanted = replace(a.a_case(), position=position, parked_note=note, parked_at=parked_at)
    with store.unit() as unit:
        case = unit.cases.open(wanted, 1)
    with store.reading() as unit:
        assert unit.cases.get(case.case_id) == case
        listed = case in unit.cases.unfinished(1)
    assert case == replace(wanted, case_id=case.case_id, version=1)
    assert listed is (step not in (Step.DONE, Step.CLOSED))


def test_settled_attempts_are_found_by_their_day(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(step=Step.SETTLE), 1)
        attempt = a.an_attempt()
        unit.attempts.add(attempt, case.case_id, "RX1")
        settled = replace(
            attempt, state=AttemptState.SETTLED, settled=a.some_settled(), next_at=None
        )
        later = a.NOON + timedelta(minutes=1)
        unit.attempts.save(settled, AttemptState.PREPARED, "Replied", later)
    with store.reading() as unit:
        assert unit.attempts.open_attempts(1) == ()
        found = unit.attempts.settled_without_refund(a.NOON, later)
        assert found == ((case.case_id, settled),)
        assert unit.attempts.settled_without_refund(a.NOON, a.NOON) == ()


def test_days_open_once_and_close_once(store: SqlStore) -> None:
    day = BusinessDay(date(2026, 11, 22), "100001", "1001", a.NOON, None)
    with store.unit() as unit:
        assert unit.days.current(1, day.day) is None
        unit.days.open(1, day)
    with pytest.raises(OperatorInput), store.unit() as unit:
        unit.days.open(1, day)
    with store.unit() as unit:
        unit.days.close(1, day.day, a.NOON + timedelta(hours=8))
    with pytest.raises(OperatorInput), store.unit() as unit:
        unit.days.close(1, day.day, a.NOON)
    with store.reading() as unit:
        closed = replace(day, closed_at=a.NOON + timedelta(hours=8))
        assert unit.days.current(1, day.day) == closed
        assert unit.days.current(2, day.day) is None
        before, after = (day.day + timedelta(days=days) for days in (-1, 1))
        assert unit.days.opened(1, before, after) == unit.days.opened(1, day.day, day.day)
        assert unit.days.opened(1, day.day, after) == {day.day}
        assert unit.days.opened(1, after, after) == unit.days.opened(1, before, before) == set()
        assert unit.days.opened(2, before, after) == set()


def test_a_case_stays_at_its_counter_and_keeps_its_end(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        elsewhere = replace(case, counter_no=case.counter_no + 1)
        with pytest.raises(OperatorInput):
            unit.cases.save(elsewhere)
        ended = replace(case, position=Position(Step.CLOSED))
        event = CaseEvent(a.NOON, 1, Signal.ABANDON, case.position, ended.position)
        ended = unit.cases.save(ended, event)
        assert unit.cases.get(case.case_id) == ended
        assert ended.ended_at == event.at
        noted = unit.cases.save(replace(ended, parked_note="n"))
        assert unit.cases.get(case.case_id) == noted
        assert noted.ended_at == event.at
        again = unit.cases.save(replace(noted, position=Position(Step.TAKE_BACK)))
        assert again.ended_at is None
        assert unit.cases.get(case.case_id) == again


def test_print_jobs_count_a_copy_before_it_is_out(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        job = unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, a.NOON)
        begun = unit.prints.begin(job.job_id)
        assert (job.copies, begun.copies, begun.printed_at) == (0, 1, None)
        assert unit.prints.waiting() == (begun,)
        unit.prints.withdraw(job.job_id)
        assert unit.prints.waiting() == (job,)
        unit.prints.begin(job.job_id)
        first = unit.prints.printed(job.job_id, a.NOON)
        assert (first.copies, first.printed_at) == (1, a.NOON)
        unit.prints.begin(job.job_id)
        second = unit.prints.printed(job.job_id, a.NOON + timedelta(minutes=1))
        assert second.copies == 2
        assert unit.prints.waiting() == ()
        assert unit.prints.of_case(case.case_id) == (second,)


def test_no_paper_is_out_that_was_never_begun(store: SqlStore) -> None:
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        job = unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, a.NOON)
    for act in (
        lambda unit: unit.prints.printed(job.job_id, a.NOON),
        lambda unit: unit.prints.withdraw(job.job_id),
    ):
        with pytest.raises(Bug), store.unit() as unit:
            act(unit)


def test_settings_and_numbers_survive(store: SqlStore, open_again: Callable[[], SqlStore]) -> None:
    with store.unit() as unit:
        unit.settings.put("printer", "old")
        unit.settings.put("printer", "new")
        assert [unit.settings.next_number("receipt") for _ in range(3)] == [1, 2, 3]
        assert unit.settings.next_number("other") == 1
    with open_again().unit() as unit:
        assert unit.settings.get("printer") == "new"
        assert unit.settings.get("absent") is None
        assert unit.settings.next_number("receipt") == 4


def test_staff_come_back_with_their_papers(store: SqlStore) -> None:
    roles = frozenset({Role.CLERK, Role.PHARMACIST})
    member = StaffMember(0, "2001", a.PATIENT, "$argon2id$", roles, a.a_pharmacist(), 0, None)
    with store.unit() as unit:
        made = SqlPeople(scope_of(unit)).enrol(member)
        unit.people.note_try(made.staff_id, 3, a.NOON)
    assert made.pharmacist is not None
    assert made == replace(
        member,
        staff_id=made.staff_id,
        pharmacist=replace(a.a_pharmacist(), staff_id=made.staff_id),
    )
    with store.reading() as unit:
        expected = replace(made, failed=3, locked_until=a.NOON)
        assert unit.people.by_login("2001") == expected
        assert unit.people.all() == (expected,)
        assert unit.people.by_login("9999") is None


ABSENT: dict[str, Callable[[Unit], object]] = {
    "case": lambda unit: unit.cases.get(99),
    "item": lambda unit: unit.goods.item(99),
    "lot": lambda unit: unit.goods.lot(99),
    "staff": lambda unit: unit.people.get(99),
    "job": lambda unit: unit.prints.printed(99, a.NOON),
    "upload": lambda unit: unit.outbox.settle(99, OutboxState.WAITING, a.NOON, None, ""),
    "message": lambda unit: unit.messages.close(99, MessageState.UNKNOWN, None),
}


@pytest.mark.parametrize("kind", sorted(ABSENT))
def test_asking_for_what_is_not_there_is_a_bug(store: SqlStore, kind: str) -> None:
    with pytest.raises(Bug), store.unit() as unit:
        ABSENT[kind](unit)
