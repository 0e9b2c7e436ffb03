"""退货退款: the boxes come back, then the money, under four eyes."""

from PySide6.QtCore import QObject, Signal

from app.workflow.views.case import CaseView, ReturnView
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.papers import print_soon


class GiveBackModel(QObject):
    """The return of a whole sale. The PIN of the second person is never kept."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.case: CaseView | None = None
        self.view: ReturnView | None = None
        self.login = ""
        self.has_pin = False
        self.number = ""
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        if case.returning is not None:
            if self.case is None or self.case.case_id != case.case_id:
                self.number = ""
            self.case, self.view = case, case.returning
            self.changed.emit()

    def type_person(self, login: str, *, has_pin: bool) -> None:
        self.login, self.has_pin = login.strip(), has_pin
        self.changed.emit()

    def type_number(self, number: str) -> None:
        """Of the refund that another product made."""
        self.number = number.strip()
        self.changed.emit()

    @property
    def lacks(self) -> str:
        """The first thing that is missing for F12, as a key of ``pages.give_back.lacks``."""
        view = self.view
        if view is None or self.counter.busy:
            return "working"
        if not view.ready:
            return "boxes" if view.collecting else "working"
        if not view.collecting and view.elsewhere and not self.number:
            return "number"
        if view.collecting or (self.login and self.has_pin):
            return ""
        return "person"

    def take_back(self) -> None:
        """F12 while boxes come back: all of them are here."""
        view = self.view
        if self.lacks or view is None or not view.collecting:
            return
        codes = [code for line in view.lines for code in line.back]
        workflow = self.counter.workflow
        self.counter.intend(lambda case_id: workflow.take_back(case_id, codes))

    def revoke(self, pin: str) -> None:
        """F12 after that: the second person agrees, the money goes back once."""
        view = self.view
        if self.lacks or view is None or view.collecting:
            return
        workflow, login, number = self.counter.workflow, self.login, self.number
        if view.self_pay and self.case is not None:
            case_id = self.case.case_id
            self.counter.ask(
                lambda: workflow.pay_back(case_id, login, pin),
                then=lambda: print_soon(self.counter),
            )
            return
        if view.elsewhere:
            self.counter.intend(
                lambda case_id: workflow.refund_elsewhere(case_id, number, login, pin),
                proceed=True,
            )
            return
        self.counter.intend_job(
            lambda case_id, report: workflow.revoke(case_id, login, pin, report), proceed=True
        )
