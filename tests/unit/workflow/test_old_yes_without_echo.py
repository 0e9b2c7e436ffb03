"""A region that echoes no message id: a yes said before the money left is no answer to it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import resolving
from tests.support.small_counter import SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def test_a_held_back_yes_to_the_first_attempt_does_not_settle_the_second(
    small: SmallCounter,
) -> None:
    """The first answer is held back; its settlement is reversed and proved absent; tried again,
    the new message is lost on its way, and the old answer arrives in its place."""
    fake, kept = small.fake, []
    fake.own_time = small.clock.now
    honest = fake._settle

    def settle(message: Any) -> Any:
        told = replace(honest(message), message_id_echo="")
        kept.append((told, small.clock.now()))
        return told

    fake._settle = settle  # type: ignore[method-assign]
    view = small.until(Step.SETTLE)
    fake.script(Operation.SETTLE, LOST, booked=True)
    small.settle(view)
    for _ in range(4):
        small.clock.move(timedelta(seconds=20))
        resolving.resolve_due(small.till)
    assert fake.books.settlements == {}
    (old, said_at), *_ = kept

    def nothing_there(message: Any) -> Any:
        fake.own_time = lambda: said_at
        return old

    fake._settle = nothing_there  # type: ignore[method-assign]
    small.settle(small.view(view))
    fake.own_time = small.clock.now
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    assert fake.books.settlements == {}
    assert attempt.state is not AttemptState.SETTLED, "goods and receipt, and no settlement there"
