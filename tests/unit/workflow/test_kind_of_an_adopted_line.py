"""What kind of insurance an adopted line is of, the totals tell, where all of them were heard
(0044)."""

from typing import Any

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.ports.replies import TotalsCompared
from app.workflow.calendar import today
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
