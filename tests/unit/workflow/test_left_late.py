"""Money that was committed and had to wait for its way out: the quiescence begins when it left."""

from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.ports.messages import WireFacts
from app.profile.operations import Operation
from app.workflow import resolving
from tests.support.small_counter import SmallCounter

WAITED = timedelta(seconds=15)


def test_a_settlement_that_left_late_is_not_reversed_before_it_can_have_arrived(
    small: SmallCounter,
) -> None:
    """The library was busy with another lane's message. Reversed too soon, the slow original
    settles behind its reversal, and nothing is reversed any more."""
    fake, clock = small.fake, small.clock

    def late(message: Any) -> Any:
        del message
        clock.move(WAITED)
        seen = WireFacts(clock.now(), True, 900, 0, None, 0, failure="deadline")
        raise OutcomeUnknown(Code.SETTLEMENT_UNKNOWN, evidence=seen)

    fake._settle = late  # type: ignore[method-assign]
    small.settle(small.until(Step.SETTLE))
    quiet = timedelta(seconds=small.profile.settle.quiescence_s)
    clock.move(quiet - timedelta(seconds=1))
    resolving.resolve_due(small.till)
    assert fake.times(Operation.REVERSE) == 0
    clock.move(timedelta(seconds=1))
    resolving.resolve_due(small.till)
    assert fake.times(Operation.REVERSE) == 1
