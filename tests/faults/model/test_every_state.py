"""Every state the rules can reach, and the shortest way to trouble where one rule is left out."""

from collections import deque

import pytest

from tests.faults.model.rules import Rules, State, Wrong, after, broken, first


def walk(rules: Rules) -> tuple[dict[State, int], list[tuple[State, State]]]:
    """Every state with the moves it is away, and every move. Stops at nothing."""
    start = first(rules)
    away, moves, waiting = {start: 0}, [], deque([start])
    while waiting:
        state = waiting.popleft()
        for found in after(rules, state):
            moves.append((state, found))
            if found not in away:
                away[found] = away[state] + 1
                waiting.append(found)
    return away, moves


def shortest_break(rules: Rules) -> tuple[str, int]:
    """The first invariant that breaks, and after how many moves."""
    start = first(rules)
    away, waiting = {start: 0}, deque([start])
    while waiting:
        state = waiting.popleft()
        if found := broken(state):
            return found, away[state]
        for one in after(rules, state):
            if one not in away:
                away[one] = away[state] + 1
                waiting.append(one)
    return "", 0


def stuck(away: dict[State, int], moves: list[tuple[State, State]]) -> set[State]:
    """States from which no resting state can be reached."""
    before: dict[State, list[State]] = {}
    for state, found in moves:
        before.setdefault(found, []).append(state)
    waiting = [state for state in away if state.at_rest]
    ends = set(waiting)
    while waiting:
        for state in before.get(waiting.pop(), ()):
            if state not in ends:
                ends.add(state)
                waiting.append(state)
    return away.keys() - ends


@pytest.mark.parametrize(
    ("rules", "states"),
    [
        # another program walked the same text: moves it counted otherwise, states it did not
        pytest.param(Rules(), 19_020, id="one base"),
        pytest.param(Rules(query=False), 19_020, marks=pytest.mark.deep, id="no query"),
        pytest.param(Rules(attempts=2, copies=True), 29_461, id="a copy put back"),
        pytest.param(
            Rules(attempts=2, copies=True, query=False),
            29_437,
            marks=pytest.mark.deep,
            id="a copy put back, no query",
        ),
    ],
)
def test_every_state_holds_and_ends(rules: Rules, states: int) -> None:
    away, moves = walk(rules)
    assert [state for state in away if broken(state)] == []
    assert stuck(away, moves) == set()
    assert len(away) == states


SHORTEST = {
    Wrong.SEND_FIRST: ("I2", 2),
    Wrong.TIMEOUT_FAILED: ("I4", 5),
    Wrong.BAD_FAILED: ("I4", 5),
    Wrong.RESTART_FAILED: ("I4", 6),
    Wrong.EMPTY_FAILED: ("I4", 6),
    Wrong.REVERSAL_TRUSTED: ("I4", 9),
    Wrong.NO_QUIESCENCE: ("I4", 10),
    Wrong.COPY_BELIEVED: ("I4", 6),
    Wrong.COPY_RESTARTED: ("I4", 6),
    Wrong.PREPARED_FORGOTTEN: ("I4", 7),
    Wrong.SIGNED_BLINDLY: ("I4", 7),
}
"""What breaks and after how many moves. The first seven are those of the specification, counted
from the commit of the prepared row, as it counts all but the first."""
OF_A_COPY = frozenset(
    {Wrong.COPY_BELIEVED, Wrong.COPY_RESTARTED, Wrong.PREPARED_FORGOTTEN, Wrong.SIGNED_BLINDLY}
)


@pytest.mark.parametrize("wrong", Wrong)
def test_every_rule_is_needed(wrong: Wrong) -> None:
    copies = wrong in OF_A_COPY
    rules = Rules(attempts=2 if copies else 3, copies=copies, wrong=wrong)
    assert shortest_break(rules) == SHORTEST[wrong]
