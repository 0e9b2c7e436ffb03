"""What kind of insurance an adopted line is of, the totals tell, where all of them were heard
(0044)."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.ports.replies import TotalsCompared
from app.workflow.calendar import today
from app.workflow.day import open_day
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, of_counter, stray


def test_a_kind_nobody_compared_may_be_the_one(small: SmallCounter) -> None:
    """One total got no answer, another one differs for a reason of its own: nobody guesses."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day), "000099999")
    small.surface.abandon(view.case_id)

    def told(message: Any) -> TotalsCompared:
        kind = message.draft.request.insurance_kind
        if kind == "310":
            raise OutcomeUnknown(Code.ANSWER_MISSING)
        return TotalsCompared(kind != "390", "1" if kind == "390" else "0", "")

    small.fake._reconcile_totals = told  # type: ignore[method-assign]
    assert not small.surface.compare_money(day, True).complete
    with pytest.raises(OperatorInput) as unknown:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert unknown.value.code is Code.ADOPT_KIND_UNKNOWN


def test_what_waits_for_the_office_is_signed_with_a_note_and_adopted_later(
    small: SmallCounter,
) -> None:
    """Two totals differ, and one of them ends at the office alone: 1666 has a way out that day."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day), "000099999")
    small.surface.abandon(view.case_id)
    differing = {"310", "390"}

    def told(message: Any) -> TotalsCompared:
        equal = message.draft.request.insurance_kind not in differing
        return TotalsCompared(equal, "0" if equal else "1", "")

    small.fake._reconcile_totals = told  # type: ignore[method-assign]
    small.surface.compare_money(day, True)
    with pytest.raises(OperatorInput) as unknown:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert unknown.value.code is Code.ADOPT_KIND_UNKNOWN
    seen = small.surface.money(day)
    signed = small.surface.sign_money(day, seen.run_no, BOSS, PIN, "已报经办机构")
    assert [one.note for one in signed.signed] == ["已报经办机构"]
    small.clock.move(timedelta(days=2))
    open_day(small.till)
    differing.discard("390")
    small.surface.compare_money(day, True)
    after = small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert [one.message_id for one in after.adopted] == [message_id]
