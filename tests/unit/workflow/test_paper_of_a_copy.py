"""A copy that is put back prints no second first receipt, of what the lost time may have undone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.jobs.progress import no_report
from app.ports.paper import Text
from app.ports.store import PrintKind
from app.workflow.papers.words import word
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_lost_time import restored
from tests.unit.workflow.test_receipt_of_refund import receipts


def test_no_unmarked_receipt_comes_out_of_a_base_nobody_believes(small: SmallCounter) -> None:
    """Copied between the settlement and its paper; the lost time printed it, and refunded it."""
    small.until(Step.HAND_OVER)
    restored(small)
    books = small.fake.books.settlements
    books.update({key: replace(one, refunded=True) for key, one in books.items()})
    small.surface.print_waiting(no_report)
    unmarked = [paper for paper in receipts(small) if paper.copy_no < 2]
    assert unmarked == [], "a receipt of a settlement that was taken back, without any mark"


def test_after_the_recovery_it_comes_out_as_a_copy_and_says_why(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    restored(small)
    small.surface.print_waiting(no_report)
    assert receipts(small) == []
    with pytest.raises(OperatorInput) as early:
        small.surface.reprint(view.case_id, PrintKind.RECEIPT.value)
    assert early.value.code is Code.RECOVERY_OPEN
    with small.store.unit() as unit:
        unit.recoveries.end(small.clock.now())
    small.surface.print_waiting(no_report)
    small.surface.reprint(view.case_id, PrintKind.RECEIPT.value)
    papers = receipts(small)
    assert [paper.copy_no for paper in papers] == [2, 3]
    assert all(paper.foot_left for paper in papers)
    said = [block.text for block in papers[0].blocks if isinstance(block, Text)]
    assert word("receipt.of_lost_time") in said


def test_what_was_printed_before_the_copy_is_printed_again_as_ever(small: SmallCounter) -> None:
    done = small.until(Step.DONE)
    small.clock.move(timedelta(minutes=1))
    restored(small)
    small.surface.reprint(done.case_id, PrintKind.RECEIPT.value)
    assert [paper.copy_no for paper in receipts(small)] == [1, 2]


def test_a_receipt_that_waits_for_the_recovery_is_not_said_to_wait_for_a_printer(
    small: SmallCounter,
) -> None:
    def held(view: CaseView) -> dict[str, bool]:
        assert view.hand_over is not None
        return {row.kind: row.of_lost_time for row in view.hand_over.papers}

    view = small.until(Step.HAND_OVER)
    assert not any(held(view).values())
    restored(small)
    assert held(small.view(view)) == {"receipt": True, "prescription": False}
    with small.store.unit() as unit:
        unit.recoveries.end(small.clock.now())
    assert not any(held(small.view(view)).values())
