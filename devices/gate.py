"""Where callbacks leave the devices room: none after ``close``, no state told twice."""

import threading
from collections.abc import Callable

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


class Watch:
    """The thread behind a gate, from ``start`` until ``stop``; ``off`` is what it says then."""

    def __init__(self, name: str, gate: Gate, off: DeviceState) -> None:
        self._name, self._gate, self._off = name, gate, off
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(
        self,
        work: Callable[[threading.Event], None],
        deliver: TextListener | None,
        listener: StateListener,
    ) -> None:
        """Run ``work`` until the event it is given is set; one that ran before ends first."""
        self.stop()
        self._ending = threading.Event()
        self._gate.open(deliver, listener)
        self._thread = threading.Thread(
            target=work, args=(self._ending,), name=self._name, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """No callback comes once this has returned."""
        self._gate.close()
        self._ending.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)
        self._thread = None
        self._gate.tell(self._off)


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
