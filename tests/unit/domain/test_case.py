"""The case table, written here a second time from the prose of architecture 6, then compared."""

from collections import deque
from collections.abc import Iterator
from itertools import product

import pytest

from app.domain.case import (
    KIND,
    PHASES,
    IllegalMove,
    Kind,
    Phase,
    Position,
    Route,
    Signal,
    Step,
    advance,
    start,
)

S, P, G = Step, Phase, Signal
LOCAL = {S.SCAN, S.HAND_OVER, S.TAKE_BACK}
ASK = {S.IDENTIFY, S.AUTHORISE, S.DOWNLOAD, S.VERIFY, S.PRESETTLE}
TELL = {S.AUDIT, S.UPLOAD_SALE, S.RETURN_SALE}
MONEY = {S.SETTLE, S.REVOKE}
ENDS = {S.DONE, S.CLOSED}

_INSURED = (S.SCAN, S.UPLOAD_SALE, S.PRESETTLE, S.SETTLE, S.HAND_OVER)
_FRONT = (S.IDENTIFY, S.AUTHORISE, S.DOWNLOAD, S.VERIFY, S.AUDIT)
PRESCRIPTION = Route("prescription", _FRONT + _INSURED)
AFTERWARDS = Route(
    "prescription",
    tuple(step for step in PRESCRIPTION.steps if step is not S.UPLOAD_SALE),
    frozenset({S.RETURN_SALE}),
)
COUNTER = Route("insured_counter", (S.IDENTIFY, *_INSURED))
SELF_PAY = Route("self_pay", (S.SCAN, S.HAND_OVER), frozenset({S.RETURN_SALE}))
PATIENT = Route("prescription", PRESCRIPTION.steps, frozenset({S.AUDIT, S.UPLOAD_SALE}))
ELSEWHERE = Route(
    "prescription",
    tuple(step for step in PRESCRIPTION.steps if step is not S.PRESETTLE),
    elsewhere=True,
)
ROUTES = {
    "elsewhere": ELSEWHERE,
    "prescription": PRESCRIPTION,
    "afterwards": AFTERWARDS,
    "insured_counter": COUNTER,
    "self_pay": SELF_PAY,
    "deferrable": PATIENT,
}
every_route = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)


def _on(step: Step, route: Route) -> bool:
    return step in route.steps or step in ENDS | {S.TAKE_BACK, S.REVOKE, S.RETURN_SALE}


def _next(step: Step, route: Route) -> Step:
    """Forward: along the route, then back along the undo line."""
    line = {
        S.HAND_OVER: S.DONE,
        S.TAKE_BACK: S.REVOKE,
        S.REVOKE: S.RETURN_SALE,
        S.RETURN_SALE: S.CLOSED,
    }
    return line.get(step) or route.steps[route.steps.index(step) + 1]


def _given_up(step: Step, route: Route) -> Step | None:
    if step is S.REVOKE:
        return S.HAND_OVER if S.SETTLE in route.steps else S.DONE
    if step is S.TAKE_BACK:
        return S.DONE
    if step is S.RETURN_SALE or (step is S.HAND_OVER and S.SETTLE in route.steps):
        return None
    uploaded = S.UPLOAD_SALE in route.steps and route.steps.index(step) > route.steps.index(
        S.UPLOAD_SALE
    )
    return S.RETURN_SALE if uploaded else S.CLOSED


def _message_rows(step: Step, route: Route) -> Iterator[tuple[Phase, Signal, Step, Phase]]:
    """The rows of the table for one step that has a message."""
    tell, ask = step in TELL, step in ASK
    yield P.READY, G.SENT, step, P.SENT
    if tell and step in route.deferrable:
        yield P.READY, G.QUEUED, _next(step, route), P.READY
    yield P.SENT, G.CONFIRMED, _next(step, route), P.READY
    if step in (S.VERIFY, S.AUDIT):
        yield P.SENT, G.ENDED, S.CLOSED, P.READY
    yield P.SENT, G.REJECTED, step, P.REJECTED
    yield P.SENT, G.NOT_SENT, step, P.READY
    for signal in (G.UNCLEAR, G.CRASHED):
        yield P.SENT, signal, step, P.READY if ask else P.UNKNOWN
    if not ask:
        yield P.UNKNOWN, G.CONFIRMED, _next(step, route), P.READY
        yield P.UNKNOWN, G.CLEARED, step, P.READY
    if step is S.AUDIT:
        yield P.UNKNOWN, G.ENDED, S.CLOSED, P.READY
    yield P.REJECTED, G.FIXED, step, P.READY
    if step is S.RETURN_SALE:
        yield P.REJECTED, G.ENDED, S.CLOSED, P.READY
    left = _given_up(step, route)
    for phase in (P.READY, P.REJECTED):
        if left is not None:
            yield phase, G.ABANDON, left, P.READY
        if step in (S.AUTHORISE, S.DOWNLOAD):
            yield phase, G.AGAIN, S.IDENTIFY, P.READY


def _table(route: Route) -> dict[tuple[Step, Phase, Signal], Position]:
    table: dict[tuple[Step, Phase, Signal], Position] = {}
    for step in filter(lambda step: _on(step, route), Step):
        local = LOCAL | (MONEY if route.elsewhere or not route.settles else set())
        if step in ASK | TELL | MONEY and step not in local:
            for phase, signal, to, then in _message_rows(step, route):
                table[step, phase, signal] = Position(to, then)
        elif step in local:
            table[step, P.READY, G.DONE] = Position(_next(step, route))
            left = _given_up(step, route)
            if left is not None:
                table[step, P.READY, G.ABANDON] = Position(left)
    table[S.DONE, P.READY, G.REFUND] = Position(S.TAKE_BACK)
    if S.SETTLE in route.steps:
        table[S.HAND_OVER, P.READY, G.REFUND] = Position(S.REVOKE)
    return table


@every_route
def test_every_triple_is_the_one_of_the_table(route: Route) -> None:
    table = _table(route)
    triples = list(product(Step, Phase, Signal))
    assert len(triples) == 840
    for step, phase, signal in triples:
        expected = table.get((step, phase, signal))
        if expected is not None:
            assert advance(Position(step, phase), signal, route) == expected
        else:
            with pytest.raises(IllegalMove):
                advance(Position(step, phase), signal, route)


def _moves(route: Route) -> dict[Position, dict[Signal, Position]]:
    """All positions reachable from the start, with the moves out of them."""
    found: dict[Position, dict[Signal, Position]] = {}
    waiting = deque([start(route)])
    while waiting:
        position = waiting.popleft()
        if position in found:
            continue
        found[position] = {}
        for signal in Signal:
            try:
                to = advance(position, signal, route)
            except IllegalMove:
                continue
            found[position][signal] = to
            waiting.append(to)
    return found


@pytest.mark.parametrize(
    ("route", "positions", "triples"),
    [(PRESCRIPTION, 40, 113), (AFTERWARDS, 36, 103), (COUNTER, 27, 68), (SELF_PAY, 10, 20)],
    ids=["prescription", "afterwards", "insured_counter", "self_pay"],
)
def test_as_many_moves_as_the_document_counts(route: Route, positions: int, triples: int) -> None:
    """Architecture 6 counts one less each; decision 0014 adds the refused return that ends, 0063
    the cash that goes back for a sale nobody insures."""
    moves = _moves(route)
    assert len(moves) == positions
    assert sum(map(len, moves.values())) == triples


@every_route
def test_an_end_is_reachable_from_everywhere(route: Route) -> None:
    moves = _moves(route)
    ending = {Position(S.DONE), Position(S.CLOSED)}
    while grown := {p for p, out in moves.items() if ending & set(out.values())} - ending:
        ending |= grown
    assert ending == set(moves)


@every_route
def test_nothing_stands_outside_a_closed_case(route: Route) -> None:
    """Walk every path with what stands outside: closed only with neither sale nor money."""
    uploads = S.UPLOAD_SALE in route.steps
    seen = set()
    waiting = [(start(route), False, False)]
    while waiting:
        position, sale, money = waiting.pop()
        if (position, sale, money) in seen:
            continue
        seen.add((position, sale, money))
        if position.step is S.CLOSED:
            assert not sale
            assert not money
        if position.step is S.DONE or (position.step is S.HAND_OVER and route.settles):
            assert money
        for signal in Signal:
            try:
                to = advance(position, signal, route)
            except IllegalMove:
                continue
            forward = signal in (G.CONFIRMED, G.QUEUED)
            if (route.elsewhere or not route.settles) and position.step in MONEY:
                forward = signal is G.DONE
            now_sale, now_money = sale, money
            if forward and position.step is S.UPLOAD_SALE:
                now_sale = True
            if forward and position.step is S.SETTLE:
                now_money, now_sale = True, sale or not uploads
            if forward and position.step is S.REVOKE:
                now_money = False
            if (forward or signal is G.ENDED) and position.step is S.RETURN_SALE:
                now_sale = False
            if position.step is S.HAND_OVER and signal is G.DONE and not route.settles:
                now_money = now_sale = True
            waiting.append((to, now_sale, now_money))


def test_kinds_and_phases_are_those_of_the_document() -> None:
    groups = ((LOCAL, Kind.LOCAL), (ASK, Kind.ASK), (TELL, Kind.TELL), (MONEY, Kind.MONEY))
    expected = {step: kind for steps, kind in (*groups, (ENDS, Kind.END)) for step in steps}
    assert expected == KIND
    assert PHASES[Kind.ASK] == (P.READY, P.SENT, P.REJECTED)
    assert set(PHASES[Kind.TELL]) == set(PHASES[Kind.MONEY]) == set(Phase)
    assert PHASES[Kind.LOCAL] == PHASES[Kind.END] == (P.READY,)


@every_route
def test_only_phases_of_the_kind_are_reached(route: Route) -> None:
    for position in _moves(route):
        assert position.phase in PHASES[KIND[position.step]]
        if (route.elsewhere or not route.settles) and position.step in MONEY:
            assert position.phase is P.READY


def test_where_a_sale_stands() -> None:
    assert not PRESCRIPTION.sale_stands_at(S.UPLOAD_SALE)
    assert PRESCRIPTION.sale_stands_at(S.PRESETTLE)
    assert not PRESCRIPTION.sale_stands_at(S.TAKE_BACK)
    assert not AFTERWARDS.sale_stands_at(S.SETTLE)


def test_an_illegal_move_names_the_triple() -> None:
    with pytest.raises(IllegalMove) as refused:
        advance(Position(S.CLOSED), G.SENT, PRESCRIPTION)
    assert refused.value.args == ("closed", "ready", "sent")
