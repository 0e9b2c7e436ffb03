"""The uploaded sale, the pre-settlement, and the way back while nothing was paid."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Phase, Signal, Step
from app.domain.errors import (
    Bug,
    Code,
    NotSent,
    OperatorInput,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Fen
from app.ports.requests import OpenDay
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import counter, delivery
from app.workflow.calendar import today
from app.workflow.cases.lines import sale_lines
from app.workflow.doubts.travelling import quiescence
from app.workflow.moves import move
from app.workflow.steps import upload_sale
from app.workflow.views.case import BannerKind, CaseView, Whereabouts
from tests.support.small_counter import (
    CAPSULES,
    EARLY,
    PATIENT_CODE,
    SmallCounter,
    on_unknown,
)

FIRST_GAP = timedelta(seconds=15)
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
UNSENT = NotSent(Code.DID_NOT_LEAVE)
REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="不行")
TROUBLES: tuple[tuple[Trouble, Phase], ...] = (
    (REFUSED, Phase.REJECTED),
    (UNSENT, Phase.READY),
    (LOST, Phase.UNKNOWN),
)


def finished(small: SmallCounter) -> CaseView:
    return small.finish(small.boxes(small.until(Step.SCAN)))


def second_line_goes_wrong(small: SmallCounter, trouble: Trouble, *, booked: bool = False) -> None:
    small.fake.script(Operation.UPLOAD_SALE)
    small.fake.script(Operation.UPLOAD_SALE, trouble, booked=booked)


def claimed(small: SmallCounter, code: str) -> int | None:
    with small.store.reading() as unit:
        return unit.goods.pack_facts(DrugTraceCode(code), 0).claimed_by_case


@pytest.mark.parametrize(("trouble", "phase"), TROUBLES)
def test_an_upload_that_breaks_is_continued_line_by_line(
    small: SmallCounter, trouble: Trouble, phase: Phase
) -> None:
    second_line_goes_wrong(small, trouble)
    view = finished(small)
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, phase)
    sale = small.case(view).facts.sale
    assert sale is not None
    assert sale.accepted_lines == {1}
    view = small.surface.retry(view.case_id)
    assert view.step is Step.SETTLE
    assert sorted(small.fake.books.sold) == sorted((*EARLY[:2], CAPSULES[0]))
    assert small.fake.times(Operation.UPLOAD_SALE) == 3


@pytest.mark.parametrize("lost", [1, 2])
def test_a_line_whose_first_telling_had_arrived_counts_as_told(
    small: SmallCounter, lost: int
) -> None:
    for _ in range(lost - 1):
        small.fake.script(Operation.UPLOAD_SALE)
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
    view = finished(small)
    assert view.phase is Phase.UNKNOWN
    assert view.codes.where is Whereabouts.UNKNOWN
    assert small.surface.retry(view.case_id).step is Step.SETTLE
    assert len(small.fake.books.sold) == 3


def test_the_first_line_in_doubt_is_cleared_before_the_second_is_told(
    small: SmallCounter,
) -> None:
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    view = finished(small)
    small.fake.script(Operation.UPLOAD_SALE)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    view = small.surface.retry(view.case_id)
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.REJECTED)


@pytest.mark.parametrize(("trouble", "_phase"), TROUBLES)
def test_the_second_telling_leaves_the_first_unknown(
    small: SmallCounter, trouble: Trouble, _phase: Phase
) -> None:
    small.fake.script(Operation.UPLOAD_SALE, LOST, booked=True)
    view = finished(small)
    small.fake.script(Operation.UPLOAD_SALE, trouble)
    view = small.surface.retry(view.case_id)
    assert (view.step, view.phase) == (Step.UPLOAD_SALE, Phase.UNKNOWN)
    assert view.banner is not None
    assert view.banner.code == trouble.code
    assert not view.can_abandon


def test_an_unknown_sale_waits_for_a_person_where_repeats_may_harm(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "person"))
    small.fake.script(Operation.UPLOAD_SALE, LOST)
    view = small.surface.retry(finished(small).case_id)
    assert view.phase is Phase.UNKNOWN
    assert view.banner is not None
    assert (view.banner.code, view.banner.kind) == (Code.DECISION_NEEDED, BannerKind.UNKNOWN)
    assert "decide" in view.banner.offers
    assert small.fake.times(Operation.UPLOAD_SALE) == 1


def test_the_light_counts_the_codes_that_arrived(small: SmallCounter) -> None:
    second_line_goes_wrong(small, REFUSED)
    view = finished(small)
    assert view.codes.where is Whereabouts.THEIRS
    assert dict(view.codes.detail.params) == {"count": 2}
    view = small.surface.retry(view.case_id)
    assert dict(view.codes.detail.params) == {"count": 3}


def test_the_numbers_of_a_sale_are_drawn_once(small: SmallCounter) -> None:
    second_line_goes_wrong(small, UNSENT)
    view = finished(small)
    first = small.case(view).facts.sale
    small.restart()
    small.scan(view, PATIENT_CODE)
    assert small.surface.retry(view.case_id).step in (Step.PRESETTLE, Step.SETTLE)
    again = small.case(view).facts.sale
    assert first is not None
    assert again is not None
    assert (first.receipt_no, first.sale_serial) == (again.receipt_no, again.sale_serial)


def test_nothing_to_upload_is_a_bug(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    case = replace(small.case(view), facts=replace(small.case(view).facts, lines=()))
    with small.store.unit() as unit:
        case = move(small.till, unit, case, Signal.DONE)
    with pytest.raises(Bug):
        upload_sale.upload(small.till, case)


@pytest.mark.parametrize(
    ("trouble", "phase"), [(REFUSED, Phase.REJECTED), (UNSENT, Phase.READY), (LOST, Phase.READY)]
)
def test_a_pre_settlement_that_was_not_answered_is_asked_again(
    small: SmallCounter, trouble: Trouble, phase: Phase
) -> None:
    small.fake.script(Operation.PRESETTLE, trouble)
    view = finished(small)
    assert (view.step, view.phase) == (Step.PRESETTLE, phase)
    assert view.settle is not None
    assert not view.settle.ready
    assert small.surface.retry(view.case_id).step is Step.SETTLE


def _other_total(answer: object) -> object:
    estimate = answer.estimate  # type: ignore[attr-defined] a Presettled
    amounts = replace(estimate.amounts, total=Fen(estimate.amounts.total + 1))
    return replace(answer, estimate=replace(estimate, amounts=amounts))  # type: ignore[type-var] a Presettled


def _other_parts(answer: object) -> object:
    estimate = answer.estimate  # type: ignore[attr-defined] a Presettled
    amounts = replace(estimate.amounts, cash=Fen(estimate.amounts.cash + 1))
    return replace(answer, estimate=replace(estimate, amounts=amounts))  # type: ignore[type-var] a Presettled


@pytest.mark.parametrize("change", [_other_total, _other_parts])
def test_amounts_that_do_not_add_up_are_no_answer(small: SmallCounter, change: object) -> None:
    small.fake.script(Operation.PRESETTLE, change=change)  # type: ignore[arg-type] either of two
    view = finished(small)
    assert (view.step, view.phase) == (Step.PRESETTLE, Phase.READY)
    assert view.banner is not None
    assert view.banner.code == Code.ANSWER_UNREADABLE
    assert small.case(view).facts.estimate is None


def test_after_a_restart_before_money_the_code_is_shown_again(small: SmallCounter) -> None:
    small.fake.script(Operation.PRESETTLE, UNSENT)
    view = finished(small)
    small.restart()
    view = small.view(view)
    assert view.banner is not None
    view = small.surface.retry(view.case_id)
    assert view.banner is not None
    assert view.banner.code == Code.IDENTITY_NEEDED_AGAIN
    assert small.scan(view, PATIENT_CODE).case.step is Step.SETTLE


def test_leaving_before_the_upload_frees_the_boxes(small: SmallCounter) -> None:
    view = small.boxes(small.until(Step.SCAN))
    closed = small.surface.abandon(view.case_id)
    assert closed.step is Step.CLOSED
    assert claimed(small, EARLY[0]) is None
    assert small.till.tokens.patient(view.case_id) is None


@pytest.mark.parametrize("at", [Step.PRESETTLE, Step.SETTLE])
def test_leaving_after_the_upload_takes_the_sale_back(small: SmallCounter, at: Step) -> None:
    if at is Step.PRESETTLE:
        small.fake.script(Operation.PRESETTLE, UNSENT)
    view = finished(small)
    assert view.step is at
    closed = small.surface.abandon(view.case_id)
    assert closed.step is Step.CLOSED
    assert small.fake.books.sold == {}
    assert claimed(small, CAPSULES[0]) is None
    assert small.till.tokens.patient(view.case_id) is None
    sale = small.case(closed).facts.sale
    assert sale is not None
    assert sale.returned_at == small.clock.now()


@pytest.mark.parametrize(
    ("trouble", "phase", "booked"), [(*pair, False) for pair in TROUBLES] + [(*TROUBLES[2], True)]
)
def test_a_return_that_breaks_is_continued(
    small: SmallCounter, trouble: Trouble, phase: Phase, booked: bool
) -> None:
    view = finished(small)
    small.fake.script(Operation.RETURN_SALE, trouble, booked=booked)
    view = small.surface.abandon(view.case_id)
    assert (view.step, view.phase) == (Step.RETURN_SALE, phase)
    assert not view.can_abandon
    assert claimed(small, EARLY[0]) == view.case_id
    small.clock.move(quiescence(small.till))
    assert small.surface.retry(view.case_id).step is Step.CLOSED
    assert small.fake.books.sold == {}
    assert claimed(small, EARLY[0]) is None


def test_the_last_line_in_doubt_closes_with_its_second_telling(small: SmallCounter) -> None:
    view = finished(small)
    small.fake.script(Operation.RETURN_SALE)
    small.fake.script(Operation.RETURN_SALE, LOST, booked=True)
    view = small.surface.abandon(view.case_id)
    assert view.phase is Phase.UNKNOWN
    small.clock.move(quiescence(small.till))
    assert small.surface.retry(view.case_id).step is Step.CLOSED


def test_a_second_return_that_is_not_answered_stays_unknown(small: SmallCounter) -> None:
    view = finished(small)
    small.fake.script(Operation.RETURN_SALE, LOST)
    small.fake.script(Operation.RETURN_SALE, UNSENT)
    view = small.surface.abandon(view.case_id)
    view = small.surface.retry(view.case_id)
    assert (view.step, view.phase) == (Step.RETURN_SALE, Phase.UNKNOWN)


def test_an_unknown_return_waits_where_repeats_may_harm(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.RETURN_SALE, "person"))
    view = finished(small)
    small.fake.script(Operation.RETURN_SALE, LOST)
    view = small.surface.retry(small.surface.abandon(view.case_id).case_id)
    assert view.banner is not None
    assert view.banner.code == Code.DECISION_NEEDED


def left_half_way(small: SmallCounter) -> CaseView:
    """Line 1 is on record, line 2 was refused, and the customer leaves."""
    second_line_goes_wrong(small, REFUSED)
    view = finished(small)
    assert len(small.fake.books.sold) == 2
    closed = small.surface.abandon(view.case_id)
    assert closed.step is Step.CLOSED
    return closed


def test_leaving_half_way_queues_the_return_of_what_arrived(small: SmallCounter) -> None:
    left_half_way(small)
    (row,) = small.surface.queue()
    assert (row.operation, row.state) == ("return_sale", OutboxState.WAITING)
    assert row.due_at == row.born_at + timedelta(hours=small.profile.rules.upload_deadline_h)
    assert small.surface.deliver() == 1
    assert small.surface.queue() == ()
    assert small.fake.books.sold == {}


def test_leaving_before_anything_arrived_queues_nothing(small: SmallCounter) -> None:
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    view = finished(small)
    assert small.surface.abandon(view.case_id).step is Step.CLOSED
    assert small.surface.queue() == ()


def test_who_opened_the_day_answers_while_the_till_is_locked(small: SmallCounter) -> None:
    left_half_way(small)
    small.surface.lock()
    assert small.surface.deliver() == 1
    assert small.fake.times(Operation.RETURN_SALE) == 1
    with pytest.raises(OperatorInput):
        small.till.operator  # noqa: B018 nobody became signed in by it


def test_nothing_is_delivered_without_an_open_day(small: SmallCounter) -> None:
    left_half_way(small)
    with small.store.unit() as unit:
        unit.days.close(small.till.counter_no, today(small.till), small.clock.now())
    small.surface.lock()
    assert small.surface.deliver() == 0
    assert small.fake.times(Operation.RETURN_SALE) == 0


@pytest.mark.parametrize(
    ("trouble", "state", "gap"),
    [
        (REFUSED, OutboxState.STOPPED, FIRST_GAP),
        (UNSENT, OutboxState.WAITING, FIRST_GAP),
        (LOST, OutboxState.UNKNOWN, timedelta(seconds=20)),
    ],
)
def test_a_record_that_does_not_arrive_waits_its_turn(
    small: SmallCounter, trouble: Trouble, state: OutboxState, gap: timedelta
) -> None:
    left_half_way(small)
    small.fake.script(Operation.RETURN_SALE, trouble)
    # what stopped has come to rest as well: it goes nowhere by itself any more
    assert small.surface.deliver() == (1 if state is OutboxState.STOPPED else 0)
    (row,) = small.surface.queue()
    assert (row.state, row.code) == (state, int(trouble.code))
    assert row.next_at == small.clock.now() + gap
    assert small.surface.deliver() == 0
    assert small.fake.times(Operation.RETURN_SALE) == 1
    small.clock.move(gap)
    assert small.surface.deliver() == (0 if state is OutboxState.STOPPED else 1)
    assert small.surface.retry_item(row.item_id) == ()
    assert small.fake.books.sold == {}


def test_the_first_telling_of_nothing_is_a_refusal(small: SmallCounter) -> None:
    left_half_way(small)
    small.fake.books.sold.clear()
    assert small.surface.deliver() == 1
    assert [row.state for row in small.surface.queue()] == [OutboxState.STOPPED]


def test_a_person_may_tell_an_unknown_record_again(small: SmallCounter) -> None:
    """Where repeats may harm nothing goes on by itself; a person at the queue decides."""
    small.with_profile(on_unknown(small.profile, Operation.RETURN_SALE, "person"))
    left_half_way(small)
    small.fake.script(Operation.RETURN_SALE, LOST)
    small.surface.deliver()
    small.clock.move(timedelta(days=1))
    assert small.surface.deliver() == 0
    # a day later the missed night is caught up with, and its counts wait there too
    told = Operation.RETURN_SALE.value
    (row,) = (row for row in small.surface.queue() if row.operation == told)
    assert row.state is OutboxState.UNKNOWN
    left = small.surface.retry_item(row.item_id)
    assert [row for row in left if row.operation == told] == []


def test_a_record_that_another_lane_holds_is_left_alone(small: SmallCounter) -> None:
    left_half_way(small)
    with small.store.unit() as unit:
        (item,) = unit.outbox.items()
        assert unit.outbox.claim(item.item_id, "other", small.clock.now() + timedelta(minutes=1))
    delivery.retry(small.till, item.item_id)
    delivery.retry(small.till, 999)
    assert small.fake.times(Operation.RETURN_SALE) == 0


def test_a_record_that_nobody_carries_is_stopped_in_sight(small: SmallCounter) -> None:
    """Money and questions never wait; one that got in holds nobody up."""
    with small.store.unit() as unit:
        unit.outbox.add(
            Operation.OPEN_DAY, "k", "l", OpenDay("1", "m", "i"), None, "x", small.clock.now()
        )
    left_half_way(small)
    assert small.surface.deliver() == 2
    assert small.fake.times(Operation.RETURN_SALE) == 1
    (row,) = small.surface.queue()
    assert (row.state, row.code) == (OutboxState.STOPPED, int(Code.BUG))


def test_sale_lines_follow_the_prescription(small: SmallCounter) -> None:
    case = small.case(small.until(Step.SCAN))
    with small.store.reading() as unit:
        assert sale_lines(small.till, unit, case) == case.facts.lines
        assert delivery.queue_returns(small.till, unit, case) is None
    assert counter.get(small.till, case.case_id) == case
