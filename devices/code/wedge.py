"""Tells the burst of a keyboard-wedge gun from typing (identity-and-devices 7.3). Pure.

A candidate starts at the first printable key and grows while keys follow within ``gap``. Six
such keys prove a gun: from then on it lives until Enter, Tab or ``idle`` seconds of silence.
Where people type a login or a PIN, fingers that roll over six keys are no gun: there it takes as
many keys as the shortest code at a counter has.
What is not a burst is given back to be typed. Full-width and control characters stay in the text
as they came: the scan grammar names them, and with them the gun's wrong setting.
"""

from typing import NamedTuple

from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    KeyStep,
    ScannedText,
    ScanSource,
    StateListener,
    TextListener,
)
from devices.gate import Gate

LONGEST = 512
_GROUP_SEPARATOR = "\x1d"


class WedgeRule(NamedTuple):
    """Profile keys scan_gap_ms, scan_min_len, scan_idle_ms; times in seconds."""

    gap: float = 0.050
    shortest: int = 6
    idle: float = 0.080
    shortest_typed: int = 13
    """Keys that prove a gun in a field people type into: the length of a product barcode."""


class Recognised(NamedTuple):
    """What one key led to: ``scan`` is a whole burst, None while there is none."""

    step: KeyStep
    scan: str | None = None

    def __repr__(self) -> str:
        return f"Recognised({self.step!r}, scan={self.scan is not None})"


_PASS = Recognised(KeyStep())


def _starts(text: str) -> bool:
    return len(text) >= 1 and (text.isprintable() or text == _GROUP_SEPARATOR)


class WedgeRecogniser:
    """The rule as a small machine over (key, time). Times are monotonic seconds."""

    def __init__(self, rule: WedgeRule | None = None) -> None:
        self._rule = rule or WedgeRule()
        self._held: list[str] = []
        self._last = 0.0
        self._typed = False

    def deadline(self) -> float | None:
        """When silence ends what is held."""
        if not self._held:
            return None
        return self._last + (self._rule.idle if self._proven() else self._rule.gap)

    def key(self, text: str, at: float, *, enter: bool = False, typed: bool = False) -> Recognised:
        """One key press. ``text`` is empty for keys that write nothing (Shift, arrows)."""
        ended = self._expire(at)
        if enter:
            return self._enter(ended)
        if not text:
            return ended
        if not self._held and not _starts(text):
            return ended
        if not self._held:
            self._typed = typed
        self._held.append(text)
        self._last = at
        return Recognised(KeyStep(ended.step.replay, held=True), ended.scan)

    def silence(self, at: float) -> Recognised:
        """No key came until ``at``."""
        return self._expire(at)

    def _proven(self) -> bool:
        rule = self._rule
        return len(self._held) >= (rule.shortest_typed if self._typed else rule.shortest)

    def _limit(self) -> float:
        # a gun that hesitates in mid-code must not leave half a code behind
        return self._rule.idle if self._proven() else self._rule.gap

    def _expire(self, at: float) -> Recognised:
        if not self._held or at - self._last <= self._limit():
            return _PASS
        return self._finish()

    def _finish(self) -> Recognised:
        text = "".join(self._held)
        proven = self._proven()
        self._held.clear()
        if proven:
            # one beyond the longest: the grammar refuses it as too long
            return Recognised(KeyStep(), text[: LONGEST + 1])
        return Recognised(KeyStep(replay=text))

    def _enter(self, ended: Recognised) -> Recognised:
        if not self._held:
            return ended
        finished = self._finish()
        held = finished.scan is not None
        return Recognised(KeyStep(finished.step.replay, held=held), finished.scan)


class Wedge:
    """The recogniser as a ``KeyBurst`` source. All calls come from the thread of the keys."""

    def __init__(self, rule: WedgeRule | None = None, *, name: str = "", virtual: bool = False):
        self._recogniser = WedgeRecogniser(rule)
        status = DeviceStatus.VIRTUAL if virtual else DeviceStatus.READY
        self._ready = DeviceState(status, name)
        self._gate = Gate(DeviceState(DeviceStatus.OFF, name))

    def start(self, deliver: TextListener, state: StateListener) -> None:
        """Scans go to ``deliver`` from the calling thread of ``key``."""
        self._gate.open(deliver, state)
        self._gate.tell(self._ready)

    def stop(self) -> None:
        """Keys pass through untouched from now on."""
        self._gate.close()
        self._gate.tell(DeviceState(DeviceStatus.OFF, self._ready.name))

    def state(self) -> DeviceState:
        """A wedge gun looks like a keyboard: it cannot be missed, only be silent."""
        return self._gate.state

    def key(self, text: str, at: float, *, enter: bool = False, typed: bool = False) -> KeyStep:
        """One key of the window."""
        if not self._gate.is_open:
            return KeyStep()
        return self._pass_on(self._recogniser.key(text, at, enter=enter, typed=typed), at)

    def silence(self, at: float) -> KeyStep:
        """The deadline has passed."""
        return self._pass_on(self._recogniser.silence(at), at)

    def deadline(self) -> float | None:
        """When to call ``silence``."""
        return self._recogniser.deadline()

    def _pass_on(self, recognised: Recognised, at: float) -> KeyStep:
        if recognised.scan is not None:
            self._gate.deliver(ScannedText(recognised.scan, ScanSource.WEDGE, at))
        return recognised.step
