"""How often each step of a visit commits (docs/reliability.md): one commit for an act of a person,
one for the intent of a message, one for its outcome; money and a proof have one more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from app.domain.case import Step
from app.workflow.views.case import CaseView
from tests.support.small_counter import CAPSULES, EARLY, SmallCounter

Act = Callable[[SmallCounter, CaseView], CaseView]


@dataclass(frozen=True)
class Cost:
    """What one act of a person may cost: messages on the wire, and commits besides theirs."""

    name: str
    act: Act
    messages: int
    besides: int


VISIT = (
    # somebody shows a code: whose it is, the person, their prescriptions
    Cost("identify", lambda shop, view: shop.identify(view), 3, 1),
    # the choice; download and verification run behind it
    Cost("choose", lambda shop, view: shop.choose(view), 2, 1),
    # whose code it is; the proof is judged after the answer and kept by itself
    Cost("prove", lambda shop, view: shop.prove(view), 1, 1),
    # the decision of the pharmacist stands before anything leaves
    Cost("audit", lambda shop, view: shop.audit(view), 1, 1),
    # every box is a commit of its own
    Cost("box", lambda shop, view: shop.scan(view, EARLY[0]).case, 0, 1),
    Cost("box", lambda shop, view: shop.scan(view, EARLY[1]).case, 0, 1),
    Cost("box", lambda shop, view: shop.scan(view, CAPSULES[0]).case, 0, 1),
    # all boxes are here; a message for each of two lines, and the split
    Cost("finish", lambda shop, view: shop.finish(view), 3, 1),
    # prepared, so that what never left is told from what is unknown; then as any message
    Cost("settle", lambda shop, view: shop.settle(view), 1, 1),
    Cost("hand over", lambda shop, view: shop.surface.hand_over(view.case_id), 0, 1),
)


@pytest.fixture
def commits(small: SmallCounter, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each unit of this store that was committed."""
    counted: list[int] = []
    whole = small.store.unit

    @contextmanager
    def counting(*arguments: Any, **named: Any) -> Iterator[Any]:
        with whole(*arguments, **named) as unit:
            yield unit
        counted.append(1)

    monkeypatch.setattr(small.store, "unit", counting)
    return counted


def test_every_step_commits_what_it_says(small: SmallCounter, commits: list[int]) -> None:
    view = small.surface.current()
    for cost in VISIT:
        small.fake.asked.clear()
        commits.clear()
        view = cost.act(small, view)
        told = len(small.fake.asked)
        assert (cost.name, told, len(commits)) == (
            cost.name,
            cost.messages,
            2 * cost.messages + cost.besides,
        )
    assert view.step is Step.DONE
