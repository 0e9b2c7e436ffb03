"""A refund that a statement writes under the message of its settlement is reversed by nobody, also
where a person said that the settlement stands (0059, 0064): the reversal would name the settlement.
"""

from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.books.compare import compare
from app.domain.books.money import MOVING, Cause
from tests.unit.domain.test_money_by_word import said, told
from tests.unit.domain.test_money_compare import Day, refund_of, stands


def test_no_reversal_names_the_settlement_that_a_person_said_to_stand() -> None:
    day = Day()
    here = said(day, AttemptState.SETTLED)
    line = stands(here)
    back = replace(stands(refund_of(here)), message_id=here.message_id)
    for rows in ((line, back), (back,)):
        (found,) = compare(day.ours, told(*rows))
        assert found.repair not in MOVING, "its reversal takes the settlement back"
        assert (found.cause, found.adoptable) == (Cause.REFUND_ELSEWHERE, True)
