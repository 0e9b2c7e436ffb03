"""交付: the papers, the change, the goods."""

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.case import Step
from app.domain.errors import Trouble
from app.workflow.views.case import CaseView, HandOverView
from ui.viewmodels.counter import CounterModel

PRINT_AFTER_MS = 50
"""The papers follow their page by this much."""


class HandOverModel(QObject):
    """What was settled; the goods go over the counter once."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: HandOverView | None = None
        self._printing_for: int | None = None
        self.case: CaseView | None = None
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        if case.hand_over is None:
            return
        self.case, self.view = case, case.hand_over
        if case.case_id != self._printing_for and any(p.waiting for p in case.hand_over.papers):
            self._printing_for = case.case_id
            # the page goes first: laying out type keeps the interpreter from drawing it
            QTimer.singleShot(PRINT_AFTER_MS, self, self.print_waiting)
        self.changed.emit()

    def print_waiting(self) -> None:
        """Print what waits for paper; what does not come out keeps waiting and says why."""
        counter = self.counter
        counter.bridge.submit_job(
            "print",
            lambda report, _cancel: counter.workflow.print_waiting(report),
            lambda _case: counter.refresh(),
            self._unprinted,
        )

    def _unprinted(self, trouble: Trouble) -> None:
        self.counter.troubled.emit(trouble)
        self.counter.refresh()

    @property
    def may_hand_over(self) -> bool:
        case, view = self.case, self.view
        if case is None or view is None or self.counter.busy:
            return False
        return case.step is Step.HAND_OVER and not view.handed_over

    def hand_over(self) -> None:
        """F12: the goods and the papers are with the customer."""
        if self.may_hand_over:
            self.counter.intend(self.counter.workflow.hand_over)

    @property
    def may_give_back(self) -> bool:
        view = self.view
        return view is not None and view.may_give_back and not self.counter.busy

    def give_back(self) -> None:
        """Ctrl B: the customer gives the whole sale back. It may still be given up."""
        case = self.case
        if case is not None and self.may_give_back:
            begin, case_id = self.counter.workflow.begin_return, case.case_id
            self.counter.ask(lambda: begin(case_id), switches=True)

    def print_bags(self) -> None:
        """The labels of the bags, as often as somebody wants them."""
        if not self.counter.busy:
            self.counter.intend(self.counter.workflow.print_bags)

    def reprint(self, number: int = 1) -> None:
        """Alt n: print the n-th paper; again it is marked as a copy."""
        view = self.view
        if view is None or not 1 <= number <= len(view.papers) or self.counter.busy:
            return
        if view.papers[number - 1].waiting:
            self.print_waiting()
        else:
            self.counter.reprint(view.papers[number - 1].kind)
