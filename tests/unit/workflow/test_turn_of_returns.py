"""What the delivery lane takes back by itself is not called lost by who looks at the visit."""

import threading
from datetime import timedelta
from typing import Any

from app.domain.case import Phase, Step
from app.domain.errors import Code, PlatformRejected
from app.profile.operations import Operation
from app.workflow.doubts import records
from app.workflow.returns.compensate import compensate
from app.workflow.views.case import CaseView
from tests.support.small_counter import SmallCounter

A_LOOK_S = 0.05
"""What a look costs that waits for nobody, many times over."""


def test_a_look_at_a_visit_that_is_being_taken_back_waits(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.clock.move(timedelta(minutes=5))
    honest = small.fake._return_sale
    seen: list[CaseView] = []
    lookers: list[threading.Thread] = []

    def meanwhile(message: Any) -> Any:
        look = threading.Thread(target=lambda: seen.append(small.surface.view(view.case_id)))
        look.start()
        look.join(A_LOOK_S)
        lookers.append(look)
        return honest(message)

    small.fake._return_sale = meanwhile  # type: ignore[method-assign] # the books, and a look
    assert compensate(small.till, small.clock.now()) == 1
    for look in lookers:
        look.join()
    assert {found.step for found in seen} == {Step.CLOSED}


def test_a_visit_that_somebody_works_on_is_left_for_the_next_round(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.clock.move(timedelta(minutes=5))
    done: list[int] = []
    with small.till.turn:
        lane = threading.Thread(
            target=lambda: done.append(compensate(small.till, small.clock.now()))
        )
        lane.start()
        lane.join()
    assert done == [0]
    assert small.fake.times(Operation.RETURN_SALE) == 0
    assert small.view(view).phase is Phase.READY


def test_a_return_that_wants_a_sign_in_is_told_again_and_nobodys_word(small: SmallCounter) -> None:
    """The platform looked at no record: what a person saw there ends nothing."""
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.RETURN_SALE, PlatformRejected(Code.SIGN_IN_REQUIRED))
    view = small.surface.abandon(view.case_id)
    assert (view.step, view.phase) == (Step.RETURN_SALE, Phase.REJECTED)
    assert not records.decidable(small.case(view))
    assert small.surface.retry(view.case_id).step is Step.CLOSED
