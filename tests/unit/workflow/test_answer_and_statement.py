"""An answer and the statement of the same settlement tell different parts of one total.

A decision is made with the statement on screen (reliability 2.1); what is shown as the
platform's, and what is booked by it, is the statement's.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from tests.support.small_counter import BOSS, PIN, SmallCounter


def otherwise(answer: Any) -> Any:
    """Account nothing, cash all of it; the books keep what was agreed."""
    asked = answer.facts.amounts
    cash = Fen(asked.cash + asked.account)
    amounts = replace(asked, account=Fen(0), cash=cash)
    return replace(answer, facts=replace(answer.facts, amounts=amounts))


def test_what_is_shown_and_booked_is_the_statements(small: SmallCounter) -> None:
    at_settle = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, change=otherwise)
    view = small.settle(at_settle)
    small.clock.move(timedelta(minutes=5))
    (there,) = (one.facts.amounts for one in small.fake.books.settlements.values())
    shown = {row.key: row.theirs for row in small.surface.examine(view.case_id).rows}
    assert shown["account"] == there.account, "shown as theirs, and on no line of the statement"
    evidence = small.surface.gather_evidence(view.case_id)
    ended = small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    assert ended.hand_over is not None
    assert ended.hand_over.still_to_pay == 0, "cash is asked for that the account paid there"
