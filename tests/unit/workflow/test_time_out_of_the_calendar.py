"""An answer dated in the first or the last year there is: such a time cannot be carried on."""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.gateways.envelopes.core import read_frame
from app.profile.operations import Operation
from app.workflow import resolving
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_refund_of_other_amounts import attempt_of


@pytest.mark.parametrize("told", ["99991231235959", "99991231235959999", "00010101000000"])
def test_a_time_that_means_never_stops_neither_money_nor_the_clearing_of_a_doubt(
    small: SmallCounter, told: str
) -> None:
    fake = small.fake
    said_at = read_frame({"infcode": "0", "respond_time": told}).answered_at
    view = small.until(Step.SETTLE)
    fake.own_time = lambda: said_at
    resolving.hear_time(small.till)
    fake.own_time = small.clock.now
    small.clock.move(timedelta(seconds=5))
    fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    view = small.settle(small.view(view))
    for _ in range(4):
        small.clock.move(timedelta(seconds=20))
        resolving.resolve_due(small.till)
    assert attempt_of(small, view).state is AttemptState.REVERSED
    assert fake.books.settlements == {}
