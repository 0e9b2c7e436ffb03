"""目录: what is typed and what it finds, what lies here of each list, bringing it up to date."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report
from app.ports.catalogue import Hit
from app.workflow.catalogue.desk import CatalogueView
from ui.viewmodels.counter import CounterModel

LANE = "catalogue"
"""A lane of its own: bringing 300,000 rows takes minutes, and nobody at the desk waits for it."""


class CatalogueWork(Protocol):
    """The functions of ``docs/workflow-surface.md``, till bound."""

    def search_catalogue(self, typed: str) -> tuple[Hit, ...]: ...

    def catalogue(self) -> CatalogueView: ...

    def refresh_catalogue(self, report: Report, cancel: CancelToken | None) -> CatalogueView: ...


class CatalogueModel(QObject):
    """One search for each key; an answer to what is no longer typed is not shown."""

    changed = Signal()
    progressed = Signal(object)

    def __init__(
        self, counter: CounterModel, work: CatalogueWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self.view: CatalogueView | None = None
        self.typed = ""
        self.hits: tuple[Hit, ...] = ()
        self.busy = False
        self._asked = False
        self._token: CancelToken | None = None

    def load(self) -> None:
        """How much of each list lies here; asks nobody."""
        self.counter.bridge.submit("desk", self.work.catalogue, self._show)

    def type(self, typed: str) -> None:
        """What is in the field now. While one search runs, the next waits for its end."""
        self.typed = typed
        if not self._asked:
            self._search()

    def _search(self) -> None:
        asked = self.typed
        self._asked = True

        def found(hits: tuple[Hit, ...]) -> None:
            self._asked = False
            if self.typed != asked:
                self._search()
                return
            self.hits = hits
            self.changed.emit()

        self.counter.bridge.submit(
            "desk", lambda: self.work.search_catalogue(asked), found, self._not_found
        )

    def _not_found(self, trouble: Trouble) -> None:
        self._asked = False
        self.counter.troubled.emit(trouble)

    def refresh(self) -> None:
        """F12: bring every list up to date, from where each was cut off."""
        if self.busy:
            return
        self.busy = True
        work = self.work

        def job(report: Report, cancel: CancelToken) -> CatalogueView:
            return work.refresh_catalogue(report, cancel)

        self._token = self.counter.bridge.submit_job(
            LANE, job, self._done, self._failed, self._progress
        )
        self.changed.emit()

    def stop(self) -> None:
        """Esc: what has come stays."""
        if self._token is not None:
            self._token.cancel()

    def _progress(self, progress: Progress) -> None:
        self.progressed.emit(progress)

    def _done(self, view: CatalogueView) -> None:
        self.busy = False
        self._show(view)
        if view.trouble is not None:
            self.counter.troubled.emit(view.trouble)
        else:
            self.counter.eased.emit()
        if self.typed:
            self.type(self.typed)

    def _failed(self, trouble: Trouble) -> None:
        self.busy = False
        self.counter.troubled.emit(trouble)
        self.load()

    def _show(self, view: CatalogueView) -> None:
        self.view = view
        self.changed.emit()
