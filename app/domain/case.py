"""One customer, one prescription, one case: where it stands and the only function that moves it.

``Step × Phase × Signal → Position`` (architecture 6). SENT found at start-up means ``crashed``;
UNKNOWN is left by evidence only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What the customer is waiting for."""

    IDENTIFY = "identify"
    AUTHORISE = "authorise"
    DOWNLOAD = "download"
    VERIFY = "verify"
    AUDIT = "audit"
    SCAN = "scan"
    PRESETTLE = "presettle"
    UPLOAD_SALE = "upload_sale"
    SETTLE = "settle"
    HAND_OVER = "hand_over"
    DONE = "done"
    TAKE_BACK = "take_back"
    REVOKE = "revoke"
    RETURN_SALE = "return_sale"
    CLOSED = "closed"


class Phase(StrEnum):
    """How far the step's message has come."""

    READY = "ready"
    SENT = "sent"
    UNKNOWN = "unknown"
    REJECTED = "rejected"


class Signal(StrEnum):
    """What happened."""

    SENT = "sent"
    QUEUED = "queued"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    CRASHED = "crashed"
    CLEARED = "cleared"
    FIXED = "fixed"
    ABANDON = "abandon"
    AGAIN = "again"
    DONE = "done"
    REFUND = "refund"


class Kind(StrEnum):
    """What stands outside once a step's message has left."""

    LOCAL = "local"
    ASK = "ask"
    TELL = "tell"
    MONEY = "money"
    END = "end"


KIND: Mapping[Step, Kind] = {
    Step.IDENTIFY: Kind.ASK,
    Step.AUTHORISE: Kind.ASK,
    Step.DOWNLOAD: Kind.ASK,
    Step.VERIFY: Kind.ASK,
    Step.AUDIT: Kind.TELL,
    Step.SCAN: Kind.LOCAL,
    Step.PRESETTLE: Kind.ASK,
    Step.UPLOAD_SALE: Kind.TELL,
    Step.SETTLE: Kind.MONEY,
    Step.HAND_OVER: Kind.LOCAL,
    Step.DONE: Kind.END,
    Step.TAKE_BACK: Kind.LOCAL,
    Step.REVOKE: Kind.MONEY,
    Step.RETURN_SALE: Kind.TELL,
    Step.CLOSED: Kind.END,
}
PHASES: Mapping[Kind, tuple[Phase, ...]] = {
    Kind.LOCAL: (Phase.READY,),
    Kind.END: (Phase.READY,),
    Kind.ASK: (Phase.READY, Phase.SENT, Phase.REJECTED),
    Kind.TELL: tuple(Phase),
    Kind.MONEY: tuple(Phase),
}
_CREDENTIAL_STEPS = frozenset({Step.AUTHORISE, Step.DOWNLOAD})
_ENDABLE = frozenset({Step.VERIFY, Step.AUDIT})
_UNDO = (Step.TAKE_BACK, Step.REVOKE, Step.RETURN_SALE)
_MONEY = frozenset({Step.SETTLE, Step.REVOKE})


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands."""

    step: Step
    phase: Phase = Phase.READY


@dataclass(frozen=True, slots=True)
class Route:
    """The steps of one kind of visit, in order, ending at ``hand_over`` (profile [routes]).

    ``deferrable`` names the tell steps whose message may wait in the outbox. ``elsewhere``: the
    money is moved by another product, so that its steps have no message here (S4 2.1); nor has the
    cash of a route that settles nothing (0063).
    """

    name: str
    steps: tuple[Step, ...]
    deferrable: frozenset[Step] = frozenset()
    elsewhere: bool = False

    def kind(self, step: Step) -> Kind:
        """What stands outside once the message of ``step`` has left on this route."""
        without_message = self.elsewhere or not self.settles
        return Kind.LOCAL if without_message and step in _MONEY else KIND[step]

    @property
    def settles(self) -> bool:
        return Step.SETTLE in self.steps

    def after(self, step: Step) -> Step:
        """The step that follows on the way out."""
        if step is Step.HAND_OVER:
            return Step.DONE
        return self.steps[self.steps.index(step) + 1]

    def sale_stands_at(self, step: Step) -> bool:
        """Whether an uploaded sale stands outside while the case is at ``step``."""
        if Step.UPLOAD_SALE not in self.steps or step not in self.steps:
            return False
        return self.steps.index(step) > self.steps.index(Step.UPLOAD_SALE)


class IllegalMove(Exception):
    """A triple outside the table: a programming error, or a stale screen."""


def start(route: Route) -> Position:
    """Where a new case begins."""
    return Position(route.steps[0])


def advance(position: Position, signal: Signal, route: Route) -> Position:
    """The only mover of a case. Raises ``IllegalMove`` for every triple outside the table."""
    moved = _target(position, signal, route)
    if moved is None:
        raise IllegalMove(position.step.value, position.phase.value, signal.value)
    return moved


def _target(position: Position, signal: Signal, route: Route) -> Position | None:
    if (
        not _on_route(position.step, route)
        or position.phase not in PHASES[route.kind(position.step)]
    ):
        return None
    match route.kind(position.step):
        case Kind.END:
            return _from_end(position.step, signal)
        case Kind.LOCAL:
            return _from_local(position.step, signal, route)
        case _:
            return _from_message(position, signal, route)


def _on_route(step: Step, route: Route) -> bool:
    return step in route.steps or step in (Step.DONE, Step.CLOSED, *_UNDO)


def _from_end(step: Step, signal: Signal) -> Position | None:
    if step is Step.DONE and signal is Signal.REFUND:
        return Position(Step.TAKE_BACK)
    return None


def _from_local(step: Step, signal: Signal, route: Route) -> Position | None:
    if signal is Signal.DONE:
        return Position(_forward(step, route))
    if signal is Signal.ABANDON:
        return _abandon(step, route)
    if signal is Signal.REFUND and step is Step.HAND_OVER and route.settles:
        return Position(Step.REVOKE)
    return None


def _from_message(position: Position, signal: Signal, route: Route) -> Position | None:
    match position.phase:
        case Phase.READY:
            return _from_ready(position.step, signal, route)
        case Phase.SENT:
            return _from_sent(position.step, signal, route)
        case Phase.UNKNOWN:
            return _from_unknown(position.step, signal, route)
        case Phase.REJECTED:
            return _from_rejected(position.step, signal, route)


def _from_ready(step: Step, signal: Signal, route: Route) -> Position | None:
    match signal:
        case Signal.SENT:
            return Position(step, Phase.SENT)
        case Signal.QUEUED if KIND[step] is Kind.TELL and step in route.deferrable:
            return Position(_forward(step, route))
        case Signal.ABANDON:
            return _abandon(step, route)
        case Signal.AGAIN if step in _CREDENTIAL_STEPS:
            return Position(Step.IDENTIFY)
        case _:
            return None


def _from_sent(step: Step, signal: Signal, route: Route) -> Position | None:
    match signal:
        case Signal.CONFIRMED:
            return Position(_forward(step, route))
        case Signal.ENDED if step in _ENDABLE:
            return Position(Step.CLOSED)
        case Signal.REJECTED:
            return Position(step, Phase.REJECTED)
        case Signal.NOT_SENT:
            return Position(step)
        case Signal.UNCLEAR | Signal.CRASHED:
            asking = KIND[step] is Kind.ASK
            return Position(step, Phase.READY if asking else Phase.UNKNOWN)
        case _:
            return None


def _from_unknown(step: Step, signal: Signal, route: Route) -> Position | None:
    match signal:
        case Signal.CONFIRMED:
            return Position(_forward(step, route))
        case Signal.ENDED if step is Step.AUDIT:
            return Position(Step.CLOSED)
        case Signal.CLEARED:
            return Position(step)
        case _:
            return None


def _from_rejected(step: Step, signal: Signal, route: Route) -> Position | None:
    match signal:
        case Signal.FIXED:
            return Position(step)
        case Signal.ABANDON:
            return _abandon(step, route)
        case Signal.AGAIN if step in _CREDENTIAL_STEPS:
            return Position(Step.IDENTIFY)
        case Signal.ENDED if step is Step.RETURN_SALE:
            # a person found that nothing is left there to return
            return Position(Step.CLOSED)
        case _:
            return None


def _forward(step: Step, route: Route) -> Step:
    match step:
        case Step.TAKE_BACK:
            return Step.REVOKE
        case Step.REVOKE:
            return Step.RETURN_SALE
        case Step.RETURN_SALE:
            return Step.CLOSED
        case _:
            return route.after(step)


def _abandon(step: Step, route: Route) -> Position | None:
    match step:
        case Step.REVOKE if route.settles:
            return Position(Step.HAND_OVER)
        case Step.TAKE_BACK | Step.REVOKE:
            # what was sold for cash is handed over in the act that pays it: there is no way before
            return Position(Step.DONE)
        case Step.RETURN_SALE:
            return None
        case Step.HAND_OVER if route.settles:
            return None
        case _ if route.sale_stands_at(step):
            return Position(Step.RETURN_SALE)
        case _:
            return Position(Step.CLOSED)
