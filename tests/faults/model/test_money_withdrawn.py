"""What a failed commit left prepared is withdrawn by the next press, and may then need an answer.

Found by fifty thousand steps, twice: between the failed press and the next one midnight passed, so
that the press withdrew what had never left, asked for a new split, and sent nothing.
"""

from collections.abc import Iterator

import pytest

from app.domain.attempt import AttemptState, StatusQuery
from app.domain.case import Phase, Position, Step
from app.domain.errors import Code
from tests.support.money_machine import MoneyMachine, machine_on
from tests.support.money_shop import MoneyShop
from tests.support.ready_sales import ReadySales

OVER_MIDNIGHT_S = 18 * 3600.0
BEFORE_SENDING = 1
"""The second commit of a press: what is prepared stands, and is not on its way."""

pytestmark = pytest.mark.usefixtures("_quiet")


@pytest.fixture
def machine(ready: ReadySales) -> Iterator[MoneyMachine]:
    made = machine_on(ready)()
    made.begin(StatusQuery.NONE, 8, silent=False, one_kind=False)
    made.both_books_agree()
    yield made
    made.teardown()


def prepared(machine: MoneyMachine) -> int:
    """A sale whose money was prepared, when the base failed; midnight passes."""
    case = machine.now.waiting()[0]
    machine.around("commit_failed", BEFORE_SENDING)
    machine.serve(0, back=True)
    for _ in range(3):
        machine.lane(OVER_MIDNIGHT_S / 3)
        machine.both_books_agree()
    found = machine.now.attempt(case)
    assert found is not None
    assert found.state is AttemptState.PREPARED
    return case


def test_a_settlement_that_never_left_is_withdrawn_and_a_new_split_shown(
    machine: MoneyMachine,
) -> None:
    case = prepared(machine)
    machine.serve(0, back=True)
    machine.both_books_agree()
    withdrawn = machine.now.attempt(case)
    assert withdrawn is not None
    assert (withdrawn.state, withdrawn.reason) == (AttemptState.REJECTED, "never_sent")
    assert machine.now.place(case) == Position(Step.SETTLE, Phase.READY)
    refusal = machine.now.case(case).facts.refusal
    assert refusal is not None
    assert refusal.code == Code.ESTIMATE_RENEWED
    assert withdrawn.message_id not in machine.now.booked
    machine.serve(0, back=True)
    machine.both_books_agree()
    settled = machine.now.attempt(case)
    assert settled is not None
    assert settled.state is AttemptState.SETTLED
    assert settled.message_id != withdrawn.message_id


@pytest.mark.parametrize(
    ("planted", "found"),
    [("ever_left", "left, and is withdrawn"), ("told_on_the_page", "nobody says why")],
)
def test_the_checker_sees_what_had_left_and_what_is_not_said(
    machine: MoneyMachine, monkeypatch: pytest.MonkeyPatch, planted: str, found: str
) -> None:
    prepared(machine)
    monkeypatch.setattr(MoneyShop, planted, lambda *_: planted == "ever_left")
    with pytest.raises(AssertionError, match=found):
        machine.serve(0, back=True)
