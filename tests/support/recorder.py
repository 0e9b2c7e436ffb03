"""Collects what a device says, from any thread, and waits for it without sleeping."""

import threading
from collections.abc import Callable

from app.ports.devices import DeviceState, DeviceStatus, PreviewFrame, ScannedText

DEADLINE = 10.0


class Recorder:
    """Listener for texts, states, pictures and inserted cards."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self.scans: list[ScannedText] = []
        self.states: list[DeviceState] = []
        self.pictures: list[PreviewFrame] = []
        self.insertions = 0

    def deliver(self, scanned: ScannedText) -> None:
        with self._news:
            self.scans.append(scanned)
            self._news.notify_all()

    def state(self, state: DeviceState) -> None:
        with self._news:
            self.states.append(state)
            self._news.notify_all()

    def picture(self, picture: PreviewFrame) -> None:
        with self._news:
            self.pictures.append(picture)
            self._news.notify_all()

    def inserted(self) -> None:
        with self._news:
            self.insertions += 1
            self._news.notify_all()

    @property
    def texts(self) -> list[str]:
        return [scan.text for scan in self.scans]

    def wait(self, holds: Callable[["Recorder"], bool], seconds: float = DEADLINE) -> bool:
        """Whether ``holds`` came true before the deadline."""
        with self._news:
            return self._news.wait_for(lambda: holds(self), seconds)

    def wait_text(self, text: str) -> bool:
        return self.wait(lambda told: text in told.texts)

    def wait_status(self, *statuses: DeviceStatus) -> bool:
        """Whether the latest state is one of these, now or before the deadline."""
        return self.wait(lambda told: bool(told.states) and told.states[-1].status in statuses)
