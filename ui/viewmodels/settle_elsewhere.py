"""What another product settled, as it is typed: the number, the fund's part, the account's."""

from PySide6.QtCore import QObject, Signal

from app.domain.elsewhere import foreign_number
from app.domain.errors import OperatorInput
from app.domain.money import ZERO, Fen, fen
from app.workflow.views.case import CaseView, SettleView
from ui.viewmodels.counter import CounterModel


class ForeignModel(QObject):
    """Three texts; the cash is what the parts leave of our total."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.case: CaseView | None = None
        self.number, self.fund_text, self.account_text = "", "", ""

    def render(self, case: CaseView) -> None:
        """Take a new case; what was typed survives everything but another case."""
        if self.case is None or self.case.case_id != case.case_id:
            self.number, self.fund_text, self.account_text = "", "", ""
        self.case = case

    def type_number(self, text: str) -> None:
        self.number = text
        self.changed.emit()

    def type_fund(self, text: str) -> None:
        self.fund_text = text
        self.changed.emit()

    def type_account(self, text: str) -> None:
        self.account_text = text
        self.changed.emit()

    @property
    def view(self) -> SettleView | None:
        case = self.case
        return case.settle if case is not None and case.settle and case.settle.elsewhere else None

    @property
    def cash(self) -> Fen | None:
        """What the customer pays; None while the parts cannot be read or exceed the total."""
        view, fund, account = self.view, _part(self.fund_text), _part(self.account_text)
        if view is None or fund is None or account is None:
            return None
        rest = Fen(view.estimated - fund - account)
        return rest if rest >= ZERO else None

    @property
    def lacks(self) -> str:
        """The first thing missing for F12, as a key of ``pages.settle.elsewhere.lacks``."""
        if self.view is None or self.counter.busy:
            return "working"
        if not self.view.ready:
            return "conditions"
        if not _is_number(self.number):
            return "number"
        if _part(self.fund_text) is None or _part(self.account_text) is None:
            return "parts"
        return "" if self.cash is not None else "sum"

    def record(self) -> None:
        """F12: written down once."""
        fund, account = _part(self.fund_text), _part(self.account_text)
        if self.lacks or fund is None or account is None:
            return
        workflow, number = self.counter.workflow, self.number
        self.counter.intend(
            lambda case_id: workflow.settle_elsewhere(case_id, number, fund, account)
        )


def _is_number(text: str) -> bool:
    try:
        foreign_number(text)
    except OperatorInput:
        return False
    return True


def _part(text: str) -> Fen | None:
    try:
        amount = fen(text.strip())
    except ValueError:
        return None
    return amount if amount >= ZERO else None
