"""Where callbacks leave the devices room: none after ``close``, no state told twice."""

import threading

from app.ports.devices import DeviceState, ScannedText, StateListener, TextListener


class Gate:
    """Guards one device's listeners. Callbacks run under its lock, so closing waits for them."""

    def __init__(self, state: DeviceState) -> None:
        # re-entrant: a listener may stop its own device
        self.lock = threading.RLock()
        self._state = state
        self._deliver: TextListener | None = None
        self._listener: StateListener | None = None

    @property
    def state(self) -> DeviceState:
        return self._state

    @property
    def is_open(self) -> bool:
        return self._listener is not None

    def open(self, deliver: TextListener | None, listener: StateListener) -> None:
        """Let callbacks through from now on."""
        with self.lock:
            self._deliver, self._listener = deliver, listener

    def close(self) -> None:
        """Returns once no callback runs or will run."""
        with self.lock:
            self._deliver = self._listener = None

    def tell(self, state: DeviceState) -> None:
        """Remember the state and pass it on if it is another one."""
        with self.lock:
            if state == self._state:
                return
            self._state = state
            if self._listener is not None:
                self._listener(state)

    def deliver(self, scanned: ScannedText) -> None:
        """Pass a text on."""
        with self.lock:
            if self._deliver is not None:
                self._deliver(scanned)


class Backoff:
    """Growing pauses in seconds between two attempts to find a device."""

    def __init__(self, first: float, last: float) -> None:
        self._first, self._last = first, last
        self._now = first

    def next(self) -> float:
        """The pause before the next attempt."""
        pause, self._now = self._now, min(self._now * 2, self._last)
        return pause

    def reset(self) -> None:
        """The device was there: begin with short pauses again."""
        self._now = self._first
