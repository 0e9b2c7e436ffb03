"""资金对账 and 日结: what was found, the row in front, its one repair, and who signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from app.domain.books.money import Repair
from app.domain.errors import Trouble
from app.jobs.lane import CancelToken
from app.jobs.progress import Report
from ui.viewmodels.compared_day import READING, SENDING, Asks, ComparedDay
from ui.viewmodels.counter import CounterModel

if TYPE_CHECKING:
    from app.workflow.reconciling.views import ClosingView, DifferenceRow, Exported, MoneyView

COUNTER = "counter"
_ONE_DAY = timedelta(days=1)


class DayEndWork(Protocol):
    """What these pages ask of the inside; each raises ``Trouble`` of one of the seven families."""

    def money(self, day: date | None = None) -> MoneyView: ...

    def compare_money(
        self, day: date, every_line: bool, report: Report, cancel: CancelToken | None
    ) -> MoneyView: ...

    def reverse_stray(self, day: date, message_id: str, login: str, pin: str) -> MoneyView: ...

    def adopt_stray(
        self, day: date, message_id: str, login: str, pin: str, reason: str
    ) -> MoneyView: ...

    def clear_money(self, day: date) -> MoneyView: ...

    def ask_money(self, day: date, message_id: str) -> MoneyView: ...

    def sign_money(self, day: date, run_no: int, login: str, pin: str, note: str) -> MoneyView: ...

    def export_money(self, day: date) -> Exported: ...

    def print_money(self, day: date) -> Exported: ...

    def closing(self) -> ClosingView: ...

    def end_day(self, login: str, pin: str) -> ClosingView: ...


class MoneyModel(ComparedDay):
    """One compared day. Nothing is sent but by a key; the row in front decides what F12 means."""

    case_wanted = Signal(int)
    decision_wanted = Signal(int)
    """A case whose doubt a manager ends."""

    def __init__(
        self, counter: CounterModel, work: DayEndWork, parent: QObject | None = None
    ) -> None:
        super().__init__(counter, parent)
        self.work = work
        self.view: MoneyView | None = None
        self.only_open = False
        self._chosen: tuple[str, ...] | None = None

    # what is shown

    @property
    def rows(self) -> tuple[DifferenceRow, ...]:
        """Differences in the list; those that need nobody go last, or away."""
        found = self.view.rows if self.view else ()
        if self.only_open:
            return tuple(row for row in found if row.open)
        return tuple(sorted(found, key=lambda row: not row.open))

    @property
    def row(self) -> DifferenceRow | None:
        """The row in front."""
        return next((row for row in self.rows if key_of(row) == self._chosen), None)

    @property
    def compared(self) -> bool:
        return self.view is not None and self.view.run_no > 0

    @property
    def may_sign(self) -> bool:
        view = self.view
        if view is None or view.signable_from is not None:
            return False
        return self.compared and not view.signed and not self.busy

    @property
    def word_needed(self) -> bool:
        """A day a recovery still misses is not signed over differences without a word."""
        view = self.view
        return view is not None and view.day in view.missing and view.open_count > 0

    @property
    def may_repair(self) -> bool:
        """Whether F12 means something for the row in front."""
        row = self.row
        if row is None or self.busy or row.repair is Repair.NONE:
            return False
        needs_case = row.repair in (Repair.DECIDE, Repair.LOOK, Repair.ASK)
        return row.case_id is not None or not needs_case

    @property
    def is_last_day(self) -> bool:
        return self.view is None or self.view.day >= self.view.today

    # what is asked

    def load(self, day: date | None = None) -> None:
        """Read what was found on a day; asks nobody."""
        wanted = day or (self.view.day if self.view else None)
        self.counter.bridge.submit(
            READING, lambda: self.work.money(wanted), self._show, self._failed
        )

    def step_day(self, by: int) -> None:
        """One day back or on; there is none after today."""
        view = self.view
        if view is not None and not self.busy and not (by > 0 and self.is_last_day):
            self._chosen, self.files = None, ()
            self.drop()
            self.load(view.day + by * _ONE_DAY)

    def compare(self, every_line: bool = False) -> None:
        """F5: ask the platform; moves no money."""
        view = self.view
        if view is None or self.busy:
            return

        def job(report: Report, cancel: CancelToken) -> MoneyView:
            return self.work.compare_money(view.day, every_line, report, cancel)

        self._compare(job, self._show)

    def repair(self) -> None:
        """F12 on the row in front: send, clear, ask, open the case, or ask for a second person."""
        row, view = self.row, self.view
        if row is None or view is None or not self.may_repair:
            return
        match row.repair:
            case Repair.REVERSE | Repair.REVERSE_REFUND:
                self._ask_for(Asks.REVERSE)
            case Repair.DECIDE if row.case_id is not None:
                self.decision_wanted.emit(row.case_id)
            case Repair.CLEAR:
                self._run(lambda: self.work.clear_money(view.day), self._show)
            case Repair.ASK:
                self._run(lambda: self.work.ask_money(view.day, row.message_id), self._show)
            case _ if row.case_id is not None:
                self.case_wanted.emit(row.case_id)

    @property
    def may_adopt(self) -> bool:
        """Whether the row in front may be taken into our books."""
        return self.row is not None and self.row.adoptable and not self.busy

    def adopt(self) -> None:
        """Alt 6: the goods are out of the door; a second person agrees and says why."""
        if self.may_adopt:
            self._ask_for(Asks.ADOPT)
            # the visit it goes to is named as it is now
            self.load()

    def open_case(self) -> None:
        """The case behind the row in front."""
        row = self.row
        if row is not None and row.case_id is not None:
            self.case_wanted.emit(row.case_id)

    def sign(self, login: str, pin: str, note: str) -> None:
        """What the fields hold goes off, once; the PIN is kept nowhere."""
        row, view, asks = self.row, self.view, self.asks
        if view is None or self.busy or not login or not pin:
            return
        work, day = self.work, view.day
        if asks is Asks.SIGN:
            self._run(lambda: work.sign_money(day, view.run_no, login, pin, note), self._show)
        elif asks is Asks.ADOPT and row is not None:
            adopted = row.message_id
            self._run(lambda: work.adopt_stray(day, adopted, login, pin, note), self._show)
        elif asks is Asks.REVERSE and row is not None:
            stray = row.message_id
            self._run(lambda: work.reverse_stray(day, stray, login, pin), self._show)

    def export(self) -> None:
        """Ctrl E: the table as a file."""
        self._keep(self.work.export_money)

    def print_out(self) -> None:
        """F9: the paper."""
        self._keep(self.work.print_money)

    def _keep(self, work: Callable[[date], Exported]) -> None:
        view = self.view
        if view is not None and self.compared and not self.busy:
            self._file(lambda: work(view.day))

    # how it runs

    def choose(self, key: tuple[str, ...]) -> None:
        """Bring a row to the front, by what ``key_of`` says of it."""
        if key != self._chosen:
            self._chosen = key
            self._drop_row()
            self.changed.emit()

    def show_only_open(self, only: bool) -> None:
        """Alt 1: what needs a person, or everything."""
        self.only_open = only
        self._keep_choice()
        self.changed.emit()

    def _show(self, view: MoneyView) -> None:
        self.view = view
        self._keep_choice()
        self.changed.emit()

    def _keep_choice(self) -> None:
        keys = [key_of(row) for row in self.rows]
        if self._chosen not in keys:
            self._chosen = keys[0] if keys else None
            self._drop_row()

    def _drop_row(self) -> None:
        """Another row is in front: nobody was asked to sign that one."""
        if self.asks in (Asks.REVERSE, Asks.ADOPT):
            self.asks = Asks.NOTHING


def key_of(row: DifferenceRow) -> tuple[str, ...]:
    """What stays the same when a day is compared again."""
    return row.message_id, row.settlement_id, row.insurance, row.office


class ClosingModel(QObject):
    """What stands between the counter and its sign-out."""

    changed = Signal()
    case_wanted = Signal(int)
    wrong = Signal(object)

    def __init__(
        self, counter: CounterModel, work: DayEndWork, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.work = counter, work
        self.view: ClosingView | None = None
        self.busy = False
        counter.bridge.changed.connect(self._something_changed)

    def _something_changed(self, _changes: object) -> None:
        if self.view is not None and not self.busy:
            self.load()

    @property
    def may_close(self) -> bool:
        return self.view is not None and self.view.may_close and not self.busy

    @property
    def waits_for_clock(self) -> bool:
        """Whether nothing clears itself before the clock of this computer is right."""
        return self.view is not None and self.view.clock is not None

    def load(self) -> None:
        """Read; asks nobody."""
        self.counter.bridge.submit(READING, self.work.closing, self._show, self._failed)

    def clear(self) -> None:
        """F5: wake what is not known; it clears itself or goes to a manager."""
        view = self.view
        if view is None or self.busy:
            return
        self._enter()
        day = view.day

        def work() -> ClosingView:
            self.work.clear_money(day)
            return self.work.closing()

        self.counter.bridge.submit(SENDING, work, self._done, self._failed)

    def close(self, login: str, pin: str) -> None:
        """F12: sign out, answered for by name."""
        if not self.may_close or not login or not pin:
            return
        self._enter()
        work = self.work
        self.counter.bridge.submit(
            COUNTER, lambda: work.end_day(login, pin), self._done, self._failed
        )

    def open_money(self, number: int) -> None:
        """Alt n: the n-th case whose money is not known."""
        view = self.view
        if view is not None and 0 < number <= len(view.money):
            self.case_wanted.emit(view.money[number - 1].case_id)

    def _enter(self) -> None:
        self.busy = True
        self.changed.emit()

    def _done(self, view: ClosingView) -> None:
        self.busy = False
        self.counter.eased.emit()
        # nobody is on duty any more
        self.counter.refresh()
        self._show(view)

    def _show(self, view: ClosingView) -> None:
        self.view = view
        self.changed.emit()

    def _failed(self, trouble: Trouble) -> None:
        self.busy = False
        if trouble.thousands == 1:
            self.wrong.emit(trouble)
        else:
            self.counter.troubled.emit(trouble)
        self.changed.emit()
        self.load()
