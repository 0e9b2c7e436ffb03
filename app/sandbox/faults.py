"""The switchboard: which operation misbehaves next, how, and how often."""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.profile.model import Profile
from app.sandbox.router import Fault

ANY = "*"


@dataclass(frozen=True, slots=True)
class Planned:
    """One fault waiting for its turn. ``times`` counts down; ``seconds`` only means for a delay."""

    operation: str
    fault: Fault
    times: int = 1
    seconds: float = 0.0


class FaultSpecWrong(ValueError):
    """A fault that nobody can play: unknown operation, unknown fault, or not a positive number."""


def parse(spec: str, delay_s: float, known: Callable[[str], str | None]) -> Planned:
    """Read ``operation:fault[:times]``; ``delay=3`` sets the delay in seconds, else ``delay_s``.

    ``known`` turns a name or a wire number into the operation's name. Raises ``FaultSpecWrong``.
    """
    parts = spec.split(":")
    if len(parts) not in (2, 3):
        raise FaultSpecWrong(f"{spec}: write operation:fault[:times]")
    word, _, seconds = parts[1].partition("=")
    return planned(parts[0], word, parts[2] if len(parts) == 3 else 1, seconds or delay_s, known)


def planned(
    operation: object,
    fault: object,
    times: object,
    seconds: object,
    known: Callable[[str], str | None],
) -> Planned:
    """Check the four parts of a fault wherever they came from. Raises ``FaultSpecWrong``."""
    name = ANY if operation == ANY else known(str(operation))
    if name is None:
        raise FaultSpecWrong(f"unknown operation {operation}")
    try:
        count, wait = int(str(times)), float(str(seconds))
        kind = Fault(str(fault))
    except ValueError as wrong:
        raise FaultSpecWrong(str(wrong)) from wrong
    if count < 1 or not 0 <= wait < 3600:
        raise FaultSpecWrong("times and seconds must be positive")
    return Planned(name, kind, count, wait)


def known_in(profile: Profile) -> Callable[[str], str | None]:
    """Operation names of a region and its numbers, both to the name a fault is kept under."""
    names = {str(operation): str(operation) for operation in profile.operations}
    for operation, part in profile.operations.items():
        names.setdefault(part.address, str(operation))
    return names.get


def first_wrong(specs: tuple[str, ...], profile: Profile) -> str:
    """The first of ``specs`` that nobody can play in this region; empty where all can."""
    known = known_in(profile)
    for spec in specs:
        try:
            parse(spec, 0.0, known)
        except FaultSpecWrong:
            return spec
    return ""


def offered(profile: Profile) -> dict[str, str]:
    """``operations`` and ``faults`` that can be written, for people."""
    names = sorted(str(operation) for operation in profile.operations)
    return {"operations": "、".join(names), "faults": "、".join(Fault)}


class Switchboard:
    """Faults in the order they were planned; each message uses up at most one."""

    def __init__(self, *plans: Planned) -> None:
        self._lock = threading.Lock()
        self._plans: deque[Planned] = deque(plans)
        self._played: dict[str, int] = {}

    def plan(self, fault: Planned) -> None:
        with self._lock:
            self._plans.append(fault)

    def clear(self) -> None:
        """Forget everything planned; what was played stays counted."""
        with self._lock:
            self._plans.clear()

    def take(self, operation: str) -> Planned | None:
        """The fault to play on this message, used up by asking."""
        with self._lock:
            for place, waiting in enumerate(self._plans):
                if waiting.operation in (operation, ANY):
                    self._use(place, waiting)
                    key = f"{operation}:{waiting.fault}"
                    self._played[key] = self._played.get(key, 0) + 1
                    return waiting
        return None

    def _use(self, place: int, waiting: Planned) -> None:
        if waiting.times > 1:
            self._plans[place] = Planned(
                waiting.operation, waiting.fault, waiting.times - 1, waiting.seconds
            )
        else:
            del self._plans[place]

    def waiting(self) -> list[dict[str, object]]:
        """What is still planned, as the control address shows it."""
        with self._lock:
            return [
                {
                    "operation": plan.operation,
                    "fault": str(plan.fault),
                    "times": plan.times,
                    "seconds": plan.seconds,
                }
                for plan in self._plans
            ]

    def played(self) -> Mapping[str, int]:
        """How often each ``operation:fault`` was played."""
        with self._lock:
            return dict(self._played)
