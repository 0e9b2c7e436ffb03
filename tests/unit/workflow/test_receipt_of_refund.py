"""No receipt says that a settlement stands which was taken back, or may have been, meanwhile."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, DeviceTrouble, OperatorInput, OutcomeUnknown
from app.ports.paper import Paper, Text
from app.profile.operations import Operation
from app.workflow import resolving
from app.workflow.papers import printing
from app.workflow.papers.words import word
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter

NO_PAPER = DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
QUIET = timedelta(seconds=20)


def says_taken_back(paper: Paper) -> bool:
    said = [block.text for block in paper.blocks if isinstance(block, Text)]
    return word("receipt.taken_back") in said


def settled_without_paper(small: SmallCounter) -> CaseView:
    view = small.until(Step.HAND_OVER)
    small.tray.broken = NO_PAPER
    with pytest.raises(DeviceTrouble):
        printing.print_waiting(small.till)
    small.tray.broken = None
    return small.surface.begin_return(view.case_id)


def receipts(small: SmallCounter) -> list[Paper]:
    """What came out of the till's own printer."""
    return [paper for paper in small.tray.papers if "小票" in paper.filename]


def test_a_receipt_of_what_stands_says_nothing_of_a_refund(small: SmallCounter) -> None:
    small.until(Step.DONE)
    (paper,) = receipts(small)
    assert not says_taken_back(paper)


def test_what_waited_for_paper_says_that_it_was_taken_back(small: SmallCounter) -> None:
    view = settled_without_paper(small)
    small.surface.revoke(view.case_id, BOSS, PIN)
    printing.print_waiting(small.till)
    (paper,) = receipts(small)
    assert says_taken_back(paper)


def test_while_a_refund_is_in_doubt_no_receipt_comes_out(small: SmallCounter) -> None:
    view = settled_without_paper(small)
    small.fake.script(Operation.REVOKE_SETTLEMENT, LOST)
    small.surface.revoke(view.case_id, BOSS, PIN)
    printing.print_waiting(small.till)
    assert receipts(small) == []
    with pytest.raises(OperatorInput) as refused:
        printing.reprint(small.till, small.case(view), "receipt")
    assert refused.value.code is Code.STEP_MOVED_ON
    for _ in range(4):
        small.clock.move(QUIET)
        resolving.resolve_due(small.till)
    printing.print_waiting(small.till)
    (paper,) = receipts(small)
    assert not says_taken_back(paper)
