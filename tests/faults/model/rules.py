"""The rules of one prescription's money as a transition system, small enough to walk all of it.

Reliability 8, written from that text and from nothing of the program: a second opinion. Everything
that can be on its way, be lost, be refused or die is a move; ``Wrong`` leaves one rule out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class A(StrEnum):
    """What the ledger says of one attempt. ``LOST``: used after the copy that was put back, so
    that the ledger knows nothing of it; its id is never drawn again."""

    NONE = "none"
    PREP = "prepared"
    SEND = "sending"
    UNK = "unknown"
    REV = "reversing"
    REVU = "reversed, unconfirmed"
    REVD = "reversed"
    SETT = "settled"
    REJ = "rejected"
    MAN = "manual"
    LOST = "lost"


class P(StrEnum):
    """What the platform has booked under one message id."""

    NOTHING = "nothing"
    ACTIVE = "active"
    REVERSED = "reversed"
    REJECTED = "rejected"


class Wrong(StrEnum):
    """One rule less."""

    SEND_FIRST = "send before the durable row"
    TIMEOUT_FAILED = "timeout means failed"
    BAD_FAILED = "unreadable or badly signed means failed"
    RESTART_FAILED = "restart assumes the one in flight failed"
    EMPTY_FAILED = "empty status query means not settled"
    REVERSAL_TRUSTED = "reversal trusted without confirmation"
    NO_QUIESCENCE = "reversal at once"
    COPY_BELIEVED = "a restored copy is believed"
    COPY_RESTARTED = "a restored copy is treated as a restart"
    PREPARED_FORGOTTEN = "what a copy has prepared was never sent"
    SIGNED_BLINDLY = "a recovery is signed without comparing"


LIVE = frozenset({A.PREP, A.SEND, A.UNK, A.REV, A.REVU, A.MAN})
_OVER = frozenset({A.NONE, A.REJ, A.REVD, A.LOST})
IDLE = ("idle", -1)
REVERSALS = 3
Message = tuple[str, int, str]
"""Kind (``req``, ``rep``, ``rev``, ``ack``), attempt, and what an answer says."""


@dataclass(frozen=True)
class Rules:
    """``copies``: a copy is taken once and may be put back once."""

    attempts: int = 3
    query: bool = True
    copies: bool = False
    wrong: Wrong | None = None


class State(NamedTuple):
    """``pc`` is what the counter does now and for which attempt; a crash sends it to idle.

    ``copy`` is ledger and reversal counts as they were copied; ``done``: a person accepted a lost
    settlement as the sale, so that this prescription is not served again.
    """

    ledger: tuple[A, ...]
    tries: tuple[int, ...]
    pc: tuple[str, int]
    wire: frozenset[Message]
    platform: tuple[P, ...]
    goods: bool = False
    copy: tuple[tuple[A, ...], tuple[int, ...]] | None = None
    restored: bool = False
    recovering: bool = False
    done: bool = False
    twice: bool = False

    @property
    def at_rest(self) -> bool:
        idle = self.pc == IDLE and not self.wire and not self.recovering
        return idle and not any(one in LIVE for one in self.ledger)


def first(rules: Rules) -> State:
    """Nothing has happened."""
    count = rules.attempts
    return State((A.NONE,) * count, (0,) * count, IDLE, frozenset(), (P.NOTHING,) * count)


def after(rules: Rules, state: State) -> Iterator[State]:
    """Every state one move away. Answers nobody waits for vanish with their connection."""
    for one in (*_counter(rules, state), *_network(state), *_copying(rules, state)):
        yield one._replace(wire=frozenset(m for m in one.wire if _heard(one, m)))


def _heard(state: State, message: Message) -> bool:
    kind, number, _ = message
    waiting = {"rep": "wait", "ack": "wait reversal"}.get(kind)
    return waiting is None or state.pc == (waiting, number)


def _put(values: tuple[T, ...], number: int, value: T) -> tuple[T, ...]:
    return (*values[:number], value, *values[number + 1 :])


def _led(state: State, number: int, ledger: A, pc: tuple[str, int] = IDLE) -> State:
    return state._replace(ledger=_put(state.ledger, number, ledger), pc=pc)


def _current(state: State) -> int | None:
    return next((i for i, one in enumerate(state.ledger) if one not in _OVER), None)


def _sent(state: State, message: Message, pc: tuple[str, int]) -> State:
    again = message[0] == "req" and (
        message in state.wire or state.platform[message[1]] is not P.NOTHING
    )
    return state._replace(wire=state.wire | {message}, pc=pc, twice=state.twice or again)


def _counter(rules: Rules, state: State) -> Iterator[State]:
    doing, number = state.pc
    if state.pc == IDLE:
        yield from _idle(rules, state)
        return
    yield state._replace(pc=IDLE)
    match doing:
        case "prepared":
            yield _led(state, number, A.SEND, ("about", number))
            if rules.wrong is Wrong.SEND_FIRST:
                yield _sent(state, ("req", number, ""), ("wait", number))
        case "about":
            yield _sent(state, ("req", number, ""), ("wait", number))
            yield _led(state, number, A.REJ)
        case "wait":
            yield from _answered(rules, state, number)
        case "about reversal":
            tries = _put(state.tries, number, state.tries[number] + 1)
            sent = _sent(state, ("rev", number, ""), ("wait reversal", number))
            yield sent._replace(tries=tries)
        case _:
            yield state._replace(pc=IDLE)
            if ("ack", number, "ok") in state.wire:
                trusted = rules.wrong is Wrong.REVERSAL_TRUSTED
                yield _led(state, number, A.REVD if trusted else A.REVU)


def _answered(rules: Rules, state: State, number: int) -> Iterator[State]:
    failed = A.REJ if rules.wrong is Wrong.TIMEOUT_FAILED else A.UNK
    yield _led(state, number, failed)
    if ("rep", number, "ok") in state.wire:
        yield _led(state, number, A.SETT)
    if ("rep", number, "no") in state.wire:
        yield _led(state, number, A.REJ)
    if ("rep", number, "bad") in state.wire:
        yield _led(state, number, A.REJ if rules.wrong is Wrong.BAD_FAILED else A.UNK)


def _idle(rules: Rules, state: State) -> Iterator[State]:
    number = _current(state)
    if number is None:
        if A.NONE in state.ledger and not state.recovering and not state.done:
            new = state.ledger.index(A.NONE)
            yield _led(state, new, A.PREP, ("prepared", new))
        return
    quiet = rules.wrong is Wrong.NO_QUIESCENCE or ("req", number, "") not in state.wire
    active = state.platform[number] is P.ACTIVE
    match state.ledger[number]:
        case A.PREP:
            yield _led(state, number, A.REJ)
        case A.SEND:
            failed = rules.wrong is Wrong.RESTART_FAILED
            yield _led(state, number, A.REJ if failed else A.UNK)
        case A.UNK:
            yield from _unknown(rules, state, number, quiet=quiet, active=active)
        case A.REV if state.tries[number] < REVERSALS:
            yield state._replace(pc=("about reversal", number))
        case A.REV if ("rev", number, "") not in state.wire:
            yield _led(state, number, A.MAN)
        case A.REVU if quiet:
            yield _led(state, number, A.REV if active else A.REVD)
        case A.MAN if not state.wire:
            yield _led(state, number, A.SETT if active else A.REVD)
        case A.SETT if not state.goods:
            yield state._replace(goods=True)


def _unknown(
    rules: Rules, state: State, number: int, *, quiet: bool, active: bool
) -> Iterator[State]:
    if not quiet:
        if rules.wrong is Wrong.EMPTY_FAILED and not active:
            yield _led(state, number, A.REJ)
        return
    if rules.query and active:
        yield _led(state, number, A.SETT)
    if rules.wrong is Wrong.EMPTY_FAILED and not active:
        yield _led(state, number, A.REJ)
    yield _led(state, number, A.REV, ("about reversal", number))


def _network(state: State) -> Iterator[State]:
    for message in state.wire:
        kind, number, _ = message
        gone = state._replace(wire=state.wire - {message})
        if kind == "req":
            yield from _arrives(state, gone, number)
        elif kind == "rev":
            yield from _reverses(gone, number)


def _answer(state: State, kind: str, number: int, *words: str) -> Iterator[State]:
    """The same with no answer, or with each of ``words``."""
    yield state
    for word in words:
        yield state._replace(wire=state.wire | {(kind, number, word)})


def _booked(state: State, number: int, booked: P) -> State:
    return state._replace(platform=_put(state.platform, number, booked))


def _arrives(state: State, gone: State, number: int) -> Iterator[State]:
    if state.platform[number] is not P.NOTHING:
        yield gone
        return
    yield from _answer(_booked(gone, number, P.ACTIVE), "rep", number, "ok", "bad")
    yield from tuple(_answer(_booked(gone, number, P.REJECTED), "rep", number, "no"))[1:]
    # lost on the way, or a gateway that gives up while the request travels on
    yield from _answer(gone, "rep", number, "bad")
    yield from tuple(_answer(state, "rep", number, "bad"))[1:]


def _reverses(gone: State, number: int) -> Iterator[State]:
    """It may do what it says, or say so and do nothing."""
    if gone.platform[number] is P.ACTIVE:
        yield from _answer(_booked(gone, number, P.REVERSED), "ack", number, "ok", "bad")
    yield from _answer(gone, "ack", number, "ok", "bad")


# -- a copy that is put back -------------------------------------------------------------------


def _copying(rules: Rules, state: State) -> Iterator[State]:
    if not rules.copies:
        return
    if state.copy is None and not state.restored:
        yield state._replace(copy=(state.ledger, state.tries))
    if state.copy is not None:
        yield _put_back(rules, state, *state.copy)
    if state.recovering:
        yield from _compared(rules, state)


def _put_back(rules: Rules, state: State, ledger: tuple[A, ...], tries: tuple[int, ...]) -> State:
    """The power goes, an old copy takes the base's place, the power comes back."""
    back = state._replace(pc=IDLE, tries=tries, copy=None, restored=True)
    if rules.wrong is Wrong.COPY_BELIEVED:
        return back._replace(ledger=ledger)
    pairs = zip(ledger, state.ledger, strict=True)
    known = tuple(A.LOST if old is A.NONE and now is not A.NONE else old for old, now in pairs)
    if rules.wrong is Wrong.COPY_RESTARTED:
        return back._replace(ledger=known)
    kept = {A.PREP: A.REJ} if rules.wrong is Wrong.PREPARED_FORGOTTEN else {}
    doubted = dict.fromkeys(LIVE, A.MAN) | kept
    return back._replace(ledger=tuple(doubted.get(one, one) for one in known), recovering=True)


def _compared(rules: Rules, state: State) -> Iterator[State]:
    """Line by line, once nothing travels: strays are reversed or accepted, then it is signed."""
    if rules.wrong is Wrong.SIGNED_BLINDLY:
        yield state._replace(recovering=False)
        return
    if state.wire or state.pc != IDLE or any(one in LIVE for one in state.ledger):
        return
    strays = [
        number
        for number, one in enumerate(state.ledger)
        if one is A.LOST and state.platform[number] is P.ACTIVE
    ]
    if not strays:
        yield state._replace(recovering=False)
        return
    if not state.goods:
        yield _booked(state, strays[0], P.REVERSED)
    yield state._replace(recovering=False, done=True)


# -- what must hold ----------------------------------------------------------------------------


def broken(state: State) -> str:
    """The first invariant that does not hold; empty where all do."""
    pairs = list(zip(state.ledger, state.platform, strict=True))
    if sum(theirs is P.ACTIVE for _, theirs in pairs) > 1:
        return "I1"
    unsent = [i for i, one in enumerate(state.ledger) if one in (A.NONE, A.PREP)]
    # a copy knows of less than was sent: that is what a recovery is for
    if not state.restored and any(
        state.platform[i] is not P.NOTHING or _travels(state, i) for i in unsent
    ):
        return "I2"
    if state.twice:
        return "I7"
    if state.goods and not state.restored and A.SETT not in state.ledger:
        return "I3"
    return _broken_at_rest(state, pairs) if state.at_rest else ""


def _travels(state: State, number: int) -> bool:
    return any(kind in ("req", "rev") and i == number for kind, i, _ in state.wire)


def _broken_at_rest(state: State, pairs: list[tuple[A, P]]) -> str:
    for ours, theirs in pairs:
        accepted = ours is A.LOST and state.done
        if (theirs is P.ACTIVE) != (ours is A.SETT) and not (accepted and theirs is P.ACTIVE):
            return "I4"
    if state.goods and all(theirs is not P.ACTIVE for _, theirs in pairs):
        return "goods without money"
    return ""
