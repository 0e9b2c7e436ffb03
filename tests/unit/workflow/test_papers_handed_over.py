"""签退 names the papers that still wait for a printer."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, DeviceTrouble
from app.workflow import papers
from tests.support.small_counter import SmallCounter


def test_papers_that_wait_for_a_printer_are_handed_over(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    small.tray.broken = DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
    with pytest.raises(DeviceTrouble):
        small.surface.print_waiting(lambda _progress: None)
    small.surface.hand_over(view.case_id)
    left = small.surface.closing().handed_over
    assert [(one.kind, one.what, one.case_id) for one in left] == [
        ("paper", "receipt", view.case_id),
        ("paper", "prescription", view.case_id),
    ]
    assert {one.detail for one in left} == {"钱**"}
    small.tray.broken = None
    papers.print_waiting(small.till)
    assert small.surface.closing().handed_over == ()
