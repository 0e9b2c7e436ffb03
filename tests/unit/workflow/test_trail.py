"""What a trail proves about one record, and what it does not."""

from dataclasses import replace

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected, Trouble
from app.ports import replies as r
from app.profile.operations import Operation
from app.workflow.doubts import clearing
from app.workflow.doubts.trail import Found, Told, ask
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter, on_unknown

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def in_doubt(small: SmallCounter, operation: Operation) -> CaseView:
    """A sale, or its return, without an answer."""
    if operation is Operation.UPLOAD_SALE:
        small.fake.script(operation, LOST)
    view = small.surface.finish(small.boxes(small.until(Step.SCAN)).case_id)
    if operation is Operation.RETURN_SALE:
        small.fake.script(operation, LOST)
        view = small.surface.abandon(view.case_id)
    assert view.phase is Phase.UNKNOWN
    return view


def told(small: SmallCounter, view: CaseView) -> Told:
    with small.store.reading() as unit:
        case = unit.cases.get(view.case_id)
        request = clearing.record_of(small.till, unit, case).request
    assert request is not None
    return request


def answered(
    small: SmallCounter, view: CaseView, *rows: r.TrailRow, complete: bool = True
) -> Found:
    record = told(small, view)
    for _ in record.line.trace_codes:
        small.fake.script(
            Operation.QUERY_SALE_TRAIL, change=lambda _found: r.TrailFound(rows, complete)
        )
    return ask(small.till, small.case(view), record)


def rows_of(record: Told, *, returned: bool | None, **changes: str) -> tuple[r.TrailRow, ...]:
    lot = record.line.upload_lot
    return tuple(
        replace(r.TrailRow(str(code), lot, record.receipt_no, "", returned), **changes)  # type: ignore[arg-type]  # texts
        for code in record.line.trace_codes
    )


@pytest.mark.parametrize(
    ("operation", "returned", "found"),
    [
        (Operation.UPLOAD_SALE, False, Found.STANDS),
        (Operation.UPLOAD_SALE, None, Found.STANDS),
        (Operation.UPLOAD_SALE, True, Found.ABSENT),
        (Operation.RETURN_SALE, True, Found.STANDS),
        (Operation.RETURN_SALE, False, Found.ABSENT),
    ],
)
def test_a_movement_under_our_receipt_tells(
    small: SmallCounter, operation: Operation, returned: bool | None, found: Found
) -> None:
    view = in_doubt(small, operation)
    assert answered(small, view, *rows_of(told(small, view), returned=returned)) is found


@pytest.mark.parametrize("operation", [Operation.UPLOAD_SALE, Operation.RETURN_SALE])
def test_nothing_on_record_is_what_was_seen(small: SmallCounter, operation: Operation) -> None:
    assert answered(small, in_doubt(small, operation)) is Found.ABSENT


def test_a_movement_of_another_visit_is_not_ours(small: SmallCounter) -> None:
    view = in_doubt(small, Operation.UPLOAD_SALE)
    rows = rows_of(told(small, view), returned=False, receipt_no="0101-019999")
    assert answered(small, view, *rows) is Found.ABSENT


def test_our_visit_names_it_where_no_receipt_is_shown(small: SmallCounter) -> None:
    view = in_doubt(small, Operation.UPLOAD_SALE)
    record = told(small, view)
    rows = rows_of(record, returned=None, receipt_no="", visit_id=record.sale_serial)
    assert answered(small, view, *rows) is Found.STANDS


@pytest.mark.parametrize("complete", [True, False])
def test_what_cannot_be_told_apart_proves_nothing(small: SmallCounter, complete: bool) -> None:
    """A row that names no visit, or an answer with pages left."""
    view = in_doubt(small, Operation.UPLOAD_SALE)
    receipt = "" if complete else told(small, view).receipt_no
    rows = rows_of(told(small, view), returned=False, receipt_no=receipt)
    with pytest.raises(OutcomeUnknown):
        answered(small, view, *rows, complete=complete)


def test_a_trail_without_directions_proves_no_return(small: SmallCounter) -> None:
    view = in_doubt(small, Operation.RETURN_SALE)
    with pytest.raises(OutcomeUnknown):
        answered(small, view, *rows_of(told(small, view), returned=None))


@pytest.mark.parametrize(
    "trouble", [LOST, NotSent(Code.DID_NOT_LEAVE), PlatformRejected(Code.REFUSED)]
)
def test_a_question_without_an_answer_moves_nothing(small: SmallCounter, trouble: Trouble) -> None:
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "query:query_stock_trail"))
    view = in_doubt(small, Operation.UPLOAD_SALE)
    small.fake.script(Operation.QUERY_STOCK_TRAIL, trouble)
    after = small.surface.retry(view.case_id)
    assert after.phase is Phase.UNKNOWN
    assert after.banner is not None
    assert after.banner.code == trouble.code
    assert small.fake.times(Operation.UPLOAD_SALE) == 1
