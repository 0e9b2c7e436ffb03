"""库存对账: a compared day, the line in front with its proof, and what F12 tells about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.books.stock import LineState, Remedy, Stage
from app.domain.errors import Trouble
from ui.viewmodels.compared_day import READING, Asks, ComparedDay
from ui.viewmodels.stock_rows import RowKey, Shown, StockRows, key_of

if TYPE_CHECKING:
    from app.domain.books.stock import Draft
    from app.jobs.lane import CancelToken
    from app.jobs.progress import Report
    from app.workflow.reconciling.views import Exported
    from app.workflow.stock_reconciling.views import (
        ProvenReason,
        StockDayView,
        StockFindingView,
        StockMorning,
        StockRow,
        TrendDay,
    )
    from app.workflow.upkeep.morning import Overnight
    from ui.viewmodels.counter import CounterModel

TELLING = frozenset({Remedy.RESEND, Remedy.RETURN_SALE, Remedy.CHANGE, Remedy.COUNT})
"""Remedies that F12 tells the platform; of the others one is looked for, one is asked about."""
_WAITING = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE)
_ONE_DAY = timedelta(days=1)


class StockDayWork(Protocol):
    """The functions of ``docs/workflow-surface.md``; each raises ``Trouble``."""

    def stock_day(self, day: date | None = None, *, every_state: bool = False) -> StockDayView: ...

    def equal_stock(self, after: tuple[str, str], limit: int) -> tuple[StockRow, ...]: ...

    def stock_finding(self, day: date, finding_no: int) -> StockFindingView: ...

    def stock_trend(self, days: int = 30) -> tuple[TrendDay, ...]: ...

    def stock_morning(self) -> StockMorning: ...

    def overnight(self) -> Overnight: ...

    def compare_stock(
        self, day: date, stage: Stage, report: Report, cancel: CancelToken | None = None
    ) -> StockDayView: ...

    def apply_draft(
        self, day: date, run_no: int, finding_no: int, reason: int
    ) -> StockFindingView: ...

    def sign_stock(
        self, day: date, run_no: int, login: str, pin: str, note: str
    ) -> StockDayView: ...

    def accept_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView: ...

    def withdraw_stock(
        self, day: date, run_no: int, finding_no: int, login: str, pin: str, reason: str
    ) -> StockDayView: ...

    def export_stock_day(self, day: date) -> Exported: ...

    def print_stock_day(self, day: date) -> Exported: ...


class StockDayModel(ComparedDay):
    """Problems first and alone; the proof of the line in front is read when it comes to front."""

    case_wanted = Signal(int)
    map_wanted = Signal()
    """The code of an item has to be looked up."""

    def __init__(
        self, counter: CounterModel, work: StockDayWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, parent)
        self.work = work
        self.view: StockDayView | None = None
        self.trend: tuple[TrendDay, ...] = ()
        self.lines = StockRows(counter, work.equal_stock, self)
        self.lines.changed.connect(self._lines_changed)
        self.front: RowKey | None = None
        self.row: StockRow | None = None
        self.finding: StockFindingView | None = None
        self.number = 0
        self.opened = False
        self._shown = Shown.PROBLEMS
        self._looking_up = False

    # what is shown

    @property
    def reason(self) -> ProvenReason | None:
        """The cause in front, of those the line has."""
        reasons = self.finding.reasons if self.finding is not None else ()
        return reasons[self.number % len(reasons)] if reasons else None

    @property
    def draft(self) -> Draft | None:
        reason = self.reason
        return reason.reason.draft if reason is not None else None

    @property
    def compared(self) -> bool:
        return self.view is not None and self.view.run is not None

    @property
    def newest(self) -> bool:
        """Whether equal lines can be read: only those of the newest comparison are kept."""
        view = self.view
        return view is not None and bool(view.days) and view.days[0].day == view.day

    @property
    def may_sign(self) -> bool:
        view = self.view
        return view is not None and self.compared and not view.signed and not self.busy

    @property
    def may_apply(self) -> bool:
        """Whether F12 tells something about the cause in front; what stands is not told."""
        draft = self.draft
        ready = draft is not None and draft.remedy in TELLING and draft.applied_at is None
        return ready and not self.stands and not self.busy

    @property
    def may_accept(self) -> bool:
        """Whether the difference in front waits for a person who may let it stand."""
        waits = self.row is not None and self.row.state in _WAITING
        return waits and self.finding is not None and not self.busy

    @property
    def may_withdraw(self) -> bool:
        """Whether somebody's word about the line in front may be taken back."""
        return self.stands and not self.busy

    @property
    def stands(self) -> bool:
        """Whether somebody let the difference in front stand."""
        return self.row is not None and self.row.accepted is not None

    @property
    def is_last_day(self) -> bool:
        return self.view is None or self.view.day >= self.view.today

    # what is asked

    def load(self, day: date | None = None) -> None:
        """Read what was found on a day, the newest where none is named; asks nobody."""
        wanted = day or (self.view.day if self.view else None)
        every, work = self._shown is not Shown.PROBLEMS, self.work
        bridge = self.counter.bridge
        bridge.submit(
            READING,
            lambda: (work.stock_day(wanted, every_state=every), work.stock_trend()),
            self._loaded,
            self._failed,
        )

    def show_only(self, shown: Shown) -> None:
        """Alt 1 problems, Alt 2 what differs, Alt 3 everything."""
        if shown is not self._shown and (shown is not Shown.ALL or self.newest):
            self._shown = shown
            self.load()

    def step_day(self, by: int) -> None:
        """One day back or on; there is none after today."""
        view = self.view
        if view is not None and not self.busy and not (by > 0 and self.is_last_day):
            self.front, self.files = None, ()
            if self._shown is Shown.ALL:
                self._shown = Shown.DIFFERENCES
            self.drop()
            self.load(view.day + by * _ONE_DAY)

    def compare(self) -> None:
        """F5: fetch the platform's figures and compare; moves nothing.

        What was sold today may still arrive there: it is looked at as by night.
        """
        view, work = self.view, self.work
        if view is None or self.busy:
            return
        stage = Stage.NIGHT if view.day >= view.today else Stage.MORNING

        def job(report: Report, cancel: CancelToken) -> StockDayView:
            return work.compare_stock(view.day, stage, report, cancel)

        self._compare(job, self._compared)

    def apply(self) -> None:
        """F12: queue the drafted correction of the cause in front; or go where it is mended."""
        view, found, reason = self.view, self.finding, self.reason
        if view is None or view.run is None or found is None or reason is None:
            return
        draft = reason.reason.draft
        if draft is not None and draft.remedy is Remedy.MAP:
            self.map_wanted.emit()
        elif self.may_apply:
            day, run_no, number = view.day, view.run.run_no, reason.number
            finding_no, work = found.finding.finding_no, self.work
            self._run(lambda: work.apply_draft(day, run_no, finding_no, number), self._applied)

    def next_reason(self) -> None:
        """Alt 7: the next cause of the same line."""
        if self.finding is not None and len(self.finding.reasons) > 1:
            self.number = (self.number + 1) % len(self.finding.reasons)
            self.changed.emit()

    def open_case(self) -> None:
        """Alt 8: the visit a piece of evidence leads to."""
        found = self.case_id
        if found is not None:
            self.case_wanted.emit(found)

    @property
    def case_id(self) -> int | None:
        steps = self.reason.steps if self.reason is not None else ()
        return next((step.case_id for step in steps if step.case_id is not None), None)

    def show_kept(self) -> None:
        """Ctrl D: the messages and codes behind the cause, and back."""
        self.opened = not self.opened and self.reason is not None
        self.changed.emit()

    def ask_acceptance(self) -> None:
        """Ctrl H: somebody lets the difference in front stand, or takes that back."""
        if self.may_withdraw:
            self._ask_for(Asks.WITHDRAW)
        elif self.may_accept:
            self._ask_for(Asks.ACCEPT)

    def sign(self, login: str, pin: str, note: str) -> None:
        """What the fields hold goes off, once; the PIN is kept nowhere."""
        view, work, row = self.view, self.work, self.row
        if view is None or view.run is None or self.busy or not login or not pin:
            return
        day, run_no = view.day, view.run.run_no
        if self.asks is Asks.SIGN:
            self._run(lambda: work.sign_stock(day, run_no, login, pin, note), self._compared)
            return
        finding_no = row.finding_no if row is not None else None
        if finding_no is not None:
            said = work.accept_stock if self.asks is Asks.ACCEPT else work.withdraw_stock
            self._run(lambda: said(day, run_no, finding_no, login, pin, note), self._compared)

    def export(self) -> None:
        """Ctrl E: the table as a file."""
        self._keep(self.work.export_stock_day)

    def print_out(self) -> None:
        """F9: the paper."""
        self._keep(self.work.print_stock_day)

    def _keep(self, work: Callable[[date], Exported]) -> None:
        view = self.view
        if view is not None and self.compared and not self.busy:
            self._file(lambda: work(view.day))

    # how it runs

    def choose(self, key: object) -> None:
        """Bring a line to the front, by what ``key_of`` says of it."""
        if isinstance(key, int | str) and key != self.front:
            self.front, self.number = key, 0
            self.row = self._find()
            self._look_up()
            self.changed.emit()

    def _loaded(self, got: tuple[StockDayView, tuple[TrendDay, ...]]) -> None:
        view, self.trend = got
        self._show(view)

    def _compared(self, view: StockDayView) -> None:
        """A comparison answers with the problems alone: read the rest as it was shown."""
        if self._shown is Shown.PROBLEMS:
            self._show(view)
        self.load(view.day)

    def _applied(self, _found: StockFindingView) -> None:
        self.load()

    def _show(self, view: StockDayView) -> None:
        self.view, self.finding = view, None
        self.lines.take(view.rows, self._shown)

    def _lines_changed(self) -> None:
        self.row = self._find()
        if self.row is None:
            self.row = next(iter(self.lines.rows), None)
            self.front, self.number = (None if self.row is None else key_of(self.row)), 0
        self._look_up()
        self.changed.emit()

    def _find(self) -> StockRow | None:
        return next((row for row in self.lines.rows if key_of(row) == self.front), None)

    def _look_up(self) -> None:
        """Read the proof of the line in front; while arrows run, of the last one only."""
        view, key = self.view, self.front
        if not isinstance(key, int) or view is None:
            self.finding = None
            return
        known = self.finding.finding.finding_no if self.finding is not None else None
        if known == key or self._looking_up:
            return
        self.finding, self._looking_up = None, True
        day, work = view.day, self.work
        self.counter.bridge.submit(
            READING,
            lambda: work.stock_finding(day, key),
            lambda found: self._found((day, key), found),
            self._not_found,
        )

    def _found(self, asked: tuple[date, RowKey], found: StockFindingView) -> None:
        self._looking_up = False
        if self.view is not None and asked == (self.view.day, self.front):
            self.finding = found
            self.changed.emit()
        else:
            self._look_up()

    def _not_found(self, trouble: Trouble) -> None:
        self._looking_up = False
        self.counter.trouble_of_page(trouble)
