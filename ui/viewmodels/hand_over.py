"""交付: the papers, the change, the goods."""

from PySide6.QtCore import QObject, Signal

from app.domain.case import Step
from app.domain.money import ZERO, Fen
from app.ports.store import PrintKind
from app.workflow.views.case import CaseView, HandOverView, PrintRow
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.papers import print_or_copy, print_soon
from ui.viewmodels.settle import cash_of


class HandOverModel(QObject):
    """What was settled; the goods go over the counter once."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: HandOverView | None = None
        self.cash_text = ""
        self._printing_for: tuple[int, bool] | None = None
        self.case: CaseView | None = None
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        if case.hand_over is None:
            return
        if self.case is None or self.case.case_id != case.case_id:
            self.cash_text = ""
        self.case, self.view = case, case.hand_over
        # once for what may be printed now, and once more when the rest is paid
        these = (case.case_id, self.rest > ZERO)
        if these != self._printing_for and any(p.waiting for p in case.hand_over.papers):
            self._printing_for = these
            print_soon(self.counter)
        self.changed.emit()

    @property
    def rest(self) -> Fen:
        """Cash still to be taken before the receipt and the goods; nought nearly always."""
        return self.view.still_to_pay if self.view is not None else ZERO

    def held(self, paper: PrintRow) -> bool:
        """The receipt says what was paid, so it waits for that; one of a lost time for its end."""
        if paper.of_lost_time:
            return True
        return paper.waiting and paper.kind == PrintKind.RECEIPT and self.rest > ZERO

    def printed_before(self, paper: PrintRow) -> bool:
        """Its sheet came out with the goods, in a time nobody knows of; none was made since."""
        view = self.view
        known = view is not None and view.goods_out and paper.kind == PrintKind.PRESCRIPTION
        return known and paper.copies == 1

    @property
    def short(self) -> Fen:
        """What of the rest is not covered by the cash typed so far."""
        return Fen(max(ZERO, self.rest - (cash_of(self.cash_text) or ZERO)))

    @property
    def change(self) -> Fen | None:
        """What goes back, also while the rest is being typed; None while it cannot be said."""
        if not self.rest:
            return self.view.change if self.view is not None else None
        return None if self.short else Fen((cash_of(self.cash_text) or ZERO) - self.rest)

    @property
    def may_take(self) -> bool:
        return self.rest > ZERO and not self.short and not self.counter.busy

    def type_cash(self, text: str) -> None:
        if text != self.cash_text:
            self.cash_text = text
            self.changed.emit()

    def take_rest(self) -> None:
        """F12 while something is to be paid: it lies in the drawer."""
        cash, workflow = cash_of(self.cash_text), self.counter.workflow
        if self.may_take:
            self.counter.intend(lambda case_id: workflow.take_rest(case_id, cash))

    @property
    def may_hand_over(self) -> bool:
        case, view = self.case, self.view
        if case is None or view is None or self.counter.busy or self.rest:
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
        paper = view.papers[number - 1]
        print_or_copy(self.counter, paper.kind, waiting=paper.waiting)
