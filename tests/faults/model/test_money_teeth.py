"""Wrong shortcuts, planted: the machine on the real program must find each of them.

They are those of the simulated days (``tests/faults/simulation/test_teeth.py``).
"""

from collections.abc import Callable, Mapping

import pytest

from app.domain.errors import Bug
from tests.faults.simulation.test_teeth import (
    bad_answer_means_failed,
    no_quiescence,
    numbers_start_again,
    restart_means_failed,
    reversal_needs_no_proof,
    send_before_the_row,
    timeout_means_failed,
)
from tests.support.money_machine import steps_played
from tests.support.ready_sales import ReadySales

TRIES, STEPS, RARE_STEPS = 20, 3_000, 200_000
"""At most: each is found in a few hundred steps as a rule, one of them in a few thousand. Beginning
again finds it sooner than going on: what is played is varied from what was played before."""
GHOST = "^I4: ghost"
BELIEVED_TOO_MUCH = f"{GHOST}|AttemptState.REJECTED|AttemptState.SETTLED"
"""A ghost in both books, or before that a state no such answer allows."""
FOUND_BY: Mapping[Callable[[pytest.MonkeyPatch], None], str] = {
    send_before_the_row: "^I2",
    timeout_means_failed: BELIEVED_TOO_MUCH,
    bad_answer_means_failed: BELIEVED_TOO_MUCH,
    restart_means_failed: "^I4",
    reversal_needs_no_proof: "^I4",
    # the base itself refuses an id that stands in it
    numbers_start_again: "^I7|^bug",
}

pytestmark = pytest.mark.usefixtures("_quiet")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("shortcut", FOUND_BY, ids=lambda plant: plant.__name__)
def test_a_wrong_shortcut_is_found(
    ready: ReadySales, shortcut: Callable[[pytest.MonkeyPatch], None]
) -> None:
    with pytest.MonkeyPatch.context() as plant:
        shortcut(plant)
        with pytest.raises((AssertionError, Bug), match=FOUND_BY[shortcut]):
            _tried(ready)


def _tried(ready: ReadySales) -> None:
    for number in range(TRIES):
        steps_played(ready, STEPS, f"teeth {number}")


@pytest.mark.deep
@pytest.mark.timeout(1800)
def test_the_rarest_shortcut_is_found_at_length(ready: ReadySales) -> None:
    """A reversal that overtakes a late original takes three things in seven seconds."""
    with pytest.MonkeyPatch.context() as plant:
        no_quiescence(plant)
        with pytest.raises(AssertionError, match=r"^I4"):
            steps_played(ready, RARE_STEPS, "teeth")
