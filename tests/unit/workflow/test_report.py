"""Who was served lately, for whoever plays the next visit."""

from app.domain.case import Step
from app.workflow.cases.report import served_people
from tests.support.small_counter import PATIENT_ID, SmallCounter


def test_only_who_left_with_goods_was_served(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    assert served_people(small.till) == frozenset()
    small.hand_over(view)
    assert served_people(small.till) == {PATIENT_ID}
