"""The case at this counter: one frozen view in, intentions out, one lane, one order.

Every intention runs in the counter lane, so a scan that arrives while something is on its way is
judged after it, against the case as it then stands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import Trouble
from app.jobs.lane import CancelToken
from app.ports.devices import ScannedText, ScanSource
from ui.bridge import Bridge

if TYPE_CHECKING:
    from app.jobs.progress import Progress, Report
    from app.ports.clock import Clock
    from app.workflow.views.case import CaseView, ScanOutcome
    from app.workflow.views.desk import DeskView
    from ui.viewmodels.workflow import Workflow

LANE = "counter"
UNKNOWN_REREAD_MS = 2000
"""How often an unknown case is read again; reading asks the store, never the platform."""
DESK_AFTER_MS = 300
"""The frame follows the page by this much; what moves meanwhile is read once."""

Ask = Callable[[], "CaseView"]


class CounterModel(QObject):
    """Holds the case on screen and the frame around it. Lives on the GUI thread."""

    case_changed = Signal(object)
    """A ``CaseView``."""
    visit_changed = Signal()
    """Another visit is on screen; emitted before its ``case_changed``."""
    desk_changed = Signal(object)
    """A ``DeskView``."""
    spoken = Signal(object)
    """A ``Spoken``: what the last scan was and where it went."""
    scan_taken = Signal(object)
    """A ``ScannedText`` that was handed to the lane and is being judged."""
    troubled = Signal(object)
    """A ``Trouble`` of an intention; the case on screen still stands."""
    eased = Signal()
    """An intention went through: whatever ``troubled`` said is over."""
    busy_changed = Signal(bool)
    progressed = Signal(object)
    """``Progress`` of the steps that run by themselves."""

    def __init__(
        self, workflow: Workflow, bridge: Bridge, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.workflow = workflow
        self.bridge = bridge
        self.clock = clock
        self.case: CaseView | None = None
        self.desk: DeskView | None = None
        self.asked_by_page = False
        """Whether what ``troubled`` says now was asked for by a desk page."""
        self.reading = False
        """Whether the terminal waits for somebody's e-voucher."""
        self._pending = 0
        self._at: int | None = None
        self._desk_asked = self._desk_stale = False
        self._reread = QTimer(self)
        self._reread.setInterval(UNKNOWN_REREAD_MS)
        self._reread.timeout.connect(self.refresh)
        self._desk_soon = QTimer(self)
        self._desk_soon.setSingleShot(True)
        self._desk_soon.setInterval(DESK_AFTER_MS)
        self._desk_soon.timeout.connect(self._read_desk)
        bridge.changed.connect(self._something_changed)

    @property
    def busy(self) -> bool:
        """Whether an intention is on its way; binding acts are off meanwhile."""
        return self._pending > 0

    @property
    def may_identify(self) -> bool:
        """Whether it may still be said who this is; later only the code is wanted again."""
        case = self.case
        if case is None:
            return False
        from app.domain.case import Step

        return case.step in (Step.IDENTIFY, Step.AUTHORISE, Step.DOWNLOAD)

    @property
    def holds_visit(self) -> bool:
        """Whether somebody is being served: a visit begun and not ended."""
        case = self.case
        if case is None:
            return False
        from app.domain.case import Step

        if case.step in (Step.DONE, Step.CLOSED):
            return False
        return case.patient is not None or case.step is not Step.IDENTIFY

    # what the person at the counter wants

    def begin(self) -> None:
        """Show the case this counter was at, and let it go on."""
        self.ask(self.workflow.current, switches=True, proceed=True)

    def sell_for_cash(self) -> None:
        """自费: whoever is here gives way or waits."""
        if self.case is not None and not self.busy:
            case_id = self.case.case_id
            self.ask(lambda: self.workflow.sell_for_cash(case_id), switches=True)

    def refresh(self) -> None:
        """Read the case and the desk again; sends nothing."""
        case = self.case
        if case is not None and not self.busy:
            self.bridge.submit(
                LANE,
                lambda: self.workflow.view(case.case_id),
                self._show,
                self._failed_quietly,
            )

    def scan(self, scanned: ScannedText) -> None:
        """Any scan, any page."""
        case = self.case
        if case is None:
            return
        self.scan_taken.emit(scanned)
        self._enter()

        def judge() -> ScanOutcome:
            # in the lane: the case that is current once everything before has been done
            outcome = self.workflow.accept(self._at or case.case_id, scanned)
            self._at = outcome.case.case_id
            return outcome

        self.bridge.submit(LANE, judge, self._judged, self._failed)

    @property
    def has_terminal(self) -> bool:
        return self.desk is not None and self.desk.terminal

    def read_voucher(self) -> None:
        """Let the terminal read the next e-voucher; once more gives up."""
        if self.reading:
            self.bridge.submit("desk", self.workflow.leave_reading, lambda _none: None)
        elif self.case is not None and self.has_terminal and not self.busy:
            self.reading = True
            self.scan(ScannedText("", ScanSource.TERMINAL, self.clock.monotonic()))

    def typed(self, text: str) -> None:
        """A text somebody typed into the scan field."""
        self.scan(ScannedText(text, ScanSource.TYPED, self.clock.monotonic()))

    def next_customer(self) -> None:
        """Park or finish what is here; open a fresh case."""
        self.switch(self.workflow.next_customer)

    def park(self, note: str = "") -> None:
        self.switch(lambda case_id: self.workflow.park(case_id, note))

    def abandon(self) -> None:
        self.switch(self.workflow.abandon)

    def unpark(self, case_id: int) -> None:
        """Fetch a parked case; the one here is parked by the workflow."""
        self.ask(lambda: self.workflow.unpark(case_id), switches=True, proceed=True)

    def show_case(self, case_id: int) -> None:
        """Look at a finished case."""
        self.ask(lambda: self.workflow.view(case_id), switches=True)

    def open_case(self, case_id: int) -> None:
        """Bring a case to the counter: who was parked waits no longer, who is served is seen."""
        if self.case is not None and self.case.case_id == case_id:
            return
        parked = self.desk.parked if self.desk is not None else ()
        waits = any(visitor.case_id == case_id for visitor in parked)
        (self.unpark if waits else self.show_case)(case_id)

    def retry(self) -> None:
        """Something was put right, or the line is back: go on from here."""
        self.intend(self.workflow.retry, proceed=True)

    def ask_again(self) -> None:
        """F5: ask again, never send money again."""
        from app.domain.case import Phase

        case = self.case
        if case is None:
            return
        if case.unknown is not None or case.phase is Phase.SENT:
            self.intend(self.workflow.view)
        else:
            self.retry()

    def reprint(self, kind: str) -> None:
        self.intend(lambda case_id: self.workflow.reprint(case_id, kind))

    # how intentions run

    def intend(
        self, work: Callable[[int], CaseView], *, proceed: bool = False, chosen: bool = False
    ) -> None:
        """Run ``work`` on the case at hand."""
        case = self.case
        if case is not None:
            self.ask(lambda: work(case.case_id), proceed=proceed, chosen=chosen)

    def intend_job(self, work: Callable[[int, Report], CaseView], *, proceed: bool = False) -> None:
        """As ``intend`` for work that tells what it waits for (``progressed``)."""
        case = self.case
        if case is None:
            return
        self._enter()

        def done(after: CaseView) -> None:
            self._leave()
            self.eased.emit()
            self._show(after)
            if proceed:
                self.proceed()

        self.bridge.submit_job(
            LANE,
            lambda report, _cancel: work(case.case_id, report),
            done,
            self._failed,
            self._progress,
        )

    def switch(self, work: Callable[[int], CaseView]) -> None:
        """Run ``work`` that ends with another case on screen.

        Not while something is on its way: it may be a scan that brings somebody else here.
        """
        case = self.case
        if case is not None and not self.busy:
            self.ask(lambda: work(case.case_id), switches=True, proceed=True)

    def ask(
        self,
        work: Ask,
        *,
        switches: bool = False,
        proceed: bool = False,
        chosen: bool = False,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Submit ``work``; show its view; go on by itself where asked and possible.

        ``then`` is called once the view is shown, even where nothing in it is new.
        """
        self._enter()

        def run() -> CaseView:
            case = work()
            self._at = case.case_id
            return case

        def done(case: CaseView) -> None:
            self._leave()
            self.eased.emit()
            self._show(case, switches=switches)
            if then is not None:
                then()
            if proceed:
                self.proceed(chosen=chosen)

        self.bridge.submit(LANE, run, done, self._failed)

    def proceed(self, *, chosen: bool = False) -> None:
        """Run the steps that run by themselves, once; a refusal waits for a person."""
        from ui.viewmodels.places import can_proceed

        case = self.case
        if case is None or not can_proceed(case, chosen=chosen):
            return
        self._enter()

        def job(report: Report, cancel: CancelToken) -> CaseView:
            return self.workflow.proceed(case.case_id, report, cancel)

        def done(after: CaseView) -> None:
            self._leave()
            self.eased.emit()
            self._show(after)

        self.bridge.submit_job(LANE, job, done, self._failed, self._progress)

    def _judged(self, outcome: ScanOutcome) -> None:
        self._leave()
        self.eased.emit()
        # who is here now was decided in the lane; what was asked for since then comes later
        here = outcome.switched and self._at == outcome.case.case_id
        self._show(outcome.case, switches=here)
        self.spoken.emit(outcome.spoken)
        self.proceed()

    def _show(self, case: CaseView, *, switches: bool = False) -> None:
        here = self.case
        other = here is not None and case.case_id != here.case_id
        older = here is not None and case.version < here.version
        if (other or older) and not switches:
            return
        if self.desk is None:
            self._read_desk()
        else:
            self._read_desk_soon()
        if case == here:
            return
        self.case = case
        if case.unknown is not None:
            self._reread.start()
        else:
            self._reread.stop()
        if other:
            self.visit_changed.emit()
        self.case_changed.emit(case)

    def _read_desk_soon(self) -> None:
        """The page goes first: its drawing and this reading would only hold each other up."""
        if not self._desk_soon.isActive():
            self._desk_soon.start()

    def _read_desk(self) -> None:
        """One reading at a time, and one more where something moved meanwhile."""
        self._desk_stale = self._desk_asked
        if not self._desk_asked:
            self._desk_asked = True
            self.bridge.submit("desk", self.workflow.desk, self._show_desk, self._desk_failed)

    def _show_desk(self, desk: DeskView) -> None:
        self._desk_answered()
        self.desk = desk
        self.desk_changed.emit(desk)

    def _desk_failed(self, trouble: Trouble) -> None:
        self._desk_answered()
        self._failed_quietly(trouble)

    def _desk_answered(self) -> None:
        self._desk_asked = False
        if self._desk_stale:
            self._read_desk_soon()

    def _failed(self, trouble: Trouble) -> None:
        self._leave()
        self.troubled.emit(trouble)
        self.refresh()

    def trouble_of_page(self, trouble: Trouble) -> None:
        """What a desk page asked for failed: its own F5 asks again, no key of the visit does."""
        self.asked_by_page = True
        self.troubled.emit(trouble)
        self.asked_by_page = False

    def _failed_quietly(self, trouble: Trouble) -> None:
        self._reread.stop()
        self.troubled.emit(trouble)

    def _progress(self, progress: Progress) -> None:
        from ui.viewmodels.places import while_sent

        case = while_sent(self.case, progress, self.clock.now()) if self.busy else None
        if case is not None:
            self.case = case
            self.case_changed.emit(case)
        self.progressed.emit(progress)

    def _something_changed(self, _changes: object) -> None:
        self.refresh()

    def _enter(self) -> None:
        self._pending += 1
        if self._pending == 1:
            self.busy_changed.emit(True)

    def _leave(self) -> None:
        self._pending -= 1
        if self._pending == 0:
            self.reading = False
            self.busy_changed.emit(False)
