"""A message under way is never taken for one that was left behind."""

import threading

from app.domain.case import Step
from app.domain.settlement import AttemptState
from app.workflow import counter, settling
from tests.support.small_counter import SmallCounter


def test_only_who_has_the_turn_finds_a_message_left_behind(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with small.store.unit() as unit:
        settling._prepare(small.till, unit, small.case(view), None)
    taken, seen = threading.Event(), threading.Event()

    def at_work() -> None:
        with small.till.turn:
            taken.set()
            seen.wait(10)

    other = threading.Thread(target=at_work)
    other.start()
    taken.wait(10)
    counter.current(small.till)
    seen.set()
    other.join()
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    assert attempt.state is AttemptState.PREPARED
    counter.current(small.till)
    with small.store.reading() as unit:
        healed = unit.attempts.of_case(view.case_id)
    assert healed is not None
    assert healed.state is AttemptState.REJECTED
