"""What the pages of a compared day share: one errand at a time, who signs, what was filed."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble

if TYPE_CHECKING:
    from app.jobs.lane import CancelToken
    from app.jobs.progress import Progress, Report
    from app.workflow.reconciling.views import Exported
    from ui.viewmodels.counter import CounterModel

T = TypeVar("T")
READING, SENDING, PAPER = "desk", "delivery", "print"
"""Lanes: a comparison never keeps the frame or a scan waiting."""


class Asks(StrEnum):
    """What a second person is asked to sign."""

    NOTHING = ""
    REVERSE = "reverse"
    ADOPT = "adopt"
    SIGN = "sign"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"


class ComparedDay(QObject):
    """Nothing is sent but by a key; while something is on its way nothing else is."""

    changed = Signal()
    progressed = Signal(object)
    """``Progress`` of a comparison."""
    wrong = Signal(object)
    """A ``Trouble`` of a signature, for the fields it was typed into."""

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.asks = Asks.NOTHING
        self.files: tuple[str, ...] = ()
        self.busy = False

    @property
    def may_sign(self) -> bool:
        """Whether somebody may take note of the comparison on the page."""
        return False

    @property
    def word_needed(self) -> bool:
        """Whether taking note of it goes with a reason only."""
        return False

    def ask_signature(self) -> None:
        """Ctrl G: somebody takes note of this comparison."""
        if self.may_sign:
            self._ask_for(Asks.SIGN)

    def drop(self) -> None:
        """Esc: nobody signs now."""
        self._ask_for(Asks.NOTHING)

    def _ask_for(self, asks: Asks) -> None:
        if self.asks is not asks:
            self.asks = asks
            self.changed.emit()

    def _enter(self) -> None:
        self.busy, self.files = True, ()
        self.changed.emit()

    def _run(self, work: Callable[[], T], show: Callable[[T], None]) -> None:
        self._enter()
        self.counter.bridge.submit(SENDING, work, self._ending(show), self._failed)

    def _compare(
        self, job: Callable[[Report, CancelToken], T], show: Callable[[T], None]
    ) -> CancelToken:
        self.drop()
        self._enter()
        bridge, done = self.counter.bridge, self._ending(show)
        return bridge.submit_job(SENDING, job, done, self._failed, self._progress)

    def _file(self, work: Callable[[], Exported]) -> None:
        """A table or a paper; its name is shown."""
        self._enter()

        def made(found: Exported) -> None:
            self.busy, self.files = False, found.files
            self.counter.eased.emit()
            self.changed.emit()

        self.counter.bridge.submit(PAPER, work, made, self._failed)

    def _ending(self, show: Callable[[T], None]) -> Callable[[T], None]:
        def done(got: T) -> None:
            self.busy, self.asks = False, Asks.NOTHING
            self.counter.eased.emit()
            # what was mended is counted in the frame as well
            self.counter.refresh()
            show(got)

        return done

    def _progress(self, progress: Progress) -> None:
        self.progressed.emit(progress)

    def _failed(self, trouble: Trouble) -> None:
        self.busy = False
        if self.asks is not Asks.NOTHING and trouble.thousands == 1:
            self.wrong.emit(trouble)
        else:
            self.asks = Asks.NOTHING
            self.counter.trouble_of_page(trouble)
        self.changed.emit()
