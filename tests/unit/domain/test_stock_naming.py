"""Causes named from records of both books, without a store and without a platform."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.books.stock import (
    LineState,
    Record,
    Remedy,
    Stage,
    StockCause,
    StockFact,
    StoreMode,
    state_of,
)
from app.domain.books.stock_guessing import as_told, guess
from app.domain.books.stock_naming import Named, Question, name
from app.domain.books.stock_records import FiledRecord, OurRecord, RecordFate, figure
from app.domain.money import Quantity, packs

C, F, R = StockCause, RecordFate, Record
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NIGHT = NOON + timedelta(hours=12)


def ours(
    record: Record, count: int, hour: int, fate: RecordFate = F.ACCEPTED, **more: Any
) -> OurRecord:
    at = NOON + timedelta(hours=hour)
    told = at if fate is F.ACCEPTED else None
    one = OurRecord(record, packs(count), fate, at, told, event_id=hour + 1)
    return replace(one, **more)


def filed(record: Record, count: int, hour: int, **more: Any) -> FiledRecord:
    at = NOON + timedelta(hours=hour)
    return replace(FiledRecord(record, packs(count), at, at, record_no=f"{hour:04d}"), **more)


def there(one: OurRecord) -> FiledRecord:
    return FiledRecord(one.record, one.quantity, one.happened_at, one.accepted_at, one.document)


def asked(
    mine: tuple[OurRecord, ...],
    standing: tuple[FiledRecord, ...],
    **more: Any,
) -> Question:
    question = Question(
        upload_lot="PC1",
        ours=figure((one.record, one.quantity) for one in mine if one.erased is None),
        theirs=figure((one.record, one.quantity) for one in standing),
        records=mine,
        filed=standing,
        stage=Stage.MORNING,
        mode=StoreMode.FULL,
        cut_off=NIGHT,
    )
    return replace(question, **more)


def causes(named: tuple[Named, ...]) -> list[StockCause]:
    return [one.reason.cause for one in named]


OPENING = ours(R.COUNT, 10, 0, opening=True)
SALE = ours(R.SALE, -2, 1, document="1122-010001", codes=("81234560000000000001",))
CHANGE = ours(R.CHANGE, 3, 2)
BOUGHT = ours(R.PURCHASE, 5, 3)
SENT = ours(R.SENT_BACK, -1, 4)
BACK = ours(R.SALE_RETURN, 2, 5, document="1122-010001")
ALL = (OPENING, SALE, CHANGE, BOUGHT, SENT, BACK)


def without(gone: OurRecord) -> tuple[FiledRecord, ...]:
    return tuple(there(one) for one in ALL if one is not gone)


@pytest.mark.parametrize(
    ("gone", "cause"),
    [
        (SALE, C.SALE_LOST),
        (CHANGE, C.CHANGE_NOT_TOLD),
        (BOUGHT, C.PURCHASE_NOT_TOLD),
        (SENT, C.SENT_BACK_NOT_TOLD),
        (BACK, C.RETURN_NOT_TOLD),
        (OPENING, C.OPENING_NOT_TOLD),
    ],
)
def test_an_accepted_record_that_does_not_stand_there(gone: OurRecord, cause: StockCause) -> None:
    (named,) = name(asked(ALL, without(gone)))
    assert named.reason.cause is cause
    assert named.reason.effect == gone.quantity
    assert (StockFact.MOVEMENT, str(gone.event_id)) in named.reason.evidence


@pytest.mark.parametrize(
    ("twice", "cause"),
    [
        (SALE, C.SALE_TWICE),
        (CHANGE, C.CHANGE_TWICE),
        (BOUGHT, C.PURCHASE_TWICE),
        (SENT, C.SENT_BACK_TWICE),
        (BACK, C.RETURN_TWICE),
    ],
)
def test_one_record_that_stands_there_twice(twice: OurRecord, cause: StockCause) -> None:
    standing = (*(there(one) for one in ALL), there(twice))
    (named,) = name(asked(ALL, standing))
    assert named.reason.cause is cause
    assert named.reason.effect == -twice.quantity


@pytest.mark.parametrize(
    ("fate", "cause"),
    [
        (F.REFUSED, C.SALE_REFUSED),
        (F.NEVER_MADE, C.SALE_NEVER_TOLD),
        (F.GIVEN_UP, C.SALE_NEVER_TOLD),
        (F.ON_ITS_WAY, C.IN_FLIGHT),
        (F.IN_DOUBT, C.ANSWER_LOST),
        (F.NOT_WANTED, C.NOT_WANTED),
    ],
)
def test_how_far_a_missing_sale_came_is_its_cause(fate: RecordFate, cause: StockCause) -> None:
    sale = replace(SALE, fate=fate, accepted_at=None)
    named = name(asked((OPENING, sale), (there(OPENING),)))
    assert causes(named) == [cause]


def test_what_a_partial_store_does_not_tell_is_pushed_by_day() -> None:
    bought = replace(BOUGHT, fate=F.NOT_WANTED)
    (named,) = name(asked((OPENING, bought), (there(OPENING),), mode=StoreMode.PARTIAL))
    assert named.reason.cause is C.DAILY_PUSH
    assert named.reason.state is LineState.EXPLAINED
    draft = named.reason.draft
    assert draft is not None
    assert (draft.remedy, draft.quantity, draft.leads_to) == (Remedy.COUNT, packs(15), packs(15))


def test_what_was_accepted_just_now_is_waited_for_at_night_and_missed_in_the_morning() -> None:
    late = replace(SALE, accepted_at=NIGHT - timedelta(hours=1))
    standing = (there(OPENING),)
    at_night = name(asked((OPENING, late), standing, stage=Stage.NIGHT))
    assert causes(at_night) == [C.SETTLING]
    assert state_of(C.SETTLING) is LineState.EXPLAINED
    assert causes(name(asked((OPENING, late), standing))) == [C.SALE_LOST]


def test_a_late_answer_does_not_hide_an_old_loss_at_night() -> None:
    old = replace(SALE, accepted_at=NIGHT - timedelta(days=2))
    assert causes(name(asked((OPENING, old), (there(OPENING),), stage=Stage.NIGHT))) == [
        C.SALE_LOST
    ]


def test_a_record_of_nobody_here_is_a_second_source() -> None:
    stranger = filed(R.SALE, -3, 6, document="9999")
    (named,) = name(asked((OPENING,), (there(OPENING), stranger)))
    assert named.reason.cause is C.TWO_SOURCES
    assert named.reason.effect == packs(3)
    assert (StockFact.ON_FILE, "0006") in named.reason.evidence


def test_a_store_that_settles_elsewhere_has_sales_elsewhere() -> None:
    stranger = filed(R.SALE, -3, 6, document="9999")
    question = asked((OPENING,), (there(OPENING), stranger), settles_elsewhere=True)
    assert causes(name(question)) == [C.SOLD_ELSEWHERE]


def test_a_visit_that_is_not_over_has_told_of_its_boxes_already() -> None:
    told = filed(R.SALE, -1, 6, document="1122-010009")
    question = asked((OPENING,), (there(OPENING), told), at_counter=frozenset({"1122-010009"}))
    assert causes(name(question)) == [C.AT_COUNTER]


def test_a_sale_taken_back_before_the_money_is_no_difference() -> None:
    told = filed(R.SALE, -1, 6, document="1122-010009")
    undone = filed(R.SALE_RETURN, 1, 7, document="1122-010009")
    lost = asked((OPENING, SALE), (there(OPENING), told, undone))
    assert causes(name(lost)) == [C.SALE_LOST]


@pytest.mark.parametrize(
    ("quantity", "cause"), [(packs(5), C.WRONG_QUANTITY), (packs(-3), C.WRONG_DIRECTION)]
)
def test_another_amount_than_was_told(quantity: Quantity, cause: StockCause) -> None:
    wrong = replace(there(CHANGE), quantity=quantity)
    (named,) = name(asked((OPENING, SALE, CHANGE), (there(OPENING), there(SALE), wrong)))
    assert named.reason.cause is cause
    assert named.reason.effect == CHANGE.quantity - quantity


def test_units_that_differ_by_a_factor_are_one_cause() -> None:
    standing = tuple(
        replace(there(one), quantity=Quantity(one.quantity * 20)) for one in (OPENING, SALE, BACK)
    )
    (named,) = name(asked((OPENING, SALE, BACK), standing))
    assert named.reason.cause is C.UNIT_FACTOR
    assert (StockFact.FACTOR, "20/1") in named.reason.evidence
    assert named.reason.draft is not None
    assert named.reason.draft.remedy is Remedy.MAP


def test_a_count_older_than_the_movements_it_holds() -> None:
    count = ours(R.COUNT, 13, 3)
    mine = (OPENING, CHANGE, count)
    (named,) = name(asked(mine, (there(OPENING), there(count), there(CHANGE))))
    assert named.reason.cause is C.COUNT_TOO_LATE
    assert named.reason.effect == packs(-3)
    assert (StockFact.MOVEMENT, str(CHANGE.event_id)) in named.reason.evidence


def test_a_count_that_came_behind_later_sales_swallows_them() -> None:
    count = ours(R.COUNT, 10, 3)
    later = ours(R.SALE, -2, 6, document="1122-010002")
    named = name(asked((OPENING, count, later), (there(OPENING), there(later), there(count))))
    assert causes(named) == [C.COUNT_TOO_LATE]
    assert named[0].reason.effect == packs(-2)


def test_a_fault_healed_by_a_later_count_is_not_reported() -> None:
    count = ours(R.COUNT, 11, 6)
    lost = replace(SALE)
    bought = ours(R.PURCHASE, 5, 7)
    mine = (OPENING, lost, CHANGE, count, bought)
    standing = (there(OPENING), there(CHANGE), there(count))
    assert causes(name(asked(mine, standing))) == [C.PURCHASE_NOT_TOLD]


def test_a_deletion_takes_every_record_of_its_kind() -> None:
    more = ours(R.SALE, -1, 6, document="1122-010002")
    named = name(asked((OPENING, SALE, more), (there(OPENING),)))
    assert causes(named) == [C.ERASED_THERE]
    assert named[0].reason.effect == packs(-3)


@pytest.mark.parametrize(
    ("fate", "cause"),
    [(F.ACCEPTED, C.ERASURE_NOT_TOLD), (F.ON_ITS_WAY, C.IN_FLIGHT)],
)
def test_what_was_deleted_here_and_still_stands_there(fate: RecordFate, cause: StockCause) -> None:
    erased = replace(CHANGE, erased=fate)
    named = name(asked((OPENING, erased), (there(OPENING), there(CHANGE))))
    assert causes(named) == [cause]


def test_a_figure_that_does_not_follow_from_its_own_records() -> None:
    named = name(asked((OPENING,), (there(OPENING),), theirs=packs(7)))
    assert causes(named) == [C.FIGURE_CONTRADICTS_RECORDS]


def test_two_causes_in_one_lot_share_the_difference() -> None:
    standing = (there(OPENING), there(CHANGE), there(CHANGE), there(BOUGHT))
    named = name(asked((OPENING, SALE, CHANGE, BOUGHT), standing))
    assert {one.reason.cause: one.reason.effect for one in named} == {
        C.CHANGE_TWICE: packs(-3),
        C.SALE_LOST: packs(-2),
    }


def test_our_own_records_say_it_without_asking_where_the_figure_is_what_was_accepted() -> None:
    refused = replace(CHANGE, fate=F.REFUSED, accepted_at=None)
    question = asked((OPENING, SALE, refused), (), theirs=packs(8))
    said = as_told(question)
    assert said is not None
    assert causes(said) == [C.CHANGE_NOT_TOLD]
    assert as_told(replace(question, theirs=packs(9))) is None


@pytest.mark.parametrize(("theirs", "cause"), [(10, C.SALE_LOST), (6, C.SALE_TWICE), (11, None)])
def test_figures_alone_are_called_likely(theirs: int, cause: StockCause | None) -> None:
    question = asked((OPENING, SALE), (), theirs=packs(theirs))
    named = guess(question)
    if cause is None:
        assert C.FIGURE_CONTRADICTS_RECORDS in causes(named)
    else:
        assert causes(named) == [cause]
        assert not named[0].reason.proven


RECORDS = st.lists(
    st.tuples(
        st.sampled_from([R.SALE, R.CHANGE, R.PURCHASE, R.SENT_BACK, R.SALE_RETURN, R.COUNT]),
        st.integers(1, 9),
        st.sampled_from(list(F)),
        st.sampled_from(["stands", "gone", "twice", "altered"]),
    ),
    max_size=9,
)
OUT = frozenset({R.SALE, R.SENT_BACK})


def played(drawn: list[tuple[Record, int, RecordFate, str]]) -> Question:
    mine, standing = [OPENING], [there(OPENING)]
    for at, (record, size, fate, met) in enumerate(drawn, 1):
        one = ours(record, -size if record in OUT else size, at, fate, document=f"D{at}")
        mine.append(one)
        kept = there(one)
        if met == "altered":
            kept = replace(kept, quantity=Quantity(kept.quantity + packs(1)))
        standing += [kept] * {"gone": 0, "twice": 2}.get(met, 1)
    return asked(tuple(mine), tuple(standing))


@settings(deadline=None, max_examples=60)
@given(RECORDS)
def test_the_shares_of_all_causes_add_up_to_the_difference(
    drawn: list[tuple[Record, int, RecordFate, str]],
) -> None:
    question = played(drawn)
    named = name(question)
    assert sum(one.reason.effect for one in named) == question.ours - question.theirs
    assert all(one.reason.effect for one in named)


@settings(deadline=None, max_examples=60)
@given(RECORDS)
def test_nothing_is_named_where_every_record_stands(
    drawn: list[tuple[Record, int, RecordFate, str]],
) -> None:
    honest = [(record, size, F.ACCEPTED, "stands") for record, size, _, _ in drawn]
    question = played(honest)
    assert question.ours == question.theirs
    assert name(question) == ()


@settings(deadline=None, max_examples=60)
@example([(Record.SALE, 1, RecordFate.ACCEPTED, "altered")] * 2)
@given(RECORDS)
def test_a_draft_always_says_where_it_leads(
    drawn: list[tuple[Record, int, RecordFate, str]],
) -> None:
    for one in name(played(drawn)):
        draft = one.reason.draft
        if draft is not None and draft.remedy in (Remedy.RESEND, Remedy.RETURN_SALE, Remedy.COUNT):
            assert draft.leads_to is not None
            assert draft.quantity >= 0


def test_two_lines_of_one_receipt_are_told_apart_by_their_boxes() -> None:
    """A box and a part came back; the box stands there twice, the part was refused for it."""
    sold = ours(R.SALE, -1, 1, document="A", codes=("B1",)), ours(R.SALE, -1, 1, document="A")
    box = ours(R.SALE_RETURN, 1, 2, document="A", codes=("B1",))
    half = Quantity(5_000)
    part = ours(R.SALE_RETURN, 1, 2, F.REFUSED, document="A", codes=("B2",))
    part = replace(part, quantity=half)
    opened = replace(sold[1], quantity=Quantity(-half), codes=("B2",))
    mine = (ours(R.COUNT, 9, 0), sold[0], opened, box, part)
    twice = replace(there(box), codes=("B1",))
    standing = (there(mine[0]), there(sold[0]), there(opened), twice, twice)
    named = name(asked(mine, standing))
    assert {(one.reason.cause, one.reason.effect) for one in named} == {
        (C.RETURN_TWICE, packs(-1)),
        (C.RETURN_NOT_TOLD, half),
    }


def test_a_count_between_a_sale_and_its_return_took_it_for_a_sale() -> None:
    """A visit told of its boxes, its lot was counted, and it was abandoned."""
    bought, counted = ours(R.PURCHASE, 5, 0), ours(R.COUNT, 5, 2)
    standing = (
        there(bought),
        filed(R.SALE, -1, 1, document="1122-019999"),
        there(counted),
        filed(R.SALE_RETURN, 1, 3, document="1122-019999"),
    )
    (named,) = name(asked((bought, counted), standing))
    assert (named.reason.cause, named.reason.effect) == (C.COUNT_TOO_LATE, packs(-1))
    assert named.reason.draft is not None
    assert (named.reason.draft.remedy, named.reason.draft.quantity) == (Remedy.COUNT, packs(5))
