"""The three links of a counter: platform, store base, printer; each can fail at every use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from app.domain.errors import Code, DeviceTrouble, LocalTrouble
from app.gateways.transport.in_process import Letter, Seen
from app.ports.devices import DeviceState, DeviceStatus, Printed
from app.ports.paper import Paper
from app.ports.store import Store, Unit
from app.profile.operations import Operation
from app.sandbox.in_process import InProcessSandbox
from app.sandbox.router import Fault as Played
from app.sandbox.router import Reply
from app.simulation.clock import PlayedClock
from app.simulation.fate import WIRE, Fate, Fault

_PROTOCOL = {
    Fault.REJECT: Played.REJECT,
    Fault.WRONG_SIGNATURE: Played.WRONG_SIGNATURE,
    Fault.NOT_SIGNED_IN: Played.DAY_NOT_OPEN,
    Fault.NO_EFFECT: Played.NO_EFFECT,
}
_PAGE = b"<html><body>502 Bad Gateway</body></html>"
ANSWER_TAKES_S = 0.2
_ALWAYS = frozenset(WIRE) - {Fault.NO_EFFECT}


_WEIGHT = {
    Operation.SETTLE.value: 3.0,
    Operation.REVOKE_SETTLEMENT.value: 3.0,
    Operation.REVERSE.value: 1.5,
    Operation.UPLOAD_SALE.value: 1.5,
    Operation.RETURN_SALE.value: 1.5,
    Operation.UPLOAD_RX_SALE.value: 1.5,
    Operation.UNDO_RX_SALE.value: 1.5,
}
"""Trouble seeks money: that is where a day is won or lost."""
_OWN = {
    Operation.REVERSE.value: Fault.NO_EFFECT,
    Operation.SETTLE.value: Fault.DELAY,
    Operation.REVOKE_SETTLEMENT.value: Fault.DELAY,
    Operation.UPLOAD_SALE.value: Fault.DELAY,
    Operation.RETURN_SALE.value: Fault.DELAY,
}


def possible(operation: str) -> frozenset[Fault]:
    """What an honest platform over a bad line can do to one message.

    Saying yes and doing nothing is honest for a reversal only: it has no output (reliability 1).
    """
    return frozenset(WIRE) if operation == Operation.REVERSE else _ALWAYS


class Watch(Protocol):
    """Who looks at every message before its first byte leaves, and works while others wait."""

    def leaving(self, operation: str, letter: Letter) -> None: ...

    def meanwhile(self) -> None: ...

    def note(self, line: str) -> None: ...


@dataclass
class PlatformLink:
    """Bytes to the platform and back. ``travelling`` counts messages that are late."""

    sandbox: InProcessSandbox
    clock: PlayedClock
    fate: Fate
    watch: Watch
    travelling: int = 0
    _replies: dict[str, Reply] = field(default_factory=dict)

    def carry(self, letter: Letter) -> Seen:
        """One exchange as its sender sees it. Raises ``PowerGone`` where the power goes."""
        operation = self.sandbox.operation(letter.url, letter.body)
        self.watch.leaving(operation, letter)
        weight = _WEIGHT.get(operation, 1.0)
        self.fate.crash(weight)
        fault = self.fate.on_wire(possible(operation), weight, _OWN.get(operation))
        if fault is not None:
            self.watch.note(f"{operation}: {fault.value}")
        seen = self._played(operation, letter, fault)
        if self.fate.meanwhile():
            self.watch.meanwhile()
        self.fate.crash(weight * weight)
        return seen

    def _played(self, operation: str, letter: Letter, fault: Fault | None) -> Seen:
        match fault:
            case Fault.REFUSED:
                return Seen(None, None, left=False, failure="refused")
            case Fault.DROP_BEFORE:
                return self._unanswered(letter)
            case Fault.HTTP_500:
                return Seen(_PAGE, 500)
            case Fault.DELAY:
                return self._late(operation, letter)
            case _:
                return self._answered(operation, letter, fault)

    def _unanswered(self, letter: Letter) -> Seen:
        self.clock.pass_time(letter.patience_s)
        return Seen(None, None, failure="read_timeout")

    def _late(self, operation: str, letter: Letter) -> Seen:
        """The sender gives up; the message arrives all the same."""
        moment = self.clock.now() + timedelta(seconds=self.fate.late_by(letter.patience_s))
        self.travelling += 1

        def arrive() -> None:
            self.travelling -= 1
            self.watch.note(f"{operation}: arrives late")
            self._effect(operation, letter, None)

        self.clock.appoint(moment, arrive)
        return self._unanswered(letter)

    def _answered(self, operation: str, letter: Letter, fault: Fault | None) -> Seen:
        earlier = self._replies.get(operation)
        reply = self._effect(operation, letter, fault)
        self.clock.pass_time(ANSWER_TAKES_S)
        match fault:
            case Fault.DROP_AFTER:
                return Seen(None, None, failure="cut")
            case Fault.HALF:
                return Seen(reply.body[: len(reply.body) // 2], reply.status)
            case Fault.GARBAGE:
                return Seen(reply.body[::-1] + b"\xff\x00", reply.status)
            case Fault.HTTP_502_AFTER:
                return Seen(_PAGE, 502)
            case Fault.DUPLICATE if earlier is not None:
                return Seen(earlier.body, earlier.status)
            case _:
                return Seen(reply.body, reply.status)

    def _effect(self, operation: str, letter: Letter, fault: Fault | None) -> Reply:
        played = _PROTOCOL.get(fault) if fault is not None else None
        reply = self.sandbox.answer(letter.url, letter.body, letter.headers, played)
        self._replies[operation] = reply
        return reply


class FrailStore:
    """``app.ports.store.Store`` whose commits may fail, or end the process before or after."""

    def __init__(self, store: Store, fate: Fate) -> None:
        self._store = store
        self._fate = fate

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Raises ``LocalTrouble`` for a refused commit, also for one that stands all the same."""
        fault = self._fate.at_commit()
        with self._store.unit() as unit:
            yield unit
            if fault is Fault.COMMIT_FAILED:
                raise LocalTrouble(Code.DISK_FULL, detail="simulated")
            self._fate.crash()
        if fault is Fault.COMMIT_UNSEEN:
            raise LocalTrouble(Code.STORE_FAILED, detail="simulated")
        self._fate.crash()

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        if "base" in self._fate.clogged:
            raise LocalTrouble(Code.STORE_LOCKED, detail="simulated")
        with self._store.reading() as unit:
            yield unit

    def on_commit(self, listener: Callable[[], None]) -> None:
        self._store.on_commit(listener)

    def close(self) -> None:
        self._store.close()


class FrailPrinter:
    """A printer that may be out of paper; ``look`` sees every sheet before it comes out."""

    def __init__(self, fate: Fate, look: Callable[[Paper], None]) -> None:
        self._fate = fate
        self._look = look

    def print(self, paper: Paper) -> Printed:
        """Raises ``DeviceTrouble``, or ``PowerGone`` before or after the sheet."""
        if self._fate.at_printer():
            raise DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
        self._fate.crash()
        self._look(paper)
        self._fate.crash()
        return Printed(paper.filename, 1, 0)

    def state(self) -> DeviceState:
        return DeviceState(DeviceStatus.VIRTUAL, "simulated")
