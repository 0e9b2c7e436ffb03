"""交付: the papers, the change, the goods."""

from PySide6.QtCore import QObject, Signal

from app.domain.case import Step
from app.workflow.views import CaseView, HandOverView
from ui.viewmodels.counter import CounterModel


class HandOverModel(QObject):
    """What was settled; the goods go over the counter once."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: HandOverView | None = None
        self.case: CaseView | None = None
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        if case.hand_over is None:
            return
        self.case, self.view = case, case.hand_over
        self.changed.emit()

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

    def reprint(self, number: int = 1) -> None:
        """Alt n: print the n-th paper again; it is marked as a copy."""
        view = self.view
        if view is not None and 1 <= number <= len(view.papers) and not self.counter.busy:
            self.counter.reprint(view.papers[number - 1].kind)
